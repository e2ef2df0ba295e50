"""Google News sitemaps: what publishers without a feed offer instead."""

from lxml import etree  # type: ignore[import-untyped]

from transforms.feeds.entry import DateReader, ParsedFeed, RawEntry, make_entry
from transforms.feeds.slim import MAX_ENTRIES

_FIELDS = ("loc", "title", "publication_date", "name", "language", "lastmod")


def parse_sitemap(data: bytes, *, dates: DateReader) -> ParsedFeed:
    """Read a urlset; only pages with a news:title are entries, the others are not news.

    Args:
        data: a well-formed UTF-8 document without DOCTYPE.
        dates: reader for its dates.
    """
    entries, total = [], 0
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(data, parser)
    for url in root.iterchildren("{*}url"):
        fields = {name: (url.findtext(f".//{{*}}{name}") or "").strip() for name in _FIELDS}
        if not fields["title"]:
            continue
        total += 1
        if total > MAX_ENTRIES:
            break
        raw = RawEntry(
            url=fields["loc"],
            title=fields["title"],
            publisher=fields["name"],
            language=fields["language"],
            published=fields["publication_date"],
            updated=fields["lastmod"],
        )
        entries.append(make_entry(raw, base="", feed_title="", dates=dates))
    if total > MAX_ENTRIES:
        error = f"only the first {MAX_ENTRIES} entries are read"
        return ParsedFeed(entries=entries, problem="too_large", error=error)
    return ParsedFeed(entries=entries)
