"""Every option of every command, declared once: the command line and the Flex Template's metadata
read it here.
"""

import argparse
import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class UsageError(Exception):
    """The user asked for something that cannot be done; the message is one line that names it.

    Status 2.
    """


class RunFailed(Exception):
    """A run that began and could not finish; nothing of it was committed.

    Status 1.
    """


def duration(value: str) -> int:
    """Seconds in "15m", "1h", "24h", "7d" or a plain number of seconds.

    >>> duration("15m")
    900
    """
    match = re.fullmatch(r"(\d+)\s*([smhdw]?)", value.strip().lower())
    if not match:
        raise argparse.ArgumentTypeError(f"{value!r} is not a duration such as 15m, 1h or 7d")
    seconds = int(match[1]) * _UNITS[match[2] or "s"]
    if seconds <= 0:
        raise argparse.ArgumentTypeError(f"{value!r}: must be longer than nothing")
    return seconds


def moment(value: str) -> int:
    """Microseconds UTC of an ISO date or time; times without a zone are UTC.

    >>> moment("1970-01-02")
    86400000000
    """
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{value!r} is not a date such as 2026-03-01 or 2026-03-01T12:00:00+00:00"
        ) from None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return int(when.timestamp()) * 1_000_000 + when.microsecond


def unknown_choice(option: str, given: str, known: Iterable[str]) -> str:
    """What to say of a value that is none of the known ones."""
    choices = list(known)
    near = difflib.get_close_matches(given, choices, 1, 0.6)
    hint = f"; did you mean {near[0]}?" if near else f"; one of {', '.join(choices)}"
    return f"{option}: unknown {given!r}{hint}"


@dataclass(frozen=True)
class Command:
    """A command: what it is for, its options, and the function that runs it ("module:function")."""

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    target: str
    takes_beam_options: bool = False


def _run(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "inputs",
        nargs="*",
        metavar="INPUT",
        help="files, folders, globs, gs:// paths, feed URLs; each file told by content, plain or gzip",
    )
    add(
        "--feeds",
        metavar="FILE",
        action="append",
        default=[],
        help="a list of feeds to poll: OPML, TOML, or one URL a line",
    )
    add(
        "--output",
        metavar="DIR",
        default="output",
        help="folder for the tables, or bq://PROJECT.DATASET (default: output)",
    )
    add(
        "--window",
        type=duration,
        default="1h",
        metavar="TIME",
        help="length of the count windows (default: 1h)",
    )
    add(
        "--every",
        type=duration,
        default=None,
        metavar="TIME",
        help="a window begins each TIME (default: --window, so windows do not overlap)",
    )
    add(
        "--stream",
        action="store_true",
        help="keep going: ask feeds as they fall due, watch folders, commit each increment",
    )
    add(
        "--for",
        dest="stream_for",
        type=duration,
        default=None,
        metavar="TIME",
        help="end a --stream after TIME (default: at Ctrl-C, which finishes the increment)",
    )
    add(
        "--since",
        type=moment,
        default=None,
        metavar="DATE",
        help="leave out articles published before DATE, UTC",
    )
    add(
        "--keep-text",
        action="store_true",
        help="keep the text of articles in the articles table, so that they can be replayed",
    )
    _clock(parser)
    add("--quiet", action="store_true", help="no progress and no summary")
    add("--json", action="store_true", help="the summary as JSON on standard output")
    _polling(parser)


def _clock(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--now",
        type=moment,
        default=None,
        metavar="TIME",
        help="the run's clock, for replays and tests (default: the real one)",
    )
    parser.add_argument(
        "--lock-wait",
        type=duration,
        default="1m",
        metavar="TIME",
        help="how long to wait for another run on the same output (default: 1m)",
    )


def _polling(parser: argparse.ArgumentParser) -> None:
    _asking(parser)
    parser.add_argument(
        "--full-text",
        action="store_true",
        help="fetch the page of entries that are only teasers (robots.txt is obeyed)",
    )
    parser.add_argument(
        "--poll-every",
        type=duration,
        default=None,
        metavar="TIME",
        help="ask every feed each TIME (default: as often as each has news, by its own hints and history)",
    )
    parser.add_argument(
        "--poll-shards",
        type=int,
        default=1,
        metavar="N",
        help="poll hosts in N groups, on as many workers (default: 1)",
    )


def _asking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host-delay",
        type=float,
        default=5.0,
        metavar="SECONDS",
        help="least time between two requests to one host (default: 5)",
    )
    parser.add_argument(
        "--allow-private",
        action="store_true",
        help="let feeds be on addresses that are not public (loopback, private networks)",
    )
    parser.add_argument(
        "--contact",
        metavar="TEXT",
        default="",
        help="how publishers can reach you; becomes part of the User-Agent",
    )


def _tag(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "files",
        nargs="*",
        metavar="FILE",
        help="files of any kind that `run` reads; - or nothing for standard input",
    )
    add(
        "--rejected",
        action="store_true",
        help="also the triggers that did not count, with the reason",
    )


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


def _report(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("output", metavar="OUTPUT", help="folder of a run, or bq://PROJECT.DATASET")
    add(
        "-o",
        "--page",
        default="report.html",
        metavar="FILE",
        help="where to write the page; - for standard output (default: report.html)",
    )
    add(
        "--since", type=moment, default=None, metavar="DATE", help="published at DATE or later, UTC"
    )
    add("--until", type=moment, default=None, metavar="DATE", help="published before DATE, UTC")


def _feeds(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("action", choices=("check", "list", "import"), help="what to do with the list")
    add(
        "file",
        metavar="FILE",
        help="a list of feeds: OPML, TOML, CSV, or one URL a line; - reads standard input",
    )
    add("--json", action="store_true", help="check: a JSON array")
    _asking(parser)


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


def _why(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("output", metavar="OUTPUT", help="folder of a run, or bq://PROJECT.DATASET")
    add("article", metavar="ARTICLE", help="URL or article_id")
    add("--json", action="store_true", help="as JSON")


def _schema(parser: argparse.ArgumentParser) -> None:
    form = parser.add_mutually_exclusive_group()
    for kind, text in (
        ("bigquery", "the CREATE TABLE statements for BigQuery"),
        ("arrow", "the Arrow schemas of the Parquet files"),
        ("sql", "the views, for DuckDB"),
    ):
        form.add_argument(f"--{kind}", action="store_true", help=text)


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", metavar="OUTPUT", help="folder of a run")
    parser.add_argument(
        "--repair",
        action="store_true",
        help="set aside the days with damaged files, so that running their inputs again fills them",
    )


def _withdraw(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("output", metavar="OUTPUT", help="folder of a run")
    add("articles", nargs="+", metavar="ARTICLE", help="URL or article_id")
    add(
        "--staging", default="", metavar="gs://…", help="where files for bq:// wait to be committed"
    )
    _clock(parser)


COMMANDS: dict[str, Command] = {
    "run": Command(
        "Read news, find mentions, count them by window, write the tables.\n\n"
        "Also takes every option of Apache Beam, such as --runner; the default runner is FnApiRunner.",
        _run,
        "pipeline.run:command",
        takes_beam_options=True,
    ),
    "tag": Command(
        "Find the mentions in files and print them as JSON lines, one line an article.",
        _tag,
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
        _feeds,
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
        _withdraw,
        "pipeline.withdraw:command",
    ),
    "schema": Command(
        "Show the tables: every column with its type and meaning.",
        _schema,
        "pipeline.schema:command",
    ),
}
