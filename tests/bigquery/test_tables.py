"""Tables as they are created and as they change, and rows that are streamed into them."""

import pytest
from google.cloud import bigquery

from schemas.arrow import rows_to_table
from schemas.bigquery import bigquery_schema
from schemas.records import TABLES, FeedHealth, Reject
from schemas.sql import views
from transforms.bigquery import stream
from transforms.bigquery.commit import begin
from transforms.bigquery.query import read
from transforms.bigquery.readers import read_committed, read_table, rows_added
from transforms.bigquery.store import open_dataset
from transforms.bigquery.tables import INTERNAL, ensure_tables, new_table, runs_sql
from transforms.bigquery.target import bigquery_client, parse_target
from transforms.store.manifest import StoreError

pytestmark = pytest.mark.usefixtures("strict")
HOUR = (3600, 3600)
WHEN = 1_767_225_600_000_000


@pytest.fixture
def client(target):
    return bigquery_client(target)


def columns(table):
    return [(f.name, f.field_type, f.mode) for f in table.schema]


@pytest.mark.parametrize("name", list(TABLES))
def test_tables_have_descriptions_partitions_clusters_and_labels(strict, target, client, name):
    table = client.get_table(f"{target.path}.{name}")
    assert columns(table) == [(f.name, f.field_type, f.mode) for f in bigquery_schema(name)]
    assert all(field.description for field in table.schema)
    assert table.description == TABLES[name].doc
    assert (table.time_partitioning.type_, table.time_partitioning.field) == (
        "DAY",
        TABLES[name].partition,
    )
    assert tuple(table.clustering_fields) == TABLES[name].cluster
    assert table.labels["app"] == "tocsin"


@pytest.mark.parametrize("name", list(INTERNAL))
def test_the_tables_of_runs_have_descriptions_and_labels_too(strict, target, client, name):
    table = client.get_table(f"{target.path}.{name}")
    doc, schema = INTERNAL[name]
    assert columns(table) == [(f.name, f.field_type, f.mode) for f in schema]
    assert [f.description for f in table.schema] == [f.description for f in schema]
    assert all(f.description for f in schema)
    assert table.description == doc
    assert table.labels == new_table(target, name).labels


@pytest.mark.parametrize("name", ["mentions", *INTERNAL])
def test_what_can_be_renewed_is_renewed(strict, target, client, name):
    """A table of an older version, of another description and clustering, without labels."""
    table = client.get_table(f"{target.path}.{name}")
    table.description, table.labels = "Older.", dict.fromkeys(table.labels)
    if name in TABLES:
        table.clustering_fields = ["category"]
    table.schema = [
        bigquery.SchemaField.from_api_repr({**f.to_api_repr(), "description": "Older."})
        for f in table.schema
    ]
    client.update_table(table, ["description", "labels", "clustering_fields", "schema"])
    assert client.get_table(table.reference).description == "Older."
    ensure_tables(target)
    renewed, wanted = client.get_table(table.reference), new_table(target, name)
    assert renewed.description == wanted.description
    assert renewed.clustering_fields == wanted.clustering_fields
    assert renewed.labels == wanted.labels
    assert [f.description for f in renewed.schema] == [f.description for f in wanted.schema]


def test_views_describe_themselves(strict, target, client):
    for name, view in views().items():
        table = client.get_table(f"{target.path}.{name}")
        assert table.description == view.doc
        assert [f.name for f in table.schema] == list(view.columns)


@pytest.fixture
def altered(target, client):
    """Replaces a table by one with another schema, for one test."""
    replaced = []

    def replace(schema, name="rejects"):
        path = f"{target.path}.{name}"
        client.delete_table(path)
        table = bigquery.Table(path, schema)
        table.time_partitioning = bigquery.TimePartitioning("DAY", TABLES[name].partition)
        client.create_table(table)
        replaced.append(name)

    yield replace
    for name in replaced:
        client.delete_table(f"{target.path}.{name}")
        client.create_table(new_table(target, name))


def test_a_missing_column_is_added_and_rows_stay(strict, altered, target, client):
    old = [f for f in bigquery_schema("rejects") if f.name != "payload"]
    altered(old)
    row = {f.name: "old" for f in old} | {"seen": "2026-01-01T00:00:00Z"}
    assert not client.insert_rows_json(f"{target.path}.rejects", [row])
    ensure_tables(target)
    assert columns(client.get_table(f"{target.path}.rejects"))[-1] == (
        "payload",
        "STRING",
        "NULLABLE",
    )
    stored = read_table(target, "rejects").to_pylist()
    assert [(r["source"], r["payload"]) for r in stored] == [("old", None)]


@pytest.mark.parametrize(
    ("name", "kind", "mode", "statement"),
    [
        ("error", "INTEGER", "REQUIRED", "ALTER TABLE .* RENAME COLUMN error TO error_old"),
        ("extra", "STRING", "REQUIRED", "ALTER TABLE .* ALTER COLUMN extra DROP NOT NULL"),
    ],
)
def test_any_other_difference_is_refused_with_the_statement(
    strict, altered, target, name, kind, mode, statement
):
    fields = [f for f in bigquery_schema("rejects") if f.name != name]
    altered([*fields, bigquery.SchemaField(name, kind, mode)])
    with pytest.raises(StoreError, match=f"table rejects cannot be used as it is.*{statement}"):
        ensure_tables(target)


