"""Bytes to feed: RSS 0.9x to 2.0, RDF, Atom, JSON Feed, Google News sitemap.

`feedparser` reads RSS and Atom, but never a byte that was not checked first, and only from memory
(it opens paths and addresses that it is handed). Whatever the bytes are, `parse_feed` returns; its
time is bounded by the limits in `transforms.feeds.decode` and `transforms.feeds.slim`.
"""

import io
import re
from typing import Any

import feedparser

from transforms.feeds import decode, repair
from transforms.feeds.entry import (
    DateReader,
    Entry,
    Hints,
    ParsedFeed,
    RawEntry,
    absolute_url,
    language_tag,
    make_entry,
    without_false_identities,
)
from transforms.feeds.jsonfeed import parse_json_feed
from transforms.feeds.sitemap import parse_sitemap
from transforms.feeds.text import clean_line

__all__ = ["Entry", "Hints", "ParsedFeed", "parse_feed"]

# feedparser looks for libxml2's Python binding, which nobody has, anew for each feed: 0.3 ms.
feedparser.api.PREFERRED_XML_PARSERS.clear()

ERROR_CHARS = 300
_FEED_ROOTS = frozenset(("rss", "rdf", "feed", "channel"))
_ALTERNATE = re.compile(
    r"""<link\b[^>]{0,500}?type\s*=\s*["']?application/(?:rss|atom|feed)\+(?:xml|json)[^>]{0,500}>""",
    re.IGNORECASE,
)
_HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]{1,500})""", re.IGNORECASE)
_LAST_CLOSED = re.compile(r"</(?:[\w.-]+:)?(?:rss|rdf|feed|urlset|channel)\s*>\s*\Z", re.IGNORECASE)
_ENTRY_TAG = re.compile(r"<(/?)(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def parse_feed(
    body: bytes, *, url: str = "", content_type: str = "", now: int | None = None
) -> ParsedFeed:
    """Read a feed. Never raises and never fetches anything.

    Of a truncated or broken feed the entries that can be read come with the problem; an entry that
    was cut has a problem of its own.

    Args:
        body: the document, gzip or not.
        url: its address, for relative links; "" if unknown.
        content_type: the Content-Type header, for the character encoding.
        now: microseconds UTC; dates beyond `dates.plausible` then are not believed.
    """
    try:
        return _parse(body, url, content_type, DateReader(now))
    except RecursionError:
        return _failed("hostile", "nested too deeply")
    except Exception as error:  # feedparser raises a dozen kinds on malformed input
        return _failed("malformed", f"{type(error).__name__}: {error}")


def _failed(problem: str, error: str) -> ParsedFeed:
    return ParsedFeed(entries=[], problem=problem, error=error[:ERROR_CHARS])


def _parse(body: bytes, url: str, content_type: str, dates: DateReader) -> ParsedFeed:
    body, cut = decode.inflate(body)
    if cut == "too_large" or len(body) > decode.BODY_BYTES:
        return _failed("too_large", f"more than {decode.BODY_BYTES} bytes")
    text = decode.decode(body.lstrip(b"\0") if body.startswith(b"\0\0\0\0") else body, content_type)
    text = text.strip("\ufeff\0 \t\r\n")
    if not text:
        return _failed(cut or "empty", "no content" if not cut else "the compressed data end early")
    is_json = text[0] in "{["
    feed = parse_json_feed(text, url=url, dates=dates) if is_json else _parse_xml(text, url, dates)
    if cut and feed.problem in ("", "malformed"):
        feed = feed._replace(problem=cut, error="the compressed data end early")
    if not feed.entries and not feed.problem:
        feed = feed._replace(problem="empty", error="a feed without entries")
    return feed._replace(
        entries=without_false_identities(feed.entries), error=feed.error[:ERROR_CHARS]
    )


def _parse_xml(text: str, url: str, dates: DateReader) -> ParsedFeed:
    text, problem, error = repair.prepare(text)
    if problem:
        return _failed(problem, error)
    root = repair.root_name(text)
    if root not in _FEED_ROOTS and root != "urlset":
        return _failed("not_a_feed", _what_it_is(root, text))
    found, mended = repair.mend(text, whole=root == "urlset")
    problem, error = found.problem, found.error
    truncated = problem == "malformed" and not _LAST_CLOSED.search(text[-2000:])
    if truncated:
        problem, error = "truncated", f"the document ends early ({error})"
    if not found.data:
        return _failed(problem, error)
    if root == "urlset":
        feed = parse_sitemap(found.data, dates=dates)
    else:
        feed = _parse_rss(found.data, url, dates)
        feed = feed._replace(hints=_hints(text, feed.hints))
    if problem == "malformed" and len(feed.entries) >= _openings(text):
        problem, error, mended = "", "", f"recovered: {error}"
    if truncated and feed.entries and _cut_in_entry(text):
        feed.entries[-1] = feed.entries[-1]._replace(problem="truncated")
    return feed._replace(problem=feed.problem or problem, error=feed.error or error, mended=mended)


def _what_it_is(root: str, text: str) -> str:
    """What came instead of a feed, in words."""
    known = {"opml": "a list of feeds (OPML)", "sitemapindex": "an index of sitemaps"}
    if root in known:
        return known[root]
    if root == "html" or re.search(r"<(?:html|head|body|!doctype html)\b", text[:4096], re.I):
        link = _ALTERNATE.search(text, 0, 200_000)
        href = _HREF.search(link[0]) if link else None
        return "an HTML page" + (f"; it names the feed {href[1]}" if href else "")
    return f"an XML document <{root[:40]}>" if root else "neither XML nor JSON"


def _openings(text: str) -> int:
    return sum(not m[1] for m in _ENTRY_TAG.finditer(text))


def _cut_in_entry(text: str) -> bool:
    tags = _ENTRY_TAG.findall(text)  # "" for an opening tag, "/" for a closing one
    return bool(tags) and not tags[-1]


def _parse_rss(data: bytes, url: str, dates: DateReader) -> ParsedFeed:
    """Run feedparser over a checked document."""
    parsed = feedparser.parse(
        io.BytesIO(data),
        # Without a location: it would make relative addresses of guids, which are only names.
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,  # everything becomes plain text; half of feedparser's time goes here
        resolve_relative_uris=False,
    )
    head = parsed.feed
    title = clean_line(_get(head, "title"))
    base = absolute_url(url, "") or absolute_url(_get(head, "link"), "")
    return ParsedFeed(
        title=title,
        language=language_tag(_get(head, "language")),
        updated=dates.read(_get(head, "updated") or _get(head, "published")),
        entries=[
            make_entry(_raw(e), base=base, feed_title=title, dates=dates) for e in parsed.entries
        ],
        hints=Hints(interval=_interval(head)),
    )


def _get(fields: Any, key: str) -> str:
    """A field as text, without feedparser's own fallbacks from one key to another."""
    value = dict.get(fields, key)
    return value if isinstance(value, str) else ""


