"""The committed tables of an output, open for SQL: the stored tables and every view, in DuckDB."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pipeline.home import home_of
from pipeline.options import NothingYet, UsageError
from transforms.store import NothingCommitted, StoreError
from transforms.store.manifest import Manifest


def read_committed(output: str, bigquery: Mapping[str, Any] | None = None) -> Manifest:
    """The last commit of an output.

    Args:
        output: folder of a run, or ``bq://PROJECT.DATASET``.
        bigquery: how to read a dataset, see `pipeline.bigquery_options`.

    Raises:
        NothingYet: no such output, or nothing committed to it.
        UsageError: it is damaged, or cannot be read.
    """
    with _told():
        return home_of(output, bigquery=bigquery).committed()


def open_tables(
    output: str,
    manifest: Manifest | None = None,
    views: Iterable[str] | None = None,
    bigquery: Mapping[str, Any] | None = None,
) -> Any:
    """A DuckDB connection with a view for each table and each analysts' view, over committed rows only.

    Args:
        output: folder of a run, or ``bq://PROJECT.DATASET``.
        manifest: the commit of a folder to look at, the newest by default.
        views: the tables and views to create, with what these read; by default all. A view takes some 50 ms, and a
            table of a dataset is brought over whole.
        bigquery: how to read a dataset, see `pipeline.bigquery_options`.

    Raises:
        NothingYet: no such output, or nothing committed to it.
        UsageError: it is damaged, or cannot be read.
    """
    with _told():
        home = home_of(output, bigquery=bigquery)
        return home.tables(manifest or home.committed(), views)


@contextmanager
def _told() -> Iterator[None]:
    """What the store refuses, as the errors of the command line."""
    try:
        yield
    except NothingCommitted as error:
        raise NothingYet(str(error)) from error
    except StoreError as error:
        raise UsageError(str(error)) from error
