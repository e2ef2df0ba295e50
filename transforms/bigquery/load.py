"""Staging: Parquet files in Cloud Storage, loaded into tables that nobody reads."""

import hashlib
import io
import logging
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core import exceptions
from google.cloud import bigquery
from google.cloud.storage.retry import DEFAULT_RETRY as STORAGE_RETRY

from transforms.bigquery.query import LABELS
from transforms.bigquery.tables import STAGING
from transforms.bigquery.target import (
    Target,
    bigquery_client,
    explained,
    retry,
    storage_client,
)
from transforms.store.manifest import StoreError, TableFile

LOGGER = logging.getLogger(__name__)
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
    bucket, _, folder = _place(target, token).partition("/")
    with explained(target):
        blob = storage_client(target).bucket(bucket).blob(f"{folder}/{file.relative}")
        patient = STORAGE_RETRY.with_timeout(target.patience)
        blob.upload_from_string(content, "application/vnd.apache.parquet", retry=patient)
    return file


def _place(target: Target, token: str) -> str:
    return f"{target.staging}/tocsin/{target.dataset}/{token}"


def load_all(
    target: Target, token: str, by_table: Mapping[str, list[TableFile]]
) -> list[tuple[str, str]]:
    """Load each table's files into its own staging tables, side by side.

    Returns:
        (table, staging table) pairs.
    """
    jobs = []
    with explained(target):
        for table, files in by_table.items():
            for part in range(0, len(files), MAX_URIS):
                name = f"{STAGING}{token}_{table}_{part // MAX_URIS}"
                chunk = files[part : part + MAX_URIS]
                jobs.append((table, name, _load(target, token, name, chunk)))
        for table, name, job in jobs:
            job.result(retry=retry(target))
            LOGGER.info("%s: loaded %s rows of %s into %s", target, job.output_rows, table, name)
    return [(table, name) for table, name, _ in jobs]


def _load(target: Target, token: str, name: str, files: list[TableFile]) -> Any:
    config = bigquery.LoadJobConfig(
        source_format="PARQUET",
        # What a killed or repeated attempt loaded is replaced, never added to.
        write_disposition="WRITE_TRUNCATE",
        labels=LABELS,
    )
    uris = [f"gs://{_place(target, token)}/{f.relative}" for f in files]
    return bigquery_client(target).load_table_from_uri(
        uris, f"{target.path}.{name}", job_config=config, retry=retry(target)
    )


def sweep(target: Target, token: str, loaded: list[tuple[str, str]]) -> None:
    """Remove what staging left. A commit must not fail over it: what stays, a later run removes."""
    client = bigquery_client(target)
    bucket, _, folder = _place(target, token).partition("/")
    try:
        for _, staging in loaded:
            client.delete_table(f"{target.path}.{staging}", not_found_ok=True)
        storage = storage_client(target)
        for blob in storage.list_blobs(bucket, prefix=folder + "/"):
            blob.delete()
    except (exceptions.GoogleAPIError, OSError) as error:
        LOGGER.info("%s: staging not cleared: %s", target, error)
