"""Staging: Parquet files in Cloud Storage, loaded into tables that nobody reads."""

import hashlib
import io
import logging
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core import exceptions
from google.cloud import bigquery
from google.cloud.storage.retry import DEFAULT_RETRY as STORAGE_RETRY

from schemas.bigquery import LABELS
from schemas.records import PAYLOAD_CHARS, Micros, Reject
from transforms.bigquery.target import (
    Target,
    bigquery_client,
    explained,
    line,
    retry,
    storage_client,
)
from transforms.store.manifest import StoreError, TableFile

LOGGER = logging.getLogger(__name__)
STAGING_LIFE = timedelta(days=1)
"""A staging table that a killed run left removes itself after this long."""

MAX_URIS = 9_000
"""Source files of one load job; BigQuery allows 10,000."""

WORKERS = 8
"""Tables that are loaded side by side."""

MOST_JOBS = 500
"""Load jobs that are spent on finding the refused rows of one staging table: about forty rows among
ten thousand. If more are refused, something is wrong that is not the rows."""


class Loaded(NamedTuple):
    """What was loaded into one staging table."""

    table: str
    staging: str
    rows: int
    refused: list[Reject]


def patient(target: Target) -> Any:
    """The back-off for calls to Cloud Storage: its own client's, within the target's patience."""
    return STORAGE_RETRY.with_timeout(target.patience)


def upload(target: Target, run: int, token: str, table: str, day: str, data: pa.Table) -> TableFile:
    """Write an Arrow table as one staged Parquet file, named by its content; durable on return.

    Raises:
        StoreError: no staging folder, no such bucket, or no permission.
    """
    if not target.staging:
        raise StoreError(
            f"{target}: needs --temp_location gs://BUCKET/FOLDER (withdraw: --staging) for staged files"
        )
    buffer = io.BytesIO()
    pq.write_table(data, buffer, compression="zstd", compression_level=6)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    name = f"{digest[:32]}.parquet"
    file = TableFile(table, day, name, data.num_rows, len(content), digest, run)
    bucket, _, path = _place(target, token, file).partition("/")
    with explained(target):
        blob = storage_client(target).bucket(bucket).blob(path)
        blob.upload_from_string(content, "application/vnd.apache.parquet", retry=patient(target))
    return file


def download(target: Target, token: str, file: TableFile) -> pa.Table:
    """The rows of a staged file."""
    bucket, _, path = _place(target, token, file).partition("/")
    with explained(target):
        blob = storage_client(target).bucket(bucket).blob(path)
        content = blob.download_as_bytes(retry=patient(target))
    return pq.read_table(io.BytesIO(content))


def _place(target: Target, token: str, file: TableFile | None = None) -> str:
    folder = f"{target.staging}/tocsin/{target.dataset}/{token}"
    return f"{folder}/{file.table}/{file.day}/{file.name}" if file else folder


def load_all(
    target: Target, token: str, by_table: Mapping[str, list[TableFile]], now: Micros
) -> list[Loaded]:
    """Load each table's files into its own staging tables, side by side.

    A staging table has the schema of the table as it is stored, so a row that BigQuery would refuse
    there is refused here. Such rows are found by halving what did not load, and given back.

    Args:
        target: the dataset.
        token: names the run.
        by_table: staged files by table.
        now: when, microseconds UTC, for the rejects.

    Raises:
        StoreError: no permission, no table, or more was refused than `MOST_JOBS` loads could tell.
    """
    attempt = secrets.token_hex(3)  # names are never used twice, so nothing is ever loaded twice
    tasks = [
        (table, f"staging_{token}_{attempt}_{table}_{part // MAX_URIS}", files[part:][:MAX_URIS])
        for table, files in by_table.items()
        for part in range(0, len(files), MAX_URIS)
    ]
    with ThreadPoolExecutor(max(1, min(len(tasks), WORKERS))) as pool:
        return list(pool.map(lambda task: _load_table(target, token, now, *task), tasks))


