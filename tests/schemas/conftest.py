"""A small world of records, written as Parquet and opened in DuckDB."""

from datetime import UTC, datetime

import duckdb
import pyarrow.parquet as pq
import pytest

from schemas.arrow import rows_to_table
from schemas.records import TABLES, Article, FeedHealth, Mention, MentionCount, Reject
from schemas.sql import duckdb_views

HOUR = 3_600_000_000


def at(text):
    """Microseconds of an ISO time, UTC."""
    when = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return round(when.timestamp()) * 1_000_000


DEFAULTS = {
    "string": "",
    "int": 0,
    "float": 0.0,
    "bool": False,
    "bytes": b"",
    "timestamp": at("2026-01-05T10:30:00"),
}


def make(record, **given):
    """A record with the given fields; the others are plain defaults."""
    table = next(t for t in TABLES.values() if t.record is record)
    values = {f.name: None if f.nullable else DEFAULTS[f.kind] for f in table.fields}
    assert not set(given) - set(values)
    return record(**values | given)


def article(name, version=1, **given):
    return make(
        Article,
        **{"article_id": name, "version": version, "publisher": "Post", "published_origin": "feed"}
        | {"content_hash": f"{name}{version}", "story_id": f"story-{name}"}
        | given,
    )


def mention(name, of, version=1, **given):
    base = {"mention_id": name, "article_id": of, "version": version, "counted": True}
    base |= {"category": "strike", "subtype": "air", "status": "occurred", "publisher": "Post"}
    return make(Mention, **base | {"story_id": f"story-{of}"} | given)


def count(window_start, revision=1, **given):
    base = {"window_start": at(window_start), "window_end": at(window_start) + HOUR}
    base |= {"category": "strike", "status": "occurred", "revision": revision, "reason": "first"}
    return make(MentionCount, **base | {"mention_count": 1, "article_count": 1} | given)


def poll(feed, polled, outcome, **given):
    return make(FeedHealth, feed=feed, polled=at(polled), outcome=outcome, **given)


def reject(**given):
    return make(Reject, stage="parse", reason="malformed", **given)


@pytest.fixture
def world(tmp_path):
    """Opens a DuckDB connection on tables given as lists of records, by way of Parquet files."""

    def open_world(**rows):
        sources = {}
        for name, records in rows.items():
            path = tmp_path / f"{name}.parquet"
            pq.write_table(rows_to_table(name, records), path)
            sources[name] = [path]
        connection = duckdb.connect()
        duckdb_views(connection, sources)
        return connection

    return open_world


@pytest.fixture
def new():
    """The makers of records, for tests."""
    makers = (article, mention, count, poll, reject, at)
    return type("New", (), {m.__name__: staticmethod(m) for m in makers})
