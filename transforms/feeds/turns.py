"""When each host may be asked again, whatever is asked of it and by whichever thread."""

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

MAX_HOSTS = 10_000


class Turns:
    """Gives each request to a host a turn of its own. Safe to share among threads."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`clock` tells seconds and `pause` waits for some; only tests have their own."""
        self.clock = clock
        self._pause = pause
        self._last: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, url: str, seconds: float) -> None:
        """Wait until the last turn of the address's host is `seconds` ago; that moment is a turn."""
        host = host_of(url)
        with self._lock:
            now = self.clock()
            turn = max(now, self._last.get(host, now - seconds) + seconds)
            if len(self._last) >= MAX_HOSTS:
                self._last = {h: last for h, last in self._last.items() if last + seconds > now}
            self._last[host] = turn
        if turn > now:
            self._pause(turn - now)


OURS = Turns()
"""The turns of this process, from one round of polls to the next."""


def host_of(url: str) -> str:
    """The host that politeness is owed to, lower case, without "www."."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
