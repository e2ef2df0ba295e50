"""`tocsin counts`: the standing counts of an output, recounted from the mentions for any grouping.

Mentions add up over groups; articles, stories and publishers do not (one article may be in two
groups), so every grouping is counted afresh from the standing mentions, with stories folded by
their signatures as in the table `mention_counts`: grouped by window, category, status and both
countries, the rows are those of that table.
"""

import argparse
import csv
import difflib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from pipeline.bigquery_options import bigquery_settings
from pipeline.coverage import coverage
from pipeline.options import UsageError, check_period, country_codes, listed, unknown_choice
from pipeline.tables import open_tables
from pipeline.watch import looks
from schemas.jsonrows import EPOCH
from schemas.records import CATEGORIES, STATUSES, Micros
from transforms.tagging.stories import count_stories

GROUPS = {
    "window": ("window_start", "window_end"),
    "hour": ("date_trunc('hour', published) AS hour",),
    "day": ("CAST(date_trunc('day', published) AS DATE) AS day",),
    "week": ("CAST(date_trunc('week', published) AS DATE) AS week",),
    "month": ("strftime(published, '%Y-%m') AS month",),
    **{
        name: (name,)
        for name in (
            "category",
            "subtype",
            "status",
            "actor_country",
            "target_country",
            "person",
            "publisher",
        )
    },
}
VIEWS = ("articles_latest", "mentions_standing", "mention_counts_latest", "feed_health")
MEASURES = ("mention_count", "article_count", "story_count", "publisher_count")
WATCH_SECONDS = 5.0


@dataclass(frozen=True)
class Question:
    """What to count.

    Attributes:
        by: keys of `GROUPS`, in the order of the columns.
        since: first instant, microseconds UTC, or None.
        until: first instant no longer counted, microseconds UTC, or None.
        filters: column to the values of which one must hold; ``country`` is the actor's or the
            target's.
    """

    by: tuple[str, ...]
    since: Micros | None = None
    until: Micros | None = None
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()


def command(args: argparse.Namespace) -> int:
    """Print the counts once, or with ``--watch`` again whenever they change.

    Raises:
        UsageError: no such output, or an unknown column, category or status.
    """
    question = question_of(args)
    show = _json if args.json else _csv if args.csv else _table
    if args.watch:
        return _watch(args.output, question, show, args.watch, bigquery_settings(args))
    tables = open_tables(args.output, views=VIEWS, bigquery=bigquery_settings(args))
    show(question, count(tables, question))
    if show is _table and (told := coverage(tables, question.since, question.until)):
        Console().print(told, soft_wrap=not sys.stdout.isatty(), highlight=False)
    return 0


def question_of(args: argparse.Namespace) -> Question:
    """The question that the command line asks.

    Raises:
        UsageError: an unknown column, category or status, no code of a country, or a period of nothing.
    """
    by = tuple(dict.fromkeys(listed(args.by)))
    for name in by:
        if name not in GROUPS:
            raise UsageError(unknown_choice("--by", name, GROUPS))
    filters = []
    for option, column in (
        ("category", "category"),
        ("status", "status"),
        ("actor", "actor_country"),
        ("target", "target_country"),
        ("country", "country"),
        ("publisher", "publisher"),
    ):
        if values := listed(getattr(args, option)):
            known = {"category": CATEGORIES, "status": STATUSES}.get(option, values)
            for value in values:
                if value not in known:
                    raise UsageError(unknown_choice(f"--{option}", value, known))
            if column.endswith("country"):
                values = country_codes(f"--{option}", getattr(args, option))
            if option == "publisher":
                values = (
                    args.publisher.strip(),
                )  # names may have commas: `count` takes them apart
            filters.append((column, values))
    check_period(args.since, args.until)
    return Question(by, args.since, args.until, tuple(filters))


