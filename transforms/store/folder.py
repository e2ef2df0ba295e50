"""An output folder of Parquet tables, hive-partitioned by day: read what stands, stage, commit all
or nothing."""

import hashlib
import io
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from schemas.records import Micros
from transforms.counting import Contributions, Series, Standing, days_between
from transforms.store.committed import known_articles, shares_of_day, standing_counts, told_rejects
from transforms.store.feed_states import FeedStates, sweep, write_states
from transforms.store.known import KnownArticles
from transforms.store.manifest import (
    HIDDEN,
    Manifest,
    StoreError,
    TableFile,
    read_columns,
    read_manifest,
    write_durably,
    write_manifest,
)

COMPACT_AT = 12
"""Files of one table and day that a run merges into one: keeps the file count of a year in the low
thousands."""


@dataclass(frozen=True)
class FolderStore:
    """One run's view of an output folder; picklable, so that workers read and stage on their own.

    Attributes:
        root: the output folder.
        base: what was committed when the run began.
        now: the run's clock, microseconds UTC.
    """

    root: Path
    base: Manifest
    now: Micros

    @property
    def run(self) -> int:
        """Number of the run that this store will commit."""
        return self.base.run + 1

    @property
    def feeds(self) -> Mapping[str, Any]:
        """State of each polled feed, as committed."""
        return FeedStates(self.root, self.base.feeds)

    @property
    def staging(self) -> Path:
        """Where this run's files wait for the commit."""
        return self.root / HIDDEN / "staging" / f"{self.run:06d}"

    def paths(self, table: str, days: Iterable[str] | None = None) -> list[Path]:
        """Committed files of a table, wherever a killed run left them."""
        return [locate(self.root, f) for f in self.base.of(table, days)]

    def current(self) -> "FolderStore":
        """The same output as of its newest commit, every file of it in its place."""
        with FileLock(self.root / HIDDEN / "append.lock"):  # held while files are moved
            return replace(self, base=read_manifest(self.root))

    def known(self) -> KnownArticles:
        """The standing version of every stored article; built once a process and run."""
        return known_articles(self.root, tuple(f.relative for f in self.base.of("articles")))

    def known_rejects(self) -> frozenset[tuple[str, ...]]:
        """Stage, reason, error and source of every stored reject: a rerun does not tell them
        again."""
        return told_rejects(tuple(self.paths("rejects")))

    def contributions(self, start: Micros, end: Micros) -> Contributions:
        """What standing article versions published in [start, end) contribute, from the stored
        mentions."""
        found: Contributions = {}
        for day in days_between(start, end):
            mentions, articles = self.paths("mentions", [day]), self.paths("articles", [day])
            for published, article_id, share in shares_of_day(
                tuple(mentions), tuple(articles), self.known()
            ):
                if start <= published < end:
                    found[article_id] = share
        return found

    def standing(self, start: Micros, end: Micros) -> dict[Series, Standing]:
        """The standing counts of the window [start, end)."""
        return standing_counts(
            tuple(self.paths("mention_counts", days_between(start, start + 1)))
        ).get((start, end), {})

    def stage_table(self, table: str, day: str, data: pa.Table) -> TableFile:
        """Write an Arrow table of `table`'s schema to a new file that nobody sees before the commit.

        Named by its content; durable when this returns.

        Raises:
            OSError: no space or permission.
        """
        buffer = io.BytesIO()
        pq.write_table(
            data, buffer, compression="zstd", compression_level=6, row_group_size=100_000
        )
        content = buffer.getvalue()
        digest = hashlib.sha256(content).hexdigest()
        name = f"{self.run:06d}-{digest[:16]}.parquet"
        file = TableFile(table, day, name, data.num_rows, len(content), digest, self.run)
        write_durably(self.staging / file.relative, content)
        return file

    def commit(
        self,
        staged: Iterable[TableFile],
        feeds: Mapping[str, Any],
        window: tuple[int, int],
        replaced: frozenset[str] = frozenset(),
    ) -> Manifest:
        """Make the staged files visible, all at once.

        Args:
            staged: this run's files; repeats of one file count once.
            feeds: new state of the feeds polled; others keep theirs.
            window: length and period of the count windows, seconds.
            replaced: paths, relative to the output, of committed files that the staged ones stand for.

        Returns:
            The manifest now in force: the old one if there is nothing to commit. Committing a run twice is
            committing it once.

        Raises:
            StoreError: another run committed meanwhile.
        """
        files = {f.relative: f for f in staged}
        current = read_manifest(self.root)
        if current.run == self.run and set(files) <= {f.relative for f in current.files}:
            return current
        if current.run != self.base.run:
            raise StoreError(f"{self.root}: another run committed meanwhile; run again")
        if not files and not feeds:
            return current
        kept = tuple(f for f in current.files if f.relative not in replaced)
        merged = tuple(sorted(kept + tuple(files.values()), key=lambda f: f.relative))
        states = {**current.feeds, **write_states(self.root, self.run, feeds)}
        manifest = Manifest(self.run, *window, merged, states, self.now)
        write_manifest(self.root, manifest)
        settle(self.root, manifest)
        sweep(self.root, manifest.feeds)
        return manifest

    def append(self, staged: Iterable[TableFile], window: tuple[int, int]) -> Manifest:
        """Make staged files visible on top of whatever is committed by now, and move them to their places.

        For streams, whose bundles commit one by one. A file that is committed already is left as it
        is, so a bundle that is retried with the same rows changes nothing.
        """
        files = list(staged)
        with FileLock(self.root / HIDDEN / "append.lock"):
            current = read_manifest(self.root)
            have = {f.relative for f in current.files}
            fresh = tuple(f for f in files if f.relative not in have)
            if fresh:
                merged = tuple(sorted(current.files + fresh, key=lambda f: f.relative))
                run = max(current.run, self.run)
                current = Manifest(run, *window, merged, current.feeds, self.now)
                write_manifest(self.root, current)
            for file in files:
                _move(self.root, file)
        return current


