"""Row by row: what unbounded runs write, bundle by bundle, at least once.

Streaming inserts carry an id made of the row's content, by which BigQuery drops most repeats for
about a minute; the Storage Write API's default stream is cheaper and drops none. Either way a bundle
that is retried may leave a row twice; every view counts it once.
"""

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson
import pyarrow as pa
from google.api_core import exceptions

from schemas.arrow import arrow_schema, rows_to_table, table_to_rows
from schemas.ids import content_id
from schemas.jsonrows import to_bigquery
from schemas.records import PAYLOAD_CHARS, Micros, Reject
from transforms.bigquery.target import PASSING, Target, bigquery_client, explained, retry
from transforms.store.manifest import StoreError

MAX_ROWS = 500
"""Rows of one insert, as BigQuery advises; it allows 50,000."""

MAX_BYTES = 8_000_000
"""Bytes of one insert; BigQuery allows 10 MB."""

PASSING_ROWS = PASSING | {"stopped", "timeout"}
"""Reasons for which an insert leaves out rows that are in order."""


def insert(target: Target, table: str, data: pa.Table, now: Micros) -> list[Reject]:
    """Append the rows of an Arrow table, by `target.streaming`.

    Args:
        target: the dataset; ``inserts`` or ``storage_write`` is its way of streaming.
        table: a key of `schemas.records.TABLES`.
        data: rows of that table.
        now: when, microseconds UTC, for the rejects.

    Returns:
        A reject for each row that BigQuery refused, with its message; all others are in.

    Raises:
        StoreError: no permission, no table, or errors that outlasted the retries.
    """
    way = _append_rows if target.streaming == "storage_write" else _insert_rows
    refused = []
    for record, message in way(target, table, table_to_rows(table, data)):
        payload = orjson.dumps(to_bigquery(record)).decode()[:PAYLOAD_CHARS]
        refused.append(Reject("write", "write_refused", message, table, payload, now))
    return refused


def _insert_rows(target: Target, table: str, rows: list[Any]) -> Iterator[tuple[Any, str]]:
    """Streaming inserts; yields refused rows with BigQuery's message."""
    for records, bodies in _chunks(rows):
        with explained(target):
            answers = retry(target)(_insert)(target, table, bodies)
        for answer in answers:
            error = answer["errors"][0] if answer["errors"] else {}
            told = (error.get(part) for part in ("reason", "location", "message"))
            yield records[answer["index"]], ": ".join(filter(None, told))


def _insert(target: Target, table: str, bodies: list[dict[str, Any]]) -> Any:
    """One insert; an answer for each row that BigQuery refuses for what the row is.

    Raises:
        ServiceUnavailable: rows were refused for a passing reason; the ids let all be sent again.
    """
    answers = bigquery_client(target).insert_rows_json(
        f"{target.path}.{table}",
        bodies,
        row_ids=[content_id(orjson.dumps(body).decode()) for body in bodies],
        skip_invalid_rows=True,  # one bad row must not hold up its neighbours
        retry=retry(target),
    )
    for error in (error for answer in answers for error in answer["errors"]):
        if error.get("reason") in PASSING_ROWS:
            raise exceptions.ServiceUnavailable(f"{table}: {error['reason']}: {error['message']}")
    return answers


def _chunks(rows: list[Any]) -> Iterator[tuple[list[Any], list[dict[str, Any]]]]:
    """Records with their JSON, within the limits of one insert."""
    records: list[Any] = []
    bodies: list[dict[str, Any]] = []
    size = 0
    for record in rows:
        body = to_bigquery(record)
        length = len(orjson.dumps(body))
        if bodies and (len(bodies) == MAX_ROWS or size + length > MAX_BYTES):
            yield records, bodies
            records, bodies, size = [], [], 0
        records.append(record)
        bodies.append(body)
        size += length
    if bodies:
        yield records, bodies


def _append_rows(target: Target, table: str, rows: list[Any]) -> Iterator[tuple[Any, str]]:
    """The Storage Write API's default stream; yields refused rows with BigQuery's message."""
    for start in range(0, len(rows), MAX_ROWS):
        chunk = rows[start : start + MAX_ROWS]
        refused = _append(target, table, chunk)
        if refused:  # nothing of a request with a bad row is written
            yield from ((chunk[index], message) for index, message in refused.items())
            good = [row for index, row in enumerate(chunk) if index not in refused]
            if good and (again := _append(target, table, good)):
                raise StoreError(f"{target}: {table}: {next(iter(again.values()))}")


def _append(target: Target, table: str, rows: list[Any]) -> dict[int, str]:
    """One request; the refused rows by index, in which case none is written."""
    from google.cloud.bigquery_storage_v1 import types

    data = rows_to_table(table, rows).combine_chunks()
    schema = types.ArrowSchema(serialized_schema=arrow_schema(table).serialize().to_pybytes())
    batch = types.ArrowRecordBatch(
        serialized_record_batch=data.to_batches()[0].serialize().to_pybytes()
    )
    stream = f"projects/{target.project}/datasets/{target.dataset}/tables/{table}/streams/_default"
    request = types.AppendRowsRequest(
        write_stream=stream,
        arrow_rows=types.AppendRowsRequest.ArrowData(writer_schema=schema, rows=batch),
    )

    def send() -> Any:
        return next(iter(_write_client(target).append_rows(iter([request]))))

    with explained(target):
        answer = retry(target)(send)()
    if answer.row_errors:
        return {e.index: e.message for e in answer.row_errors}
    if answer.error.code:
        raise StoreError(f"{target}: {table}: {answer.error.message}")
    return {}


@lru_cache(maxsize=4)
def _write_client(target: Target) -> Any:
    from google.cloud.bigquery_storage_v1 import BigQueryWriteClient
    from google.cloud.bigquery_storage_v1.services.big_query_write import transports

    endpoint = os.environ.get("BIGQUERY_STORAGE_EMULATOR_HOST")
    if not endpoint:
        return BigQueryWriteClient()
    import grpc  # type: ignore[import-untyped]

    channel = grpc.insecure_channel(endpoint)
    return BigQueryWriteClient(transport=transports.BigQueryWriteGrpcTransport(channel=channel))
