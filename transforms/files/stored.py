"""Read articles from Parquet: any table with a title or text, and Tocsin's own articles table for a
replay."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from schemas.ids import ID_CHARS, content_id
from schemas.jsonrows import EPOCH
from schemas.records import PUBLISHED_ORIGINS, Article, Micros
from transforms.feeds.dates import plausible
from transforms.feeds.identity import canonical_url
from transforms.files.raw import FIELD_NAMES, Found, Problem, raw_from_fields
from transforms.tagging.stories import story_id

BATCH_ROWS = 2_000
_WANTED = {"title", "text", "body", "content", "summary", "headline"}
_STORED = {"article_id", "content_hash", "published_origin"}
"""Columns that only our own articles table has."""

_ID = re.compile(rf"[0-9a-f]{{{ID_CHARS}}}")
_ROW_ERRORS = (ValueError, OverflowError, LookupError, TypeError, AttributeError)
"""What values that Arrow holds and Python does not raise: broken UTF-8, times past the year 9999."""

LATEST = 250_000_000_000_000_000  # in the year 9892: what a clock said then is not judged again


def read_parquet(stream: IO[bytes], name: str) -> Iterator[Found]:
    """Rows of a Parquet file as raw articles, in file order.

    Tocsin's own articles (written with ``--keep-text``) are `Article`s as they are stored, so that
    a replay counts what the first run counted, and what was withdrawn stays so; rows without text are
    problems.
    A row or a row group that cannot be read is a problem, and the rest goes on.
    """
    import pyarrow as pa  # half a second, which readers of other files need not wait for
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream if stream.seekable() else pa.BufferReader(stream.read()))
        names = set(file.schema_arrow.names)
        if not names & _WANTED:
            yield Problem("bad_field", f"no column of {', '.join(sorted(_WANTED))}")
            return
        first = 1
        for group in range(file.num_row_groups):
            try:
                yield from _group(file, group, first)
            except (pa.ArrowException, OSError, *_ROW_ERRORS) as error:
                where = f"row group {group + 1}, from row {first}"
                yield Problem("malformed", f"not readable as Parquet: {_line(error)}", where)
            first += file.metadata.row_group(group).num_rows
    except (pa.ArrowException, OSError, *_ROW_ERRORS) as error:
        yield Problem("malformed", f"not readable as Parquet: {_line(error)}")


def _group(file: Any, group: int, first: int) -> Iterator[Found]:
    """The rows of a row group; `first` is the number of its first row."""
    names = file.schema_arrow.names
    read: Callable[[dict[str, Any], str], Found] = _row
    columns = [n for n in names if n.strip().lower() in FIELD_NAMES]
    if set(names) >= _STORED:
        read, columns = _stored, [n for n in names if n in Article._fields]
    for batch in file.iter_batches(BATCH_ROWS, row_groups=[group], columns=columns):
        yield from _rows(batch, read, first)
        first += batch.num_rows


def _rows(batch: Any, read: Callable[[dict[str, Any], str], Found], first: int) -> Iterator[Found]:
    try:
        records = batch.to_pylist()
    except _ROW_ERRORS:
        records = None  # one of them: each is read by itself
    for place in range(batch.num_rows):
        where = f"row {first + place}"
        try:
            record = records[place] if records else batch.slice(place, 1).to_pylist()[0]
        except _ROW_ERRORS as error:
            yield Problem("malformed", f"a value that cannot be read: {_line(error)}", where)
            continue
        try:
            yield read(record, where)
        except _ROW_ERRORS as error:
            yield Problem("bad_field", f"not as tocsin stores articles: {error!r}", where)


def _line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _row(record: dict[str, Any], where: str) -> Found:
    plain = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in record.items()}
    return raw_from_fields(plain, where)


def _stored(record: dict[str, Any], where: str) -> Found:
    """The article that a row holds, as it is there: text that was cleaned once is not cleaned again."""
    if not (_ID.fullmatch(record["article_id"]) and _ID.fullmatch(record["content_hash"])):
        raise ValueError(f"article_id {record['article_id']!r}")
    if record["published_origin"] not in PUBLISHED_ORIGINS:
        raise ValueError(f"published_origin {record['published_origin']!r}")
    published = _micros(record["published"])
    if not plausible(published, LATEST):
        raise ValueError(f"published {record['published']}")
    withdrawn = bool(record.get("withdrawn"))
    text = _text(record, "text")
    if not text.strip() and not withdrawn:
        return Problem("empty", "stored without its text: run with --keep-text to replay", where)
    url = _text(record, "url")
    return Article(
        article_id=record["article_id"],
        version=1,
        url=url,
        canonical_url=_text(record, "canonical_url") or canonical_url(url),
        title=_text(record, "title") if withdrawn else text.partition("\n")[0],
        publisher=_text(record, "publisher"),
        feed=_text(record, "feed"),
        author=_text(record, "author"),
        language=_text(record, "language"),
        published=published,
        published_origin=record["published_origin"],
        updated=_micros(record["updated"]) if record.get("updated") else None,
        fetched=_micros(record["fetched"]) if record.get("fetched") else None,
        content_hash=record["content_hash"] if withdrawn else content_id(text),
        story_id=_text(record, "story_id") if withdrawn else story_id(text),
        signature=b"",
        withdrawn=withdrawn,
        text="" if withdrawn else text,
    )


def _text(record: dict[str, Any], name: str) -> str:
    """A column of text; one that an older version did not write, or null, is empty."""
    value = record.get(name)
    if not isinstance(value, str | None):
        raise TypeError(f"{name} is {type(value).__name__}")
    return value or ""


def _micros(value: datetime) -> Micros:
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return int((aware - EPOCH) // timedelta(microseconds=1))
