"""The figures of a report, and the tables they are read from, cut to its period."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pipeline.report.period import Bucket
from pipeline.standing import ARTICLES, MENTIONS, take_standing
from schemas.jsonrows import EPOCH
from schemas.records import Micros
from schemas.sql import view_sql

ANSWERED = "outcome IN ('ok', 'empty', 'unchanged')"
"""A poll that was answered, in SQL, as in the view mention_counts_dense."""
Row = dict[str, Any]


@dataclass
class Facts:
    """All figures of a report; each list is ready to be shown in its order.

    Attributes:
        output: the output, as the user named it.
        first, last: publication time of the first and last article in the charts, or None.
        buckets: the buckets of the charts; empty without articles.
        outside: articles of the period left out of the charts, their dates being far from all others.
        undated_outside: the same of articles without a date, which have the time when they were first seen.
        windows: the windows of the counts, in words; empty without counts.
        emitted: when the newest count was written.
        totals: articles, publishers, mentions, stories, edited, undated, withdrawn, not_counted, polls, feeds,
            feeds_down, rejects, and rejects_outside of the period.
        coverage: bucket key to articles seen, publishers, polls, and of these those answered and failed.
        series: (bucket key, category, status) to mentions.
        stories: (bucket key, category) to distinct stories.
        sentences: the sentences that the page may list, those to be listed first before the others.
        unnamed: parties without a country in the texts' own words, by category, side and the other side's country.
    """

    output: str
    since: datetime | None = None
    until: datetime | None = None
    first: datetime | None = None
    last: datetime | None = None
    buckets: list[Bucket] = field(default_factory=list)
    outside: int = 0
    undated_outside: int = 0
    windows: str = ""
    emitted: datetime | None = None
    totals: dict[str, int] = field(default_factory=dict)
    coverage: dict[str, dict[str, int]] = field(default_factory=dict)
    series: dict[tuple[str, str, str], int] = field(default_factory=dict)
    stories: dict[tuple[str, str], int] = field(default_factory=dict)
    statuses: dict[tuple[str, str], int] = field(default_factory=dict)
    countries: list[Row] = field(default_factory=list)
    country_series: dict[tuple[str, str, str], int] = field(default_factory=dict)
    pairs: dict[str, list[Row]] = field(default_factory=dict)
    unnamed: list[Row] = field(default_factory=list)
    envoys: list[Row] = field(default_factory=list)
    sanctions: list[Row] = field(default_factory=list)
    signals: list[Row] = field(default_factory=list)
    top: list[Row] = field(default_factory=list)
    sentences: list[Row] = field(default_factory=list)
    not_counted: list[Row] = field(default_factory=list)
    rejects: list[Row] = field(default_factory=list)
    feeds: list[Row] = field(default_factory=list)
    publishers: list[Row] = field(default_factory=list)

    def bucket_of(self, column: str = "moment") -> str:
        """The start of the bucket of a time without its zone, in SQL, as `bucket`."""
        return f"date_trunc('{self.buckets[0].unit}', {column}) AS bucket"

    def key_of(self, bucket: datetime) -> str:
        """The key of the bucket that starts then."""
        return bucket.strftime("%Y-%m-%dT%H" if self.buckets[0].unit == "hour" else "%Y-%m-%d")

    @property
    def unheard(self) -> set[str]:
        """Keys of the buckets in which a zero says nothing: no article was seen and no feed answered."""
        return {k for k, r in self.coverage.items() if not r["articles"] and not r["answered"]}


class Tables:
    """The tables of an output, cut to a period, as dictionaries."""

    def __init__(self, connection: Any, since: Micros | None, until: Micros | None) -> None:
        """Reads what stands once: every later query is over these temporary tables.

        Streams may write a row twice: a poll or reject is told once, as in the view data_quality.
        """
        self.connection = connection
        take_standing(connection)
        for name, table, moment in (
            ("articles", ARTICLES, "published"),
            ("mentions", MENTIONS, "published"),
            ("polls", "(SELECT DISTINCT ON (feed, polled, outcome) * FROM feed_health)", "polled"),
            ("rejects", "(SELECT DISTINCT * FROM rejects)", "seen"),
        ):
            lower = f"{moment} >= make_timestamptz({since})" if since is not None else "true"
            upper = f"{moment} < make_timestamptz({until})" if until is not None else "true"
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW period_{name} AS FROM {table} WHERE {lower} AND {upper}"
            )
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE period_named AS SELECT category, story_id, country,"
            " date_trunc('hour', moment) AS moment, count(*) AS n FROM ("
            "  SELECT *, actor_country AS country FROM period_mentions UNION ALL"
            "  SELECT *, target_country FROM period_mentions WHERE target_country <> actor_country UNION ALL"
            "  SELECT *, place_country FROM period_mentions"
            "  WHERE place_country NOT IN (actor_country, target_country)"
            " ) AS named WHERE country <> '' GROUP BY ALL"
        )

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """The rows of a query."""
        result = self.connection.execute(sql, values)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def view(self, name: str) -> str:
        """The SELECT of a view over the period."""
        tables = {"mentions_standing": "period_mentions", "articles_latest": "period_articles"}
        return view_sql(name, "duckdb", tables)


def instant(moment: Micros | None) -> datetime | None:
    """Microseconds since the epoch as a time, UTC; None stays None."""
    return None if moment is None else EPOCH + timedelta(microseconds=moment)
