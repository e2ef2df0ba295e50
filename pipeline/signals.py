"""`tocsin signals`: what is told more than usual, as a table, JSON or CSV, and on its way to who must know."""

import argparse
import csv
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from pipeline.bigquery_options import bigquery_settings
from pipeline.deliver import deliver, target_of
from pipeline.options import UsageError, check_period, country_codes, listed, unknown_choice
from pipeline.report.facts import instant
from pipeline.standing import VIEWS, over_standing, take_standing
from pipeline.tables import open_tables
from pipeline.watch import looks
from schemas.ids import content_id
from schemas.records import CATEGORIES, Micros
from schemas.sql import views

LEVELS = ("usual", "notice", "alert", "alarm")
SECRET = "TOCSIN_WEBHOOK_SECRET"  # noqa: S105 (the name of a variable, not its value)
EXIT_FAILED = 1


def command(args: argparse.Namespace) -> int:
    """Print the signals, or deliver the new ones; with ``--watch`` again and again.

    Returns:
        0; 1 if some signal could not be delivered and waits for the next call.

    Raises:
        UsageError: no such output, an unknown level or category, no code of a country, a period of nothing,
            or a file of other things to deliver to.
    """
    if args.level not in LEVELS:
        raise UsageError(unknown_choice("--level", args.level, LEVELS))
    wanted = listed(args.category)
    for category in wanted:
        if category not in CATEGORIES:
            raise UsageError(unknown_choice("--category", category, CATEGORIES))
    countries = country_codes("--country", args.country)
    check_period(args.since, args.until)
    status = 0

    def look() -> list[dict[str, Any]]:
        tables = open_tables(args.output, views=VIEWS, bigquery=bigquery_settings(args))
        return signals(tables, args.level, args.since, args.until)

    for found in looks(look, args.watch):
        rows = [
            r
            for r in found
            if (not wanted or r["category"] in wanted)
            and (not countries or r["country"] in countries)
            and (r["is_new"] or args.all)
        ]
        status = _deliver(args, rows) if args.deliver else _print(args, rows)
    return status


def signals(
    connection: Any, level: str = "alert", since: Micros | None = None, until: Micros | None = None
) -> list[dict[str, Any]]:
    """The rows of the view `signals` at a level or above, in order of time, over folded stories.

    Args:
        connection: what `pipeline.tables.open_tables` returns, with the views of `pipeline.standing`.
        level: notice, alert or alarm; ``usual`` gives every window that was judged.
        since: windows that end later than this, microseconds UTC.
        until: windows that begin before this, microseconds UTC.

    Returns:
        Rows as dictionaries, the view's columns after ``signal_id``, a hash of window, series and level that is
        the same whenever and wherever it is asked for.
    """
    take_standing(connection)
    result = connection.execute(
        f"SELECT * FROM ({over_standing('signals')}) AS signals ORDER BY window_end, category, country"  # noqa: S608
    )
    names = [column[0] for column in result.description]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    least = LEVELS.index(level)
    first, last = instant(since), instant(until)
    return [
        {"signal_id": _id(row), **row}
        for row in rows
        if LEVELS.index(row["level"]) >= least
        and (first is None or row["window_end"] > first)
        and (last is None or row["window_start"] < last)
    ]


def _id(row: dict[str, Any]) -> str:
    opens = row["window_start"].astimezone(UTC).isoformat()
    return content_id("signal", opens, row["category"], row["country"], row["level"])


def _deliver(args: argparse.Namespace, rows: Sequence[dict[str, Any]]) -> int:
    target = target_of(args.deliver, args.output, os.environ.get(SECRET, ""), args.sent)
    report = deliver(target, [_plain(row) for row in rows])
    if report.sent or not args.watch:
        print(f"{report.sent} signals delivered, {report.known} were before", file=sys.stderr)
    if report.error:
        print(
            f"tocsin: {report.waiting} signals wait for the next call: {report.error}",
            file=sys.stderr,
        )
        return EXIT_FAILED
    return 0


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        k: v.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(v, datetime) else v
        for k, v in row.items()
    }


def _print(args: argparse.Namespace, rows: Sequence[dict[str, Any]]) -> int:
    plain = [_plain(row) for row in rows]
    if args.json:
        for row in plain:
            sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.flush()
    elif args.csv:
        names = ["signal_id", *views()["signals"].columns]
        writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(plain)
    else:
        _table(rows)
    return 0


def _table(rows: Sequence[dict[str, Any]]) -> None:
    console = Console()
    if not rows:
        console.print("Nothing out of the usual, or less than three days of history.")
        return
    table = Table(title="Six hours out of the usual, UTC", title_justify="left", box=SIMPLE_HEAD)
    for name in ("until", "level", "score", "what"):
        table.add_column(
            name, justify="right" if name == "score" else "left", no_wrap=name != "what"
        )
    for row in rows:
        until = row["window_end"].strftime("%Y-%m-%d %H:%M")
        table.add_row(until, row["level"], f"{row['score']:.1f}", row["reason"])
    console.print(table)
