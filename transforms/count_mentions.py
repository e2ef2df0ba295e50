"""CountMentions: restate each event-time window that a new, edited or withdrawn article touches."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import apache_beam as beam
from apache_beam.pvalue import PCollection

from schemas.records import MentionCount, Micros
from transforms.counting import (
    Contribution,
    Contributions,
    Series,
    Standing,
    contribution,
    merge,
    restate,
)
from transforms.keep_windows import KeepWindows, Span, spans_of
from transforms.tag_mentions import TaggedArticle

EARLY_SECONDS = 60
LATENESS_SECONDS = 7 * 86_400


class RemembersCounts(Protocol):
    """A store that gives back what earlier runs contributed to a window and how they counted it."""

    @property
    def now(self) -> Micros:
        """The run's clock, microseconds UTC."""

    def current(self) -> Any:
        """The store as of its newest commit."""

    def contributions(self, start: Micros, end: Micros) -> Contributions:
        """What standing article versions published in [start, end) contribute."""

    def standing(self, start: Micros, end: Micros) -> dict[Series, Standing]:
        """The standing counts of the window [start, end)."""


class CountMentions(beam.PTransform):  # type: ignore[type-arg]
    """Count mentions in event-time windows, stories folded, and tell only what changed.

    In: chunks of `TaggedArticle`. Out: chunks of `MentionCount`, all rows of a window in one chunk.
    Each row restates its series in full from this run's articles and the standing ones of earlier
    runs; windows that no article of this run touches, and series whose counts stand as they are,
    give no row. Windows are half open in UTC, aligned to the epoch.

    Bounded input is stated once a window; contributions combine inside each bundle before the
    shuffle, so a hot window arrives at its worker merged. A window is a key, not a window of
    Beam's: what comes out of the grouping before carries the end of time as its timestamp, and an
    engine may take an article's own time after that for late and drop it (Prism does).

    Unbounded input is stated early, on time and late (`KeepWindows`). Both give the same standing
    counts.
    """

    def __init__(
        self,
        length: int,
        period: int,
        store: RemembersCounts,
        early: int = EARLY_SECONDS,
        lateness: int = LATENESS_SECONDS,
    ) -> None:
        """Count in windows of `length` seconds, one each `period` seconds, on top of what `store` holds.

        `early` and `lateness`, in seconds, matter to unbounded input only.
        """
        super().__init__()
        if not 0 < period <= length:
            raise ValueError(f"windows of {length} s every {period} s")
        self.length = length
        self.period = period
        self.store = store
        self.early = early
        self.lateness = lateness

    def expand(self, tagged: PCollection[list[TaggedArticle]]) -> PCollection[list[MentionCount]]:
        """Contributions at their event time, merged by window, restated against the store."""
        if not tagged.is_bounded:
            return (
                tagged
                | "Contribute" >> beam.FlatMap(spread, self.length, self.period)
                | "Keep windows" >> KeepWindows(self.store, self.early, self.lateness)
            )
        return (
            tagged
            | "Contribute"
            >> beam.FlatMap(spread, self.length, self.period).with_output_types(
                tuple[Span, Contributions]
            )
            | "Merge by window" >> beam.CombinePerKey(MergeContributions())
            | "Restate" >> beam.ParDo(_Restate(self.store)).with_output_types(list[MentionCount])
        )


def shares_of(chunk: Iterable[TaggedArticle]) -> Iterator[tuple[Micros, Contributions]]:
    """What each article adds at its publication time, and what its old version leaves at its own.

    Articles without counted mentions add nothing unless they replace a version that may have had
    some.
    """
    for article, mentions, replaces in chunk:
        edited = replaces is not None
        change = "withdrawn" if article.withdrawn else "edited" if edited else ""
        share = contribution(article, mentions, change)
        if share.mentions or edited:
            yield article.published, {article.article_id: share}
        if replaces is not None and replaces != article.published:
            gone = Contribution(article.version, article.publisher, b"", (), change)
            yield replaces, {article.article_id: gone}


def spread(
    chunk: Iterable[TaggedArticle], length: int, period: int
) -> Iterator[tuple[tuple[Micros, Micros], Contributions]]:
    """The shares of a chunk, each under every window that holds it."""
    for micros, share in shares_of(chunk):
        for span in spans_of(micros, length, period):
            yield span, share


class MergeContributions(beam.CombineFn):
    """Merges contribution maps: commutative, associative, idempotent."""

    def create_accumulator(self) -> Contributions:
        """An empty map."""
        return {}

    def add_input(self, accumulator: Contributions, element: Contributions) -> Contributions:
        """The accumulator with the element's contributions."""
        return merge(accumulator, element)

    def merge_accumulators(self, accumulators: Iterable[Contributions]) -> Contributions:
        """All contributions."""
        merged: Contributions = {}
        for accumulator in accumulators:
            merge(merged, accumulator)
        return merged

    def extract_output(self, accumulator: Contributions) -> Contributions:
        """The map itself."""
        return accumulator


class _Restate(beam.DoFn):
    def __init__(self, store: RemembersCounts) -> None:
        self.store = store

    def process(self, element: tuple[Span, Contributions]) -> Iterator[list[MentionCount]]:
        span, merged = element
        contributions = merge(self.store.contributions(*span), merged)
        closed = span[1] <= self.store.now
        rows = restate(span, contributions, self.store.standing(*span), self.store.now, closed)
        if rows:
            yield rows