def test_other_windows_than_the_first_runs_are_refused(target, now):
    store = open_dataset(target, HOUR, now)
    store.commit([], {"http://feed": {"etag": "x"}}, HOUR)
    assert open_dataset(target, HOUR, now).feeds["http://feed"] == {"etag": "x"}
    with pytest.raises(StoreError, match="counted in windows of 3600 s every 3600 s, not 7200"):
        open_dataset(target, (7200, 7200), now)


def test_a_feed_has_one_state_and_the_others_keep_theirs(target, now):
    for told in ({"http://a": {"n": 1}, "http://b": {"n": 2}}, {"http://a": {"n": 3}}):
        open_dataset(target, HOUR, now).commit([], told, HOUR)
    query = "SELECT feed, COUNT(*) AS n FROM feed_states WHERE feed IN ('http://a', 'http://b') GROUP BY feed"
    rows = {row["feed"]: row["n"] for row in read(target, query, "states").to_pylist()}
    assert rows == {"http://a": 1, "http://b": 1}
    feeds = open_dataset(target, HOUR, now).feeds
    assert (feeds["http://a"], feeds["http://b"]) == ({"n": 3}, {"n": 2})


@pytest.mark.parametrize(
    ("text", "staging"),
    [
        ("bq://x", ""),
        ("bq://Project.d", ""),
        ("bq://project.d-e", ""),
        ("bq://project.d", "s3://b"),
    ],
)
def test_what_is_no_dataset_is_refused(text, staging):
    with pytest.raises(StoreError, match="not of the form"):
        parse_target(text, staging)


@pytest.mark.parametrize("way", ["inserts", "storage_write"])
def test_streamed_rows_are_in_and_refused_rows_are_told(strict, target, monkeypatch, now, way):
    monkeypatch.setenv("BIGQUERY_STORAGE_EMULATOR_HOST", f"127.0.0.1:{strict.grpc_port}")
    streaming = parse_target(str(target), f"gs://{target.staging}", streaming=way)
    name = f"streamed-{way}"
    rows = [Reject("parse", "malformed", str(n), name, "", WHEN) for n in range(700)]
    data = rows_to_table("rejects", rows)
    for _ in range(2):  # a bundle that is retried
        assert stream.insert(streaming, "rejects", data, now) == []
    query = f"SELECT COUNT(*) AS n, COUNT(DISTINCT error) AS d FROM rejects WHERE source = '{name}'"
    (found,) = read(target, query, "streamed").to_pylist()
    assert found["d"] == 700
    assert found["n"] == (700 if way == "inserts" else 1400)


def test_a_row_that_bigquery_refuses_comes_back_with_its_message(strict, altered, target, now):
    schema = [f for f in bigquery_schema("rejects") if f.name != "payload"]
    altered([*schema, bigquery.SchemaField("payload", "INTEGER")])
    rows = [Reject("parse", "malformed", "", name, name, WHEN) for name in ("12", "abcdef")]
    refused = stream.insert(target, "rejects", rows_to_table("rejects", rows), now)
    assert [(r.stage, r.reason) for r in refused] == [("write", "write_refused")]
    assert "payload" in refused[0].error
    assert "abcdef" in refused[0].payload
    assert read_table(target, "rejects")["source"].to_pylist() == ["12"]


def test_rows_that_a_load_job_refuses_become_rejects_and_the_others_go_on(
    strict, altered, target, client, now, caplog
):
    """Two rows of two files, in a table that somebody changed while the run went on."""
    store = open_dataset(target, HOUR, now)
    schema = [f for f in bigquery_schema("feed_health") if f.name != "error"]
    altered([*schema, bigquery.SchemaField("error", "INTEGER")], "feed_health")
    polls = [
        FeedHealth(f"http://{n}", WHEN, "ok", 200, 0, 0, None, 0, 0.0, WHEN, bad.get(n, str(n)))
        for n in range(20)
        for bad in [{3: "reset", 17: "no route"}]
    ]
    files = [
        store.stage_table("feed_health", day, rows_to_table("feed_health", part))
        for day, part in (("2026-01-01", polls[:8]), ("2026-01-02", polls[8:]))
    ]
    store.commit(files, {}, HOUR)
    query = "SELECT feed FROM feed_health ORDER BY feed"
    stored = read(target, query, "polls")["feed"].to_pylist()
    assert stored == sorted(p.feed for n, p in enumerate(polls) if n not in (3, 17))
    query = "SELECT error, payload, stage FROM rejects WHERE source = 'feed_health' ORDER BY error"
    rejects = read(target, query, "rejects").to_pylist()
    assert ["'no route'" in rejects[0]["error"], "'reset'" in rejects[1]["error"]] == [True, True]
    assert "http://17" in rejects[0]["payload"]
    assert rejects[0]["stage"] == "write"
    assert "refused 2 rows of feed_health, which are in `rejects`" in caplog.text
    assert rows_added(target)["feed_health"] >= 18


def test_a_stream_appends_to_what_is_there(target, now):
    store = open_dataset(target, HOUR, now)
    row = Reject("parse", "malformed", "", "appended", "", WHEN)
    data = rows_to_table("rejects", [row])
    store.append([store.stage_table("rejects", "2026-01-01", data)], HOUR)
    assert row[:4] in store.current().known_rejects()


def test_a_stream_counts_as_committed_from_its_first_row(new_target, now):
    fresh = new_target()
    bigquery_client(fresh).query_and_wait(runs_sql(fresh))
    with pytest.raises(StoreError, match="nothing was committed here yet"):
        read_committed(fresh)
    for token in ("one", "two"):
        begin(fresh, token, HOUR, now)
    committed = read_committed(fresh)
    assert (committed.run, committed.window, committed.every) == (1, *HOUR)
