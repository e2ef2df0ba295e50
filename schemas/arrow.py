"""Arrow: the schema of each table, and the way from records to Arrow tables and back.

Parquet files and BigQuery loads are written from these tables, so both homes hold the same types:
times are ``timestamp[us, tz=UTC]``, and a column is nullable only where its record says so.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.records import TABLES, Field

YEAR_1 = -62_135_596_800_000_000
YEAR_10000 = 253_402_300_800_000_000

TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "bytes": pa.binary(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The Arrow schema of a table.

    Args:
        table: a key of `schemas.records.TABLES`.

    Returns:
        One field a column, in the record's order, its description under the metadata key
        ``description`` (closed sets under ``values``, comma separated); the table's description on
        the schema.
    """
    spec = TABLES[table]
    return pa.schema(
        [pa.field(f.name, TYPES[f.kind], f.nullable, _metadata(f)) for f in spec.fields],
        {"description": spec.doc},
    )


def _metadata(field: Field) -> dict[str, str]:
    metadata = {"description": field.doc}
    if field.values:
        metadata["values"] = ",".join(field.values)
    return metadata


def rows_to_table(table: str, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Records as an Arrow table, column by column.

    Lone surrogates, which UTF-8 cannot hold, become ``?``: a headline cut in the middle of an emoji
    must not cost the row.

    Args:
        table: a key of `schemas.records.TABLES`.
        rows: its records, or plain tuples in the same order; times in whole microseconds, UTC.

    Returns:
        A table with exactly `arrow_schema`; empty for no rows.

    Raises:
        ValueError: a value does not fit its column; the message names the column. `split_bad_rows`
            tells which row.
    """
    schema = arrow_schema(table)
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    if len(columns) != len(schema):
        raise ValueError(f"{table}: rows have {len(columns)} fields, the table has {len(schema)}")
    return pa.Table.from_arrays(
        [_array(field, column) for field, column in zip(schema, columns, strict=True)],
        schema=schema,
    )


def _array(field: pa.Field, values: Sequence[Any]) -> pa.Array:
    try:
        array = pa.array(values, field.type)
    except UnicodeEncodeError:
        clean = [v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for v in values]
        return _array(field, clean)
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, OverflowError) as error:
        raise ValueError(f"column {field.name}: {error}") from error
    if pa.types.is_timestamp(field.type):
        _within_years(field, array)
    if array.null_count and not field.nullable:
        raise ValueError(f"column {field.name}: null, but the column is required")
    return array


def _within_years(field: pa.Field, array: pa.Array) -> None:
    """Times outside the years 1 to 9999 fit Parquet but neither BigQuery nor ISO 8601."""
    found = pc.min_max(array.cast(pa.int64())).as_py()
    if found["min"] is not None and not (found["min"] >= YEAR_1 and found["max"] < YEAR_10000):
        raise ValueError(f"column {field.name}: a time outside the years 1 to 9999")


def split_bad_rows(
    table: str, rows: Iterable[tuple[Any, ...]]
) -> tuple[list[tuple[Any, ...]], list[tuple[tuple[Any, ...], str]]]:
    """The rows that fit the table, and those that do not with the reason. Slow: one row at a time.

    For use after `rows_to_table` refused a batch, so that one bad row does not cost its neighbours.
    """
    good: list[tuple[Any, ...]] = []
    bad: list[tuple[tuple[Any, ...], str]] = []
    for row in rows:
        try:
            rows_to_table(table, [row])
        except ValueError as error:
            bad.append((row, str(error)))
        else:
            good.append(row)
    return good, bad


def table_to_rows(table: str, data: pa.Table) -> list[Any]:
    """The records in an Arrow table: the inverse of `rows_to_table`.

    Columns are found by name, so files written before a column was added can be read: what they
    lack is null where the column allows it, and empty (``""``, 0, false) where it does not. Other
    columns are ignored.

    Args:
        table: a key of `schemas.records.TABLES`.
        data: the columns, for instance read from Parquet; any time unit and any string or integer
            width.

    Returns:
        A list of the table's record class, times in whole microseconds, UTC.
    """
    spec = TABLES[table]
    columns = [_values(field, data) for field in spec.fields]
    return [spec.record._make(values) for values in zip(*columns, strict=True)]


EMPTY: dict[str, Any] = {
    "string": "",
    "int": 0,
    "float": 0.0,
    "bool": False,
    "bytes": b"",
    "timestamp": 0,
}


def _values(field: Field, data: pa.Table) -> list[Any]:
    if field.name not in data.column_names:
        return [None if field.nullable else EMPTY[field.kind]] * data.num_rows
    column = data.column(field.name).cast(TYPES[field.kind])
    if field.kind == "timestamp":
        column = column.cast(pa.int64())
    return column.to_pylist()
