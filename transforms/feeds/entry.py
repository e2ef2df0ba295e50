"""What a parsed feed is made of."""

import collections
import re
from typing import NamedTuple
from urllib.parse import urljoin

from transforms.feeds.dates import parse_date
from transforms.feeds.identity import is_web_url, strip_credentials
from transforms.feeds.text import clean_line, clean_text, strip_boilerplate


class Entry(NamedTuple):
    """One entry of a feed, as plain text.

    Attributes:
        guid: the entry's own id; "" if none.
        url: absolute address as published; "" if none.
        title: one line.
        body: the longest of summary and content, paragraphs on lines of their own.
        author: byline.
        publisher: the source that the entry names, else the feed's title.
        language: BCP 47, lower case; "" if undeclared.
        published: microseconds UTC; the date of the last change where only that is given.
        updated: microseconds UTC.
        problem: "" or a reason of `schemas.records.REJECT_REASONS`: "empty", "no_identity",
            "truncated".
        bad_date: text of a publication date that could not be read or believed; else "".
    """

    guid: str
    url: str
    title: str
    body: str
    author: str
    publisher: str
    language: str
    published: int | None
    updated: int | None
    problem: str
    bad_date: str = ""


class Hints(NamedTuple):
    """What a feed says about how often to ask for it.

    Attributes:
        interval: seconds between polls (ttl or sy:updatePeriod, the longer); None if not said.
        skip_hours: hours of the day, UTC, without news.
        skip_days: days without news, 0 is Monday.
    """

    interval: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


class ParsedFeed(NamedTuple):
    """A feed, or what is left of it.

    Attributes:
        title: name of the feed.
        language: BCP 47, lower case; "" if undeclared.
        updated: when the feed says it changed, microseconds UTC.
        entries: in the feed's order.
        problem: "" or a reason of `schemas.records.REJECT_REASONS`; entries may be there even so.
        error: the problem in words.
        hints: how often to ask.
        mended: what had to be repaired to read it; "" if nothing.
    """

    title: str = ""
    language: str = ""
    updated: int | None = None
    entries: list[Entry] = []  # noqa: RUF012 - a default of a NamedTuple, never changed
    problem: str = ""
    error: str = ""
    hints: Hints = Hints()
    mended: str = ""


class RawEntry(NamedTuple):
    """The fields of an entry as a format gives them, markup and all."""

    guid: str = ""
    url: str = ""
    title: str = ""
    bodies: tuple[str, ...] = ()
    author: str = ""
    publisher: str = ""
    language: str = ""
    published: str = ""
    updated: str = ""


FIELD_CHARS = 10_000
"""Longest title, guid, link or name that is looked at."""
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
MAX_GUESSES = 100
"""Dates of unknown form that are guessed at per feed; each takes milliseconds."""


class DateReader:
    """Reads the dates of one feed, guessing at only so many."""

    def __init__(self, now: int | None) -> None:
        """`now` bounds what is plausible; None bounds nothing."""
        self.now = now
        self.guesses = 0

    def read(self, text: str) -> int | None:
        """Microseconds UTC, or None."""
        found = parse_date(text, now=self.now, guess=False)
        if found is None and text.strip() and self.guesses < MAX_GUESSES:
            self.guesses += 1
            found = parse_date(text, now=self.now)
        return found


def make_entry(raw: RawEntry, *, base: str, feed_title: str, dates: DateReader) -> Entry:
    """Clean one entry: text without markup and boilerplate, absolute address, dates in UTC.

    Args:
        raw: the fields as the format gave them.
        base: address that relative links are relative to; "" if unknown.
        feed_title: the publisher of entries that name none.
        dates: reader for the feed's dates.
    """
    title = clean_line(raw.title[:FIELD_CHARS])
    publisher = clean_line(raw.publisher[:FIELD_CHARS])
    if publisher and title.endswith((f" - {publisher}", f" | {publisher}")):
        title = title[: -len(publisher) - 3].rstrip()  # how Google News writes titles
    bodies = [strip_boilerplate(clean_text(b)) for b in raw.bodies if b.strip()]
    body = max(bodies, key=len, default="")
    guid = clean_line(raw.guid[:FIELD_CHARS])
    url = absolute_url(raw.url[:FIELD_CHARS], base) or absolute_url(guid, "")
    published, updated = dates.read(raw.published), dates.read(raw.updated)
    problem = ""
    if not title and not body:
        problem = "empty"
    elif not (url or guid or title):
        problem = "no_identity"
    return Entry(
        guid=guid,
        url=url,
        title=title,
        body="" if body == title else body,
        author=clean_line(raw.author[:FIELD_CHARS])[:300],
        publisher=publisher or feed_title,
        language=language_tag(raw.language),
        published=updated if published is None else published,
        updated=updated,
        problem=problem,
        bad_date=clean_line(raw.published)[:100] if published is None else "",
    )


def without_false_identities(entries: list[Entry]) -> list[Entry]:
    """Clear guids and addresses that several different entries of a feed share.

    A guid under two headlines, or an address under three (a live page, the front page), does not
    tell articles apart: kept, it would make them versions of one another.
    """
    guids: dict[str, set[str]] = collections.defaultdict(set)
    urls: dict[str, set[str]] = collections.defaultdict(set)
    for entry in entries:
        guids[entry.guid].add(entry.title or entry.body)
        urls[entry.url].add(entry.title or entry.body)
    return [
        entry._replace(
            guid=entry.guid if len(guids[entry.guid]) < 2 else "",
            url=entry.url if len(urls[entry.url]) < 3 else "",
        )
        for entry in entries
    ]


def absolute_url(url: str, base: str) -> str:
    """The http(s) address that a link means, as published; "" if it is none.

    >>> absolute_url("/a?b=1", "https://paper.example/feed")
    'https://paper.example/a?b=1'
    """
    url = _UNPRINTABLE.sub("", url).strip()
    if not url:
        return ""
    try:
        relative = base and not url.startswith(("https://", "http://"))
        joined = urljoin(base, url) if relative else url
    except ValueError:
        return ""
    joined = strip_credentials(joined)
    return joined if is_web_url(joined) else ""


def language_tag(text: str) -> str:
    """A BCP 47 tag in lower case: "en_US" is "en-us"; "" if it cannot be one.

    >>> language_tag("en_US"), language_tag("english language")
    ('en-us', '')
    """
    tag = text.strip().replace("_", "-").lower()
    return tag if re.fullmatch(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", tag) else ""
