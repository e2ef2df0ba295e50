"""A dataset as one run sees it: what stands, where to stage, how to commit."""

import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import orjson
import pyarrow as pa

from schemas.arrow import rows_to_table
from schemas.records import Micros
from transforms.bigquery.bucket import check_bucket
from transforms.bigquery.commit import begin, commit, read_mark
from transforms.bigquery.days import Days
from transforms.bigquery.load import download, upload
from transforms.bigquery.query import read
from transforms.bigquery.stream import insert
from transforms.bigquery.tables import ensure_tables
from transforms.bigquery.target import Target
from transforms.counting import Contribution, Contributions, Series, Standing, day_of, days_between
from transforms.store.known import KnownArticles
from transforms.store.manifest import Manifest, StoreError, TableFile


@dataclass(frozen=True)
class BigQueryStore:
    """One run's view of a dataset; picklable, so that workers read and stage on their own.

    What earlier runs counted is read back by day, from the partitions of the windows that the run
    touches; days without rows cost no query. Which days have rows, which articles are known and what
    was rejected is asked of all days, in few columns.

    Attributes:
        target: the dataset.
        base: what was committed when the run began.
        now: the run's clock, microseconds UTC.
        token: names this run among all; random.
    """

    target: Target
    base: Manifest
    now: Micros
    token: str

    @property
    def run(self) -> int:
        """Number of the run that this store will commit."""
        return self.base.run + 1

    @property
    def feeds(self) -> Mapping[str, Any]:
        """State of each polled feed, as committed."""
        return self.base.feeds

    def current(self) -> "BigQueryStore":
        """The same dataset, read anew; costs no query yet, since a stream asks for each window that it meets."""
        return replace(self, token=secrets.token_hex(8))

    def known(self) -> KnownArticles:
        """The standing version of every stored article; read once a process and run."""
        with _READING:  # threads of one worker must not each read it
            return _known(self.target, self.token)

    def known_rejects(self) -> frozenset[tuple[str, ...]]:
        """Stage, reason, error and source of every stored reject."""
        with _READING:
            return _known_rejects(self.target, self.token)

    def contributions(self, start: Micros, end: Micros) -> Contributions:
        """What standing article versions published in [start, end) contribute."""
        found: Contributions = {}
        days = _shares(self.target, self.token)
        for day in days_between(start, end):
            for published, article_id, share in days.get(day) or ():
                if start <= published < end:
                    found[article_id] = share
        return found

    def standing(self, start: Micros, end: Micros) -> dict[Series, Standing]:
        """The standing counts of the window [start, end)."""
        windows = _standing(self.target, self.token).get(day_of(start)) or {}
        return windows.get((start, end), {})

    def stage_table(self, table: str, day: str, data: pa.Table) -> TableFile:
        """Write an Arrow table of one partition to a new staged file, durably."""
        return upload(self.target, self.run, self.token, table, day, data)

    def append(self, staged: Iterable[TableFile], window: tuple[int, int]) -> Manifest:
        """Insert the rows of staged files one by one: for streams, bundle by bundle.

        Rows that BigQuery refuses become rows of `rejects`, with its message.

        Raises:
            StoreError: BigQuery refused altogether; the bundle is to be retried.
        """
        _begun(self.target, self.token, window, self.now)
        for file in staged:
            data = download(self.target, self.token, file)
            if refused := insert(self.target, file.table, data, self.now):
                insert(self.target, "rejects", rows_to_table("rejects", refused), self.now)
        return self.base

    def commit(
        self, staged: Iterable[TableFile], feeds: Mapping[str, Any], window: tuple[int, int]
    ) -> Manifest:
        """Make the staged files and the feeds' new state visible, all at once.

        Raises:
            StoreError: another run committed meanwhile, or BigQuery refused.
        """
        return commit(self.target, self.token, self.base, staged, feeds, window, self.now)


def open_dataset(target: Target, window: tuple[int, int], now: Micros) -> BigQueryStore:
    """Open a dataset for a run, creating what it lacks of tables and views.

    Args:
        target: the dataset, which must exist.
        window: length and period of the count windows, seconds; fixed by a dataset's first run.
        now: the run's clock, microseconds UTC.

    Raises:
        StoreError: cannot be reached, written or used, or was counted in other windows.
    """
    ensure_tables(target)
    if target.staging:
        check_bucket(target)
    _, mark = read_mark(target)
    base = replace(mark, feeds=_feeds(target))
    if base.run and (base.window, base.every) != window:
        raise StoreError(
            f"{target}: counted in windows of {base.window} s every {base.every} s, not "
            f"{window[0]} s every {window[1]} s; use those, or another --output"
        )
    return BigQueryStore(target, base, now, secrets.token_hex(8))


@lru_cache(maxsize=2)
def _begun(target: Target, token: str, window: tuple[int, int], now: Micros) -> None:
    begin(target, token, window, now)


