"""Connections for urllib3 that check the address, and end when a fetch's time is over.

A timeout of a socket starts again with each byte, so a server that drips keeps a client for ever.
Here one thread watches all fetches and shuts down the connections of those whose time is over,
wherever they are: in the handshake, the headers or the body.
"""

import contextlib
import functools
import heapq
import itertools
import os
import socket
import ssl
import threading
import time
from typing import Any

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from transforms.feeds.address import NotConnectedError, Reach, resolve


class Watch:
    """One fetch's time: its deadline and the connections that end with it."""

    def __init__(self, deadline: float, reach: Reach) -> None:
        """`deadline` is on the clock of `time.monotonic`."""
        self.deadline = deadline
        self.reach = reach
        self.over = False
        self.done = False
        self.reused = False
        self.handles: list[socket.socket] = []
        self.orphans: list[socket.socket] = []  # of connections that are closed already
        self.lock = threading.Lock()

    def left(self) -> float:
        """Seconds left, at least a millisecond."""
        return max(self.deadline - time.monotonic(), 0.001)

    def add(self, handle: socket.socket) -> None:
        """End this connection too when time is over."""
        with self.lock:
            self.handles.append(handle)
        if self.over:
            self.end()

    def finish(self) -> None:
        """The fetch is over: let go of its connections."""
        with self.lock:
            self.done = True
            self.handles.clear()
            for handle in self.orphans:
                handle.close()

    def end(self) -> None:
        """Time is over: shut every connection down, which wakes whoever reads from it."""
        with self.lock:
            self.over = True
            for handle in self.handles:
                with contextlib.suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)


class Watchdog:
    """The thread that ends fetches. One for a process is enough."""

    def __init__(self) -> None:
        """Starts the thread with the first fetch."""
        self._heap: list[tuple[float, int, Watch]] = []
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._pid = 0

    def start(self, watch: Watch) -> None:
        """Watch over a fetch."""
        with self._changed:
            if self._pid != os.getpid():  # threads do not survive a fork
                self._pid = os.getpid()
                threading.Thread(target=self._run, daemon=True, name="fetch deadlines").start()
            heapq.heappush(self._heap, (watch.deadline, next(self._numbers), watch))
            if self._heap[0][2] is watch:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._heap and (self._heap[0][2].done or self._heap[0][0] <= now()):
                    watch = heapq.heappop(self._heap)[2]
                    if not watch.done:
                        watch.end()
                self._changed.wait(self._heap[0][0] - now() if self._heap else None)


def now() -> float:
    """The clock of deadlines."""
    return time.monotonic()


WATCHDOG = Watchdog()
_current = threading.local()


@contextlib.contextmanager
def watched(watch: Watch) -> Any:
    """Every connection that this thread opens or uses belongs to `watch`."""
    _current.watch = watch
    WATCHDOG.start(watch)
    try:
        yield watch
    finally:
        _current.watch = None
        watch.finish()


class _Guarded:
    """What both kinds of connection do: connect to checked addresses, tell the watch."""

    handle: socket.socket | None = None
    used = False

    def _new_conn(self) -> socket.socket:
        watch: Watch = _current.watch
        host, port = self._dns_host, self.port  # type: ignore[attr-defined]
        addresses = resolve(host, port, resolver=watch.reach.resolver, seconds=watch.left())
        addresses = watch.reach.allowed(addresses)
        error: OSError = OSError("no address")
        for i, address in enumerate(addresses[:4]):
            limit = min(self.timeout, watch.left() / (min(len(addresses), 4) - i))  # type: ignore[attr-defined]
            try:
                connected = socket.create_connection((address, port), timeout=limit)
            except OSError as problem:
                error = problem
                continue
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.handle = connected.dup()  # a TLS wrapper takes the socket over, never this one
            watch.add(self.handle)
            return connected
        raise (
            error
            if isinstance(error, TimeoutError)
            else NotConnectedError(error.strerror or str(error))
        )

    def request(self, *args: Any, **kwargs: Any) -> None:
        watch: Watch = _current.watch
        watch.reused = self.used
        if self.used and self.handle is not None:
            watch.add(self.handle)
        self.used = True
        super().request(*args, **kwargs)  # type: ignore[misc]

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        handle, self.handle, self.used = self.handle, None, False
        watch: Watch | None = getattr(_current, "watch", None)
        if handle is None:
            return
        if watch is not None and handle in watch.handles:
            watch.orphans.append(handle)  # the body may still be read after http.client's close()
        else:
            handle.close()


class _GuardedHTTP(_Guarded, HTTPConnection):
    pass


class _GuardedHTTPS(_Guarded, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPS


_loading = threading.Lock()


def shared_pool(ca_file: str) -> urllib3.PoolManager:
    """Guarded connections, shared by all threads; use them only inside `watched`.

    Loading certificates takes 40 ms, hence one context.
    """
    with _loading:  # or all threads of a first round would load them at once
        return _pool_of(ca_file, os.getpid())


@functools.lru_cache(maxsize=4)
def _pool_of(ca_file: str, process: int) -> urllib3.PoolManager:
    """By process, because a forked one must not go on talking on its parent's connections."""
    context = ssl.create_default_context(cafile=ca_file or certifi.where())
    manager = urllib3.PoolManager(num_pools=32, maxsize=2, ssl_context=context, retries=False)
    manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
    return manager
