"""A line that says how far a local run is; on a terminal only."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from transforms.tally import counting


@contextmanager
def show_progress() -> Iterator[None]:
    """Show articles and mentions so far, and the rate, on standard error until the block ends.

    Those that processes started within the block handle are among them.
    """
    done = threading.Event()
    start = time.monotonic()

    def refresh(status: Status) -> None:
        while not done.wait(0.5):
            counts = so_far()
            rate = counts["read"] / (time.monotonic() - start)
            status.update(
                f"{counts['read']:,} articles read, {counts['tagged']:,} tagged, "
                f"{counts['mentions']:,} mentions, {rate:,.0f} articles/s"
            )

    with counting() as so_far, Console(stderr=True).status("starting…") as status:
        thread = threading.Thread(target=refresh, args=(status,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
