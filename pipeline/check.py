"""`tocsin check`: does an output keep what Tocsin promises? Verified on the data, one line a promise."""

import argparse
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import promises
from pipeline.bigquery_options import bigquery_settings
from pipeline.home import DatasetHome, home_of
from pipeline.options import UsageError
from pipeline.promises import Verdict
from pipeline.tables import open_tables, read_committed
from schemas.jsonrows import micros
from schemas.records import TABLES
from transforms.counting import DAY, SECOND, Series, restate
from transforms.store import Store, StoreError
from transforms.store.folder import locate
from transforms.store.manifest import HIDDEN, Manifest, write_manifest

SHOWN = 5


def command(args: argparse.Namespace) -> int:
    """Print a line for each promise, and the first faults of those that do not hold; 1 if any does not.

    With ``--repair``, days with damaged files are set aside first.
    """
    try:
        for day in repair(args.output) if args.repair else ():
            print(f"set aside  {day}: run its inputs again to fill it")
        verdicts = check(args.output, bigquery_settings(args))
    except StoreError as error:
        raise UsageError(str(error)) from error
    for verdict in verdicts:
        mark = "FAILS" if verdict.faults else "holds"
        print(f"{mark}  {verdict.promise} ({verdict.checked:,} checked)")
        for fault in verdict.faults[:SHOWN]:
            print(f"       {fault}")
        if len(verdict.faults) > SHOWN:
            print(f"       and {len(verdict.faults) - SHOWN} more")
    return 1 if any(v.faults for v in verdicts) else 0


def check(output: str, bigquery: Mapping[str, Any] | None = None) -> list[Verdict]:
    """The verdicts on an output. Damaged files of a folder are named and left out of what follows.

    Args:
        output: folder of a run, or ``bq://PROJECT.DATASET``.
        bigquery: how to read a dataset, see `pipeline.bigquery_options`.

    Raises:
        UsageError: no such output, or no readable manifest.
    """
    manifest = read_committed(output, bigquery)
    home = home_of(output, bigquery=bigquery)
    if isinstance(home, DatasetHome):
        connection = open_tables(output, bigquery=bigquery)
        stored = promises.rows(connection, home.rows_added())
    else:
        stored, manifest = _files(Path(output), manifest)
        connection = open_tables(output, manifest)
    store = home.as_of(manifest)
    checks: list[Callable[[], Verdict]] = [
        lambda: promises.unique(connection),
        lambda: promises.closed_sets(connection),
        lambda: promises.traced(connection),
        lambda: promises.spans(connection),
        lambda: promises.ids(connection),
        lambda: _recount(store, _windows(connection, manifest)),
        lambda: promises.each_counted(
            connection, manifest.window * SECOND, manifest.every * SECOND
        ),
    ]
    return [stored, *(c() for c in checks)]


def repair(output: str) -> list[str]:
    """Set aside every day that has a damaged file; returns the days, sorted.

    The rows of a day lean on each other (counts on mentions, mentions on articles), so a day goes
    whole: its files move to ``_tocsin/damaged`` and leave the manifest. Nothing else changes.
    """
    home = home_of(output)
    if isinstance(home, DatasetHome):
        raise UsageError(
            f"{output}: --repair is for folders; BigQuery keeps seven days to go back to"
        )
    root = Path(output)
    with home.held(60):
        manifest = read_committed(output)
        _, sound = _files(root, manifest)
        lost = set(manifest.files) - set(sound.files)
        days = {f.day for f in lost}
        aside = [f for f in manifest.files if f.day in days]
        kept = tuple(f for f in manifest.files if f.day not in days)
        write_manifest(root, replace(manifest, run=manifest.run + 1, files=kept))
        for file in aside:
            place = root / HIDDEN / "damaged" / file.relative
            place.parent.mkdir(parents=True, exist_ok=True)
            if (path := locate(root, file)).exists():
                path.replace(place)
    return sorted(days)


def _files(root: Path, manifest: Manifest) -> tuple[Verdict, Manifest]:
    """Committed files are there, whole and unchanged, and nothing else lies among the tables."""
    faults, sound = [], []
    for file in manifest.files:
        path = locate(root, file)
        try:
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() != file.sha256:
                raise ValueError("its bytes are not those that were committed")
            if pq.read_metadata(pa.BufferReader(content)).num_rows != file.rows:
                raise ValueError(f"does not hold the {file.rows} rows that were committed")
        except (OSError, ValueError, pa.ArrowException) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            faults.append(f"{path}: {reason}")
        else:
            sound.append(file)
    named = {f.relative for f in manifest.files}
    for table in TABLES:
        for path in (root / table).rglob("*.parquet"):
            if path.relative_to(root).as_posix() not in named:
                faults.append(f"{path}: not committed by any run")
    promise = "every committed file is there, whole and unchanged"
    kept = Manifest(manifest.run, manifest.window, manifest.every, tuple(sound), manifest.feeds)
    return Verdict(promise, len(manifest.files), faults), kept


def _recount(store: Store, windows: Iterable[tuple[int, int]]) -> Verdict:
    """Each standing count equals a recount from the standing mentions, window by window."""
    faults: list[str] = []
    checked = 0
    for start, end in windows:
        standing = store.standing(start, end)
        checked += len(standing)
        for row in restate((start, end), store.contributions(start, end), standing, 0):
            series = " ".join(filter(None, row[2:6]))
            before = standing.get(Series(*row[2:6]))
            faults.append(
                f"window of {start // SECOND} s, {series}: {before and before.counts}, recounted {row[6:10]}"
            )
    return Verdict("every standing count equals a recount of its mentions", checked, faults)


def _windows(connection: Any, manifest: Manifest) -> Iterator[tuple[int, int]]:
    """Every window that begins on a day with counts, or holds an instant of a day with mentions."""
    length, period = manifest.window * SECOND, manifest.every * SECOND
    days = connection.execute(
        "SELECT strftime(published, '%Y-%m-%d') FROM mentions "
        "UNION SELECT strftime(window_start, '%Y-%m-%d') FROM mention_counts"
    ).fetchall()
    starts = set()
    for (day,) in days:
        first = micros(day)
        begin = (first - length) // period + 1
        starts |= {n * period for n in range(begin, -(-(first + DAY) // period))}
    for start in sorted(starts):
        yield start, start + length
