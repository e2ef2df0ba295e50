"""Counts are a function of the contributions: order, repeats and splits do not matter."""

import random

from hypothesis import given
from hypothesis import strategies as st

from schemas.records import MentionCount
from transforms.counting import (
    Contribution,
    Series,
    Standing,
    count_window,
    day_of,
    days_between,
    merge,
    restate,
)

STRIKE = Series("strike", "occurred", "ISR", "PSE")
ENVOY = Series("envoy", "occurred", "USA", "")
WINDOW = (0, 3_600_000_000)

versions = st.builds(
    Contribution,
    version=st.integers(1, 4),
    publisher=st.sampled_from(["A", "B", "C"]),
    signature=st.just(b""),
    mentions=st.dictionaries(st.sampled_from([STRIKE, ENVOY]), st.integers(1, 5)).map(
        lambda d: tuple(sorted(d.items()))
    ),
    change=st.sampled_from(["", "edited"]),
)


def one_content_each(parts: list[tuple[str, Contribution]]) -> list[dict[str, Contribution]]:
    """An article has one content at each version; keep the first drawn."""
    seen: dict[tuple[str, int], Contribution] = {}
    return [{a: seen.setdefault((a, c.version), c)} for a, c in parts]


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), versions), max_size=20),
    st.randoms(use_true_random=False),
)
def test_merging_ignores_order_repeats_and_splits(parts: list, rng: random.Random) -> None:
    maps = one_content_each(parts)
    straight: dict = {}
    for part in maps:
        merge(straight, part)
    shuffled = maps * 2
    rng.shuffle(shuffled)
    cut = rng.randrange(len(shuffled) + 1)
    halves: tuple[dict, dict] = ({}, {})
    for number, part in enumerate(shuffled):
        merge(halves[number < cut], part)
    assert count_window(merge(halves[0], halves[1])) == count_window(straight)


@given(st.dictionaries(st.sampled_from("abcdef"), versions, max_size=6))
def test_counts_add_up(contributions: dict[str, Contribution]) -> None:
    counts = count_window(contributions)
    for series, (mentions, articles, stories, publishers) in counts.items():
        with_series = [
            dict(c.mentions)[series] for c in contributions.values() if series in dict(c.mentions)
        ]
        assert mentions == sum(with_series)
        assert articles == len(with_series) >= max(stories, publishers) >= 1


@given(
    st.lists(st.dictionaries(st.sampled_from("abcd"), versions, max_size=4), min_size=1, max_size=6)
)
def test_restating_always_ends_at_a_recount(rounds: list[dict[str, Contribution]]) -> None:
    """Whatever was stated before, applying the rows gives the recount; applying again gives
    nothing."""
    standing: dict[Series, Standing] = {}
    for contributions in rounds:
        rows = restate(WINDOW, contributions, standing, now=1)
        for row in rows:
            series = Series(*row[2:6])
            assert row.revision == (standing[series].revision + 1 if series in standing else 1)
            standing[series] = Standing(row[6:10], row.revision)
        held = {s: v.counts for s, v in standing.items() if v.counts != (0, 0, 0, 0)}
        assert held == count_window(contributions)
        assert restate(WINDOW, contributions, standing, now=2) == []


def test_a_series_that_lost_its_mentions_is_restated_as_zero() -> None:
    edited = {"a": Contribution(2, "A", b"", (), "edited")}
    standing = {STRIKE: Standing((3, 1, 1, 1), 4)}
    assert restate(WINDOW, edited, standing, now=9) == [
        MentionCount(*WINDOW, *STRIKE, 0, 0, 0, 0, 5, "edited", 9)
    ]


def test_late_articles_say_so() -> None:
    late = {"b": Contribution(1, "B", b"", ((STRIKE, 1),), "")}
    rows = restate(WINDOW, late, {STRIKE: Standing((9, 9, 9, 9), 1)}, now=9)
    assert [r.reason for r in rows] == ["late"]
    assert [r.reason for r in restate(WINDOW, late, {}, now=9)] == ["first"]


def test_days_are_utc_and_spans_half_open() -> None:
    day = 86_400_000_000
    assert day_of(day - 1) == "1970-01-01"
    assert day_of(-1) == "1969-12-31"
    assert days_between(0, day) == ["1970-01-01"]
    assert days_between(day - 1, day + 1) == ["1970-01-01", "1970-01-02"]
