"""How much of a period was listened to: without it, a count that is missing says nothing."""

# ruff: noqa: S608 (the condition in the queries is ours; values are parameters)

from datetime import UTC, timedelta
from typing import Any

from pipeline.report.facts import ANSWERED, instant
from schemas.records import Micros

HOUR = timedelta(hours=1)


def coverage(connection: Any, since: Micros | None, until: Micros | None) -> str:
    """One sentence: in how many hours of a period something was read.

    An hour was heard if a standing article was published in it or a feed answered in it, as in the view
    `mention_counts_dense`.

    Args:
        connection: what `pipeline.tables.open_tables` returns, with `articles_latest` and `feed_health`.
        since: first instant of the period, microseconds UTC; None for the first dated article or answer.
        until: first instant behind it; None for the last article or answer.

    Returns:
        The sentence; empty if nothing was ever read.
    """
    first, last = connection.execute(
        f"SELECT min(hour), max(hour) FROM ({_HEARD}) WHERE dated"
    ).fetchone()
    start = instant(since) or first
    end = instant(until) or (last and last + HOUR)
    if start is None or end is None or start >= end:
        return ""
    (heard,) = connection.execute(
        f"SELECT count(DISTINCT hour) FROM ({_HEARD}) WHERE hour >= date_trunc('hour', ?) AND hour < ?",
        [start, end],
    ).fetchone()
    hours = -(-(end - start) // HOUR)
    period = f"from {start.astimezone(UTC):%Y-%m-%d %H:%M} to {end.astimezone(UTC):%Y-%m-%d %H:%M}"
    if heard >= hours:
        return f"Something was read in every hour {period}: what is missing here is zero."
    return (
        f"Something was read in {heard:,} of {hours:,} hours {period}; "
        "in the others, what is missing here is not known to be zero."
    )


_HEARD = f"""
    SELECT date_trunc('hour', published) AS hour, published_origin <> 'first_seen' AS dated
    FROM articles_latest WHERE NOT withdrawn
    UNION ALL
    SELECT date_trunc('hour', polled), true FROM feed_health WHERE {ANSWERED}
"""
