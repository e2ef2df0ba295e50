"""Reading back: queries whose bytes are bounded and logged, and their rows as Arrow."""

import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pyarrow as pa
from google.api_core.exceptions import Conflict
from google.api_core.retry import Retry, if_exception_type
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY

from schemas.bigquery import LABELS
from schemas.jsonrows import EPOCH
from schemas.records import Micros
from transforms.bigquery.target import Target, bigquery_client, explained, retry

LOGGER = logging.getLogger(__name__)
FEW_ROWS = 20_000
"""Up to so many rows come over REST; more through the Storage Read API, which is many times
faster."""


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
    client = bigquery_client(target)
    config = bigquery.QueryJobConfig(
        default_dataset=target.path,
        maximum_bytes_billed=target.max_bytes,
        query_parameters=_parameters(parameters),
        labels=LABELS,
    )
    with explained(target):
        # One call for a short query, where a job would take three. A call whose answer was lost may
        # be refused as a repeat when it is sent again; what only reads can be asked anew.
        ask = Retry(if_exception_type(Conflict), timeout=target.patience)(client.query_and_wait)
        again = DEFAULT_JOB_RETRY.with_timeout(target.patience)
        rows = ask(sql, job_config=config, retry=retry(target), job_retry=again)
        read_bytes = f"{rows.total_bytes_processed or 0:,}"
        LOGGER.info("%s: %s: %d rows, %s bytes read", target, why, rows.total_rows, read_bytes)
        direct = rows.total_rows > FEW_ROWS and not os.environ.get("BIGQUERY_EMULATOR_HOST")
        return rows.to_arrow(create_bqstorage_client=direct)


def _parameters(times: Mapping[str, Micros]) -> list[Any]:
    return [
        bigquery.ScalarQueryParameter(name, "TIMESTAMP", EPOCH + timedelta(microseconds=value))
        for name, value in times.items()
    ]
