"""Articles handed out step by step: an unbounded source that brings the same at every retry.

A module of its own, so that workers can import it.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.transforms.core import RestrictionProvider
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Duration, Timestamp

from schemas.ids import content_id
from schemas.records import Article
from transforms.read_files import articles_in

START = 1_772_409_600_000_000  # 2026-03-02T00:00:00Z
MINUTE = 60_000_000
NOW = 1_780_272_000_000_000  # 2026-06-01T00:00:00Z
MADE_UP = 300
PAUSE = Duration(micros=40_000)
"""Between two steps, so that checkpoints fall between them."""
BY_HAND = ManualWatermarkEstimator.default_provider()
TEXTS = (
    "Israel strikes Gaza\nIsraeli jets carried out airstrikes on Gaza City.",
    "Russia shells Kharkiv\nRussian forces shelled Kharkiv overnight.",
    "EU imposes sanctions\nThe European Union imposed sanctions on Belarus.",
    "Envoy in Cairo\nThe U.S. special envoy met Egyptian officials in Cairo.",
    "Rain\nIt will rain in the north.",
)


def article(number: int, edited: bool) -> Article:
    """Article `number`, as first published or as edited."""
    text = TEXTS[(number + edited) % len(TEXTS)]
    url = f"https://news.example/{number}"
    published = START + number * 7 * MINUTE
    return Article(
        article_id=content_id("stream", str(number)),
        version=1,
        url=url,
        canonical_url=url,
        title=text.partition("\n")[0],
        publisher=f"Paper {number % 3}",
        feed="stream",
        author="",
        language="en",
        published=published,
        published_origin="feed",
        updated=published + 60 * MINUTE if edited else None,
        fetched=None,
        content_hash=content_id(text),
        story_id=content_id("story", text),
        signature=b"",
        withdrawn=False,
        text=text,
    )


@lru_cache(maxsize=1)
def articles(paths: tuple[str, ...]) -> list[Article]:
    """All articles in the order in which they are handed out first."""
    if paths:
        found = (a for path in paths for a in articles_in(path, NOW))
        return [a for a in found if isinstance(a, Article)]
    return [
        a
        for n in range(MADE_UP)
        for a in [article(n, False), article(n // 4, True)][: 1 + (n % 8 == 0)]
    ]


def step(number: int, steps: int, paths: tuple[str, ...]) -> list[Article]:
    """What one of `steps` brings: its share of the articles, and half of an earlier share again."""
    every = articles(paths)
    size = math.ceil(len(every) / steps)
    again = number // 2 * size
    return every[number * size : (number + 1) * size] + every[again : again + (size + 1) // 2]


class _Steps(RestrictionProvider):
    def initial_restriction(self, element: int) -> OffsetRange:
        return OffsetRange(0, element)

    def create_tracker(self, restriction: OffsetRange) -> OffsetRestrictionTracker:
        return OffsetRestrictionTracker(restriction)

    def restriction_size(self, element: int, restriction: OffsetRange) -> int:
        return restriction.size()


class Hand(beam.DoFn):
    """Hands out step after step; in: how many steps there are."""

    def __init__(self, paths: tuple[str, ...], gate: str) -> None:
        self.paths = paths
        self.gate = gate

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        element: int,
        tracker: Any = beam.DoFn.RestrictionParam(_Steps()),  # noqa: B008 - Beam's way
        watermark: Any = beam.DoFn.WatermarkEstimatorParam(BY_HAND),  # noqa: B008
    ) -> Iterator[Any]:
        """One step, unless the gate is shut; the rest later."""
        number = tracker.current_restriction().start
        shut = number >= element * 2 // 3 and self.gate and not Path(self.gate).exists()
        if not shut:
            if not tracker.try_claim(number):
                return
            at = Timestamp(micros=START + number * 10 * MINUTE)
            yield TimestampedValue(step(number, element, self.paths), at)
            watermark.set_watermark(at)
        tracker.defer_remainder(PAUSE)