def count(connection: Any, question: Question) -> list[dict[str, Any]]:
    """Counts by group, sorted by the group; a row a group that has mentions.

    Args:
        connection: what `pipeline.tables.open_tables` returns.
        question: what to count.

    Returns:
        Rows of the group's columns (times aware and UTC, days as dates, the rest as stored), then
        mention_count, article_count, story_count (near-copies folded) and publisher_count.

    Raises:
        UsageError: a publisher that no article has.
    """
    filters = tuple(
        (column, _publishers(connection, wanted[0]) if column == "publisher" else wanted)
        for column, wanted in question.filters
    )
    question = replace(question, filters=filters)
    columns = [column for name in question.by for column in GROUPS[name]]
    names = [column.rsplit(" AS ", 1)[-1] for column in columns]
    condition, values = _where(question)
    source = "mentions_standing"
    if "window" in question.by:
        source += (
            " JOIN (SELECT DISTINCT window_start, window_end FROM mention_counts_latest) AS windows"
            " ON published >= window_start AND published < window_end"
        )
    groups = "".join(f"shares.{name}, " for name in names)  # articles have a publisher too
    query = f"""
        WITH shares AS (
          SELECT {"".join(f"{c}, " for c in columns)} article_id, any_value(publisher) AS house,
            count(*) AS mentions
          FROM {source} WHERE {condition} GROUP BY ALL
        )
        SELECT {groups} CAST(sum(mentions) AS BIGINT), count(*), count(DISTINCT house),
          list(signature)
        FROM shares JOIN articles_latest USING (article_id) GROUP BY ALL
        ORDER BY {groups} 1
    """  # noqa: S608 (every name is ours; values are parameters)
    rows = []
    for *group, mentions, articles, publishers, signatures in connection.execute(
        query, values
    ).fetchall():
        counts = (mentions, articles, count_stories(signatures), publishers)
        if articles:
            rows.append(dict(zip((*names, *MEASURES), (*group, *counts), strict=True)))
    return rows


def _publishers(connection: Any, given: str) -> tuple[str, ...]:
    """The publishers that a list with commas names; a name that is wrong would find nothing, and look like a zero."""
    found = connection.execute("SELECT DISTINCT publisher FROM articles_latest").fetchall()
    known = {name for (name,) in found}
    names = (given,) if given in known else listed(given)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name.lower(), {k.lower() for k in known}, 1, 0.6)
            meant = next((k for k in sorted(known) if [k.lower()] == near), "")
            hint = f"did you mean {meant}?" if meant else "--by publisher lists them"
            raise UsageError(f"--publisher: no article of {name!r} in this output; {hint}")
    return names


def _where(question: Question) -> tuple[str, list[Any]]:
    parts: list[str] = ["true"]
    values: list[Any] = []
    for sign, moment in ((">=", question.since), ("<", question.until)):
        if moment is not None:
            parts.append(f"published {sign} ?")
            values.append(EPOCH + timedelta(microseconds=moment))
    for column, wanted in question.filters:
        among = ", ".join("?" for _ in wanted)
        columns = ("actor_country", "target_country") if column == "country" else (column,)
        parts.append("(" + " OR ".join(f"{c} IN ({among})" for c in columns) + ")")
        values.extend(v for _ in columns for v in wanted)
    return " AND ".join(parts), values


def _plain(value: Any) -> Any:
    """A cell as JSON and CSV take it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _json(_: Question, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        line = orjson.dumps(
            {k: _plain(v) for k, v in row.items()}, option=orjson.OPT_APPEND_NEWLINE
        )
        sys.stdout.buffer.write(line)
    sys.stdout.flush()


def _csv(question: Question, rows: Sequence[dict[str, Any]]) -> None:
    names = [c.rsplit(" AS ", 1)[-1] for name in question.by for c in GROUPS[name]]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow((*names, *MEASURES))
    writer.writerows([_plain(v) for v in row.values()] for row in rows)
    sys.stdout.flush()


def _table(_: Question, rows: Sequence[dict[str, Any]]) -> None:
    console = Console()
    if not rows:
        console.print("No mention was counted here.")
        return
    table = Table(
        title="Standing counts, UTC",
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for name in rows[0]:
        number = name in MEASURES
        heading = f"{name.removesuffix('_count')}s".replace("ys", "ies") if number else name
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(f"{v:,}" if k in MEASURES else _shown(v) for k, v in row.items()))
    wide = console.options.update(width=1000)  # a row that wraps can be read, a cut one cannot
    console.width = max(console.width, Measurement.get(console, wide, table).maximum)
    console.print(table)


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value) or "–"


def _watch(
    output: str,
    question: Question,
    show: Callable[[Question, Sequence[dict[str, Any]]], None],
    seconds: float,
    bigquery: Mapping[str, Any],
) -> int:
    try:
        for rows in changes(output, question, seconds, bigquery):
            if show is _table:
                Console().clear()
            show(question, rows)
    except KeyboardInterrupt:  # while showing; `changes` ends by itself
        return 0
    return 0


def changes(
    output: str, question: Question, seconds: float, bigquery: Mapping[str, Any] | None = None
) -> Iterator[list[dict[str, Any]]]:
    """The counts now, and again each time a commit changes them, until Ctrl-C; waits for the first commit.

    Raises:
        UsageError: as `pipeline.watch.looks` does.
    """
    shown: list[dict[str, Any]] | None = None

    def look() -> list[dict[str, Any]]:
        return count(open_tables(output, views=VIEWS, bigquery=bigquery), question)

    for rows in looks(look, seconds):
        if rows != shown:
            yield rows
            shown = rows
