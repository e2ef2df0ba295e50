"""Read one file of any kind into raw articles and problems, as a stream.

Every reader is a generator over the plain bytes of a file: memory is bounded by one record for the line
formats and by `DOCUMENT_BYTES` for documents that must be read whole.
"""

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator
from typing import IO

import orjson

from schemas.records import PAYLOAD_CHARS
from transforms.files.documents import (
    encoding_of,
    read_feed_document,
    read_html,
    read_text,
    read_warc,
)
from transforms.files.raw import Found, Problem, raw_from_fields
from transforms.files.recognise import BROKEN_STREAM, recognise
from transforms.files.stored import read_parquet

DOCUMENT_BYTES = 50_000_000
"""The largest document that is read whole (feeds, pages, texts), inflated."""

LINE_BYTES = 20_000_000
"""The longest line of a JSONL file."""

HEADER_CHARS = 1_000_000
"""The longest header of a table."""


def read_file(stream: IO[bytes], name: str) -> Iterator[Found]:
    """Every article and every problem in one file.

    Args:
        stream: the file's bytes, plain or gzip, at the beginning.
        name: its name, for recognition and for feeds without a title.

    Yields:
        Raw or stored articles in file order; a `Problem` for what could not be read. Never raises for any content.
    """
    number = 0
    try:
        kind, plain = recognise(stream, name)
        if kind in ("", "empty", "opml"):
            yield _REFUSED[kind]
        else:
            for found in _READERS[kind](plain, name):
                number += 1
                yield found
    except BROKEN_STREAM as error:
        yield Problem("truncated", f"the compressed stream breaks: {error}")
    except OSError as error:
        yield Problem("unreadable", str(error))
    except RecursionError:
        yield Problem("hostile", "nested too deep", f"after record {number}")
    except Exception as error:  # a library met content that its makers did not think of
        yield Problem("malformed", f"{type(error).__name__}: {error}", f"after record {number}")


_REFUSED = {
    "": Problem("not_recognised", "neither content nor name tells a kind of input"),
    "empty": Problem("empty", "no content"),
    "opml": Problem("not_a_feed", "a list of feeds, not articles: give it with --feeds"),
}


def read_jsonl(stream: IO[bytes], name: str) -> Iterator[Found]:
    """One article a line; a line that is no JSON object is a problem, the rest goes on."""
    number = 0
    while line := stream.readline(LINE_BYTES):
        number += 1
        if len(line) >= LINE_BYTES and not line.endswith(b"\n"):
            yield Problem("too_large", f"a line over {LINE_BYTES} bytes", f"line {number}")
            while (rest := stream.readline(LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            continue
        if line.strip():
            yield _json_record(line, f"line {number}")


def _json_record(line: bytes, where: str) -> Found:
    try:
        record = orjson.loads(line)
    except ValueError:
        try:  # the standard library forgives what orjson does not: BOMs, NaN, lone surrogates
            record = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            payload = line[:PAYLOAD_CHARS].decode("utf-8", "replace")
            return Problem("malformed", f"not JSON: {error}", where, payload)
    if not isinstance(record, dict):
        return Problem("malformed", f"a JSON {type(record).__name__}, not an object", where)
    return raw_from_fields(record, where)


def read_csv(stream: IO[bytes], name: str) -> Iterator[Found]:
    """One article a row under a header row; comma, semicolon or tab; in UTF-8, or as spreadsheets save it.

    A quote that never closes takes all rows behind it into its field: that is a problem, and ends the file.
    """
    csv.field_size_limit(LINE_BYTES)
    lines = io.TextIOWrapper(stream, encoding=encoding_of(stream), errors="replace", newline="")
    header = lines.readline(HEADER_CHARS + 1)
    if len(header) > HEADER_CHARS:
        yield Problem("malformed", f"a header of over {HEADER_CHARS} characters", "line 1")
        return
    separator = max(",;\t", key=header.count)
    fields = next(csv.reader([header], delimiter=separator), [])
    plain = (line.replace("\0", "") for line in lines)
    rows = csv.reader(itertools.chain(plain, ["\0"]), delimiter=separator)  # an end that shows
    while True:
        where = f"line {rows.line_num + 2}"
        try:
            row = next(rows, ["\0"])
        except csv.Error as error:
            yield Problem("malformed", str(error), where)
            continue
        if row and row[-1].endswith("\0"):
            if row != ["\0"]:
                payload = separator.join(row)[:PAYLOAD_CHARS]
                yield Problem("malformed", "a quote that opens here never closes", where, payload)
            return
        if len(row) > len(fields):
            yield Problem("malformed", f"{len(row)} values under {len(fields)} columns", where)
        elif any(row):
            yield raw_from_fields(dict(zip(fields, row, strict=False)), where)


def _what_is_there(stream: IO[bytes]) -> tuple[bytes, Exception | None]:
    """All bytes up to just over the cap, and the error that ended a broken stream."""
    parts: list[bytes] = []
    size = 0
    try:
        while size <= DOCUMENT_BYTES and (part := stream.read1(1 << 20)):  # type: ignore[attr-defined]
            parts.append(part)
            size += len(part)
    except BROKEN_STREAM as error:
        return b"".join(parts), error
    return b"".join(parts), None


def _whole(read: Callable[[bytes, str], Iterator[Found]]) -> Callable[..., Iterator[Found]]:
    """A reader of streams from a reader of whole documents, with the size cap."""

    def reader(stream: IO[bytes], name: str) -> Iterator[Found]:
        body, broken = _what_is_there(stream)
        if len(body) > DOCUMENT_BYTES:
            yield Problem("too_large", f"over {DOCUMENT_BYTES} bytes")
            return
        if body or not broken:
            yield from read(body, name)
        if broken:
            yield Problem("truncated", f"the compressed stream breaks: {broken}")

    return reader


_READERS: dict[str, Callable[[IO[bytes], str], Iterator[Found]]] = {
    "jsonl": read_jsonl,
    "csv": read_csv,
    "parquet": read_parquet,
    "warc": read_warc,
    "text": _whole(read_text),
    "html": _whole(read_html),
    "feed": _whole(read_feed_document),
}
