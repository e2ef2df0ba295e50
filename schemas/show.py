"""What `tocsin schema` prints."""

import json

from schemas.records import TABLES

KINDS = ("dictionary", "arrow", "bigquery", "sql")


def show(kind: str) -> str:
    """The tables and views in one notation, all from the one definition.

    Args:
        kind: ``dictionary`` (Markdown), ``arrow`` (schema texts), ``bigquery`` (one JSON object:
            table name to its columns as BigQuery and Terraform take them), or ``sql`` (GoogleSQL
            that creates tables and views in a dataset named ``tocsin``).

    Raises:
        ValueError: another kind.
    """
    if kind == "dictionary":
        from schemas.dictionary import dictionary

        return dictionary()
    if kind == "arrow":
        return _arrow()
    if kind == "bigquery":
        from schemas.bigquery import table_schema

        tables = {table: table_schema(table) for table in TABLES}
        return json.dumps(tables, indent=2, ensure_ascii=False) + "\n"
    if kind == "sql":
        return _sql()
    raise ValueError(f"schema kind {kind!r} is none of {', '.join(KINDS)}")


def _arrow() -> str:
    from schemas.arrow import arrow_schema

    blocks = [f"{t}\n{arrow_schema(t).to_string(show_field_metadata=False)}" for t in TABLES]
    return "\n\n".join(block.partition("\n-- schema metadata")[0] for block in blocks) + "\n"


def _sql() -> str:
    from schemas.bigquery import create_table_sql
    from schemas.sql import bigquery_view_sql, views

    statements = [create_table_sql(t, "tocsin") for t in TABLES]
    statements += [bigquery_view_sql(v, "tocsin") for v in views()]
    return ";\n\n".join(statements) + ";\n"
