"""Tables and views in a dataset: create what is missing, add new columns, refuse anything else.

A label on each table and view holds a hash of its definition, so that a run that finds everything
as it should be makes one call.
"""

import json
import time
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

from google.api_core import exceptions
from google.cloud import bigquery

from schemas.bigquery import (
    FINGERPRINT,
    LABELS,
    bigquery_schema,
    create_table_sql,
    fingerprint,
    options_sql,
    quoted,
)
from schemas.records import TABLES
from schemas.sql import bigquery_view_sql, views
from transforms.bigquery.query import ask
from transforms.bigquery.target import Target, bigquery_client, explained, retry
from transforms.store.manifest import StoreError

RUNS = "runs"
FEED_STATES = "feed_states"

INTERNAL = {
    RUNS: (
        "Each committed run. Internal: `latest` is what commits compare and set.",
        [
            bigquery.SchemaField("run", "INTEGER", description="Number of the run; 0 is none yet."),
            bigquery.SchemaField("token", "STRING", description="Names the run among all."),
            bigquery.SchemaField("latest", "BOOLEAN", description="Whether no later run is there."),
            bigquery.SchemaField("committed", "TIMESTAMP", description="The run's clock."),
            bigquery.SchemaField("window_seconds", "INTEGER", description="Length of a window."),
            bigquery.SchemaField("every_seconds", "INTEGER", description="Period of the windows."),
            bigquery.SchemaField("added", "STRING", description="Rows added by table, JSON."),
        ],
    ),
    FEED_STATES: (
        "State of each polled feed; the highest run stands. Internal.",
        [
            bigquery.SchemaField("feed", "STRING", "REQUIRED", description="Address as listed."),
            bigquery.SchemaField("run", "INTEGER", "REQUIRED", description="Run that left it so."),
            bigquery.SchemaField("state", "STRING", "REQUIRED", description="For the next, JSON."),
        ],
    ),
}
"""Description and columns of the tables that are for runs, not for analysts."""


def ensure_tables(target: Target) -> None:
    """Create every table and view that is missing and bring older ones up to date.

    New columns are added as nullable, descriptions and clustering renewed, views replaced; no row is
    touched.
    Needs roles/bigquery.dataEditor on the dataset and roles/bigquery.jobUser on the project.

    Raises:
        StoreError: no dataset, no permission, or a table that differs in a way that adding columns
            cannot mend; the message holds the statement to run.
    """
    client = bigquery_client(target)
    with explained(target):
        listed = client.list_tables(target.path, retry=retry(target))
        labels = {t.table_id: (t.labels or {}).get(FINGERPRINT, "") for t in listed}
        for name in (*INTERNAL, *TABLES):
            if name not in labels:
                _create(target, name)
            elif labels[name] != table_fingerprint(name):
                _settle(partial(_conform, target, name))
        for name in views():
            statement = _view_statement(name, target.path)
            if labels.get(name) != fingerprint(statement):
                _execute(target, statement)


def new_table(target: Target, name: str) -> bigquery.Table:
    """A table as it is created; the same as `schemas.bigquery.create_table_sql` says."""
    path = f"{target.path}.{name}"
    if name in INTERNAL:
        doc, schema = INTERNAL[name]
        table = bigquery.Table(path, schema)
    else:
        spec = TABLES[name]
        doc, table = spec.doc, bigquery.Table(path, bigquery_schema(name))
        table.time_partitioning = bigquery.TimePartitioning("DAY", spec.partition)
        table.clustering_fields = list(spec.cluster)
    table.description = doc
    table.labels = {**LABELS, FINGERPRINT: table_fingerprint(name)}
    return table


def table_fingerprint(name: str) -> str:
    """What the label of an up-to-date table holds."""
    if name in INTERNAL:
        doc, schema = INTERNAL[name]
        return fingerprint(options_sql(doc, json.dumps([f.to_api_repr() for f in schema])))
    return fingerprint(create_table_sql(name, ""))


def runs_sql(target: Target) -> str:
    """What creates the table of runs, with the mark that the first run moves: both or neither.

    Without a list of columns, so that of two first runs at once one mark is left wherever creating
    and filling a described table are two steps.
    """
    return f"""CREATE TABLE IF NOT EXISTS `{target.path}.{RUNS}`
OPTIONS(description={quoted(INTERNAL[RUNS][0])}) AS
SELECT
  0 AS run, '' AS token, TRUE AS latest, CURRENT_TIMESTAMP() AS committed,
  0 AS window_seconds, 0 AS every_seconds, '' AS added"""


