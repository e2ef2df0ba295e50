"""What this process has handled so far, for a progress line on local runs; never a source of
figures."""

import threading
from collections import Counter

_lock = threading.Lock()
_counts: Counter[str] = Counter()


def add(name: str, number: int) -> None:
    """Count `number` more of `name`."""
    with _lock:
        _counts[name] += number


def so_far() -> dict[str, int]:
    """The counts since the process began."""
    with _lock:
        return dict(_counts)
