"""How views are made: documented columns, both dialects, files of other versions."""

import duckdb
import pyarrow.parquet as pq
import pytest
import sqlglot

from schemas.arrow import rows_to_table
from schemas.records import TABLES
from schemas.sql import bigquery_view_sql, duckdb_views, transpile, view_sql, views

KNOWN_TYPES = {"BIGINT", "BLOB", "BOOLEAN", "DATE", "DOUBLE", "TIMESTAMP WITH TIME ZONE", "VARCHAR"}


@pytest.mark.parametrize("name", list(views()))
def test_each_column_is_described_and_only_those(world, name):
    connection = world()
    described = connection.execute(f"DESCRIBE {name}").fetchall()
    assert [column[0] for column in described] == list(views()[name].columns)
    assert {column[1] for column in described} <= KNOWN_TYPES
    assert connection.execute(f"FROM {name}").fetchall() == []
    comments = connection.execute(
        "SELECT comment FROM duckdb_columns() WHERE table_name = ?", [name]
    ).fetchall()
    assert all(len(comment) > 4 for (comment,) in comments)
    assert views()[name].doc.endswith(".")
    assert "Grain: " in views()[name].doc


def test_an_undocumented_column_is_told(tmp_path, monkeypatch):
    from schemas import sql

    (tmp_path / "bare.sql").write_text("-- A view.\n-- Grain: a.\n--\n-- no text\nSELECT 1 AS a\n")
    monkeypatch.setattr(sql, "VIEWS_DIR", tmp_path)
    views.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"bare\.sql: .*no text"):
            views()
    finally:
        views.cache_clear()


@pytest.mark.parametrize("name", list(views()))
def test_bigquery_statement_parses_and_names_the_dataset(name):
    statement = bigquery_view_sql(name, "my-project.tocsin")
    query = sqlglot.parse_one(statement, read="bigquery")
    read = {t.sql("bigquery").split(" AS ")[0] for t in query.find_all(sqlglot.exp.Table) if t.db}
    assert f"`my-project.tocsin.{name}`" in statement
    assert {t.rsplit(".", 1)[-1].strip("`") for t in read} == views()[name].needs | {name}


def test_files_without_a_later_column_still_open(tmp_path, new):
    data = rows_to_table("articles", [new.article("a")]).drop_columns(["signature"])
    pq.write_table(data.append_column("extra", data["url"]), tmp_path / "old.parquet")
    connection = duckdb.connect()
    duckdb_views(connection, {"articles": [tmp_path / "old.parquet"]})
    (row,) = connection.sql("FROM articles").to_arrow_table().to_pylist()
    assert list(row) == [f.name for f in TABLES["articles"].fields]
    assert row["signature"] is None


def test_transpile_puts_sources_for_names_but_not_for_local_ones():
    sql = "WITH mentions AS (SELECT 1 AS n) SELECT n FROM mentions JOIN articles AS a ON TRUE"
    text = transpile(sql, "bigquery", {"mentions": "p.d.mentions", "articles": "`p-1.d.articles`"})
    assert "p.d.mentions" not in text
    assert "p-1" in text
    assert "READ_PARQUET" in view_sql(
        "articles_latest", "duckdb", {"articles": "read_parquet('x.parquet')"}
    )
