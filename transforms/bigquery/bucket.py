"""The staging bucket, looked at before a run reads anything: that it is there, and near enough."""

import secrets
from functools import lru_cache

import pyarrow as pa
from google.api_core import exceptions

from transforms.bigquery.load import Loaded, load_all, patient, sweep, upload
from transforms.bigquery.tables import FEED_STATES
from transforms.bigquery.target import Target, bigquery_client, explained, storage_client


@lru_cache(maxsize=8)
def check_bucket(target: Target) -> None:
    """Look at the staging bucket, once a process.

    Where the account may not look, which roles/storage.objectUser alone does not allow, only
    whether the bucket is there is known.

    Raises:
        StoreError: no such bucket, no permission, or BigQuery does not load from where it is.
    """
    bucket = target.staging.partition("/")[0]
    storage = storage_client(target)
    with explained(target):
        try:
            place = storage.get_bucket(bucket, retry=patient(target)).location
        except exceptions.Forbidden:
            next(iter(storage.list_blobs(bucket, max_results=1, retry=patient(target))), None)
            return
    if not _near((place or "").upper(), (bigquery_client(target).location or "").upper()):
        _try_load(target)


def _near(bucket: str, dataset: str) -> bool:
    """Whether BigQuery surely loads from one place into the other; the US take from anywhere."""
    return bucket == dataset or dataset == "US" or (dataset == "EU" and bucket.startswith("EU"))


def _try_load(target: Target) -> None:
    """Load one row into a staging table: which places go together, only BigQuery knows."""
    token = secrets.token_hex(8)
    row = {"feed": "", "run": 0, "state": "{}"}
    loaded: list[Loaded] = []
    try:
        file = upload(target, 0, token, FEED_STATES, "trial", pa.Table.from_pylist([row]))
        loaded += load_all(target, token, {FEED_STATES: [file]}, 0)
    finally:
        sweep(target, token, loaded)
