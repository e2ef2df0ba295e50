"""Tables and views in a dataset: create what is missing, add new columns, refuse anything else.

A label on each table and view holds a hash of its definition, so that a run that finds everything
as it should be makes one call.
"""

import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from google.api_core import exceptions
from google.cloud import bigquery

from schemas.bigquery import FINGERPRINT, LABELS, bigquery_schema, create_table_sql, fingerprint
from schemas.records import TABLES
from schemas.sql import bigquery_view_sql, views
from transforms.bigquery.query import ask
from transforms.bigquery.target import Target, bigquery_client, explained, retry
from transforms.store.manifest import StoreError

RUNS = "runs"
FEED_STATES = "feed_states"

RUNS_SQL = """CREATE TABLE IF NOT EXISTS `{dataset}.runs`
OPTIONS(description="Each committed run. Internal: `latest` is what commits compare and set.") AS
SELECT
  0 AS run, '' AS token, TRUE AS latest, CURRENT_TIMESTAMP() AS committed,
  0 AS window_seconds, 0 AS every_seconds, '' AS added"""

FEED_STATES_SCHEMA = [
    bigquery.SchemaField("feed", "STRING", "REQUIRED", description="Address as listed."),
    bigquery.SchemaField("run", "INTEGER", "REQUIRED", description="Run that left it so."),
    bigquery.SchemaField("state", "STRING", "REQUIRED", description="For the next poll, JSON."),
]


def ensure_tables(target: Target) -> None:
    """Create every table and view that is missing and bring older ones up to date.

    New columns are added as nullable, descriptions renewed, views replaced; no row is touched.
    Needs roles/bigquery.dataEditor on the dataset and roles/bigquery.jobUser on the project.

    Raises:
        StoreError: no dataset, no permission, or a table that differs in a way that adding columns
            cannot mend; the message holds the statement to run.
    """
    client = bigquery_client(target)
    with explained(target):
        listed = client.list_tables(target.path, retry=retry(target))
        labels = {t.table_id: (t.labels or {}).get(FINGERPRINT, "") for t in listed}
        if RUNS not in labels:
            _execute(target, RUNS_SQL.format(dataset=target.path))
        if FEED_STATES not in labels:
            table = bigquery.Table(f"{target.path}.{FEED_STATES}", FEED_STATES_SCHEMA)
            table.description = "State of each polled feed; the highest run stands. Internal."
            _create(target, table)
        for name in TABLES:
            if name not in labels:
                _create(target, new_table(target, name))
            elif labels[name] != table_fingerprint(name):
                _conform(target, name)
        for name in views():
            statement = _view_statement(name, target.path)
            if labels.get(name) != fingerprint(statement):
                _execute(target, statement)


def new_table(target: Target, name: str) -> bigquery.Table:
    """A table as it is created; the same as `schemas.bigquery.create_table_sql` says."""
    table = bigquery.Table(f"{target.path}.{name}", bigquery_schema(name))
    spec = TABLES[name]
    table.description = spec.doc
    table.time_partitioning = bigquery.TimePartitioning("DAY", spec.partition)
    table.clustering_fields = list(spec.cluster)
    table.labels = {**LABELS, FINGERPRINT: table_fingerprint(name)}
    return table


def table_fingerprint(name: str) -> str:
    """What the label of an up-to-date table holds."""
    return fingerprint(create_table_sql(name, ""))


@cache
def _view_statement(name: str, dataset: str) -> str:
    """What creates a view; kept, since a stream asks at each increment."""
    return bigquery_view_sql(name, dataset)


def _create(target: Target, table: bigquery.Table) -> None:
    client = bigquery_client(target)
    _settle(lambda: client.create_table(table, exists_ok=True, retry=retry(target)))


def _execute(target: Target, sql: str) -> None:
    _settle(lambda: ask(target, sql))


def _settle(create: Callable[[], Any]) -> None:
    """Do what does no harm when repeated; another first run may be creating the same just now."""
    for wait in (0.5, 1.5, 4.0):
        try:
            create()
            return
        except (exceptions.BadRequest, exceptions.Conflict):
            time.sleep(wait)
    create()


def _conform(target: Target, name: str) -> None:
    """Add the columns that a stored table lacks and renew descriptions.

    Raises:
        StoreError: it differs in another way.
    """
    client = bigquery_client(target)
    table = client.get_table(f"{target.path}.{name}", retry=retry(target))
    if problem := "; ".join(differences(name, table)):
        raise StoreError(f"{target}: table {name} cannot be used as it is: {problem}")
    wanted = {f.name: f for f in bigquery_schema(name)}
    kept = [_described(f, wanted.get(f.name)) for f in table.schema]
    have = {f.name for f in table.schema}
    added = [_nullable(f) for f in wanted.values() if f.name not in have]
    table.schema = kept + added
    table.labels = {**table.labels, FINGERPRINT: table_fingerprint(name)}
    client.update_table(table, ["schema", "labels"], retry=retry(target))


def differences(name: str, table: bigquery.Table) -> Iterable[str]:
    """What of a stored table no added column can mend, each with the statement that would."""
    path = f"`{table.project}.{table.dataset_id}.{table.table_id}`"
    wanted = {f.name: f for f in bigquery_schema(name)}
    for field in table.schema:
        spec = wanted.get(field.name)
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
    partition = table.time_partitioning
    if not partition or partition.type_ != "DAY" or partition.field != TABLES[name].partition:
        fix = f"ALTER TABLE {path} RENAME TO {name}_old"
        yield f"not partitioned by day of {TABLES[name].partition}; run: {fix}"


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
