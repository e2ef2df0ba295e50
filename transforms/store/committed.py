"""What an output's committed files say, read once and kept: articles known, rejects told, shares, counts.

Files never change once committed, so their paths are all that a cache needs to know.
"""

import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from schemas.records import TABLES, Micros
from transforms.counting import Contribution, Series, Standing
from transforms.store.known import KnownArticles
from transforms.store.manifest import read_columns

_BUILDING = threading.Lock()


def known_articles(root: Path, files: tuple[str, ...]) -> KnownArticles:
    """The standing version of every article in these files, built once a process."""
    with _BUILDING:  # threads of one worker must not each build the index
        return _known_articles(root, files)


@lru_cache(maxsize=2)
def _known_articles(root: Path, files: tuple[str, ...]) -> KnownArticles:
    return KnownArticles.read([root / name for name in files])


@lru_cache(maxsize=2)
def told_rejects(paths: tuple[Path, ...]) -> frozenset[tuple[str, ...]]:
    """Stage, reason, error and source of every reject in these files."""
    columns = ["stage", "reason", "error", "source"]
    tables = [read_columns(p, columns) for p in paths]
    return frozenset(tuple(r[c] for c in columns) for t in tables for r in t.to_pylist())


Share = tuple[Micros, str, Contribution]


@lru_cache(maxsize=64)
def shares_of_day(
    mention_files: tuple[Path, ...], article_files: tuple[Path, ...], known: KnownArticles
) -> tuple[Share, ...]:
    """What the standing article versions in a day's files contribute: time, article, share."""
    columns = [
        "article_id",
        "version",
        "category",
        "status",
        "actor_country",
        "target_country",
        "counted",
    ]
    mentions: dict[tuple[str, int], dict[Series, int]] = {}
    seen: set[tuple[str, int]] = (
        set()
    )  # a version that moves no word has the mentions of the one before
    for row in _rows(mention_files, ["mention_id", *columns]):
        mention = (row["mention_id"], row["version"])
        if row["counted"] and mention not in seen:
            seen.add(mention)
            shares = mentions.setdefault((row["article_id"], row["version"]), {})
            series = Series(*(row[c] for c in columns[2:6]))
            shares[series] = shares.get(series, 0) + 1
    ids = sorted({article_id for article_id, _ in mentions})
    newest = dict(zip(ids, known.lookup(ids), strict=True))
    found = {}
    for row in _rows(
        article_files, ["article_id", "version", "published", "publisher", "signature"]
    ):
        key = (row["article_id"], row["version"])
        standing = newest.get(row["article_id"])
        if key in mentions and standing and standing.version == key[1] and not standing.withdrawn:
            share = Contribution(
                row["version"],
                row["publisher"],
                row["signature"],
                tuple(sorted(mentions[key].items())),
                "stored",
            )
            found[row["article_id"]] = (row["published"], row["article_id"], share)
    return tuple(found.values())


@lru_cache(maxsize=64)
def standing_counts(paths: tuple[Path, ...]) -> dict[tuple[Micros, Micros], dict[Series, Standing]]:
    """The standing counts of every window in these files, by window and series."""
    windows: dict[tuple[Micros, Micros], dict[Series, Standing]] = {}
    names = [f.name for f in TABLES["mention_counts"].fields][:11]
    for row in _rows(paths, names):
        values = [row[n] for n in names]
        series = windows.setdefault((values[0], values[1]), {})
        key, revision = Series(*values[2:6]), values[10]
        if key not in series or series[key].revision < revision:
            series[key] = Standing((values[6], values[7], values[8], values[9]), revision)
    return windows


def _rows(paths: Iterable[Path], columns: list[str]) -> Iterable[dict[str, Any]]:
    for path in paths:
        table = read_columns(path, columns)
        for index, field in enumerate(table.schema):
            if pa.types.is_timestamp(field.type):
                table = table.set_column(index, field.name, table.column(index).cast(pa.int64()))
        yield from table.to_pylist()
