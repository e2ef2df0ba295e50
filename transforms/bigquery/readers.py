"""Reading a dataset as one reads a folder: the stored tables and every view, in DuckDB."""

from collections.abc import Iterable
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from schemas.records import TABLES
from schemas.sql import duckdb_views, tables_read
from transforms.bigquery.commit import read_mark
from transforms.bigquery.query import read
from transforms.bigquery.tables import exists
from transforms.bigquery.target import Target
from transforms.store.manifest import Manifest, NothingCommitted


def read_committed(target: Target) -> Manifest:
    """The last commit of a dataset (no files, no feed states).

    Raises:
        NothingCommitted: no such dataset, or no run has committed to it.
    """
    if not exists(target):
        raise NothingCommitted(f"{target}: nothing was committed here yet")
    _, manifest = read_mark(target)
    if not manifest.run:
        raise NothingCommitted(f"{target}: nothing was committed here yet")
    return manifest


def read_table(target: Target, table: str) -> pa.Table:
    """All rows of a stored table, columns as in the records."""
    columns = ", ".join(f"`{f.name}`" for f in TABLES[table].fields)
    return read(target, f"SELECT {columns} FROM `{table}`", f"table {table}")  # noqa: S608


def rows_added(target: Target) -> dict[str, int]:
    """How many rows the committed runs added to each table; what streams appended is not in it."""
    added = dict.fromkeys(TABLES, 0)
    records = read(target, "SELECT added FROM runs", "rows added")["added"].to_pylist()
    for record in filter(None, records):
        for table, number in orjson.loads(record).items():
            added[table] += number
    return added


def open_tables(target: Target, wanted: Iterable[str] | None = None) -> Any:
    """A DuckDB connection with the tables of a dataset and every view, or those wanted and what they read.

    The tables are brought over whole, within `target.max_bytes` a table. For large datasets query
    the views in BigQuery: they are the same.

    Raises:
        StoreError: no such dataset or table, or it is larger than the bound.
    """
    connection = duckdb.connect()
    sources = {table: f"stored_{table}" for table in tables_read(wanted)}
    for table, name in sources.items():
        connection.register(name, read_table(target, table))
    duckdb_views(connection, sources, wanted)
    return connection
