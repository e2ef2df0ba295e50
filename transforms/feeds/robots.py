"""May a page be fetched? robots.txt (RFC 9309) of its host, asked for once and remembered."""

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from transforms.feeds.fetch import CUT_BYTES, Fetched, FetchOptions, fetch

AGENT = "Tocsin"
ROBOTS_BYTES = CUT_BYTES  # RFC 9309, 2.5: at least 500 KiB are read
MAX_HOSTS = 10_000


def origin_of(url: str) -> str:
    """The part of an address that one robots.txt is for: scheme, host and port, without credentials."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


class Robots:
    """The rules of each host, fetched when first needed. Safe to share among threads."""

    def __init__(
        self, options: FetchOptions, now: int, *, get: Callable[..., Fetched] = fetch
    ) -> None:
        """`now` is the time of the run, microseconds UTC; rules are kept as long as this object."""
        self._options, self._now, self._get = options, now, get
        self._rules: dict[str, Any] = {}
        self._asking: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def allows(self, url: str) -> bool:
        """True if the host's robots.txt lets us fetch the page.

        Without a robots.txt (4xx) everything may be fetched; while it cannot be reached (5xx, no
        answer) nothing may (RFC 9309, 2.3.1.3 and 2.3.1.4).
        """
        origin = origin_of(url)
        with self._lock:
            if len(self._rules) >= MAX_HOSTS:
                self._rules.clear()
                self._asking.clear()
            asking = self._asking.setdefault(origin, threading.Lock())
        with asking:  # the second thread waits for the answer to the first
            rules = self._rules.get(origin)
            if rules is None:
                rules = self._rules[origin] = self._fetch(origin)
        return rules if isinstance(rules, bool) else bool(rules.can_fetch(url, AGENT))

    def _fetch(self, origin: str) -> Any:
        """The rules of a host, or whether everything may be fetched."""
        found = self._get(f"{origin}/robots.txt", options=self._options, now=self._now)
        if found.status is not None and 400 <= found.status < 500 and found.status != 429:
            return True
        if found.outcome != "ok" and not (found.outcome == "too_large" and found.body):
            return False
        from protego import Protego  # few runs need it

        body = found.body[:ROBOTS_BYTES]
        if body != found.body or found.outcome != "ok":
            body = body.rpartition(b"\n")[
                0
            ]  # the last line is cut: "/" of "/archive" is another rule
        return Protego.parse(body.decode("utf-8-sig", "replace"))
