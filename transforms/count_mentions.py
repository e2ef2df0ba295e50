"""CountMentions: restate each event-time window that a new, edited or withdrawn article touches."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import apache_beam as beam
from apache_beam.pvalue import PCollection
from apache_beam.transforms import window as windows
from apache_beam.utils.timestamp import Timestamp

from schemas.records import MentionCount, Micros
from transforms.counting import (
    SECOND,
    Contribution,
    Contributions,
    Series,
    Standing,
    contribution,
    merge,
    restate,
)
from transforms.tag_mentions import TaggedArticle


class RemembersCounts(Protocol):
    """A store that gives back what earlier runs contributed to a window and how they counted it."""

    @property
    def now(self) -> Micros: ...

    def contributions(self, start: Micros, end: Micros) -> Contributions: ...

    def standing(self, start: Micros, end: Micros) -> dict[Series, Standing]: ...


class CountMentions(beam.PTransform):  # type: ignore[type-arg]
    """Count mentions in event-time windows, stories folded, and tell only what changed.

    In: chunks of `TaggedArticle`. Out: chunks of `MentionCount`, all rows of a window in one chunk. Each row
    restates its series in full from this run's articles and the standing ones of earlier runs; windows that no
    article of this run touches, and series whose counts stand as they are, give no row. Windows are half open
    in UTC, aligned to the epoch. Contributions combine inside each bundle before the shuffle, so a hot window
    arrives at its worker merged.
    """

    def __init__(self, length: int, period: int, store: RemembersCounts) -> None:
        """Args: length and period of the windows in seconds (equal for fixed windows); the
        store."""
        super().__init__()
        if not 0 < period <= length:
            raise ValueError(f"windows of {length} s every {period} s")
        self.windows: windows.WindowFn = (
            windows.FixedWindows(length)
            if length == period
            else windows.SlidingWindows(length, period)
        )
        self.store = store

    def expand(self, tagged: PCollection[list[TaggedArticle]]) -> PCollection[list[MentionCount]]:
        """Contributions at their event time, merged by window, restated against the store."""
        return (
            tagged
            | "Contribute" >> beam.FlatMap(contributions_of).with_output_types(Contributions)
            | "Into windows" >> beam.WindowInto(self.windows)
            | "Merge by window" >> beam.CombineGlobally(MergeContributions()).without_defaults()
            | "Restate" >> beam.ParDo(_Restate(self.store)).with_output_types(list[MentionCount])
            | "Out of windows" >> beam.WindowInto(windows.GlobalWindows())
        )


def contributions_of(chunk: Iterable[TaggedArticle]) -> Iterator[Any]:
    """What each article adds to the windows at its publication time, and what its old version
    leaves there.

    Articles without counted mentions touch no window unless they replace a version that may have
    had some.
    """
    for article, mentions, replaces in chunk:
        edited = replaces is not None
        change = "withdrawn" if article.withdrawn else "edited" if edited else ""
        share = contribution(article, mentions, change)
        if share.mentions or edited:
            yield _at(article.published, {article.article_id: share})
        if replaces is not None and replaces != article.published:
            gone = Contribution(article.version, article.publisher, b"", (), change)
            yield _at(replaces, {article.article_id: gone})


def _at(micros: Micros, value: Contributions) -> Any:
    return windows.TimestampedValue(value, Timestamp(micros=micros))


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

    def process(
        self, merged: Contributions, window: Any = beam.DoFn.WindowParam
    ) -> Iterator[list[MentionCount]]:
        span = (window.start.micros, window.end.micros)
        contributions = merge(self.store.contributions(*span), merged)
        rows = restate(span, contributions, self.store.standing(*span), self.store.now)
        if rows:
            yield rows


__all__ = ["SECOND", "CountMentions", "MergeContributions", "contributions_of"]
