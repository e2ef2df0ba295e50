"""The options of the commands that read or change: run, tag, feeds, withdraw.

Each is declared once: the command line and the Flex Template's metadata are made of them.
"""

import argparse

from pipeline.bigquery_options import bigquery_options
from pipeline.options import count, duration, moment, seconds


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
        help="a list of feeds: OPML, TOML, CSV, or one URL a line; - reads standard input; or one feed's URL",
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
