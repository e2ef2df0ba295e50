"""What is read back by day: one day at a time at first, then in blocks of days."""

import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from schemas.jsonrows import micros
from schemas.records import Micros
from transforms.counting import DAY, day_of

T = TypeVar("T")

ALONE = 2
"""Days that are read by themselves: a scheduled run touches today and yesterday, no more."""

BLOCK = 8
"""Days that are read together afterwards: a run that asks for a third day is catching up."""

KEPT = 64
"""Days that stay in memory."""


class Days(Generic[T]):
    """Values by UTC day, read from the dataset when first asked for. Safe for threads.

    Args:
        stored: the days that have rows; no other is ever read.
        fetch: the values of the days in [first, next), microseconds UTC; days without may lack.
    """

    def __init__(
        self, stored: Iterable[str], fetch: Callable[[Micros, Micros], dict[str, T]]
    ) -> None:
        self._stored = frozenset(stored)
        self._fetch = fetch
        self._read: dict[str, T | None] = {}
        self._reads = 0
        self._lock = threading.Lock()

    def get(self, day: str) -> T | None:
        """The value of a day, "YYYY-MM-DD", or None if nothing is stored for it."""
        if day not in self._stored:
            return None
        with self._lock:
            if day not in self._read:
                first, after = self._span(day)
                found = self._fetch(first, after)
                for start in range(first, after, DAY):
                    self._read[day_of(start)] = found.get(day_of(start))
                self._reads += 1
            value = self._read[day]
            while len(self._read) > KEPT:
                del self._read[next(iter(self._read))]
            return value

    def _span(self, day: str) -> tuple[Micros, Micros]:
        start = micros(day)
        if self._reads < ALONE:
            return start, start + DAY
        block = start // (BLOCK * DAY) * BLOCK * DAY
        near = [d for n in range(BLOCK) if (d := block + n * DAY) and day_of(d) in self._stored]
        return near[0], near[-1] + DAY