def _feeds(target: Target) -> dict[str, Any]:
    sql = """SELECT feed, state FROM feed_states WHERE TRUE
QUALIFY ROW_NUMBER() OVER (PARTITION BY feed ORDER BY run DESC) = 1"""
    return {feed: orjson.loads(state) for feed, state in _tuples(read(target, sql, "feeds"))}


_READING = threading.RLock()


@lru_cache(maxsize=2)
def _stored_days(target: Target, token: str) -> dict[str, list[str]]:
    """The days that have rows, of each table that is read back by day."""
    sql = """SELECT DISTINCT 'mentions' AS name, FORMAT_TIMESTAMP('%F', published) AS day
FROM mentions
UNION ALL
SELECT DISTINCT 'mention_counts' AS name, FORMAT_TIMESTAMP('%F', window_start) AS day
FROM mention_counts"""
    found: dict[str, list[str]] = {"mentions": [], "mention_counts": []}
    for name, day in _tuples(read(target, sql, "days with rows")):
        found[name].append(day)
    return found


@lru_cache(maxsize=2)
def _known(target: Target, token: str) -> KnownArticles:
    sql = """SELECT article_id, version, content_hash, published, published_origin, updated,
  withdrawn, publisher
FROM articles WHERE TRUE
QUALIFY ROW_NUMBER() OVER (PARTITION BY article_id ORDER BY version DESC) = 1"""
    return KnownArticles(read(target, sql, "known articles"))


@lru_cache(maxsize=2)
def _known_rejects(target: Target, token: str) -> frozenset[tuple[str, ...]]:
    sql = "SELECT DISTINCT stage, reason, error, source FROM rejects"
    return frozenset(_tuples(read(target, sql, "known rejects")))


@lru_cache(maxsize=2)
def _shares(target: Target, token: str) -> Days[list[tuple[Micros, str, Contribution]]]:
    """By day of publication, what each standing article version contributes: time, article, share."""
    sql = """SELECT m.article_id, m.version, UNIX_MICROS(a.published) AS published, a.publisher,
  a.signature, m.category, m.status, m.actor_country, m.target_country,
  COUNT(DISTINCT m.mention_id) AS mentions
FROM mentions AS m
JOIN (
  SELECT DISTINCT article_id, version, published, publisher, signature
  FROM articles WHERE published >= @first AND published < @after
) AS a ON a.article_id = m.article_id AND a.version = m.version
WHERE m.published >= @first AND m.published < @after AND m.counted
GROUP BY m.article_id, m.version, a.published, a.publisher, a.signature, m.category, m.status,
  m.actor_country, m.target_country"""

    def fetch(first: Micros, after: Micros) -> dict[str, list[tuple[Micros, str, Contribution]]]:
        rows = read(target, sql, f"contributions from {day_of(first)}", first=first, after=after)
        series: dict[tuple[Any, ...], list[tuple[Series, int]]] = {}
        for *share, category, status, actor, of, mentions in _tuples(rows):
            key = Series(category, status, actor, of)
            series.setdefault(tuple(share), []).append((key, mentions))
        ids = sorted({share[0] for share in series})
        newest = dict(zip(ids, _known(target, token).lookup(ids), strict=True))
        found: dict[str, list[tuple[Micros, str, Contribution]]] = {}
        for (article_id, version, published, publisher, signature), counts in series.items():
            stands = newest[article_id]
            if stands and stands.version == version and not stands.withdrawn:
                ordered = tuple(sorted(counts))
                share_of = Contribution(version, publisher, signature, ordered, "stored")
                found.setdefault(day_of(published), []).append((published, article_id, share_of))
        return found

    return Days(_stored_days(target, token)["mentions"], fetch)


_Windows = dict[tuple[Micros, Micros], dict[Series, Standing]]


@lru_cache(maxsize=2)
def _standing(target: Target, token: str) -> Days[_Windows]:
    """By day of their start, the standing counts of each window."""
    sql = """SELECT UNIX_MICROS(window_start) AS window_start, UNIX_MICROS(window_end) AS window_end,
  category, status, actor_country, target_country,
  mention_count, article_count, story_count, publisher_count, revision
FROM mention_counts
WHERE window_start >= @first AND window_start < @after
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY window_start, window_end, category, status, actor_country, target_country
  ORDER BY revision DESC, emitted DESC, mention_count DESC, article_count DESC
) = 1"""

    def fetch(first: Micros, after: Micros) -> dict[str, _Windows]:
        rows = read(target, sql, f"standing counts from {day_of(first)}", first=first, after=after)
        found: dict[str, _Windows] = {}
        for start, end, *rest in _tuples(rows):
            counts = (rest[4], rest[5], rest[6], rest[7])
            window = found.setdefault(day_of(start), {}).setdefault((start, end), {})
            window[Series(*rest[:4])] = Standing(counts, rest[8])
        return found

    return Days(_stored_days(target, token)["mention_counts"], fetch)


def _tuples(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)
