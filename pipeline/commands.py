"""The commands: what each is for, its options, and the function that runs it."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.bigquery_options import bigquery_options
from pipeline.options import duration, moment
from pipeline.run_options import feeds_options, run_options, tag_options, withdraw_options


@dataclass(frozen=True)
class Command:
    """A command: what it is for, its options, and the function that runs it ("module:function")."""

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    target: str
    takes_beam_options: bool = False


def _counts(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("output", metavar="OUTPUT", help="folder of a run, or bq://PROJECT.DATASET")
    add(
        "--by",
        default="day,category,status",
        metavar="COLUMNS",
        help="group by these: window, hour, day, week, month, category, subtype, status, actor_country, "
        "target_country, person, publisher (default: day,category,status)",
    )
    add(
        "--since", type=moment, default=None, metavar="DATE", help="published at DATE or later, UTC"
    )
    add("--until", type=moment, default=None, metavar="DATE", help="published before DATE, UTC")
    add("--category", default="", metavar="NAMES", help="only these: strike, envoy, sanction")
    add(
        "--status",
        default="",
        metavar="NAMES",
        help="only these: occurred, planned, threatened, called_off, denied",
    )
    add(
        "--actor",
        default="",
        metavar="CODES",
        help="only mentions with an actor of these countries, ISO alpha-3",
    )
    add(
        "--target",
        default="",
        metavar="CODES",
        help="only mentions with a target of these countries",
    )
    add(
        "--country",
        default="",
        metavar="CODES",
        help="only mentions with an actor or a target of these countries",
    )
    add("--publisher", default="", metavar="NAMES", help="only these publishers")
    add(
        "--watch",
        type=duration,
        nargs="?",
        const=5,
        default=None,
        metavar="TIME",
        help="stay, look each TIME (5s), and print again whenever the counts change",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON lines")
    form.add_argument("--csv", action="store_true", help="CSV with a header")
    bigquery_options(parser, duration)


def _report(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("output", metavar="OUTPUT", help="folder of a run, or bq://PROJECT.DATASET")
    add(
        "-o",
        "--page",
        default="report.html",
        metavar="FILE",
        help="where to write the page, or all sentences behind it if FILE ends in .csv;"
        " - for standard output (default: report.html)",
    )
    add(
        "--since", type=moment, default=None, metavar="DATE", help="published at DATE or later, UTC"
    )
    add("--until", type=moment, default=None, metavar="DATE", help="published before DATE, UTC")
    bigquery_options(parser, duration)


def _signals(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("output", metavar="OUTPUT", help="folder of a run, or bq://PROJECT.DATASET")
    add(
        "--level",
        default="alert",
        metavar="LEVEL",
        help="this or above: usual, notice, alert, alarm (default: alert)",
    )
    add("--all", action="store_true", help="also those of a series that had its level already")
    add("--category", default="", metavar="NAMES", help="only these: strike, envoy, sanction")
    add("--country", default="", metavar="CODES", help="only these countries, ISO alpha-3")
    add("--since", type=moment, default=None, metavar="DATE", help="ending after DATE, UTC")
    add("--until", type=moment, default=None, metavar="DATE", help="beginning before DATE, UTC")
    add(
        "--deliver",
        default="",
        metavar="FILE|URL",
        help="append the new ones to a file of JSON lines, or post each to a webhook, signed with "
        "the key in TOCSIN_WEBHOOK_SECRET; what cannot be delivered waits for the next call",
    )
    add(
        "--sent",
        default="",
        metavar="FILE",
        help="where to remember what a webhook got (default: in the output's folder)",
    )
    add(
        "--watch",
        type=duration,
        nargs="?",
        const=60,
        default=None,
        metavar="TIME",
        help="stay, and look again each TIME (1m)",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON lines")
    form.add_argument("--csv", action="store_true", help="CSV with a header")
    bigquery_options(parser, duration)


def _why(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("output", metavar="OUTPUT", help="folder of a run, or bq://PROJECT.DATASET")
    add("article", metavar="ARTICLE", help="URL or article_id")
    add("--json", action="store_true", help="as JSON")
    bigquery_options(parser, duration)


def _schema(parser: argparse.ArgumentParser) -> None:
    form = parser.add_mutually_exclusive_group()
    for kind, text in (
        ("bigquery", "the columns as JSON, as bq and Terraform take them"),
        ("arrow", "the Arrow schemas of the Parquet files"),
        (
            "sql",
            "the statements that create tables and views in BigQuery, in a dataset named tocsin",
        ),
    ):
        form.add_argument(f"--{kind}", action="store_true", help=text)


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", metavar="OUTPUT", help="folder of a run, or bq://PROJECT.DATASET")
    parser.add_argument(
        "--repair",
        action="store_true",
        help="of a folder: set aside the days with damaged files, so that running their inputs again fills them",
    )
    bigquery_options(parser, duration)


COMMANDS: dict[str, Command] = {
    "run": Command(
        "Read news, find mentions, count them by window, write the tables.\n\n"
        "Also takes every option of Apache Beam, such as --runner; the default runner is FnApiRunner.",
        run_options,
        "pipeline.run:command",
        takes_beam_options=True,
    ),
    "tag": Command(
        "Find the mentions in files and print them as JSON lines, one line an article.",
        tag_options,
        "pipeline.tag:command",
    ),
    "counts": Command("Show the standing counts of an output.", _counts, "pipeline.counts:command"),
    "report": Command(
        "Write one self-contained HTML page with charts, tables and the sentences behind them.",
        _report,
        "pipeline.report:command",
    ),
    "feeds": Command(
        "Check what feeds answer now, list them, or import a list as TOML.\n\n"
        "`check` stores nothing; its status is 1 if any feed is not well.",
        feeds_options,
        "pipeline.feeds:command",
    ),
    "signals": Command(
        "Show, or deliver, what is told more than usual about a country.",
        _signals,
        "pipeline.signals:command",
    ),
    "why": Command(
        "Show what was counted in an article, what was not, and why.",
        _why,
        "pipeline.why:command",
    ),
    "check": Command(
        "Verify an output: files, ids, spans, keys, and a recount of everything. Status 1 if it fails.",
        _check,
        "pipeline.check:command",
    ),
    "withdraw": Command(
        "Take articles back: every count that they were part of is restated.",
        withdraw_options,
        "pipeline.withdraw:command",
    ),
    "schema": Command(
        "Show the tables: every column with its type and meaning.",
        _schema,
        "pipeline.schema:command",
    ),
}
