"""Read articles from Parquet: any table with a title or text, and Tocsin's own articles table for a
replay."""

from collections.abc import Iterator
from typing import IO, Any

from transforms.files.raw import Problem, RawArticle, raw_from_fields

BATCH_ROWS = 2_000
_WANTED = {"title", "text", "body", "content", "summary", "headline"}


def read_parquet(stream: IO[bytes], name: str) -> Iterator[RawArticle | Problem]:
    """Rows of a Parquet file as raw articles, in file order.

    Tocsin's own articles (written with ``--keep-text``) keep their times, origin and feed, so that
    a replay counts what the first run counted; rows without text, and withdrawn ones, are problems.
    """
    import pyarrow as pa  # half a second, which readers of other files need not wait for
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(stream if stream.seekable() else pa.BufferReader(stream.read()))
        names = set(file.schema_arrow.names)
        if not names & _WANTED:
            yield Problem("bad_field", f"no column of {', '.join(sorted(_WANTED))}")
            return
        row = _stored_row if {"article_id", "content_hash", "published_origin"} <= names else _row
        number = 0
        for batch in file.iter_batches(BATCH_ROWS):
            for record in batch.to_pylist():
                number += 1
                yield row(record, f"row {number}")
    except (pa.ArrowException, OSError) as error:
        yield Problem("malformed", f"not readable as Parquet: {str(error).splitlines()[0]}")


def _row(record: dict[str, Any], where: str) -> RawArticle | Problem:
    plain = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in record.items()}
    return raw_from_fields(plain, where)


def _stored_row(record: dict[str, Any], where: str) -> RawArticle | Problem:
    try:
        return _stored(record, where)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return Problem("bad_field", f"not as tocsin stores articles: {error!r}", where)


def _stored(record: dict[str, Any], where: str) -> RawArticle | Problem:
    if record.get("withdrawn"):
        return Problem("empty", "withdrawn by its source", where)
    title, _, body = (record.get("text") or "").partition("\n")
    if not title and not body:
        return Problem("empty", "stored without its text: run with --keep-text to replay", where)
    return RawArticle(
        title=title,
        body=body,
        url=record["url"] or "",
        publisher=record["publisher"] or "",
        feed=record["feed"] or "",
        author=record["author"] or "",
        language=record["language"] or "",
        published=_micros(record["published"]),
        origin=record["published_origin"],
        updated=_micros(record.get("updated")),
        fetched=_micros(record.get("fetched")),
        article_id=record["article_id"],
        where=where,
    )


def _micros(value: Any) -> int | None:
    if value is None:
        return None
    return int(value.timestamp()) * 1_000_000 + value.microsecond
