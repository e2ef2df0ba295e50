"""A line that says how far a local run is; on a terminal only."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

from transforms.tally import so_far


@contextmanager
def show_progress() -> Iterator[None]:
    """Show articles and mentions so far, and the rate, on standard error until the block ends."""
    done = threading.Event()
    start, before = time.monotonic(), so_far()
    console = Console(stderr=True)

    def refresh(status: Status) -> None:
        while not done.wait(0.5):
            now = so_far()
            counts = {n: now.get(n, 0) - before.get(n, 0) for n in ("read", "tagged", "mentions")}
            rate = counts["read"] / (time.monotonic() - start)
            status.update(
                f"{counts['read']:,} articles read, {counts['tagged']:,} tagged, "
                f"{counts['mentions']:,} mentions, {rate:,.0f} articles/s"
            )

    with console.status("starting…") as status:
        thread = threading.Thread(target=refresh, args=(status,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
