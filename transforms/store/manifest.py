"""The manifest of an output folder: which files are committed, in one JSON file that is replaced
atomically.

A file that no manifest names does not exist for any reader of ours. A run stages its files under
``_tocsin/staging``, replaces the manifest by one rename, and only then moves the files to their
places among the tables, so that a plain glob over the tables sees committed files only. A run
killed between the rename and the moves has committed: readers look in both places, and the next run
finishes the moves.
"""

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

FORMAT = 1
"""Layout version of an output; raised when older readers could not read what newer runs write."""

HIDDEN = "_tocsin"
"""Folder of everything that is not a table; the underscore hides it from Parquet dataset
readers."""


class StoreError(Exception):
    """An output that cannot be used as asked; the message is one line for the user."""


class NothingCommitted(StoreError):
    """No run has committed to the output yet, or it is not there at all."""


@dataclass(frozen=True)
class TableFile:
    """One committed Parquet file.

    Attributes:
        table: name of the table.
        day: partition, "YYYY-MM-DD" UTC.
        name: file name, unique in the output.
        rows: rows in it.
        bytes: its size.
        sha256: hash of its bytes, hex.
        run: number of the run that wrote it.
    """

    table: str
    day: str
    name: str
    rows: int
    bytes: int
    sha256: str
    run: int

    @property
    def relative(self) -> str:
        """Path below the output folder once moved to its place."""
        return f"{self.table}/day={self.day}/{self.name}"


@dataclass(frozen=True)
class Manifest:
    """The committed state of an output folder.

    Attributes:
        run: number of the last committed run, 0 for a new output.
        window: length of the count windows in seconds, 0 before the first run.
        every: period of the windows in seconds.
        files: every committed table file.
        feeds: feed to the run whose file holds its state, and when it is due (see `feed_states`).
        committed: when, microseconds UTC.
    """

    run: int = 0
    window: int = 0
    every: int = 0
    files: tuple[TableFile, ...] = ()
    feeds: dict[str, Any] = field(default_factory=dict)
    committed: int = 0

    def of(self, table: str, days: Iterable[str] | None = None) -> list[TableFile]:
        """The files of a table, of these days only if given, in path order."""
        if days is None:
            return [f for (name, _), files in self._index.items() if name == table for f in files]
        return [f for day in sorted(set(days)) for f in self._index.get((table, day), ())]

    @cached_property
    def _index(self) -> dict[tuple[str, str], list[TableFile]]:
        index: dict[tuple[str, str], list[TableFile]] = {}
        for file in sorted(self.files, key=lambda f: f.relative):
            index.setdefault((file.table, file.day), []).append(file)
        return index


def read_manifest(root: Path) -> Manifest:
    """The committed state of the output at `root`; an empty manifest if nothing was committed yet.

    Raises:
        StoreError: for a manifest that is cut, not ours, or of another format.
    """
    path = root / HIDDEN / "manifest.json"
    try:
        data = orjson.loads(path.read_bytes())
        if data["format"] != FORMAT:
            raise StoreError(
                f"{root}: written in layout {data['format']}, this version of tocsin reads layout {FORMAT}; "
                f"{_replay(root)}"
            )
        files = tuple(TableFile(**entry) for entry in data["files"])
        return Manifest(
            data["run"], data["window"], data["every"], files, data["feeds"], data["committed"]
        )
    except FileNotFoundError:
        return Manifest()
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path}: damaged manifest ({error}); the one before it is {path.name}.previous in the same folder"
        ) from error


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Replace the manifest by one rename; the one before it stays beside it as
    ``manifest.json.previous``."""
    path = root / HIDDEN / "manifest.json"
    fresh = path.with_suffix(".json.next")
    data = {"format": FORMAT, **asdict(manifest)}
    write_durably(fresh, orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    if path.exists():
        previous = path.with_suffix(".json.previous")
        previous.unlink(missing_ok=True)
        os.link(path, previous)
    fresh.replace(path)
    _sync_folder(path.parent)


def read_columns(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Columns of a committed file; by default all that it has, whichever version wrote it.

    Raises:
        StoreError: the file is damaged or gone, or has not these columns; the message says what to do.
    """
    try:
        return pq.read_table(path, columns=columns, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        cause = str(error).splitlines()[0]
    root = next((p for p in path.parents if (p / HIDDEN).is_dir()), path.parents[2])
    if lacking := _lacking(path, columns or []):
        raise StoreError(
            f"{path}: written without {', '.join(lacking)}, by another version of tocsin; {_replay(root)}"
        )
    raise StoreError(
        f"{path}: damaged or gone ({cause}); `tocsin check --repair {root}` sets its day aside, "
        "after which the same inputs fill it again"
    )


def _lacking(path: Path, columns: list[str]) -> list[str]:
    """Which of these columns a file has not; none if it cannot be read."""
    try:
        have = pq.read_schema(path).names
    except (pa.ArrowException, OSError):
        return []
    return [name for name in columns if name not in have]


def _replay(root: Path) -> str:
    """How to bring an output that this version cannot read into a new one."""
    files = sorted((root / "articles").rglob("*.parquet"))
    try:
        kept = all(_keeps_text(file) for file in {*files[:_LOOKED_AT], *files[-_LOOKED_AT:]})
    except (pa.ArrowException, OSError, LookupError):
        kept = False
    if files and kept:
        return f"`tocsin run {root / 'articles'} --output NEW` counts its articles in a new one"
    return "run its inputs again into a new --output; without --keep-text it has nothing to replay"


_LOOKED_AT = 10
"""Files at each end of an output that are looked at for text: all could be gigabytes."""


def _keeps_text(file: Path) -> bool:
    """Whether every article of a file has its text, but for the withdrawn."""
    table = pq.read_table(file, columns=["text", "withdrawn"], partitioning=None)
    there = pc.or_(table["withdrawn"], pc.not_equal(table["text"], ""))
    return bool(pc.all(there).as_py())


def write_durably(path: Path, data: bytes) -> None:
    """Write a file and force it to disk, creating its folder.

    Raises:
        OSError: no space, no permission.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:  # a full disk does not say which file it was
        raise OSError(error.errno, error.strerror, str(path)) from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
