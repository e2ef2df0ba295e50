"""Several processes on one machine (``--direct_num_workers``): when a run takes them by itself, and what Beam's local
runner lacks there: closed ports, and an end when a worker dies or the user asks for one. As of Beam 2.77."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]

from pipeline.options import RunFailed
from transforms.feeds.spread import cores

MUCH = 64_000_000
"""Bytes of text, some 100,000 short items, from which a run spreads over the cores of this machine.

From a fifth of that it ends sooner in two processes than in one, but each costs three CPU seconds to start and to feed,
a quarter of what so short a run takes (docs/performance.md).
"""
MOST_PROCESSES = 4
"""One process reads and groups for all; each takes half a GB."""
PACKED = 3
"""How much larger news is than its compressed file."""

M_ARENA_MAX = -8
"""The name that glibc's mallopt has for how many heaps threads share; with many, it keeps a third more memory."""
BEAM_WORKER = "apache_beam.runners.worker.sdk_worker_main"

_processes: list[subprocess.Popen[Any]] = []


def processes_for(paths: Sequence[str]) -> int:
    """How many processes a run over these files takes if nobody says: one, or for much text several cores."""
    return min(cores(), MOST_PROCESSES) if weight(paths) >= MUCH else 1


def weight(paths: Sequence[str]) -> int:
    """About how many bytes of text the files of this machine hold; a remote one weighs nothing."""
    sizes = ((p, Path(p).stat().st_size) for p in paths if "://" not in p)
    return sum(size * (PACKED if p.endswith((".gz", ".parquet")) else 1) for p, size in sizes)


def prepare_workers() -> None:
    """Make the workers that Beam will start listen on this machine only, and be ours to end.

    Beam opens ports, without authentication, on every interface (`GrpcServer`, `SubprocessSdkWorker`).
    """
    from apache_beam.runners.portability import local_job_service
    from apache_beam.runners.portability.fn_api_runner import worker_handlers

    for module in (worker_handlers, local_job_service):
        module.grpc = _Instead(grpc, server=_server)  # type: ignore[attr-defined]
    local_job_service.subprocess = _Instead(subprocess, Popen=_start)  # type: ignore[attr-defined,assignment]
    with suppress(AttributeError):  # glibc's alone
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    # It repeats each worker's warning that no folder for their sessions is set; ours have none.
    logging.getLogger(local_job_service.__name__).setLevel(logging.ERROR)


class _Instead:
    """A module with some of its names replaced."""

    def __init__(self, module: Any, **names: Any) -> None:
        self._module = module
        self.__dict__ |= names

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def _server(*args: Any, **kwargs: Any) -> Any:
    """A server of grpc that listens on 127.0.0.1 where it is asked to listen everywhere."""
    server = grpc.server(*args, **kwargs)
    listen = server.add_insecure_port
    server.add_insecure_port = lambda address: listen(address.replace("[::]", "127.0.0.1"))
    return server


def _start(command: str, env: dict[str, str], **kwargs: Any) -> subprocess.Popen[Any]:
    """A process in a session of its own: Ctrl-C reaches this process alone, which ends the others.

    It imports as much of Beam as this one did, which saves 100 MB and a second.
    """
    if "apache_beam.io.gcp.gcsio" not in sys.modules:
        command = command.replace(BEAM_WORKER, "pipeline.local_worker")
    env = {"MALLOC_ARENA_MAX": "1", **env}
    process = subprocess.Popen(command, env=env, start_new_session=True, **kwargs)  # noqa: S603 - Beam's own
    _processes.append(process)
    return process


def _end_all(*_: Any) -> None:
    while _processes:
        with suppress(ProcessLookupError):
            os.killpg(_processes.pop().pid, signal.SIGKILL)
    raise KeyboardInterrupt


@contextmanager
def watch_workers() -> Iterator[None]:
    """End the workers at Ctrl-C, and the run in this block when a worker dies: Beam would wait for it for ever.

    Beam watches each worker on a thread of its own, called "run_worker", which raises when the worker ends badly.
    For the main thread.

    Raises:
        RunFailed: a worker ended before the run did.
    """
    died: list[BaseException | None] = []

    def told(args: Any) -> None:
        if args.thread is None or args.thread.name != "run_worker":
            hook(args)
        elif _processes and not died:
            died.append(args.exc_value)
            # A signal, since nothing else wakes a thread that waits for a lock.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    hook, threading.excepthook = threading.excepthook, told
    handler = signal.signal(signal.SIGINT, _end_all)
    try:
        yield
    except KeyboardInterrupt:
        if not died:
            raise
        raise RunFailed(f"a worker process died: {died[0]}") from None
    finally:
        signal.signal(signal.SIGINT, handler)
        threading.excepthook = hook
        _processes.clear()
