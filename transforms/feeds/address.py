"""Which addresses may be asked: public ones only, judged on the address that is connected to.

A name is resolved once and the connection goes to the very address that was checked, so a name that
resolves differently the second time (DNS rebinding) gains nothing.
"""

import ipaddress
import os
import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

Resolver = Callable[[str, int], list[str]]
"""Host and port to IP addresses. Raises OSError if the name does not resolve."""

_Inbox = queue.SimpleQueue[tuple[Resolver, str, int, "queue.SimpleQueue[list[str] | Exception]"]]
_idle: list[tuple[int, _Inbox]] = []
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(n)
    for n in ("64:ff9b:1::/48", "2001::/23", "fec0::/10", "100::/64", "5f00::/16")
)


class RefusedError(OSError):
    """The address is not one that may be asked."""


class NotConnectedError(OSError):
    """Nothing listens there, or no way leads there."""


def is_public(address: str) -> bool:
    """True for a unicast address of the public internet.

    `ipaddress.is_global` alone accepts multicast and IPv6 forms that carry a private IPv4 address
    (::127.0.0.1, 64:ff9b::7f00:1, 2002:7f00:1::), so those are unwrapped first.

    >>> is_public("93.184.215.14"), is_public("127.0.0.1"), is_public("2002:7f00:1::")
    (True, False, False)
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _inner(ip)
        if inner is not None:
            return is_public(str(inner))
        if any(ip in network for network in _REFUSED_V6):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip in _NAT64 or ip in _COMPATIBLE:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def system_resolver(host: str, port: int) -> list[str]:
    """Addresses of a host as the operating system resolves it."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


def resolve(host: str, port: int, *, resolver: Resolver, seconds: float) -> list[str]:
    """Resolve within a time limit.

    The lookup runs on a thread of its own, since getaddrinfo cannot be interrupted; a lookup that
    hangs is left behind. Threads that are done wait for the next lookup: starting one each time
    took a seventh of a fetch.

    Raises:
        TimeoutError: no answer within `seconds`.
        OSError: the name does not resolve.
    """
    host = host.strip("[]")
    if _is_ip(host):
        return resolver(host, port)
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()
    _helper().put((resolver, host, port, answers))
    try:
        answer = answers.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise TimeoutError("the name server did not answer in time") from None
    if isinstance(answer, Exception):
        raise answer if isinstance(answer, OSError) else OSError(str(answer))
    return answer


def _helper() -> _Inbox:
    """The inbox of a thread that looks names up and has nothing to do."""
    try:
        pid, inbox = _idle.pop()
        if pid == os.getpid():  # threads do not survive a fork
            return inbox
    except IndexError:
        pass
    inbox = queue.SimpleQueue()
    threading.Thread(target=_look_up, args=(inbox,), daemon=True, name="resolve").start()
    return inbox


def _look_up(inbox: _Inbox) -> None:
    """A thread: looks up one name after another."""
    while True:
        resolver, host, port, answers = inbox.get()
        try:
            answer: list[str] | Exception = resolver(host, port)
        except Exception as error:  # whatever it is, it belongs to the asking thread
            answer = error
        _idle.append((os.getpid(), inbox))
        answers.put(answer)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Reach:
    """Which addresses may be asked, and how names are resolved.

    Attributes:
        allow_private: every address, not only public ones.
        networks: further networks that may be asked, such as "10.1.0.0/16".
        resolver: name to addresses.
    """

    allow_private: bool = False
    networks: tuple[str, ...] = ()
    resolver: Resolver = field(default=system_resolver, compare=False)

    def allowed(self, addresses: list[str]) -> list[str]:
        """Those of the addresses that may be connected to, in order.

        Raises:
            RefusedError: there is none.
        """
        kept = [a for a in addresses if self.allow_private or is_public(a) or self._listed(a)]
        if not kept:
            raise RefusedError(f"{', '.join(addresses[:3]) or 'nothing'} is not a public address")
        return kept

    def _listed(self, address: str) -> bool:
        ip = ipaddress.ip_address(address.partition("%")[0])
        return any(ip in ipaddress.ip_network(n, strict=False) for n in self.networks)
