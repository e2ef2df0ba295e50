"""Read a list of feeds for a command: what is no feed in it is told, the rest goes on."""

import sys
from pathlib import Path

from pipeline.options import UsageError
from pipeline.remote import read_remote
from transforms.feeds.opml import FeedList, read_feed_list


def read_list(name: str) -> FeedList:
    """The feeds of a list; a line on standard error for each line of it that is none.

    Args:
        name: a file here, or on any of Beam's filesystems; "-" for standard input; or the address of one feed.

    Raises:
        UsageError: the file cannot be read or names no feed.
    """
    try:
        listed = read_feed_list(_content(name), name)
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror or error}") from error
    if not listed.feeds and not any(p.line for p in listed.problems):
        problems = "; ".join(map(str, listed.problems))
        raise UsageError(problems if name in problems else f"{name}: {problems}")
    for problem in listed.problems:
        print(f"tocsin: {name}: {problem}", file=sys.stderr)
    if not listed.feeds:
        raise UsageError(f"{name}: no feed in it")
    return listed


def _content(name: str) -> bytes:
    """The bytes of the list; of a template's, too, which is in a bucket."""
    if name == "-":
        return sys.stdin.buffer.read()
    if name.lower().startswith(("http://", "https://")):
        return name.encode()  # a list of one line
    if "://" not in name:
        return Path(name).read_bytes()
    return read_remote(name)
