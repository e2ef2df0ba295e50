"""What earlier runs know of each article: compact, sorted, looked up in batches."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from schemas.ids import ID_CHARS
from schemas.records import Micros
from transforms.store.manifest import read_columns


class Known(NamedTuple):
    """The standing version of an article.

    `stamp` is the time that orders versions (see `transforms.drop_repeats.stamp`); `dated` is false
    if the publication time is only when the article was first seen.
    """

    version: int
    content_hash: str
    published: Micros
    stamp: Micros
    dated: bool
    withdrawn: bool
    publisher: str


_COLUMNS = [
    "article_id",
    "version",
    "content_hash",
    "published",
    "published_origin",
    "updated",
    "withdrawn",
    "publisher",
]


class KnownArticles:
    """The standing version of every stored article: about 70 bytes each, a binary search a
    lookup."""

    def __init__(self, table: pa.Table) -> None:
        """Args: table with at least the columns `_COLUMNS` of articles, any number of versions
        each."""
        ids = _ids(table, "article_id")
        versions = table["version"].to_numpy()
        order = np.lexsort((versions, ids))
        ids = ids[order]
        last = np.ones(len(ids), bool)
        last[:-1] = ids[1:] != ids[:-1]
        keep = order[last]
        self._ids = ids[last]
        self._versions = versions[keep]
        self._hashes = _ids(table, "content_hash")[keep]
        self._published = table["published"].cast(pa.int64()).to_numpy()[keep]
        updated = table["updated"].cast(pa.int64()).fill_null(0).to_numpy()[keep]
        origin = table["published_origin"].to_numpy(zero_copy_only=False)[keep]
        self._dated = np.asarray(origin != "first_seen", bool)
        self._stamps = np.where(updated > 0, updated, np.where(self._dated, self._published, 0))
        self._withdrawn = table["withdrawn"].to_numpy(zero_copy_only=False)[keep].astype(bool)
        publishers = table["publisher"].combine_chunks().dictionary_encode()
        self._publisher = publishers.indices.to_numpy()[keep]
        self._publishers = publishers.dictionary.to_pylist()

    def __len__(self) -> int:
        return len(self._ids)

    @classmethod
    def read(cls, paths: Sequence[Path]) -> "KnownArticles":
        """The index over committed articles files."""
        tables = [read_columns(path, _COLUMNS) for path in paths]
        return cls(pa.concat_tables(tables) if tables else _NOTHING)

    def lookup(self, ids: Sequence[str]) -> list[Known | None]:
        """The standing version of each article, None where unknown; same order as `ids`."""
        if not len(self._ids):
            return [None] * len(ids)
        wanted = np.array([i.encode() for i in ids], f"S{ID_CHARS}")
        places = np.minimum(np.searchsorted(self._ids, wanted), len(self._ids) - 1)
        found = self._ids[places] == wanted
        return [self._at(place) if hit else None for place, hit in zip(places, found, strict=True)]

    def _at(self, place: int) -> Known:
        return Known(
            int(self._versions[place]),
            self._hashes[place].decode(),
            int(self._published[place]),
            int(self._stamps[place]),
            bool(self._dated[place]),
            bool(self._withdrawn[place]),
            self._publishers[self._publisher[place]],
        )


def _ids(table: pa.Table, column: str) -> np.ndarray:
    return np.array(table[column].to_numpy(zero_copy_only=False), f"S{ID_CHARS}")


_NOTHING = pa.table(
    {
        "article_id": pa.array([], pa.string()),
        "version": pa.array([], pa.int64()),
        "content_hash": pa.array([], pa.string()),
        "published": pa.array([], pa.timestamp("us", tz="UTC")),
        "published_origin": pa.array([], pa.string()),
        "updated": pa.array([], pa.timestamp("us", tz="UTC")),
        "withdrawn": pa.array([], pa.bool_()),
        "publisher": pa.array([], pa.string()),
    }
)
