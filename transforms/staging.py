"""Gather a bundle's rows and stage them as few, sorted files: one a table and day."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.arrow import rows_to_table, split_bad_rows
from schemas.records import PAYLOAD_CHARS, TABLES, Reject
from transforms.store import Store, TableFile

PACK_ROWS = 10_000
"""Rows that wait as tuples before they are packed as Arrow, which takes a quarter of the memory."""

STAGE_ROWS = 200_000
"""Rows of one table that wait in memory before they are staged, whatever the bundle still
brings."""


class Stager:
    """Rows of one table on their way to staged files.

    A row that does not fit the table becomes a reject ("write_refused"), kept in `refused`.
    """

    def __init__(self, store: Store, table: str) -> None:
        """Args: where to stage; the table's name."""
        self.store = store
        self.table = table
        self.refused: list[Reject] = []
        self._rows: list[tuple[Any, ...]] = []
        self._packed: list[pa.Table] = []

    def add(self, rows: Sequence[tuple[Any, ...]]) -> Iterator[TableFile]:
        """Take rows; yields files when enough have gathered."""
        self._rows.extend(rows)
        if len(self._rows) >= PACK_ROWS:
            self._pack()
            if sum(t.num_rows for t in self._packed) >= STAGE_ROWS:
                yield from self.finish()

    def finish(self) -> Iterator[TableFile]:
        """Stage what has gathered, a file a day, rows in the order of their time and first
        column."""
        self._pack()
        if not self._packed:
            return
        data = pa.concat_tables(self._packed)
        self._packed = []
        spec = TABLES[self.table]
        data = data.sort_by([(spec.partition, "ascending"), (spec.fields[0].name, "ascending")])
        days = pc.strftime(data[spec.partition], format="%Y-%m-%d").combine_chunks()
        start = 0
        for run in pc.run_end_encode(days).run_ends.to_pylist() if len(days) else []:
            day = days[start].as_py()
            yield self.store.stage_table(self.table, day, data.slice(start, run - start))
            start = run

    def _pack(self) -> None:
        if not self._rows:
            return
        rows, self._rows = self._rows, []
        try:
            self._packed.append(rows_to_table(self.table, rows))
        except ValueError:
            good, bad = split_bad_rows(self.table, rows)
            if good:
                self._packed.append(rows_to_table(self.table, good))
            for row, error in bad:
                payload = str(row)[:PAYLOAD_CHARS]
                self.refused.append(
                    Reject("write", "write_refused", error, self.table, payload, self.store.now)
                )
