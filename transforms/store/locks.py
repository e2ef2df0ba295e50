"""One writer at a time: an operating-system lock on the output, which dies with its process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from transforms.store.manifest import HIDDEN, StoreError


@contextmanager
def locked(root: Path, wait: float) -> Iterator[None]:
    """Hold the output for writing.

    The lock belongs to the process, so one left behind by a killed run holds nobody up.

    Args:
        root: the output folder; created if need be.
        wait: seconds to wait for another run.

    Raises:
        StoreError: another run still writes after `wait` seconds, or the folder cannot be created.
    """
    try:
        (root / HIDDEN).mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / HIDDEN / "lock")
        lock.acquire(timeout=wait)
    except Timeout:
        raise StoreError(
            f"{root}: another run is writing to it (waited {wait:.0f} s; --lock-wait waits longer)"
        ) from None
    except OSError as error:
        raise StoreError(f"{root}: cannot be an output folder: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()
