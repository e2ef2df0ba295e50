"""One definition: Arrow, BigQuery, Beam, JSON and the dictionary must agree with the records."""

import json
import pickle

import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from schemas import arrow, bigquery, jsonrows, show
from schemas.records import TABLES, Reject
from schemas.sql import views

# Years 1 to 9999, which ISO 8601 texts and BigQuery share.
MICROS = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)
VALUES = {
    "string": st.text(),
    "int": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False),
    "bool": st.booleans(),
    "bytes": st.binary(max_size=40),
    "timestamp": MICROS,
}


@st.composite
def table_and_rows(draw):
    name = draw(st.sampled_from(sorted(TABLES)))
    table = TABLES[name]
    columns = [st.none() | VALUES[f.kind] if f.nullable else VALUES[f.kind] for f in table.fields]
    rows = draw(st.lists(st.tuples(*columns).map(table.record._make), max_size=3))
    return name, rows


@settings(deadline=None)
@given(table_and_rows())
def test_records_survive_arrow(case):
    name, rows = case
    table = arrow.rows_to_table(name, rows)
    assert table.schema.equals(arrow.arrow_schema(name), check_metadata=True)
    assert arrow.table_to_rows(name, table) == rows


@settings(deadline=None)
@given(table_and_rows())
def test_records_survive_json(case):
    name, rows = case
    for row in rows:
        data = json.loads(json.dumps(jsonrows.to_json(row)))
        assert jsonrows.from_json(TABLES[name].record, data) == row
        assert all(v is not None for v in jsonrows.to_bigquery(row).values())


@settings(deadline=None)
@given(table_and_rows())
def test_records_survive_beam_as_their_own_class(case):
    from apache_beam.coders import registry

    import schemas.beam  # noqa: F401 (registers)

    name, rows = case
    coder = pickle.loads(pickle.dumps(registry.get_coder(TABLES[name].record)))
    for row in rows:
        back = coder.decode(coder.encode(row))
        assert back == row
        assert type(back) is TABLES[name].record


def test_all_schemas_have_the_same_columns():
    from schemas.beam import beam_schema

    for name, table in TABLES.items():
        names = [f.name for f in table.fields]
        nullable = [f.nullable for f in table.fields]
        assert list(table.record._fields) == names
        assert arrow.arrow_schema(name).names == names
        assert [f.nullable for f in arrow.arrow_schema(name)] == nullable
        columns = bigquery.bigquery_schema(name)
        assert [c.name for c in columns] == names
        assert [c.mode == "NULLABLE" for c in columns] == nullable
        assert [f.name for f in beam_schema(table.record).fields] == names
        assert table.partition in names
        assert set(table.cluster) <= set(names)
        assert json.loads(bigquery.table_schema_json(name)) == bigquery.table_schema(name)


def test_every_column_is_described_everywhere():
    dictionary = show.show("dictionary")
    for name, table in TABLES.items():
        ddl = bigquery.create_table_sql(name, "project.tocsin")
        for field, column in zip(table.fields, bigquery.bigquery_schema(name), strict=True):
            assert field.doc.endswith(".")
            assert 10 < len(column.description) <= 1024
            described = arrow.arrow_schema(name).field(field.name).metadata[b"description"]
            assert described.decode() == field.doc
            assert bigquery.quoted(column.description) in ddl
            assert f"| {field.name} |" in dictionary
            assert field.doc in dictionary


def test_ddl_partitions_by_day_and_clusters():
    ddl = bigquery.create_table_sql("mentions", "project.tocsin")
    assert ddl.startswith("CREATE TABLE IF NOT EXISTS `project.tocsin.mentions`")
    assert "PARTITION BY TIMESTAMP_TRUNC(`published`, DAY)" in ddl
    assert "CLUSTER BY `category`, `status`, `actor_country`" in ddl


def test_lone_surrogates_do_not_cost_the_row():
    row = Reject("parse", "malformed", "cut \ud83d", "a.json", "", 0)
    table = arrow.rows_to_table("rejects", [row])
    assert arrow.table_to_rows("rejects", table)[0].error == "cut ?"
    assert jsonrows.to_bigquery(row)["error"] == "cut ?"


@pytest.mark.parametrize(
    ("bad", "column"),
    [({"seen": "yesterday"}, "seen"), ({"stage": None}, "stage"), ({"error": 5}, "error")],
)
def test_a_bad_value_names_its_column_and_spares_its_neighbours(bad, column):
    good = Reject("parse", "malformed", "", "a", "", 0)
    rows = [good, good._replace(**bad), good]
    with pytest.raises(ValueError, match=f"column {column}"):
        arrow.rows_to_table("rejects", rows)
    kept, refused = arrow.split_bad_rows("rejects", rows)
    assert kept == [good, good]
    assert [row for row, _ in refused] == [rows[1]]
    assert column in refused[0][1]


def test_files_written_before_a_column_was_added_can_be_read():
    rows = [Reject("parse", "malformed", "x", "a", "b", 7)]
    old = arrow.rows_to_table("rejects", rows).drop_columns(["payload"])
    old = old.set_column(0, "stage", old["stage"].cast(pa.large_string()))
    assert arrow.table_to_rows("rejects", old) == [rows[0]._replace(payload="")]


@pytest.mark.parametrize("kind", show.KINDS)
def test_show_names_every_table(kind):
    text = show.show(kind)
    assert all(name in text for name in TABLES)
    if kind in {"sql", "dictionary"}:
        assert all(name in text for name in views())


def test_the_notations_are_what_the_help_says():
    assert {*json.loads(show.show("bigquery"))} == {*TABLES}
    statements = sqlglot.parse(show.show("sql"), dialect="bigquery")
    created = [s.find(exp.Table).sql("bigquery").replace("`", "") for s in statements if s]
    assert created == [f"tocsin.{name}" for name in (*TABLES, *views())]


def test_show_refuses_an_unknown_kind():
    with pytest.raises(ValueError, match="avro"):
        show.show("avro")
