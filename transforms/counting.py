"""Counts as a pure function of the articles: what each contributes, how contributions merge, what a
window says.

A contribution is one article's share of one window. Contributions of a window form a map from
article to its newest version, so merging is commutative, associative and idempotent: order, repeats
and splits cannot matter.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from schemas.records import Article, Mention, MentionCount, Micros
from transforms.tagging.stories import count_stories

SECOND = 1_000_000
DAY = 86_400 * SECOND


class Series(NamedTuple):
    """What a count row counts, within its window."""

    category: str
    status: str
    actor_country: str
    target_country: str


class Contribution(NamedTuple):
    """One article version's share of a window: mentions by series; none for a version that left the
    window."""

    version: int
    publisher: str
    signature: bytes
    mentions: tuple[tuple[Series, int], ...]
    change: str  # why the article counts anew: "" (new), "edited" or "withdrawn"; "stored" for an earlier run's


Contributions = dict[str, Contribution]
"""article_id to the contribution of its newest version."""


class Standing(NamedTuple):
    """The standing count row of a series: the four counts, and the revision that states them."""

    counts: tuple[int, int, int, int]
    revision: int


def series_of(mentions: Iterable[Mention]) -> tuple[tuple[Series, int], ...]:
    """Counted mentions by series, sorted."""
    counter = Counter(
        Series(m.category, m.status, m.actor_country, m.target_country)
        for m in mentions
        if m.counted
    )
    return tuple(sorted(counter.items()))


def contribution(article: Article, mentions: Iterable[Mention], change: str) -> Contribution:
    """What this article version adds to each window that holds its publication time."""
    shares = () if article.withdrawn else series_of(mentions)
    return Contribution(article.version, article.publisher, article.signature, shares, change)


def merge(into: Contributions, other: Mapping[str, Contribution]) -> Contributions:
    """Add contributions to `into`, the newest version of each article winning; returns `into`.

    At one version a contribution with mentions beats one without: the latter only says that an older version
    left the window, which the former, if it is in the same window, contradicts.
    """
    for article_id, new in other.items():
        old = into.get(article_id)
        if old is None or (new.version, new.mentions) > (old.version, old.mentions):
            into[article_id] = new
    return into


def count_window(
    contributions: Mapping[str, Contribution],
) -> dict[Series, tuple[int, int, int, int]]:
    """Mentions, articles, stories and publishers of each series among the contributions of one
    window."""
    members: dict[Series, list[tuple[int, Contribution]]] = defaultdict(list)
    for share in contributions.values():
        for series, mentions in share.mentions:
            members[series].append((mentions, share))
    return {
        series: (
            sum(mentions for mentions, _ in shares),
            len(shares),
            count_stories(share.signature for _, share in shares),
            len({share.publisher for _, share in shares}),
        )
        for series, shares in members.items()
    }


def restate(
    window: tuple[Micros, Micros],
    contributions: Mapping[str, Contribution],
    standing: Mapping[Series, Standing],
    now: Micros,
    closed: bool = True,
) -> list[MentionCount]:
    """The rows that make a window's standing counts equal to `contributions`; none where they already are.

    A series that no article supports any more is restated as zeros. The reason is "first" for a
    series not counted before, and for any statement of a window that is not `closed` yet; else
    "withdrawn" or "edited" if any article changed so, else "late".
    """
    counts = count_window(contributions)
    changes = {share.change for share in contributions.values()}
    again = "late" if closed else "first"
    again = next((c for c in ("withdrawn", "edited") if c in changes), again)
    rows = []
    for series in sorted(counts.keys() | standing.keys()):
        values = counts.get(series, (0, 0, 0, 0))
        before = standing.get(series)
        if before is None or before.counts != values:
            revision = before.revision + 1 if before else 1
            reason = again if before else "first"
            rows.append(MentionCount(*window, *series, *values, revision, reason, now))
    return rows


def day_of(micros: Micros) -> str:
    """The UTC day of an instant, "YYYY-MM-DD".

    >>> day_of(0)
    '1970-01-01'
    """
    return datetime.fromtimestamp(micros // SECOND, UTC).strftime("%Y-%m-%d")


def days_between(start: Micros, end: Micros) -> list[str]:
    """The UTC days that the half-open span [start, end) touches."""
    return [day_of(d * DAY) for d in range(start // DAY, (end - 1) // DAY + 1)]
