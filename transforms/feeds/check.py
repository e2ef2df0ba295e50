"""What each feed of a list answers now: the data and the table behind ``tocsin feeds``."""

import datetime as dt
import itertools
import statistics
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import orjson
from rich.markup import escape
from rich.table import Table

from schemas.records import FEED_OUTCOMES
from transforms.feeds.identity import strip_credentials
from transforms.feeds.opml import Feed
from transforms.feeds.poll import Poll, PollOptions
from transforms.feeds.polling import poll_feeds

STALE_DAYS = 30
"""A feed whose newest entry is older has probably been abandoned."""


class FeedCheck(NamedTuple):
    """What one feed answered.

    Attributes:
        feed: address, without credentials.
        title: name that the list gives, else the feed itself.
        outcome: a key of `schemas.records.FEED_OUTCOMES`.
        http_status: of the last answer; None if none came.
        entries: entries in the feed.
        undated: entries without a date that can be believed.
        newest: publication time of the newest entry, microseconds UTC.
        age_hours: hours since then.
        interval_hours: median hours between entries; None with fewer than three dates.
        seconds: how long it took to answer.
        moved_to: where permanent redirects lead; "" if nowhere.
        problem: what is wrong, in words; "" if nothing.
        ok: True if all is well.
    """

    feed: str
    title: str
    outcome: str
    http_status: int | None
    entries: int
    undated: int
    newest: int | None
    age_hours: float | None
    interval_hours: float | None
    seconds: float
    moved_to: str
    problem: str
    ok: bool


def check_feeds(
    feeds: Sequence[Feed], options: PollOptions, now: int, **how: Any
) -> Iterator[FeedCheck]:
    """Ask every feed once, remembering nothing; yields each as it answers, in no fixed order.

    Args:
        feeds: as `opml.read_feed_list` gives them.
        options: how to ask.
        now: microseconds UTC.
        how: passed to `polling.poll_feeds`.
    """
    titles = {feed.url: feed.title for feed in feeds}
    names = {strip_credentials(url): title for url, title in titles.items()}
    for poll in poll_feeds(titles, {}, replace(options, force=True), now, **how):
        yield checked(poll, names.get(poll.health.feed, ""))


def checked(poll: Poll, title: str = "") -> FeedCheck:
    """Judge one poll of a feed that was asked for the first time."""
    health = poll.health
    times = sorted({e.published for e in poll.entries if e.published is not None})
    gaps = [(b - a) / 3.6e9 for a, b in itertools.pairwise(times)]
    newest = times[-1] if times else None
    age = None if newest is None else max(health.polled - newest, 0) / 3.6e9
    problem = health.error or ("" if health.outcome == "ok" else FEED_OUTCOMES[health.outcome])
    ok = health.outcome in ("ok", "unchanged")
    if ok and age is not None and age > STALE_DAYS * 24:
        ok, problem = False, f"nothing new for {age / 24:.0f} days"
    elif ok and poll.entries and newest is None:
        ok, problem = False, "no entry has a date"
    return FeedCheck(
        feed=health.feed,
        title=title or (poll.feed.title if poll.feed else ""),
        outcome=health.outcome,
        http_status=health.http_status,
        entries=health.entries,
        undated=sum(e.published is None for e in poll.entries),
        newest=newest,
        age_hours=None if age is None else round(age, 2),
        interval_hours=round(statistics.median(gaps), 2) if len(gaps) > 1 else None,
        seconds=health.seconds,
        moved_to=poll.state.moving_to,
        problem=problem,
        ok=ok,
    )


def check_table(checks: Iterable[FeedCheck]) -> Table:
    """The checks as a table for the terminal, the worst first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, justify in (
        *(("feed", "left"), ("outcome", "left"), ("entries", "right"), ("newest", "left")),
        *(("age", "right"), ("every", "right"), ("problem", "left")),
    ):
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for check in sorted(checks, key=lambda c: (c.ok, c.outcome, c.feed)):
        table.add_row(
            escape(check.title or check.feed),
            f"[{'green' if check.ok else 'red'}]{check.outcome}[/]",
            str(check.entries),
            "" if check.newest is None else _when(check.newest),
            _span(check.age_hours),
            _span(check.interval_hours),
            escape(check.problem + (f" ({check.feed})" if check.problem and check.title else "")),
        )
    return table


def check_json(checks: Iterable[FeedCheck]) -> str:
    """The checks as a JSON array of objects, times in ISO 8601, sorted by feed."""
    rows = []
    for check in sorted(checks, key=lambda c: c.feed):
        newest = None if check.newest is None else _when(check.newest, "T") + "Z"
        rows.append(check._asdict() | {"newest": newest})
    return orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode()


def list_table(feeds: Iterable[Feed]) -> Table:
    """The feeds of a list as a table for the terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("line", "title", "category", "feed"):
        table.add_column(name, overflow="fold")
    for feed in feeds:
        where = str(feed.line or "")
        table.add_row(where, escape(feed.title), escape(feed.category), escape(feed.name))
    return table


def list_toml(feeds: Iterable[Feed]) -> str:
    """A list as the TOML that ``feeds import`` writes; reading it back gives the same feeds."""
    blocks = []
    for feed in feeds:
        lines = ["[[feeds]]", f"url = {_quoted(feed.url)}"]
        if feed.title:
            lines.append(f"title = {_quoted(feed.title)}")
        if feed.category:
            lines.append(f"category = {_quoted(feed.category)}")
        blocks.append("\n".join(lines))
    text = "\n\n".join(blocks) + "\n"
    tomllib.loads(text)  # what cannot be read back must not be written
    return text


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are a subset of TOML's."""
    return orjson.dumps(text.replace("\x7f", "")).decode()


def _when(micros: int, between: str = " ") -> str:
    moment = dt.datetime.fromtimestamp(micros / 1_000_000, dt.UTC)
    return moment.strftime(f"%Y-%m-%d{between}%H:%M")


def _span(hours: float | None) -> str:
    """A length of time for people: 45 min, 3 h, 12 d."""
    if hours is None:
        return ""
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"
