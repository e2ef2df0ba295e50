"""Looking at an output again and again, as ``--watch`` does."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from pipeline.options import NothingYet, UsageError

Found = TypeVar("Found")


def looks(look: Callable[[], Found], seconds: float | None) -> Iterator[Found]:
    """What each look finds, until Ctrl-C; before the first commit there is nothing to find, which is told once.

    Args:
        look: opens and reads the output.
        seconds: between two looks; None for a single one.

    Raises:
        UsageError: the first look failed for another reason than that nothing was committed yet, or the single one
            did. Later the reason is told in one line, and the next look may find it gone.
    """
    told, first = "", True
    while True:
        try:
            yield look()
            told = ""
        except UsageError as error:
            waits = isinstance(error, NothingYet)
            if seconds is None or (first and not waits):
                raise
            if str(error) != told:
                told = str(error)
                print(f"tocsin: {told}{'; waiting' if waits else ''}", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            return
        if seconds is None:
            return
        first = False
        try:
            time.sleep(seconds)
        except KeyboardInterrupt:
            return
