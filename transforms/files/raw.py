"""What a reader of files hands over, before it is an article."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from schemas.records import PAYLOAD_CHARS, Article


class RawArticle(NamedTuple):
    """An article as its file tells it: strings uncleaned, dates unparsed.

    `published` and `updated` are text as found or microseconds UTC already known; `where` names the
    line or entry within the file, for errors.
    """

    title: str = ""
    body: str = ""
    url: str = ""
    guid: str = ""
    publisher: str = ""
    feed: str = ""
    author: str = ""
    language: str = ""
    published: str | int | None = None
    origin: str = "file"
    updated: str | int | None = None
    fetched: int | None = None
    where: str = ""


class Problem(NamedTuple):
    """Something in a file that is no article: a reason of `REJECT_REASONS` and what exactly."""

    reason: str
    error: str
    where: str = ""
    payload: str = ""


Found = RawArticle | Article | Problem
"""What readers yield; an article is one that was stored before, for a replay."""

# What other tools call the fields of DESIGN; the first name present and not empty is taken.
_NAMES = {
    "title": ("title", "headline", "name"),
    "body": ("text", "body", "content", "content_text", "summary", "description"),
    "url": ("url", "link", "canonical_url"),
    "guid": ("id", "guid", "article_id"),
    "publisher": ("publisher", "source", "outlet"),
    "feed": ("feed", "feed_url"),
    "author": ("author", "byline", "creator"),
    "language": ("language", "lang"),
    "published": ("published", "published_at", "date", "pubdate", "date_published"),
    "updated": ("updated", "modified", "date_modified"),
}
FIELD_NAMES = frozenset(name for names in _NAMES.values() for name in names)

_SURROGATE = re.compile("[\ud800-\udfff]")


def raw_from_fields(record: Mapping[str, Any], where: str) -> RawArticle | Problem:
    """A raw article from one JSONL line, CSV row or Parquet row.

    Args:
        record: field name to value; names are matched without regard to case.
        where: what to name in errors ("line 7").

    Returns:
        The article, or a `Problem` ("bad_field") if a field that must be text is not. Half a
        character, which JSON can hold (a cut emoji) and UTF-8 cannot, becomes U+FFFD.
    """
    found = _take(record)
    if "title" not in found and "body" not in found:
        lowered = {str(k).strip().lower(): v for k, v in record.items()}
        found = _take(lowered)
    for name, value in found.items():
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            continue
        if isinstance(value, float) and name in ("published", "updated"):
            found[name] = str(value)
            continue
        return Problem(
            "bad_field",
            f"{name} is {type(value).__name__}, not text",
            where,
            _shown(record),
        )
    # numbers become text too: the date parser judges their unit
    text: dict[str, Any] = {name: whole_text(str(value)) for name, value in found.items()}
    return RawArticle(where=where, **text)


def _shown(record: Mapping[str, Any]) -> str:
    try:
        return str(dict(record))[:PAYLOAD_CHARS]
    except RecursionError:  # JSON may nest deeper than Python prints
        return ""


def whole_text(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, so that every encoder takes it."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _take(record: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for field, names in _NAMES.items():
        for name in names:
            value = record.get(name)
            if value is not None and value != "":
                found[field] = value
                break
    return found
