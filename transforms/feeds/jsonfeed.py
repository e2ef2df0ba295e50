"""JSON Feed (jsonfeed.org, versions 1 and 1.1)."""

import json
from typing import Any

import orjson

from transforms.feeds.entry import DateReader, ParsedFeed, RawEntry, language_tag, make_entry
from transforms.feeds.slim import MAX_ENTRIES
from transforms.feeds.text import clean_line


def parse_json_feed(text: str, *, url: str, dates: DateReader) -> ParsedFeed:
    """Read a JSON Feed; of a truncated one, the items that are whole.

    Args:
        text: the document.
        url: address of the feed, for relative links; "" if unknown.
        dates: reader for its dates.

    Raises:
        RecursionError: nested too deeply; the caller tells.
    """
    data, problem, error = _load(text)
    if data is None:
        return ParsedFeed(entries=[], problem=problem, error=error)
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        error = "JSON, but not a JSON Feed; articles are read one a line (JSONL)"
        return ParsedFeed(entries=[], problem="not_a_feed", error=error)
    title = clean_line(_text(data, "title"))
    base = url or _text(data, "home_page_url")
    items = [item for item in data["items"] if isinstance(item, dict)]
    if len(items) > MAX_ENTRIES:
        problem, error = "too_large", f"only the first {MAX_ENTRIES} entries are read"
    entries = [
        make_entry(_raw(item), base=base, feed_title=title, dates=dates)
        for item in items[:MAX_ENTRIES]
    ]
    return ParsedFeed(
        title=title,
        language=language_tag(_text(data, "language")),
        entries=entries,
        problem=problem,
        error=error,
    )


def _load(text: str) -> tuple[Any, str, str]:
    """The JSON value, with problem and error; a cut document ends after its last whole item."""
    try:
        return orjson.loads(text), "", ""
    except orjson.JSONDecodeError as error:
        message = str(error)
    try:
        return json.loads(text), "", ""  # allows NaN, which some publishers' encoders write
    except json.JSONDecodeError:
        pass
    position = len(text)
    for _ in range(20):
        position = text.rfind("}", 0, position)
        if position < 0:
            break
        try:
            return orjson.loads(text[: position + 1] + "]}"), "truncated", message
        except orjson.JSONDecodeError:
            continue
    return None, "malformed" if text.endswith("}") else "truncated", message


def _raw(item: dict[str, Any]) -> RawEntry:
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [_text(a, "name") for a in authors or [] if isinstance(a, dict)]
    return RawEntry(
        guid=_text(item, "id"),
        url=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        bodies=tuple(_text(item, k) for k in ("content_html", "content_text", "summary")),
        author=", ".join(n for n in names if n),
        language=_text(item, "language"),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
    )


def _text(item: dict[str, Any], key: str) -> str:
    """A field as text; numbers are allowed, as ids often are."""
    value = item.get(key)
    if isinstance(value, bool):
        return ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
