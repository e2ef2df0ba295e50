"""The home of an output's tables: a folder of Parquet or a BigQuery dataset, behind the same calls."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from pipeline.options import UsageError
from schemas.records import TABLES, Micros
from schemas.sql import duckdb_views
from transforms.store import NothingCommitted, Store, StoreError
from transforms.store.folder import FolderStore, compact, locate, open_folder
from transforms.store.locks import locked
from transforms.store.manifest import Manifest, read_manifest

if TYPE_CHECKING:
    from transforms.bigquery.target import Target  # brings Google's client: a second or two

Windows = tuple[int, int]


class Home(Protocol):
    """Where an output's tables live."""

    def held(self, wait: float) -> AbstractContextManager[None]:
        """Hold the output for writing, waiting `wait` seconds for another run."""

    def open(self, windows: Windows, now: Micros) -> Store:
        """The store of one run, in windows of these lengths and periods in seconds."""

    def tidy(self, windows: Windows, now: Micros) -> None:
        """Merge small files where there are many."""

    def as_of(self, manifest: Manifest) -> Store:
        """The store as of a commit, for reading only."""

    def committed(self) -> Manifest:
        """The last commit; NothingCommitted if there is none."""

    def tables(self, manifest: Manifest | None = None, views: Iterable[str] | None = None) -> Any:
        """A DuckDB connection with every committed table and view, or those wanted and what they read."""


@dataclass(frozen=True)
class FolderHome:
    """A folder of Parquet tables."""

    root: Path

    def held(self, wait: float) -> AbstractContextManager[None]:
        """Hold the folder's lock."""
        return locked(self.root, wait)

    def open(self, windows: Windows, now: Micros) -> Store:
        """Settle what a killed run left, and open."""
        return open_folder(self.root, windows, now)

    def tidy(self, windows: Windows, now: Micros) -> None:
        """Merge the small files of each table and day."""
        compact(open_folder(self.root, windows, now), windows)

    def as_of(self, manifest: Manifest) -> Store:
        """The rows in the files of `manifest`."""
        return FolderStore(self.root, manifest, 0)

    def committed(self) -> Manifest:
        """The manifest."""
        if not self.root.is_dir():
            raise NothingCommitted(
                f"{self.root}: no such output; `tocsin run --output {self.root} …` makes one"
            )
        manifest = read_manifest(self.root)
        if not manifest.run:
            raise NothingCommitted(f"{self.root}: nothing was committed here yet")
        return manifest

    def tables(self, manifest: Manifest | None = None, views: Iterable[str] | None = None) -> Any:
        """Views over the committed files of `manifest`, the newest by default; of none before the first commit."""
        found = manifest or read_manifest(self.root)
        connection = duckdb.connect()
        files = {name: [locate(self.root, f) for f in found.of(name)] for name in TABLES}
        duckdb_views(connection, files, views)
        return connection


@dataclass(frozen=True)
class DatasetHome:
    """A BigQuery dataset."""

    target: "Target"

    @contextmanager
    def held(self, wait: float) -> Iterator[None]:
        """Nothing to hold: of two runs that overlap, the second to commit is refused whole."""
        yield

    def open(self, windows: Windows, now: Micros) -> Store:
        """Create what the dataset lacks, and open."""
        from transforms.bigquery.store import open_dataset

        if not self.target.staging:
            raise StoreError(
                f"{self.target}: needs --temp_location gs://BUCKET/FOLDER (withdraw: --staging)"
            )
        return open_dataset(self.target, windows, now)

    def tidy(self, windows: Windows, now: Micros) -> None:
        """Nothing to merge: BigQuery does its own."""

    def as_of(self, manifest: Manifest) -> Store:
        """The dataset; nothing of a commit can be left out."""
        from transforms.bigquery.store import BigQueryStore

        return BigQueryStore(self.target, manifest, 0, secrets.token_hex(8))

    def rows_added(self) -> dict[str, int]:
        """How many rows the runs added to each table."""
        from transforms.bigquery.readers import rows_added

        return rows_added(self.target)

    def committed(self) -> Manifest:
        """The last commit, without files."""
        from transforms.bigquery.readers import read_committed

        return read_committed(self.target)

    def tables(self, manifest: Manifest | None = None, views: Iterable[str] | None = None) -> Any:
        """The stored tables, those that are wanted brought over whole within the bound on bytes."""
        from transforms.bigquery.readers import open_tables

        return open_tables(self.target, views)


def home_of(output: str, staging: str = "", bigquery: Mapping[str, Any] | None = None) -> Home:
    """The home that ``--output`` names.

    Args:
        output: a folder, or ``bq://PROJECT.DATASET``.
        staging: ``gs://BUCKET/FOLDER`` where a dataset's files wait for their commit.
        bigquery: how to treat a dataset, as `pipeline.bigquery_options.bigquery_settings` returns it.

    Raises:
        UsageError: no name, a file, or an address of another kind.
    """
    if output.startswith("bq://"):
        from transforms.bigquery.target import parse_target

        try:
            return DatasetHome(parse_target(output, staging, **bigquery or {}))
        except StoreError as error:
            raise UsageError(f"--output {error}") from error
    if not output:
        raise UsageError("an empty name for the output: a folder or bq://PROJECT.DATASET")
    if "://" in output:
        raise UsageError(f"--output {output}: a folder or bq://PROJECT.DATASET")
    root = Path(output)
    if root.exists() and not root.is_dir():
        raise UsageError(f"--output {output}: a file, not a folder")
    return FolderHome(root)
