"""`tocsin feeds`: what a list of feeds holds, and what each feed answers now."""

import argparse
import time
from collections.abc import Sequence

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from pipeline.feed_lists import read_list
from transforms.feeds.check import (
    FeedCheck,
    check_feeds,
    check_json,
    check_table,
    list_table,
    list_toml,
)
from transforms.feeds.fetch import FetchOptions
from transforms.feeds.opml import Feed
from transforms.feeds.poll import PollOptions


def command(args: argparse.Namespace) -> int:
    """Check, list or import a feed list.

    `check` asks each feed once and stores nothing; it gives 1 if any feed is not well or a line of
    the list was left out. `import` prints the list as TOML, with the credentials that addresses have.
    Lines that are no feeds are told on standard error and left out.

    Raises:
        UsageError: the file cannot be read or names no feed.
    """
    listed = read_list(args.file)
    if args.action == "list":
        _print(list_table(listed.feeds))
        return 0
    if args.action == "import":
        print(list_toml(listed.feeds), end="")
        return 0
    fetching = FetchOptions(contact=args.contact, allow_private=args.allow_private)
    options = PollOptions(fetching, force=True, host_seconds=args.host_delay)
    checks = _asked(listed.feeds, options)
    if args.json:
        print(check_json(checks))
    else:
        _print(check_table(checks))
        print(_summary(checks, len(listed.problems)))
    return 0 if all(c.ok for c in checks) and not listed.problems else 1


def _print(table: Table) -> None:
    """Print a table; where no terminal bounds it, each row on one line, for grep and its like."""
    console = Console()
    if not console.is_terminal:
        wide = console.options.update(width=10_000)
        console.width = max(console.width, Measurement.get(console, wide, table).maximum)
    console.print(table)


def _asked(feeds: Sequence[Feed], options: PollOptions) -> list[FeedCheck]:
    """Every feed checked, with the progress on a terminal's standard error."""
    checks: list[FeedCheck] = []
    console = Console(stderr=True)
    with console.status("asking…") as status:  # nothing where standard error is no terminal
        for check in check_feeds(feeds, options, time.time_ns() // 1000):
            checks.append(check)
            status.update(f"{len(checks)} of {len(feeds)} feeds answered or gave up")
    return checks


def _summary(checks: Sequence[FeedCheck], problems: int) -> str:
    """How many feeds are well, and what the user can do about some that are not."""
    parts = [f"{sum(c.ok for c in checks)} of {len(checks)} feeds are well"]
    if problems:
        lines = "line" if problems == 1 else "lines"
        parts.append(f"{problems} {lines} of the list left out")
    if any(c.outcome == "refused_address" for c in checks):
        parts.append("--allow-private also asks addresses that are not public")
    return "; ".join(parts) + "."