@cache
def _view_statement(name: str, dataset: str) -> str:
    """What creates a view; kept, since a stream asks at each increment."""
    return bigquery_view_sql(name, dataset)


def _create(target: Target, name: str) -> None:
    client = bigquery_client(target)
    if name == RUNS:
        _execute(target, runs_sql(target))
        _settle(partial(_conform, target, RUNS))
    else:
        table = new_table(target, name)
        _settle(lambda: client.create_table(table, exists_ok=True, retry=retry(target)))


def _execute(target: Target, sql: str) -> None:
    _settle(lambda: ask(target, sql))


def _settle(create: Callable[[], Any]) -> None:
    """Do what does no harm when repeated; another first run may be creating the same just now."""
    for wait in (0.5, 1.5, 4.0):
        try:
            create()
            return
        except (exceptions.BadRequest, exceptions.Conflict, exceptions.PreconditionFailed):
            time.sleep(wait)
    create()


def _conform(target: Target, name: str) -> None:
    """Add the columns that a stored table lacks, renew descriptions and clustering.

    Raises:
        StoreError: it differs in another way.
    """
    client = bigquery_client(target)
    table, wanted = (
        client.get_table(f"{target.path}.{name}", retry=retry(target)),
        new_table(target, name),
    )
    if problem := "; ".join(differences(wanted, table)):
        raise StoreError(f"{target}: table {name} cannot be used as it is: {problem}")
    fields = {f.name: f for f in wanted.schema}
    kept = [_described(f, fields.get(f.name)) for f in table.schema]
    have = {f.name for f in table.schema}
    table.schema = kept + [_nullable(f) for f in wanted.schema if f.name not in have]
    table.labels = {**table.labels, **wanted.labels}
    table.description, table.clustering_fields = wanted.description, wanted.clustering_fields
    renewed = ["schema", "labels", "description", "clustering_fields"]
    client.update_table(table, renewed, retry=retry(target))


def differences(wanted: bigquery.Table, table: bigquery.Table) -> Iterable[str]:
    """What of a stored table no update can mend, each with the statement that would."""
    path = f"`{table.project}.{table.dataset_id}.{table.table_id}`"
    fields = {f.name: f for f in wanted.schema}
    for field in table.schema:
        spec = fields.get(field.name)
        if spec is None:
            if field.mode == "REQUIRED":
                fix = f"ALTER TABLE {path} ALTER COLUMN {field.name} DROP NOT NULL"
                yield f"column {field.name} is required and unknown to us; run: {fix}"
        elif spec.field_type != _standard(field.field_type) or field.mode == "REPEATED":
            fix = f"ALTER TABLE {path} RENAME COLUMN {field.name} TO {field.name}_old"
            yield f"column {field.name} is {field.field_type}, not {spec.field_type}; run: {fix}"
        elif field.mode == "REQUIRED" and spec.mode != "REQUIRED":
            fix = f"ALTER TABLE {path} ALTER COLUMN {field.name} DROP NOT NULL"
            yield f"column {field.name} must allow null; run: {fix}"
    have, day = table.time_partitioning, wanted.time_partitioning
    if day and (not have or (have.type_, have.field) != (day.type_, day.field)):
        fix = f"ALTER TABLE {path} RENAME TO {table.table_id}_old"
        yield f"not partitioned by day of {day.field}; run: {fix}"


def _standard(kind: str) -> str:
    return {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}.get(kind, kind)


def _described(
    field: bigquery.SchemaField, spec: bigquery.SchemaField | None
) -> bigquery.SchemaField:
    if spec is None or field.description == spec.description:
        return field
    return bigquery.SchemaField.from_api_repr(
        {**field.to_api_repr(), "description": spec.description}
    )


def _nullable(field: bigquery.SchemaField) -> bigquery.SchemaField:
    """A new column as BigQuery accepts it: rows that are there already have no value for it."""
    return bigquery.SchemaField.from_api_repr({**field.to_api_repr(), "mode": "NULLABLE"})


def exists(target: Target) -> bool:
    """Whether a run has committed to the dataset.

    Raises:
        StoreError: no dataset or no permission.
    """
    client = bigquery_client(target)
    with explained(target):
        try:
            client.get_table(f"{target.path}.{RUNS}", retry=retry(target))
        except exceptions.NotFound:
            return False
    return True


__all__ = ["FEED_STATES", "RUNS", "differences", "ensure_tables", "exists"]