def _load_table(
    target: Target, token: str, now: Micros, table: str, name: str, files: list[TableFile]
) -> Loaded:
    """Make one staging table and load files into it, all rows but those that are refused."""
    client = bigquery_client(target)
    with explained(target):
        stored = client.get_table(f"{target.path}.{table}", retry=retry(target))
        staging = bigquery.Table(f"{target.path}.{name}", [_plain(f) for f in stored.schema])
        staging.expires = datetime.now(UTC) + STAGING_LIFE
        client.create_table(staging, exists_ok=True, retry=retry(target))
        loaded, refused = 0, []
        waiting, numbers = [files], count()
        while waiting:
            part = waiting.pop()
            try:
                loaded += _load(target, token, name, numbers, part)
            except exceptions.BadRequest as error:
                if next(numbers) > MOST_JOBS or not _about_rows(error):
                    raise
                halves = _halves(target, token, part)
                waiting += halves
                if not halves:
                    refused.append(_reject(target, token, part[0], error, now))
    LOGGER.info("%s: loaded %d rows of %s into %s", target, loaded, table, name)
    if refused:
        told = "%s: refused %d rows of %s, which are in `rejects`: %s"
        LOGGER.warning(told, target, len(refused), table, refused[0].error)
    return Loaded(table, name, loaded, refused)


def _load(
    target: Target, token: str, name: str, numbers: Iterator[int], files: list[TableFile]
) -> int:
    """Load files, all or none, and return how many rows they had.

    A job that ended in a passing error loaded nothing and is begun anew. One of which nothing is
    known is not: it may still load.
    """

    def once() -> int:
        job = _job(target, token, name, next(numbers), files)
        return job.result(retry=retry(target)).output_rows or 0

    def tell(error: Exception) -> None:
        LOGGER.warning("%s: load job ended, beginning another: %s", target, line(error))

    rows: int = retry(target)(once, on_error=tell)()
    return rows


def _plain(field: bigquery.SchemaField) -> bigquery.SchemaField:
    """A column without policy tags, which to set would take another role."""
    kept = {k: v for k, v in field.to_api_repr().items() if k != "policyTags"}
    return bigquery.SchemaField.from_api_repr(kept)


def _job(target: Target, token: str, name: str, number: int, files: list[TableFile]) -> Any:
    """Begin one load job; its id is made of its place, so that it is not begun twice."""
    client = bigquery_client(target)
    config = bigquery.LoadJobConfig(
        source_format="PARQUET", write_disposition="WRITE_APPEND", labels=LABELS
    )
    uris = [f"gs://{_place(target, token, f)}" for f in files]
    job_id = f"{name}_{number}"
    try:
        return client.load_table_from_uri(
            uris, f"{target.path}.{name}", job_id=job_id, job_config=config, retry=retry(target)
        )
    except exceptions.Conflict:  # the job went in and its answer was lost
        return client.get_job(job_id, retry=retry(target))


def _about_rows(error: exceptions.BadRequest) -> bool:
    """Whether smaller parts may load where the whole did not: no matter of place, name or syntax."""
    reasons = {e.get("reason") for e in error.errors} or {"invalid"}
    return reasons == {"invalid"} and "location" not in str(error)


def _halves(target: Target, token: str, files: list[TableFile]) -> list[list[TableFile]]:
    """Files in two parts; one file as two files of half its rows; nothing for a single row."""
    if len(files) > 1:
        return [files[: len(files) // 2], files[len(files) // 2 :]]
    (file,) = files
    if file.rows == 1:
        return []
    data, middle = download(target, token, file), file.rows // 2
    return [
        [upload(target, file.run, token, file.table, file.day, part)]
        for part in (data.slice(0, middle), data.slice(middle))
    ]


def _reject(
    target: Target, token: str, file: TableFile, error: exceptions.BadRequest, now: Micros
) -> Reject:
    (row,) = download(target, token, file).to_pylist()
    return Reject("write", "write_refused", line(error), file.table, str(row)[:PAYLOAD_CHARS], now)


def sweep(target: Target, token: str, loaded: list[Loaded]) -> None:
    """Remove what staging left. A commit must not fail over it: what stays expires."""
    client = bigquery_client(target)
    bucket, _, folder = _place(target, token).partition("/")
    try:
        with ThreadPoolExecutor(WORKERS) as pool:
            names = [f"{target.path}.{part.staging}" for part in loaded]
            list(pool.map(lambda name: client.delete_table(name, not_found_ok=True), names))
        storage = storage_client(target)
        left = list(storage.list_blobs(bucket, prefix=folder + "/"))
        for start in range(0, len(left), 100):  # Cloud Storage takes at most 100 calls at once
            with storage.batch():
                for blob in left[start : start + 100]:
                    blob.delete()
    except (exceptions.GoogleAPIError, OSError) as error:
        LOGGER.info("%s: staging not cleared: %s", target, error)
