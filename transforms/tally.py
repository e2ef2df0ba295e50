"""What the processes of a local run have handled so far, for a progress line; never a source of figures."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

TALLY = "TOCSIN_TALLY"
"""The environment variable that names the file in which they count; unset where nobody looks."""


def add(name: str, number: int) -> None:
    """Count `number` more of `name`."""
    if path := os.environ.get(TALLY):
        with suppress(OSError), open(path, "a") as file:  # noqa: PTH123 - short lines are appended whole
            file.write(f"{name} {number}\n")


@contextmanager
def counting() -> Iterator[Callable[[], Counter[str]]]:
    """Count in this process and those it starts within; gives a function that tells the counts so far."""
    with TemporaryDirectory(prefix="tocsin-tally-") as folder:
        path = Path(folder) / "counts"
        path.touch()
        os.environ[TALLY] = str(path)
        try:
            yield lambda: _sums(path)
        finally:
            del os.environ[TALLY]


def _sums(path: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in path.read_text().splitlines():
        name, number = line.split()
        counts[name] += int(number)
    return counts
