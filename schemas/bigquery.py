"""BigQuery: schemas, table DDL and Terraform's JSON, from the same records.

Nothing here talks to BigQuery; `transforms.bigquery` does.
"""

import json
import re
from typing import Any

from schemas.ids import content_id
from schemas.records import TABLES, Field

TYPES = {
    "string": "STRING",
    "int": "INTEGER",
    "float": "FLOAT",
    "bool": "BOOLEAN",
    "bytes": "BYTES",
    "timestamp": "TIMESTAMP",
}
SQL_TYPES = {**TYPES, "int": "INT64", "float": "FLOAT64", "bool": "BOOL"}

LABELS = {"app": "tocsin"}
FINGERPRINT = "tocsin_definition"


def description(field: Field) -> str:
    """A field's description with its closed set of values, cut to BigQuery's 1024 characters."""
    text = f"{field.doc} One of: {', '.join(field.values)}." if field.values else field.doc
    return text if len(text) <= 1024 else text[:1023] + "…"


def table_schema(table: str) -> list[dict[str, str]]:
    """A table's columns as BigQuery's REST API writes them: name, type, mode, description."""
    return [
        {
            "name": f.name,
            "type": TYPES[f.kind],
            "mode": "NULLABLE" if f.nullable else "REQUIRED",
            "description": description(f),
        }
        for f in TABLES[table].fields
    ]


def table_schema_json(table: str) -> str:
    """`table_schema` as the JSON text that Terraform's google_bigquery_table takes."""
    return json.dumps(table_schema(table), indent=2, ensure_ascii=False) + "\n"


def bigquery_schema(table: str) -> list[Any]:
    """A table's columns as google.cloud.bigquery.SchemaField. Imports the client."""
    from google.cloud.bigquery import SchemaField

    return [SchemaField.from_api_repr(column) for column in table_schema(table)]


def quoted(text: str) -> str:
    r"""A string literal of GoogleSQL.

    >>> print(quoted('say "no"'))
    "say \"no\""
    """
    return json.dumps(text, ensure_ascii=False)


def column_sql(field: Field) -> str:
    """One column definition of a CREATE TABLE or ADD COLUMN statement."""
    required = "" if field.nullable else " NOT NULL"
    options = f"OPTIONS(description={quoted(description(field))})"
    return f"`{field.name}` {SQL_TYPES[field.kind]}{required} {options}"


def options_sql(doc: str, *definition: str) -> str:
    """The OPTIONS clause of a table or view: description, and a label that identifies `definition`.

    The label `FINGERPRINT` tells a later run whether what is stored was made from this definition.
    """
    labels = {**LABELS, FINGERPRINT: content_id(doc, *definition)}
    pairs = ", ".join(f"({quoted(k)}, {quoted(v)})" for k, v in labels.items())
    return f"OPTIONS(description={quoted(doc)}, labels=[{pairs}])"


def create_table_sql(table: str, dataset: str) -> str:
    """The statement that creates a table, partitioned by day and clustered; harmless if it exists.

    Args:
        table: a key of `schemas.records.TABLES`.
        dataset: ``project.dataset`` or ``dataset``.

    Returns:
        One CREATE TABLE IF NOT EXISTS statement of GoogleSQL, with descriptions and labels.
    """
    spec = TABLES[table]
    columns = ",\n  ".join(column_sql(f) for f in spec.fields)
    cluster = ", ".join(f"`{c}`" for c in spec.cluster)
    layout = (
        f"(\n  {columns}\n)\n"
        f"PARTITION BY TIMESTAMP_TRUNC(`{spec.partition}`, DAY)\nCLUSTER BY {cluster}"
    )
    return (
        f"CREATE TABLE IF NOT EXISTS `{dataset}.{table}` {layout}\n{options_sql(spec.doc, layout)}"
    )


def fingerprint(statement: str) -> str:
    """The label that a statement of `create_table_sql` or `bigquery_view_sql` puts on its table."""
    return re.findall(rf'\("{FINGERPRINT}", "(\w+)"\)', statement)[0]
