"""The unbounded form of the flow gives the counts of the bounded one, whatever comes when."""

import time
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing import test_stream
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.utils.timestamp import Timestamp
from unbounded import HOUR, shuffled_and_sorted

from transforms.counting import SECOND, Contribution, Contributions, Series
from transforms.keep_windows import KeepWindows


@pytest.mark.parametrize("window", [(3600, 3600), (7200, 1800)])
@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_and_any_watermark_count_like_one_sorted_run(
    article: Any, tmp_path: Path, window: tuple[int, int], seed: int
) -> None:
    runner = ["--runner=BundleBasedDirectRunner"]
    stream, once = shuffled_and_sorted(article, tmp_path, window, seed, runner)
    assert stream == once != []


class Behind:
    """A store in which what a stream has written cannot be read yet."""

    def current(self) -> "Behind":
        return self

    def contributions(self, start: int, end: int) -> dict[str, Any]:
        return {}

    def standing(self, start: int, end: int) -> dict[Series, Any]:
        return {}


def share(name: str) -> Contributions:
    return {name: Contribution(1, name, b"", ((Series("strike", "occurred", "", ""), 1),), "")}


def test_a_window_of_last_month_is_not_forgotten_before_its_rows_are_stored() -> None:
    now = int(time.time()) * SECOND
    span = (now // HOUR * HOUR - 700 * HOUR, now // HOUR * HOUR - 699 * HOUR)
    stream = test_stream.TestStream()
    for number, name in enumerate("abc"):
        stream = stream.advance_watermark_to(Timestamp(micros=now + number * SECOND))
        stream = stream.add_elements([(span, share(name))])
    options = PipelineOptions(["--streaming", "--runner=BundleBasedDirectRunner"])
    with beam.Pipeline(options=options) as pipeline:
        stated = (
            pipeline
            | stream.advance_watermark_to_infinity()
            | KeepWindows(Behind(), early=60, lateness=7 * 86_400)
            | beam.FlatMap(lambda rows: [(row.revision, row.mention_count) for row in rows])
        )
        assert_that(stated, equal_to([(1, 1), (2, 2), (3, 3)]))
