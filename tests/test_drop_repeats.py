"""Which version of an article stands depends on the versions, never on when or in which company
they arrive."""

import random
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.arrow import rows_to_table
from schemas.records import Article
from transforms.drop_repeats import resolve, stamp, supersedes
from transforms.store.known import Known, KnownArticles

DAY = 86_400_000_000


def known_of(article: Article) -> Known:
    found = KnownArticles(rows_to_table("articles", [article])).lookup([article.article_id])[0]
    assert found is not None
    return found


def run_over(parts: list[list[Article]]) -> Article:
    """The article that stands after runs over the parts, one run each."""
    standing: Article | None = None
    for part in parts:
        known = known_of(standing) if standing else None
        candidates = [a for a in part if known is None or supersedes(a, known)]
        kept = resolve(candidates, known) if candidates else None
        if kept:
            standing = kept.article
    assert standing is not None
    return standing


days = st.integers(1, 4).map(lambda n: n * DAY)
tellings = st.lists(
    st.tuples(
        st.integers(0, 2),
        days,
        st.none() | days,
        st.booleans(),
        st.sampled_from("AB"),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@given(tellings, st.randoms(use_true_random=False), st.data())
def test_any_order_and_any_split_into_runs_leave_the_same_version(
    article: Any, told: list[Any], rng: random.Random, data: st.DataObject
) -> None:
    """Contents told again with other dates, stated edits or none, undated, by several publishers, withdrawn."""
    versions = [
        article(
            "x",
            f"Title\nbody {content}",
            published=published if dated else DAY,
            published_origin="feed" if dated else "first_seen",
            updated=updated,
            publisher=publisher,
            withdrawn=withdrawn and updated is not None,
        )
        for content, published, updated, dated, publisher, withdrawn in told
    ]
    once = run_over([versions])
    shuffled = versions * 2
    rng.shuffle(shuffled)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(shuffled)), max_size=4)))
    bounds = [0, *cuts, len(shuffled)]
    parts = [shuffled[a:b] for a, b in pairwise(bounds) if a < b]
    assert run_over(parts)._replace(version=0) == once._replace(version=0)
    assert stamp(once) == max(map(stamp, versions))


def test_of_equal_contents_the_one_told_last_stands_and_a_date_beats_none(article: Any) -> None:
    early = article("x", published=5 * DAY, publisher="B")
    late = article("x", published=6 * DAY, publisher="A")
    undated = article("x", published=1 * DAY, published_origin="first_seen")
    assert run_over([[early], [late], [early]]) == late._replace(version=2)
    assert run_over([[late], [early], [undated]]) == late
    assert run_over([[undated, early], [late]])._replace(version=1) == late
    assert run_over([[early._replace(publisher="C")], [early]]).publisher == "B"


def test_of_equal_edits_the_first_published_stands(article: Any) -> None:
    early = article("x", published=5 * DAY, updated=7 * DAY)
    late = article("x", published=6 * DAY, updated=7 * DAY)
    assert run_over([[late], [early]]) == early._replace(version=2)
    assert run_over([[early], [late]]) == early


def test_a_repeat_of_the_stored_version_is_none(article: Any) -> None:
    stored = article("x")
    assert not supersedes(stored, known_of(stored))
    assert resolve([stored], known_of(stored)) is None


def test_versions_are_numbered_from_the_stored_one_on(article: Any) -> None:
    first = article("x", "T\none", updated=1)
    second = article("x", "T\ntwo", updated=2)
    third = article("x", "T\nthree", updated=3)
    fresh = resolve([third, first, second], None)
    assert fresh is not None
    assert (fresh.article.text, fresh.article.version, fresh.replaces) == ("T\nthree", 3, None)
    fresh = resolve([third], known_of(second._replace(version=2, published=7 * DAY)))
    assert fresh is not None
    assert (fresh.article.version, fresh.replaces) == (3, 7 * DAY)


def test_lookup_finds_the_newest_version_of_many(article: Any) -> None:
    rows = [article(str(n), version=v) for n in range(300) for v in (2, 1, 3)]
    known = KnownArticles(rows_to_table("articles", rows))
    assert len(known) == 300
    found = known.lookup([article("7").article_id, article("nobody").article_id])
    assert found[0] is not None
    assert found[0].version == 3
    assert found[1] is None
