"""The axes of the charts: few bars, whole steps, labels that do not touch."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.report.charts import whole_steps
from pipeline.report.period import buckets_between, stretches, ticks


@pytest.mark.parametrize(
    ("hours", "unit"),
    [(1, "hour"), (71, "hour"), (73, "day"), (24 * 200, "week"), (24 * 4000, "year")],
)
def test_buckets_hold_the_whole_period_in_few_bars(hours: int, unit: str) -> None:
    first = datetime(2024, 2, 28, 23, 30, tzinfo=UTC)
    buckets = buckets_between(first, first + timedelta(hours=hours))
    assert buckets[0].unit == unit
    assert buckets[0].start <= first
    assert buckets[-1].end > first + timedelta(hours=hours)
    assert all(a.end == b.start for a, b in itertools.pairwise(buckets))
    assert len(buckets) <= 96
    assert 0 < len(ticks(buckets, wide=False)) <= 5


@pytest.mark.parametrize("hours", [1, 5, 17, 40, 72])
@pytest.mark.parametrize("wide", [True, False])
def test_an_axis_of_hours_says_which_day_it_is(hours: int, wide: bool) -> None:
    first = datetime(2023, 10, 7, 3, tzinfo=UTC)
    shown = ticks(buckets_between(first, first + timedelta(hours=hours - 1)), wide)
    days = [lines[1] for lines in shown.values() if len(lines) == 2]
    assert days == [f"{day} Oct" for day in sorted({int(key[8:10]) for key in shown})] != []
    assert len(shown) <= (12 if wide else 5)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 29, 100, 12345])
def test_an_axis_of_counts_has_whole_and_different_labels(
    count: int, page: Any, world: Any
) -> None:
    assert len(whole_steps(0, count, 4)) <= 6
    for low in (0, -count, -1):
        steps = whole_steps(low, count, 4)
        assert len(steps) == len(set(steps)) > 1
        assert steps[0] <= low
        assert steps[-1] >= count
        assert 0 in steps
    if count == 1:
        world.tell("one", "2026-03-02T08:00", [{}])
        chart = re.findall(r'aria-label="Mentions of strike.*?</svg>', page())[0]
        assert re.findall(r"<text[^>]*>([01])</text>", chart) == ["0", "1"]


def test_neighbouring_gaps_are_told_as_one() -> None:
    days = buckets_between(datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 10, 9, 12, tzinfo=UTC))
    assert stretches([days[0], *days[3:6], days[8]]) == [
        "Sun 1 Oct 2023",
        "Wed 4 Oct 2023 to Fri 6 Oct 2023 (3 days)",
        "Mon 9 Oct 2023",
    ]
    assert stretches([]) == []
