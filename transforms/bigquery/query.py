"""Reading back: queries whose bytes are bounded and logged, and their rows as Arrow."""

import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

import pyarrow as pa
from google.api_core.exceptions import Conflict, Forbidden
from google.cloud import bigquery

from schemas.bigquery import LABELS
from schemas.jsonrows import EPOCH
from schemas.records import Micros
from transforms.bigquery.target import (
    Target,
    bigquery_client,
    explained,
    innermost,
    line,
    passing,
    retry,
)

LOGGER = logging.getLogger(__name__)
FEW_ROWS = 20_000
"""Up to so many rows come over REST; more through the Storage Read API, which is many times
faster."""

SHARE = 0.25
"""The part of the patience for which one beginning of a query is asked for."""

_DENIED: set[str] = set()
"""Projects in which this process may not use the Storage Read API."""


def read(target: Target, sql: str, why: str, **parameters: Micros) -> pa.Table:
    """The rows of a query.

    Args:
        target: the dataset; unqualified table names in `sql` mean its tables.
        sql: GoogleSQL with ``@name`` parameters.
        why: what is read, for the log.
        parameters: times by name, in microseconds, UTC; TIMESTAMP parameters, which prune
            partitions where arithmetic on whole numbers may not.

    Returns:
        An Arrow table with the columns of the query.

    Raises:
        StoreError: it would read more than `target.max_bytes`, or fails otherwise.
    """
    config = bigquery.QueryJobConfig(
        default_dataset=target.path,
        maximum_bytes_billed=target.max_bytes,
        query_parameters=_parameters(parameters),
        labels=LABELS,
    )
    with explained(target):
        rows = ask(target, sql, config)
        read_bytes = f"{rows.total_bytes_processed or 0:,}"
        LOGGER.info("%s: %s: %d rows, %s bytes read", target, why, rows.total_rows, read_bytes)
        return _download(target, rows)


def ask(target: Target, sql: str, config: bigquery.QueryJobConfig | None = None) -> Any:
    """The answer to a query that does no harm when it is asked twice; tried within the patience.

    One call for a short query, where a job would take three. A query that ended in a passing error
    tells the same however often it is asked for, and a call whose answer was lost may be refused as
    a repeat: so each is asked for a while, and then the query begun anew.

    Raises:
        google.api_core.exceptions.GoogleAPIError: as BigQuery tells it; see `explained`.
    """
    anew = retry(target).with_predicate(lambda e: passing(innermost(e)) or isinstance(e, Conflict))
    client = bigquery_client(target)
    once = retry(target, SHARE)
    return client.query_and_wait(sql, job_config=config, retry=once, job_retry=anew)


def _download(target: Target, rows: Any) -> pa.Table:
    """The rows of an answer. Who may not use the Storage Read API gets them all the same, slower."""
    if rows.total_rows > FEW_ROWS and target.project not in _DENIED:
        emulated = _emulated_reads()
        try:
            return rows.to_arrow(
                bqstorage_client=emulated,
                create_bqstorage_client=not os.environ.get("BIGQUERY_EMULATOR_HOST"),
            )
        except Forbidden as error:
            _DENIED.add(target.project)
            told = "%s: %d rows come the slow way; grant roles/bigquery.readSessionUser on the project %s: %s"
            LOGGER.warning(told, target, rows.total_rows, target.project, line(error))
            job = bigquery_client(target).get_job(rows.job_id, retry=retry(target))
            rows = job.result(retry=retry(target))  # from the start, and nothing is billed twice
    return rows.to_arrow(create_bqstorage_client=False)


@lru_cache(maxsize=1)
def _emulated_reads() -> Any:
    """A client of the Storage Read API of the emulator, if that has one."""
    endpoint = os.environ.get("BIGQUERY_STORAGE_EMULATOR_HOST")
    if not endpoint:
        return None
    import grpc  # type: ignore[import-untyped]
    from google.cloud.bigquery_storage_v1 import BigQueryReadClient
    from google.cloud.bigquery_storage_v1.services.big_query_read import transports

    channel = grpc.insecure_channel(endpoint)
    return BigQueryReadClient(transport=transports.BigQueryReadGrpcTransport(channel=channel))


def _parameters(times: Mapping[str, Micros]) -> list[Any]:
    return [
        bigquery.ScalarQueryParameter(name, "TIMESTAMP", EPOCH + timedelta(microseconds=value))
        for name, value in times.items()
    ]
