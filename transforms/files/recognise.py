"""Tell what a file is: by its first bytes, then by its name."""

import gzip
import io
import re
import zlib
from typing import IO, Any, NamedTuple

HEAD_BYTES = 65_536
GZIP_MAGIC = b"\x1f\x8b"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_FEED_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex|channel)[\s>/]", re.I)
_HTML_ROOT = re.compile(rb"<(!doctype\s+html|html|head|body)[\s>]", re.I)
_OPML_ROOT = re.compile(rb"<opml[\s>]", re.I)
_CSV_FIELDS = re.compile(
    rb"^[\s\"']*[\w .-]+[\"']?\s*[,;\t].*\b(title|text|headline|body|url)\b", re.I
)
_BY_NAME = {
    ".txt": "text",
    ".text": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
    ".rdf": "feed",
    ".json": "feed",
    ".opml": "opml",
    ".warc": "warc",
    ".parquet": "parquet",
}


class Recognised(NamedTuple):
    """A kind ("text", "html", "jsonl", "csv", "feed", "opml", "warc", "parquet", "empty" or "") and
    its stream."""

    kind: str
    stream: IO[bytes]


def recognise(stream: IO[bytes], name: str) -> Recognised:
    """Tell the kind of `stream` and return a stream of its plain bytes, from the start.

    Args:
        stream: binary stream at its beginning; gzip is opened, also twice over.
        name: file name, consulted where the content leaves a choice.

    Returns:
        The kind ("" if neither content nor name tells one) and the stream to read.

    Raises:
        EOFError, zlib.error, gzip.BadGzipFile: a compressed stream that breaks within its first 64 KiB.
    """
    head, stream = _peek(stream)
    for _ in range(2):
        if not head.startswith(GZIP_MAGIC):
            break
        name = name.removesuffix(".gz")
        head, stream = _peek(_Inflated(stream))
    return Recognised(_kind(head, name), stream)


def _peek(stream: Any) -> tuple[bytes, IO[bytes]]:
    if not isinstance(stream, io.BufferedReader):
        stream = io.BufferedReader(stream, HEAD_BYTES)
    return stream.peek(HEAD_BYTES), stream


class _Inflated(io.RawIOBase):
    """The plain bytes of a gzip stream: all that inflates, and only then the error of a cut one."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._gzip = gzip.GzipFile(fileobj=stream, mode="rb")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._gzip.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _kind(head: bytes, name: str) -> str:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    named = next((kind for end, kind in _BY_NAME.items() if name.lower().endswith(end)), "")
    body = head
    for bom in _BOMS:
        body = body.removeprefix(bom)
    body = body.replace(b"\x00", b"").lstrip()  # UTF-16 markup shows its ASCII once NULs are gone
    if not body:
        return "empty" if not head.strip(b"\x00") else named
    if body.startswith((b"{", b"[")):
        return _json_kind(body, named)
    if _OPML_ROOT.search(body[:4096]):
        return "opml"
    if named in ("text", "jsonl", "csv"):
        return named  # an article or a table may well quote markup
    if _FEED_ROOT.search(body):
        return "feed"
    if body.startswith(b"<"):
        return "html" if _HTML_ROOT.search(body[:4096]) else named
    if _CSV_FIELDS.match(body.split(b"\n", 1)[0]):
        return "csv"
    if named:
        return named
    return "text" if "." not in name.rsplit("/", 1)[-1] and b"\x00" not in head else ""


def _json_kind(body: bytes, named: str) -> str:
    if b"jsonfeed.org/version" in body[:4096]:
        return "feed"
    if named == "feed" and body.startswith(b"{"):
        first = body.split(b"\n", 1)[0].rstrip()
        return "jsonl" if first.endswith(b"}") and len(first) > 2 else "feed"
    return "jsonl" if named in ("", "jsonl") and body.startswith(b"{") else named


BROKEN_STREAM = (EOFError, zlib.error, gzip.BadGzipFile)
"""What reading a cut or damaged gzip stream raises."""