def open_folder(root: Path, window: tuple[int, int], now: Micros) -> FolderStore:
    """Open or create an output for a run, under its lock; finish or clear what a killed run left.

    Args:
        root: the output folder.
        window: length and period of the count windows, seconds; fixed by an output's first run.
        now: the run's clock, microseconds UTC.

    Raises:
        StoreError: not a folder, not writable, damaged, or counted in other windows.
    """
    try:
        (root / HIDDEN).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{root}: cannot be an output folder: {error.strerror}") from error
    if not os.access(root, os.W_OK):
        raise StoreError(f"{root}: cannot be an output folder: not writable")
    manifest = read_manifest(root)
    if manifest.run and (manifest.window, manifest.every) != window:
        raise StoreError(
            f"{root}: counted in windows of {manifest.window} s every {manifest.every} s, not "
            f"{window[0]} s every {window[1]} s; use those, or another --output"
        )
    settle(root, manifest)
    return FolderStore(root, manifest, now)


def settle(root: Path, manifest: Manifest) -> None:
    """Move committed files to their places, then remove files that no manifest names.

    Idempotent, and safe to interrupt anywhere. Readers look in both places meanwhile.
    """
    staging = root / HIDDEN / "staging"
    if staging.exists():
        for file in manifest.files:
            _move(root, file)
        shutil.rmtree(staging)
    committed = {f.relative for f in manifest.files}
    touched = {f.relative.rsplit("/", 1)[0] for f in manifest.files if f.run == manifest.run}
    for folder in touched:
        for path in (root / folder).glob("*.parquet"):
            if path.relative_to(root).as_posix() not in committed:
                path.unlink(missing_ok=True)


def _move(root: Path, file: TableFile) -> None:
    """Move a committed file from staging to its place, if it is not there already."""
    staged = root / HIDDEN / "staging" / f"{file.run:06d}" / file.relative
    if staged.exists():
        place = root / file.relative
        place.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(place)


def locate(root: Path, file: TableFile) -> Path:
    """Where a committed file is: among the tables, or still in staging if its run was killed."""
    place = root / file.relative
    staged = root / HIDDEN / "staging" / f"{file.run:06d}" / file.relative
    return staged if not place.exists() and staged.exists() else place


def compact(store: FolderStore, window: tuple[int, int]) -> Manifest:
    """Merge the files of every table and day that has `COMPACT_AT` or more, as one commit.

    Rows stay as they are, and so do columns: files that another version wrote, with more columns or fewer, are
    merged among themselves. Returns the manifest now in force.
    """
    groups: dict[tuple[str, str], list[TableFile]] = {}
    for file in store.base.files:
        groups.setdefault((file.table, file.day), []).append(file)
    staged, replaced = [], set()
    for (table, day), files in sorted(groups.items()):
        for alike in _by_columns(store.root, files) if len(files) >= COMPACT_AT else ():
            if len(alike) >= COMPACT_AT:
                staged.append(store.stage_table(table, day, pa.concat_tables(alike.values())))
                replaced |= set(alike)
    return store.commit(staged, {}, window, frozenset(replaced))


def _by_columns(root: Path, files: Iterable[TableFile]) -> Iterable[dict[str, pa.Table]]:
    """The rows of files by path, those with the same columns together."""
    found: dict[tuple[pa.Field, ...], dict[str, pa.Table]] = {}
    for file in files:
        data = read_columns(locate(root, file))
        found.setdefault(tuple(data.schema), {})[file.relative] = data
    return found.values()
