"""The options that feed the flow, and the values that options take.

Each is declared once: the command line and the Flex Template's metadata are made of them.
"""

import argparse
import difflib
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from pipeline.bigquery_options import bigquery_options

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LONGEST = 36_525 * 86_400  # sums of longer ones and moments leave the range of dates


class UsageError(Exception):
    """The user asked for something that cannot be done; the message is one line that names it.

    Status 2.
    """


class NothingYet(UsageError):
    """Nothing was committed to the output yet, or it is not there at all."""


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
    if not 0 < seconds <= _LONGEST:
        raise argparse.ArgumentTypeError(f"{value!r} is nothing, or over a century")
    return seconds


def count(value: str) -> int:
    """A whole number from 1 up."""
    if not re.fullmatch(r"0*[1-9]\d*", value):
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 1 up")
    return int(value)


def seconds(value: str) -> float:
    """Seconds from 0 to a day's in "5" or "0.5".

    >>> seconds("0.5")
    0.5
    """
    if not re.fullmatch(r"\d+(\.\d+)?", value) or float(value) > 86_400:
        raise argparse.ArgumentTypeError(f"{value!r} is not 0 to 86400 seconds, as 5 or 0.5")
    return float(value)


def listed(value: str) -> tuple[str, ...]:
    """The words of a list with commas.

    >>> listed("strike, envoy,")
    ('strike', 'envoy')
    """
    return tuple(part.strip() for part in value.split(",") if part.strip())


def country_codes(option: str, value: str) -> tuple[str, ...]:
    """Upper-case country codes of a list with commas; "US" would find nothing, and look like a zero.

    Raises:
        UsageError: not three letters.
    """
    codes = listed(value.upper())
    for code in codes:
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise UsageError(f"{option}: {code!r} is not an ISO alpha-3 code such as USA")
    return codes


def check_period(since: int | None, until: int | None) -> None:
    """Refuse a period that ends before it begins, which holds nothing and looks like a zero.

    Raises:
        UsageError: `until` is not after `since`.
    """
    if since is not None and until is not None and until <= since:
        raise UsageError("--until is not after --since: nothing lies between them")


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


def run_options(parser: argparse.ArgumentParser) -> None:
    """The options of `tocsin run`; the Flex Template's metadata is made of them too."""
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
    bigquery_options(parser, duration, streams=True)


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
        help="ask every feed each TIME, but for those that asked to wait or are gone (default: as often as "
        "each has news, by its own hints and history)",
    )
    parser.add_argument(
        "--poll-shards",
        type=count,
        default=1,
        metavar="N",
        help="poll hosts in N groups, on as many workers (default: 1)",
    )


def _asking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host-delay",
        type=seconds,
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


def tag_options(parser: argparse.ArgumentParser) -> None:
    """The options of `tocsin tag`."""
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


def feeds_options(parser: argparse.ArgumentParser) -> None:
    """The options of `tocsin feeds`."""
    add = parser.add_argument
    add("action", choices=("check", "list", "import"), help="what to do with the list")
    add(
        "file",
        metavar="FILE",
        help="a list of feeds: OPML, TOML, CSV, or one URL a line; - reads standard input",
    )
    add("--json", action="store_true", help="check: a JSON array")
    _asking(parser)


def withdraw_options(parser: argparse.ArgumentParser) -> None:
    """The options of `tocsin withdraw`."""
    add = parser.add_argument
    add("output", metavar="OUTPUT", help="folder of a run")
    add("articles", nargs="+", metavar="ARTICLE", help="URL or article_id")
    add(
        "--staging", default="", metavar="gs://…", help="where files for bq:// wait to be committed"
    )
    _clock(parser)
    bigquery_options(parser, duration)
