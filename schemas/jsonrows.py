"""JSON: one record as a dictionary, for `tocsin tag`, JSON lines and BigQuery's JSON interfaces."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.records import TABLES, Micros

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso_time(micros: Micros) -> str:
    """Microseconds since the epoch as ISO 8601, UTC, with ``Z``; a fraction only if there is one.

    >>> iso_time(1_700_000_000_000_000), iso_time(1)
    ('2023-11-14T22:13:20Z', '1970-01-01T00:00:00.000001Z')
    """
    return (EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


def micros(text: str) -> Micros:
    """The inverse of `iso_time`; a time without a zone is taken as UTC.

    >>> micros("2023-11-14T23:13:20+01:00")
    1700000000000000
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return (when - EPOCH) // timedelta(microseconds=1)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


_WRITERS: dict[str, Callable[[Any], Any]] = {"timestamp": iso_time, "bytes": _base64}
_READERS: dict[str, Callable[[Any], Any]] = {"timestamp": micros, "bytes": base64.b64decode}
# Resolved once: reading a record's annotations costs more than writing one.
_COLUMNS = {table.record: table.fields for table in TABLES.values()}
_WRITE = {r: [(f.name, _WRITERS.get(f.kind)) for f in fields] for r, fields in _COLUMNS.items()}


def to_json(record: Any) -> dict[str, Any]:
    """A record as a JSON-ready dictionary: times ISO 8601 UTC, bytes base64, unknown as null."""
    return {
        name: value if write is None or value is None else write(value)
        for (name, write), value in zip(_WRITE[type(record)], record, strict=True)
    }


def to_bigquery(record: Any) -> dict[str, Any]:
    """A record as BigQuery's JSON interfaces take it (streaming inserts, JSON loads).

    As `to_json`, but a null is left out, and lone surrogates, which UTF-8 cannot hold, become
    ``?``.
    """
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in to_json(record).items()
        if value is not None
    }


def from_json(record: type[Any], data: dict[str, Any]) -> Any:
    """The inverse of `to_json`.

    Raises:
        KeyError: a required field is missing.
        ValueError: a time or base64 text does not parse.
    """
    values = []
    for field in _COLUMNS[record]:
        value = data.get(field.name) if field.nullable else data[field.name]
        read = _READERS.get(field.kind)
        values.append(value if read is None or value is None else read(value))
    return record._make(values)
