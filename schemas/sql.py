"""The views: written once in BigQuery's SQL, with the same text for DuckDB through sqlglot.

Each ``views/NAME.sql`` opens with a comment: what the view is, then one ``column: description``
line a column (``inherit: TABLE`` takes over the descriptions of a table's columns), then one SELECT
that names tables and other views plainly.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from schemas.records import TABLES

VIEWS_DIR = Path(__file__).parent / "views"
DUCKDB_TYPES = {
    "string": "VARCHAR",
    "int": "BIGINT",
    "float": "DOUBLE",
    "bool": "BOOLEAN",
    "bytes": "BLOB",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
}


@dataclass(frozen=True)
class View:
    """One view.

    Attributes:
        name: the name of its file, and of the view in both homes.
        doc: what a row is and how to read it.
        columns: description of each column, in order.
        sql: the SELECT, in BigQuery's dialect, with plain names of tables and views.
        needs: the tables and views it reads.
    """

    name: str
    doc: str
    columns: Mapping[str, str]
    sql: str
    needs: frozenset[str]


@cache
def views() -> dict[str, View]:
    """Every view by name, each after those it reads.

    Raises:
        ValueError: a file's header is malformed, or a view reads what does not exist.
    """
    found = {path.stem: _view(path.stem) for path in sorted(VIEWS_DIR.glob("*.sql"))}
    for view in found.values():
        if unknown := view.needs - set(found) - set(TABLES):
            raise ValueError(f"{view.name}.sql reads unknown tables: {', '.join(sorted(unknown))}")
    order = TopologicalSorter({v.name: v.needs & set(found) for v in found.values()})
    return {name: found[name] for name in order.static_order()}


def _with_needs(names: Iterable[str], found: dict[str, View]) -> dict[str, View]:
    """The views of these names and those that they read, each after those it reads, added to `found`."""
    for name in names:
        if name not in found and name not in TABLES:
            view = _view(name)
            _with_needs(sorted(view.needs), found)
            found[name] = view
    return found


def tables_read(names: Iterable[str] | None) -> list[str]:
    """The stored tables among these names and those that the views among them read; all if None."""
    if names is None:
        return list(TABLES)
    asked = set(names)
    needs = {need for view in _with_needs(asked, {}).values() for need in view.needs}
    return [name for name in TABLES if name in asked | needs]


@cache
def _view(name: str) -> View:
    path = VIEWS_DIR / f"{name}.sql"
    lines = path.read_text("utf-8").splitlines()
    split = next(n for n, line in enumerate(lines) if not line.startswith("--"))
    header = [line[2:].strip() for line in lines[:split]]
    sql = "\n".join(lines[split:])
    doc, _, entries = "\n".join(header).partition("\n\n")
    columns: dict[str, str] = {}
    for entry in entries.splitlines():
        name, colon, text = entry.partition(": ")
        if not colon or not re.fullmatch(r"[a-z_]+", name):
            raise ValueError(f"{path.name}: not a line of the form `column: description`: {entry}")
        columns |= (
            {f.name: f.doc for f in TABLES[text].fields} if name == "inherit" else {name: text}
        )
    return View(path.stem, " ".join(doc.split()), columns, sql, frozenset(_reads(sql)))


def _reads(sql: str) -> set[str]:
    query = sqlglot.parse_one(sql, read="bigquery")
    local = {cte.alias for cte in query.find_all(exp.CTE)}
    return {table.name for table in query.find_all(exp.Table) if table.name} - local


def transpile(sql: str, dialect: str, tables: Mapping[str, str]) -> str:
    """A query in BigQuery's dialect, for one home.

    Args:
        sql: one SELECT in BigQuery's dialect, with plain names of tables and views.
        dialect: ``bigquery`` or ``duckdb``.
        tables: what to read for a name, written in `dialect` (``project.dataset.mentions``, or a
            table function); a name that is missing stays as it is.

    Returns:
        The query in `dialect`, one statement without a semicolon. Days are UTC days whatever the
        session's time zone.

    Raises:
        sqlglot.errors.ParseError: `sql` is not one query.
    """
    query = sqlglot.parse_one(sql, read="bigquery")
    local = {cte.alias for cte in query.find_all(exp.CTE)}
    for table in list(query.find_all(exp.Table)):
        if table.name in tables and table.name not in local and not table.db:
            source = exp.maybe_parse(tables[table.name], into=exp.Table, dialect=dialect)
            table.replace(exp.alias_(source, table.alias or table.name, table=True))
    if dialect == "duckdb":
        _mean_the_same(query)
    return query.sql(dialect=dialect, pretty=True)


def _mean_the_same(query: Any) -> None:
    """Mend, in place, what sqlglot carries over with another meaning."""
    # DATE(t) is the UTC day in BigQuery; DuckDB would take the day of the session's zone.
    for node in list(query.find_all(exp.Date, exp.TsOrDsToDate)):
        if not node.args.get("zone"):
            utc = exp.AtTimeZone(this=node.this, zone=exp.Literal.string("UTC"))
            node.replace(exp.cast(utc, "date"))
    # DuckDB's COUNT_IF is 128 bits wide, which Arrow and pandas turn into floats.
    for node in list(query.find_all(exp.CountIf)):
        node.replace(exp.cast(node.copy(), "bigint"))


def view_sql(name: str, dialect: str, tables: Mapping[str, str]) -> str:
    """The SELECT of a view, for one home; see `transpile`.

    Raises:
        KeyError: no view has that name.
    """
    try:
        view = _view(name)
    except FileNotFoundError:
        raise KeyError(name) from None
    return transpile(view.sql, dialect, tables)


def duckdb_tables(
    connection: Any,
    sources: Mapping[str, str | Iterable[str | Path]],
    wanted: Iterable[str] | None = None,
) -> None:
    """Create one DuckDB view for each stored table, or each that `tables_read` finds in `wanted`.

    The views have all columns of the records, in order, with the records' types: a column that the
    files lack (they were written before it was added) is null, and a table without files is empty.

    Args:
        connection: an open DuckDB connection.
        sources: for each table its Parquet files, or a relation in DuckDB's SQL; tables that are
            missing become empty.
        wanted: names of tables and views; all if None.

    Raises:
        duckdb.Error: a file cannot be read.
    """
    for name in tables_read(wanted):
        table = TABLES[name]
        nothing = ", ".join(
            f'CAST(NULL AS {DUCKDB_TYPES[f.kind]}) AS "{f.name}"' for f in table.fields
        )
        columns = ", ".join(f'"{f.name}"' for f in table.fields)
        query = f"SELECT {nothing} WHERE false"
        if relation := _relation(sources.get(name, ())):
            union = f"{query} UNION ALL BY NAME FROM {relation}"
            query = f"SELECT {columns} FROM ({union})"  # noqa: S608 (the names are ours)
        _create_view(connection, name, query, table.doc, {f.name: f.doc for f in table.fields})


def _relation(source: str | Iterable[str | Path]) -> str:
    if isinstance(source, str):
        return source
    files = ", ".join(_literal(str(path)) for path in source)
    return f"read_parquet([{files}], union_by_name = true, hive_partitioning = false)" * bool(files)


def duckdb_views(
    connection: Any,
    sources: Mapping[str, str | Iterable[str | Path]],
    wanted: Iterable[str] | None = None,
) -> None:
    """Create every table (see `duckdb_tables`) and the views, with comments, on a connection.

    Also sets the session's time zone to UTC, so that times print as they are stored.

    Args:
        connection: an open DuckDB connection.
        sources: see `duckdb_tables`.
        wanted: names of the tables and views to create, with what these read; all if None. A view takes some 50 ms.
    """
    connection.execute("SET TimeZone = 'UTC'")
    duckdb_tables(connection, sources, wanted)
    for view in (views() if wanted is None else _with_needs(wanted, {})).values():
        _create_view(
            connection, view.name, view_sql(view.name, "duckdb", {}), view.doc, view.columns
        )


def _create_view(
    connection: Any, name: str, query: str, doc: str, columns: Mapping[str, str]
) -> None:
    connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS {query}')
    connection.execute(f'COMMENT ON VIEW "{name}" IS {_literal(doc)}')
    for column, text in columns.items():
        connection.execute(f'COMMENT ON COLUMN "{name}"."{column}" IS {_literal(text)}')


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def bigquery_view_sql(name: str, dataset: str) -> str:
    """The statement that creates or replaces a view in BigQuery, with all descriptions.

    Args:
        name: a key of `views`.
        dataset: ``project.dataset``; the view reads the tables and views there.
    """
    from schemas.bigquery import options_sql, quoted

    view = views()[name]
    tables = {n: f"`{dataset}.{n}`" for n in (*TABLES, *views())}
    columns = ",\n  ".join(
        f"`{c}` OPTIONS(description={quoted(text)})" for c, text in view.columns.items()
    )
    body = view_sql(name, "bigquery", tables)
    return (
        f"CREATE OR REPLACE VIEW `{dataset}.{name}` (\n  {columns}\n)\n"
        f"{options_sql(view.doc, columns, body)} AS\n{body}"
    )
