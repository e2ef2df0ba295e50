"""Documents that hold one article or a feed: text with a header, HTML pages, saved feeds, WARC."""

import codecs
import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from resiliparse.parse.encoding import detect_encoding

from transforms.feeds.parse import Entry, parse_feed
from transforms.files.page import PAGE_CHARS, read_page
from transforms.files.raw import Problem, RawArticle
from transforms.files.recognise import BROKEN_STREAM, HEAD_BYTES, recognise

PAGE_BYTES = 4 * PAGE_CHARS
"""The largest page that is decoded."""

_HEADER_LINE = re.compile(
    r"(title|published|date|url|publisher|author|language|updated|id)\s*:\s*(.*)", re.I
)
_HEADER_FIELDS = {"date": "published", "id": "guid"}

Found = RawArticle | Problem


def decode(body: bytes) -> str:
    """Text of bytes in an unknown encoding: a BOM, else UTF-8, else the likeliest.

    >>> decode("café".encode("latin-1"))
    'café'
    """
    for bom, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if body.startswith(bom):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(detect_encoding(body) or "cp1252", "replace")


def encoding_of(stream: Any) -> str:
    """The encoding of a table's text, told by its first bytes; the stream stays where it is."""
    head = stream.peek(HEAD_BYTES)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return detect_encoding(head) or "cp1252"
    return "utf-8-sig"


def read_text(body: bytes, name: str) -> Iterator[Found]:
    """A text file: optional `key: value` lines and a blank line, then the article.

    Without a `title:` the first line that is not blank is the title. A list of addresses is a list of feeds whose
    `--feeds` was forgotten.
    """
    text = decode(body).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    lines = [line.lstrip().lower() for line in text.split("\n") if line.strip()]
    listed = all(line.startswith(("http://", "https://", "#")) for line in lines)
    if listed and any(not line.startswith("#") for line in lines):
        yield Problem("not_a_feed", "a list of addresses, no article: give it with --feeds")
        return
    header, rest = _split_header(text)
    if "title" not in header:
        first, _, rest = rest.lstrip().partition("\n")
        header["title"] = first
    yield RawArticle(
        body=rest.strip(), origin="header" if header.get("published") else "file", **header
    )


def _split_header(text: str) -> tuple[dict[str, Any], str]:
    header: dict[str, Any] = {}
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not line.strip() and header:
            return header, "\n".join(lines[number + 1 :])
        match = _HEADER_LINE.fullmatch(line.strip())
        if not match:
            return {}, text  # not a header after all: everything is the article
        key = match[1].lower()
        header[_HEADER_FIELDS.get(key, key)] = match[2].strip()
    return header, ""


def read_html(body: bytes, name: str, url: str = "") -> Iterator[Found]:
    """A saved page."""
    if len(body) > PAGE_BYTES:
        yield Problem("too_large", f"a page of over {PAGE_BYTES} bytes")
    else:
        yield read_page(decode(body), url)


def read_feed_document(body: bytes, name: str, url: str = "") -> Iterator[Found]:
    """A saved RSS, Atom, RDF or JSON feed, or a news sitemap: its entries, and what is wrong with
    it."""
    feed = parse_feed(body, url=url)
    for number, entry in enumerate(feed.entries, 1):
        yield raw_from_entry(entry, url or name, feed.title, feed.language, f"entry {number}")
    if feed.problem:
        yield Problem(feed.problem, feed.error or feed.problem)


def raw_from_entry(
    entry: Entry, feed: str, feed_title: str, language: str, where: str
) -> RawArticle:
    """A raw article from a feed's entry; the publisher is the entry's source, else the feed's
    title."""
    return RawArticle(
        title=entry.title,
        body=entry.body,
        url=entry.url,
        guid=entry.guid,
        publisher=entry.publisher or feed_title,
        feed=feed,
        author=entry.author,
        language=entry.language or language,
        published=entry.published,
        origin="feed",
        updated=entry.updated,
        where=where,
    )


def read_warc(stream: IO[bytes], name: str) -> Iterator[Found]:
    """Every page and feed among the response records of a WARC file.

    A damaged record ends the file with a problem: what follows it cannot be found reliably.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    wanted = WarcRecordType.response | WarcRecordType.resource
    with tempfile.TemporaryFile() as plain:  # fastwarc seeks, which no inflating stream can
        broken = _copy(stream, plain)
        try:
            for record in ArchiveIterator(plain, record_types=wanted, parse_http=True):
                url = record.headers.get("WARC-Target-URI") or ""
                body = record.reader.read(PAGE_BYTES + 1)
                yield from _warc_record(body, url)
                if len(body) < min(record.content_length, PAGE_BYTES):
                    broken = broken or EOFError(f"the file ends within {url}")
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # fastwarc raises bare exceptions and, from Rust, panics
            broken = broken or error
    if broken:
        yield Problem("truncated", f"a WARC record is broken: {broken}")


def _copy(stream: IO[bytes], to: IO[bytes]) -> BaseException | None:
    """Copy a stream to a file and rewind it; the error that ended a broken stream."""
    broken = None
    try:
        shutil.copyfileobj(_Pieces(stream), to, 1 << 20)
    except BROKEN_STREAM as error:
        broken = error
    to.seek(0)
    return broken


class _Pieces:
    """Reads what is there, so that nothing before a break is lost."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.read: Any = stream.read1  # type: ignore[attr-defined]


def _warc_record(body: bytes, url: str) -> Iterator[Found]:
    if not body:
        return
    kind, plain = recognise(io.BytesIO(body), url)
    read = {"feed": read_feed_document, "html": read_html}.get(kind)
    if read is None:
        yield Problem("not_recognised", "a WARC record that is neither page nor feed", url)
        return
    for found in read(plain.read(), url, url):
        yield found._replace(where=f"{url} {found.where}".strip())
