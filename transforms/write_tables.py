"""WriteTables: stage the rows of every table, then one commit that shows all of them or none."""

from collections.abc import Iterable, Iterator
from typing import Any

import apache_beam as beam
from apache_beam.metrics.metric import Metrics
from apache_beam.transforms.combiners import ToListCombineFn
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from transforms.staging import Stager
from transforms.store import Store, TableFile


class WriteTables(beam.PTransform):  # type: ignore[type-arg]
    """Write the tables of a run.

    In: table name to chunks of its records, and under "feeds" the new states of the feeds polled, as
    (feed, plain values). Out: one element, what the store's commit returned. Rows are staged where they are
    made, without a shuffle; a retried bundle stages again and only the files of the bundle that succeeded are
    committed. Rows that a table refuses become rows of `rejects`. Metrics: `rows.<table>`.

    Unbounded tables are appended bundle by bundle, each table for itself, and the output is a list
    of what each append returned. A bundle that is retried may write rows again; the standing views
    take each id, version and revision once.
    """

    def __init__(self, store: Store, window: tuple[int, int]) -> None:
        """Args: the store; length and period of the count windows in seconds, which the commit
        records."""
        super().__init__()
        self.store = store
        self.window = window

    def expand(self, tables: Any) -> Any:
        """Stage each table beside its producer, gather the files, commit once."""
        if not all(rows.is_bounded for rows in tables.values()):
            return [
                rows | f"Append {name}" >> beam.ParDo(_Append(self.store, name, self.window))
                for name, rows in tables.items()
            ]
        staged = [
            rows | f"Stage {name}" >> beam.ParDo(_Stage(self.store, name))
            for name, rows in tables.items()
            if name != "feeds"
        ]
        feeds = [tables["feeds"]] if "feeds" in tables else []
        return (
            [*staged, *feeds]
            | "Gather files" >> beam.Flatten()
            | "To one list" >> beam.CombineGlobally(ToListCombineFn())
            | "Commit" >> beam.ParDo(_Commit(self.store, self.window))
        )


class _Stage(beam.DoFn):
    def __init__(self, store: Store, table: str) -> None:
        self.store = store
        self.table = table

    def start_bundle(self) -> None:
        self.stager = Stager(self.store, self.table)

    def process(self, rows: list[Any]) -> Iterator[TableFile]:
        Metrics.counter("rows", self.table).inc(len(rows))
        yield from self.stager.add(rows)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        for file in finish(self.stager):
            yield WindowedValue(file, GlobalWindow().max_timestamp(), (GlobalWindow(),))


class _Append(beam.DoFn):
    """Stage and commit each bundle of an unbounded table."""

    def __init__(self, store: Store, table: str, window: tuple[int, int]) -> None:
        self.store = store
        self.table = table
        self.window = window

    def start_bundle(self) -> None:
        self.stager = Stager(self.store, self.table)
        self.files: list[TableFile] = []

    def process(self, rows: list[Any]) -> None:
        Metrics.counter("rows", self.table).inc(len(rows))
        self.files += self.stager.add(rows)

    def finish_bundle(self) -> None:
        self.files += finish(self.stager)
        if self.files:
            self.store.append(self.files, self.window)


def finish(stager: Stager) -> list[TableFile]:
    """Stage what a stager holds, and what it refused as rows of `rejects`."""
    files = list(stager.finish())
    refused = Stager(stager.store, "rejects")
    return [*files, *refused.add(stager.refused), *refused.finish()]


class _Commit(beam.DoFn):
    def __init__(self, store: Store, window: tuple[int, int]) -> None:
        self.store = store
        self.window = window

    def process(self, parts: Iterable[Any]) -> Iterator[Any]:
        files: list[TableFile] = []
        feeds: dict[str, Any] = {}
        for part in parts:
            if isinstance(part, TableFile):
                files.append(part)
            else:
                feeds.update([part])
        yield self.store.commit(files, feeds, self.window)
