"""`tocsin feeds`: what a list of feeds holds, and what each feed answers now."""

import argparse
import sys
import time
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console

from pipeline.options import UsageError
from transforms.feeds.check import check_feeds, check_json, check_table, list_toml, print_list
from transforms.feeds.fetch import FetchOptions
from transforms.feeds.opml import FeedList, read_feed_list
from transforms.feeds.poll import PollOptions


def command(args: argparse.Namespace) -> int:
    """Check, list or import a feed list.

    `check` asks each feed once, stores nothing, and gives 1 if any is not well. `import` prints the
    list as TOML. Lines that are no feeds are told on standard error and left out.

    Raises:
        UsageError: the file cannot be read or names no feed.
    """
    listed = _read(args.file)
    if args.action == "list":
        print_list(listed, Console())
        return 0
    if args.action == "import":
        print(list_toml(listed), end="")
        return 0
    fetching = FetchOptions(contact=args.contact, allow_private=args.allow_private)
    options = PollOptions(fetching, force=True, host_seconds=args.host_delay)
    console = Console(stderr=True)
    watching = sys.stderr.isatty() and not args.json
    with console.status("asking…") if watching else nullcontext() as status:
        checks = []
        for number, check in enumerate(
            check_feeds(listed.feeds, options, time.time_ns() // 1000), 1
        ):
            checks.append(check)
            if status:
                status.update(f"{number} of {len(listed.feeds)} feeds answered or gave up")
    if args.json:
        print(check_json(checks))
    else:
        Console().print(check_table(checks))
        well = sum(c.ok for c in checks)
        print(f"{well} of {len(checks)} feeds are well.")
    return 0 if all(c.ok for c in checks) else 1


def _read(name: str) -> FeedList:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}") from error
    listed = read_feed_list(data, name)
    for problem in listed.problems:
        print(f"tocsin: {name}: {problem}", file=sys.stderr)
    if not listed.feeds:
        raise UsageError(f"{name}: no feed in it")
    return listed
