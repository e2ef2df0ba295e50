"""The commit: one transaction that shows a run whole or not at all.

The transaction copies the staging tables into the tables. First it moves the mark in `runs` from
the run that this one began on: of two runs at once one finds the mark moved, or its transaction
aborted, and nothing of it is seen. The mark carries the run's token, so a commit whose answer was
lost is recognised when it is sent again.
"""

import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import requests
from google.api_core import exceptions
from google.cloud import bigquery

from schemas.arrow import rows_to_table
from schemas.bigquery import LABELS, quoted
from schemas.records import TABLES, Reject
from transforms.bigquery.load import Loaded, load_all, sweep, upload
from transforms.bigquery.query import SHARE, read
from transforms.bigquery.tables import FEED_STATES, RUNS
from transforms.bigquery.target import (
    Target,
    bigquery_client,
    explained,
    innermost,
    line,
    passing,
    retry,
)
from transforms.counting import day_of
from transforms.store.manifest import Manifest, StoreError, TableFile

LOGGER = logging.getLogger(__name__)


def read_mark(target: Target) -> tuple[str, Manifest]:
    """The token of the last committed run, and what it committed to (no files, no feed states).

    Raises:
        StoreError: the mark is missing or doubled: somebody else wrote to `runs`.
    """
    sql = """SELECT run, token, window_seconds, every_seconds, UNIX_MICROS(committed) AS committed
FROM runs WHERE latest"""
    rows = read(target, sql, "the last commit").to_pylist()
    if len(rows) != 1:
        raise StoreError(f"{target}: table {RUNS} has {len(rows)} rows marked latest, not one")
    (row,) = rows
    window = (row["window_seconds"], row["every_seconds"])
    return row["token"], Manifest(row["run"], *window, (), {}, row["committed"])


def commit(
    target: Target,
    token: str,
    base: Manifest,
    staged: Iterable[TableFile],
    feeds: Mapping[str, Any],
    window: tuple[int, int],
    now: int,
) -> Manifest:
    """Make the staged files and the feeds' new state visible, all at once; see the module.

    Returns:
        What is committed now, with this run's files; `base` if there was nothing to commit.
        Committing a run twice is committing it once.

    Raises:
        StoreError: another run committed meanwhile, or BigQuery refused; nothing of the run is
            visible then.
    """
    files = {f.relative: f for f in staged}
    if not files and not feeds:
        return base
    done = Manifest(base.run + 1, *window, tuple(files.values()), {**base.feeds, **feeds}, now)
    by_table: dict[str, list[TableFile]] = defaultdict(list)
    for file in sorted(files.values(), key=lambda f: f.relative):
        by_table[file.table].append(file)
    if feeds:
        by_table[FEED_STATES] = [_upload_feeds(target, token, done.run, feeds)]
    try:
        loaded = load_all(target, token, by_table, now)
        refused = [reject for part in loaded for reject in part.refused]
        if refused:
            rejects = {"rejects": _upload_rejects(target, token, done.run, refused)}
            loaded += load_all(target, token, rejects, now)
    except StoreError:
        # The same run, sent twice: the other went through and cleared the staging.
        if _committed(target, token, base):
            return done
        raise
    _send(target, token, base, commit_sql(target, token, done, loaded))
    sweep(target, token, loaded)
    return done


def begin(target: Target, token: str, window: tuple[int, int], now: int) -> None:
    """Record that a stream writes to a dataset which no run has committed to; harmless if one has."""
    _, base = read_mark(target)
    if not base.run:
        try:
            _send(
                target,
                token,
                base,
                commit_sql(target, token, Manifest(1, *window, (), {}, now), []),
            )
        except StoreError:
            if not read_mark(target)[1].run:  # another worker of the stream was faster
                raise


