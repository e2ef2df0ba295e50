"""Where a run's tables live: what earlier runs left, what this one stages, and the commit that
shows it."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import pyarrow as pa

from schemas.records import Micros
from transforms.counting import Contributions, Series, Standing
from transforms.store.known import KnownArticles
from transforms.store.manifest import NothingCommitted, StoreError, TableFile


class Store(Protocol):
    """A home for the tables, as one run sees it: picklable, the same on every worker.

    What stands is read as of the run's beginning. What is staged is seen by nobody before `commit`,
    which shows all of it or nothing, and which, repeated, changes nothing.
    """

    @property
    def now(self) -> Micros:
        """The run's clock, microseconds UTC."""

    @property
    def feeds(self) -> Mapping[str, Any]:
        """State of each polled feed, as committed."""

    def current(self) -> "Store":
        """The same home as of its newest commit."""

    def append(self, staged: Iterable[TableFile], window: tuple[int, int]) -> Any:
        """Make staged files visible on top of whatever is committed: for streams, bundle by bundle."""

    def known(self) -> KnownArticles:
        """The standing version of every stored article."""

    def known_rejects(self) -> frozenset[tuple[str, ...]]:
        """Stage, reason, error and source of the stored rejects."""

    def contributions(self, start: Micros, end: Micros) -> Contributions:
        """What standing article versions published in [start, end) contribute, from the stored
        mentions."""

    def standing(self, start: Micros, end: Micros) -> dict[Series, Standing]:
        """The standing counts of the window [start, end)."""

    def stage_table(self, table: str, day: str, data: pa.Table) -> TableFile:
        """Write an Arrow table of one partition to a new staged file, durably."""

    def commit(
        self, staged: Iterable[TableFile], feeds: Mapping[str, Any], window: tuple[int, int]
    ) -> Any:
        """Make the staged files and the feeds' new state visible, all at once."""


__all__ = ["NothingCommitted", "Store", "StoreError", "TableFile"]
