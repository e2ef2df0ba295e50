"""The committed tables of an output, open for SQL: the stored tables and every view, in DuckDB."""

from pathlib import Path
from typing import Any

import duckdb

from pipeline.options import UsageError
from schemas.records import TABLES
from schemas.sql import duckdb_views
from transforms.store import StoreError
from transforms.store.folder import locate
from transforms.store.manifest import Manifest, read_manifest


def read_committed(output: str) -> Manifest:
    """The manifest of an output that exists.

    Raises:
        UsageError: nothing there, or damaged.
    """
    root = Path(output)
    if not root.is_dir():
        raise UsageError(f"{output}: no such output; `tocsin run --output {output} …` makes one")
    try:
        manifest = read_manifest(root)
    except StoreError as error:
        raise UsageError(str(error)) from error
    if not manifest.run:
        raise UsageError(f"{output}: nothing was committed here yet")
    return manifest


def open_tables(output: str, manifest: Manifest | None = None) -> Any:
    """A DuckDB connection with a view for each table and each analysts' view, over committed files
    only.

    Args:
        output: folder of a run.
        manifest: the commit to look at, the newest by default.

    Raises:
        UsageError: no such output.
    """
    committed = manifest or read_committed(output)
    root = Path(output)
    connection = duckdb.connect()
    duckdb_views(
        connection, {name: [locate(root, f) for f in committed.of(name)] for name in TABLES}
    )
    return connection