def _send(target: Target, token: str, base: Manifest, script: str) -> None:
    """Run a commit until it is known to be in force, with back-off, within the patience.

    Raises:
        StoreError: another run committed meanwhile, or BigQuery refused.
    """
    config = bigquery.QueryJobConfig(labels=LABELS)
    client = bigquery_client(target)

    def once() -> None:
        part = retry(target, SHARE)
        try:
            client.query(script, config, retry=part, job_retry=None).result(
                retry=part, job_retry=None
            )
        except (exceptions.GoogleAPIError, requests.RequestException):
            # Lost answer, aborted by a concurrent transaction, or refused: the mark tells.
            if not _committed(target, token, base):
                raise

    def tell(error: Exception) -> None:
        told = "%s: commit did not go through, trying again: %s"
        LOGGER.warning(told, target, line(innermost(error)))

    with explained(target):
        retry(target).with_predicate(_sent_again)(once, on_error=tell)()


def _sent_again(error: BaseException) -> bool:
    """Whether a commit that is not in force may be when it is sent again."""
    cause = innermost(error)
    forgotten = isinstance(cause, exceptions.NotFound) and "Not found: Job" in str(cause)
    rival = re.search("concurrent|conflict", str(cause), re.IGNORECASE)  # it may have failed too
    return passing(cause) or forgotten or bool(rival) or isinstance(cause, exceptions.Conflict)


def _committed(target: Target, token: str, base: Manifest) -> bool:
    """Whether this run's commit went through.

    Raises:
        StoreError: another run's did.
    """
    mark, current = read_mark(target)
    if mark == token:
        return True
    if current.run != base.run:
        raise StoreError(f"{target}: another run committed meanwhile; run again")
    return False


def _upload_rejects(target: Target, token: str, run: int, rejects: list[Reject]) -> list[TableFile]:
    (day,) = {day_of(reject.seen) for reject in rejects}  # all of them carry the run's time
    return [upload(target, run, token, "rejects", day, rows_to_table("rejects", rejects))]


def _upload_feeds(target: Target, token: str, run: int, feeds: Mapping[str, Any]) -> TableFile:
    rows = [{"feed": f, "run": run, "state": json.dumps(s)} for f, s in sorted(feeds.items())]
    schema = pa.schema([("feed", pa.string()), ("run", pa.int64()), ("state", pa.string())])
    data = pa.Table.from_pylist(rows, schema)
    return upload(target, run, token, FEED_STATES, "all", data)


def commit_sql(target: Target, token: str, done: Manifest, loaded: list[Loaded]) -> str:
    """The transaction that moves the mark, copies the staging tables and records the run."""
    runs = f"`{target.path}.{RUNS}`"
    added: dict[str, int] = defaultdict(int)
    copies = []
    for table, staging, rows, _ in loaded:
        if table in TABLES:
            added[table] += rows
        fields = TABLES[table].record._fields if table in TABLES else ("feed", "run", "state")
        columns = ", ".join(f"`{c}`" for c in fields)
        if table == FEED_STATES:  # only a feed's newest state is ever read
            copies.append(
                f"DELETE FROM `{target.path}.{table}`\n"  # noqa: S608
                f"WHERE `feed` IN (SELECT `feed` FROM `{target.path}.{staging}`);"
            )
        copies.append(
            f"INSERT INTO `{target.path}.{table}` ({columns})\n"
            f"SELECT {columns} FROM `{target.path}.{staging}`;"
        )
    inserts = "\n".join(copies)
    record = quoted(json.dumps(added, sort_keys=True))
    return f"""BEGIN TRANSACTION;
IF NOT EXISTS (SELECT 1 FROM {runs} WHERE latest AND run = {done.run - 1}) THEN
  RAISE USING MESSAGE = 'another run committed meanwhile';
END IF;
UPDATE {runs} SET latest = FALSE WHERE latest;
{inserts}
INSERT INTO {runs} (run, token, latest, committed, window_seconds, every_seconds, added)
VALUES ({done.run}, {quoted(token)}, TRUE, TIMESTAMP_MICROS({done.committed}),
  {done.window}, {done.every}, {record});
COMMIT TRANSACTION;"""  # noqa: S608 (the names are ours)
