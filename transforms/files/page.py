"""Articles out of HTML pages, in bounded time: a page can be built to take an extractor minutes.

The bounds were measured on pages of 2 MB: one tag with 100,000 attributes took 528 s, a table of 150,000 rows 16 s,
50 kB of broken JSON in a script 14 s. What no article needs is left out first, and what is left is counted.
"""

import json
import re
from typing import Any

from transforms.feeds.text import ENDLESS_TAG
from transforms.files.raw import Problem, RawArticle

PAGE_CHARS = 2_000_000
"""The largest page given to the extractor, whose time grows faster than its input (measured: 8 s at
5.5 MB)."""

TAGS_MOST = 60_000
"""Opening tags of a page; the extractor takes some 80 microseconds for each."""

SCRIPT_CHARS = 20_000
"""Characters of a page's scripts that may be broken JSON, which the extractor searches in quadratic time."""

_SCRIPT = re.compile(r"<script\b.*?(?:</script|\Z)", re.I | re.S)
_TAG = re.compile(r"<[a-zA-Z]")
_STATED_TIME = re.compile(
    r"""<meta[^<>]{1,2000}=["']?(?:article:published_time|datePublished)["']?[^<>]{0,2000}\bcontent=["']([^"']+)"""
    r"""|<meta[^<>]{1,2000}\bcontent=["']([^"']+)["'][^<>]{1,2000}=["']?(?:article:published_time|datePublished)"""
    r"""|"datePublished"\s*:\s*"([^"]+)\"""",
    re.I,
)
_STATED_CHARS = 200_000


def read_page(page: str, url: str) -> RawArticle | Problem:
    """The article of a page: main text, title, date, author and site by trafilatura.

    Tags of over 8 KB (images written into the page) and scripts that are neither JSON nor short are left out.

    Returns:
        The article; a `Problem` for a page without text ("empty") or with more than the bounds ("too_large").
    """
    from trafilatura import bare_extraction  # costs a second to import; few inputs are pages

    if len(page) > PAGE_CHARS:
        return Problem("too_large", f"a page of over {PAGE_CHARS} characters")
    plain = ENDLESS_TAG.sub(" ", _without_long_scripts(page))
    tags = sum(1 for _ in _TAG.finditer(plain))
    if tags > TAGS_MOST:
        return Problem("too_large", f"a page of {tags} tags, the cap is {TAGS_MOST}")
    found: Any = bare_extraction(
        plain, url=url or None, with_metadata=True, include_comments=False, fast=True
    )
    if found is None or not found.text:
        return Problem("empty", "no article text found in the page")
    return RawArticle(
        title=found.title or "",
        body=found.text,
        url=found.url or url,
        publisher=found.sitename or found.hostname or "",
        author=found.author or "",
        language=found.language or "",
        published=_stated_time(plain) or found.date,
        origin="page",
    )


def _without_long_scripts(page: str) -> str:
    """The page without scripts that hold no JSON, beyond `SCRIPT_CHARS` of them."""
    left = SCRIPT_CHARS

    def kept(script: re.Match[str]) -> str:
        nonlocal left
        content = script[0][: -len("</script")].partition(">")[2]
        try:
            json.loads(content)
        except (ValueError, RecursionError):
            left -= len(script[0])
            return script[0] if left >= 0 else "<script></script"
        return script[0]

    return _SCRIPT.sub(kept, page)


def _stated_time(page: str) -> str:
    """The publication time in a page's metadata, "" if it has none; trafilatura keeps the day only."""
    found = _STATED_TIME.search(page, 0, _STATED_CHARS)
    return next(filter(None, found.groups()), "") if found else ""
