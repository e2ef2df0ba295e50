"""Staging: Parquet files in Cloud Storage, loaded into tables that nobody reads."""

import hashlib
import io
import logging
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core import exceptions
from google.cloud import bigquery
from google.cloud.storage.retry import DEFAULT_RETRY as STORAGE_RETRY

from schemas.bigquery import LABELS, bigquery_schema
from schemas.records import TABLES
from transforms.bigquery.tables import FEED_STATES_SCHEMA
from transforms.bigquery.target import (
    Target,
    bigquery_client,
    explained,
    retry,
    storage_client,
)
from transforms.store.manifest import StoreError, TableFile

LOGGER = logging.getLogger(__name__)
STAGING_LIFE = timedelta(days=1)
"""A staging table that a killed run left removes itself after this long."""

MAX_URIS = 9_000
"""Source files of one load job; BigQuery allows 10,000."""


def upload(target: Target, run: int, token: str, table: str, day: str, data: pa.Table) -> TableFile:
    """Write an Arrow table as one staged Parquet file, named by its content; durable on return.

    Raises:
        StoreError: no staging folder, no such bucket, or no permission.
    """
    if not target.staging:
        raise StoreError(f"{target}: needs --temp_location gs://BUCKET/FOLDER for staged files")
    buffer = io.BytesIO()
    pq.write_table(data, buffer, compression="zstd", compression_level=6)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    name = f"{digest[:32]}.parquet"
    file = TableFile(table, day, name, data.num_rows, len(content), digest, run)
    bucket, _, path = _place(target, token, file).partition("/")
    with explained(target):
        blob = storage_client(target).bucket(bucket).blob(path)
        patient = STORAGE_RETRY.with_timeout(target.patience)
        blob.upload_from_string(content, "application/vnd.apache.parquet", retry=patient)
    return file


def download(target: Target, token: str, file: TableFile) -> pa.Table:
    """The rows of a staged file."""
    bucket, _, path = _place(target, token, file).partition("/")
    with explained(target):
        patient = STORAGE_RETRY.with_timeout(target.patience)
        content = storage_client(target).bucket(bucket).blob(path).download_as_bytes(retry=patient)
    return pq.read_table(io.BytesIO(content))


def _place(target: Target, token: str, file: TableFile | None = None) -> str:
    folder = f"{target.staging}/tocsin/{target.dataset}/{token}"
    return f"{folder}/{file.table}/{file.day}/{file.name}" if file else folder


def load_all(
    target: Target, token: str, by_table: Mapping[str, list[TableFile]]
) -> list[tuple[str, str]]:
    """Load each table's files into its own staging tables, side by side.

    Returns:
        (table, staging table) pairs.
    """
    jobs = []
    attempt = secrets.token_hex(3)  # names are never used twice, so nothing is ever loaded twice
    with explained(target):
        for table, files in by_table.items():
            for part in range(0, len(files), MAX_URIS):
                name = f"staging_{token}_{attempt}_{table}_{part // MAX_URIS}"
                chunk = files[part : part + MAX_URIS]
                jobs.append((table, name, _load(target, token, table, name, chunk)))
        for table, name, job in jobs:
            job.result(retry=retry(target))
            LOGGER.info("%s: loaded %s rows of %s into %s", target, job.output_rows, table, name)
    return [(table, name) for table, name, _ in jobs]


def _load(target: Target, token: str, table: str, name: str, files: list[TableFile]) -> Any:
    client = bigquery_client(target)
    schema = bigquery_schema(table) if table in TABLES else FEED_STATES_SCHEMA
    staging = bigquery.Table(f"{target.path}.{name}", schema)
    staging.expires = datetime.now(UTC) + STAGING_LIFE
    client.create_table(staging, exists_ok=True, retry=retry(target))
    config = bigquery.LoadJobConfig(
        source_format="PARQUET", write_disposition="WRITE_APPEND", labels=LABELS
    )
    uris = [f"gs://{_place(target, token, f)}" for f in files]
    try:
        return client.load_table_from_uri(
            uris, f"{target.path}.{name}", job_id=name, job_config=config, retry=retry(target)
        )
    except exceptions.Conflict:  # the job went in and its answer was lost
        return client.get_job(name, retry=retry(target))


def sweep(target: Target, token: str, loaded: list[tuple[str, str]]) -> None:
    """Remove what staging left. A commit must not fail over it: what stays expires."""
    client = bigquery_client(target)
    bucket, _, folder = _place(target, token).partition("/")
    try:
        for _, staging in loaded:
            client.delete_table(f"{target.path}.{staging}", not_found_ok=True)
        storage = storage_client(target)
        left = list(storage.list_blobs(bucket, prefix=folder + "/"))
        for start in range(0, len(left), 100):  # Cloud Storage takes at most 100 calls at once
            with storage.batch():
                for blob in left[start : start + 100]:
                    blob.delete()
    except (exceptions.GoogleAPIError, OSError) as error:
        LOGGER.info("%s: staging not cleared: %s", target, error)