def _raw(entry: Any) -> RawEntry:
    contents = dict.get(entry, "content") or []
    source = dict.get(entry, "source")
    names = [_get(a, "name") for a in dict.get(entry, "authors") or [] if isinstance(a, dict)]
    detail = contents[0] if contents else dict.get(entry, "summary_detail") or {}
    return RawEntry(
        guid=_get(entry, "id"),
        url=_get(entry, "feedburner_origlink") or _get(entry, "link"),
        title=_get(entry, "title"),
        bodies=(_get(entry, "summary"), *(_get(c, "value") for c in contents)),
        author=", ".join(dict.fromkeys(n for n in names if n)) or _get(entry, "author"),
        publisher=_get(source, "title") if isinstance(source, dict) else "",
        language=_get(entry, "language") or _get(detail, "language"),
        published=_get(entry, "published") or _get(entry, "created"),
        updated=_get(entry, "updated"),
    )


def _interval(head: Any) -> int | None:
    """Seconds between changes that the feed announces, by ttl or sy:updatePeriod."""
    waits = []
    if (ttl := _get(head, "ttl").strip()).isdigit():
        waits.append(int(ttl[:6]) * 60)
    if period := _PERIODS.get(_get(head, "sy_updateperiod").strip().lower()):
        try:
            times = float(_get(head, "sy_updatefrequency").strip() or 1)
        except ValueError:
            times = 1.0
        waits.append(int(period / min(max(times, 0.1), 60)))
    return max(waits) if waits else None


def _hints(text: str, hints: Hints) -> Hints:
    """Add the hours and days to skip, which feedparser does not read."""
    hours = re.search(r"<skipHours>(.{0,2000}?)</skipHours>", text, re.S | re.I)
    days = re.search(r"<skipDays>(.{0,2000}?)</skipDays>", text, re.S | re.I)
    skip_hours = {int(h) % 24 for h in re.findall(r"<hour>\s*(\d{1,2})", hours[1])} if hours else ()
    named = re.findall(r"<day>\s*([A-Za-z]+)", days[1]) if days else []
    skip_days = {_DAYS.index(d.lower()) for d in named if d.lower() in _DAYS}
    return hints._replace(skip_hours=tuple(sorted(skip_hours)), skip_days=tuple(sorted(skip_days)))
