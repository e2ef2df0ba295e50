"""The same promises on the real service: `make cloud-test PROJECT=… BUCKET=…`, never by default.

Shows what no emulator can: partition pruning in bytes, the bound in force, concurrent transactions of
BigQuery itself, column descriptions of views, what its load jobs refuse, Google's own errors.
"""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from both_homes import HOUR, run
from google.cloud import bigquery

from schemas.arrow import rows_to_table
from schemas.jsonrows import micros
from schemas.records import FeedHealth, Reject
from schemas.sql import views
from transforms.bigquery import query, readers, stream
from transforms.bigquery.query import read
from transforms.bigquery.store import open_dataset
from transforms.bigquery.target import STREAMING, bigquery_client, parse_target
from transforms.counting import DAY
from transforms.store.manifest import StoreError

pytestmark = pytest.mark.cloud
SEEDS = sorted(p for p in (Path(__file__).parents[2] / "seeds/articles").iterdir() if p.is_file())


@pytest.fixture(scope="module")
def dataset():
    """Makes datasets that live for these tests."""
    project, bucket = os.environ.get("PROJECT"), os.environ.get("BUCKET")
    if not (project and bucket):
        pytest.skip("needs PROJECT and BUCKET of a Google Cloud account")
    client = bigquery.Client(project)
    made = []

    def make(location=None):
        name = f"tocsin_test_{time.time_ns()}"
        place = bigquery.Dataset(f"{project}.{name}")
        place.location = location or place.location
        made.append(client.create_dataset(place))
        return parse_target(f"bq://{project}.{name}", f"gs://{bucket}/tocsin", patience=60.0)

    yield make
    for place in made:
        client.delete_dataset(place, delete_contents=True)


@pytest.fixture(scope="module")
def target(dataset, now):
    """A dataset with the sample articles in it."""
    made = dataset()
    run([open_dataset(made, HOUR, now)], SEEDS, now)
    return made


def test_runs_commit_once_and_rivals_are_refused(target, now):
    first = readers.read_committed(target).run
    rival = open_dataset(target, HOUR, now)
    run([open_dataset(target, HOUR, now + 1)], SEEDS, now + 1)
    assert readers.read_committed(target).run == first
    open_dataset(target, HOUR, now).commit([], {"http://feed": {}}, HOUR)
    with pytest.raises(StoreError, match="another run committed meanwhile"):
        rival.commit([], {"http://feed": {}}, HOUR)


def test_every_view_answers_and_describes_its_columns(target):
    for name, view in views().items():
        read(target, f"SELECT * FROM `{name}` LIMIT 10", name)
        table = bigquery_client(target).get_table(f"{target.path}.{name}")
        assert {f.name: f.description for f in table.schema} == dict(view.columns)


def test_reading_back_a_day_reads_that_day_only(target, now, monkeypatch):
    """The very queries of a run, measured for the day that they were asked for and for all days."""
    asked = []
    ask = query.ask

    def overhear(place, sql, config):
        asked.append((sql, config))
        return ask(place, sql, config)

    monkeypatch.setattr(query, "ask", overhear)
    start = micros("2026-03-02")
    store = open_dataset(target, HOUR, now)
    store.contributions(start, start + DAY)
    store.standing(start, start + HOUR[0] * 1_000_000)
    spans = [(sql, config) for sql, config in asked if "@first" in sql]
    assert len(spans) == 2
    client = bigquery_client(target)
    always = query._parameters({"first": 0, "after": micros("2100-01-01")})
    for sql, config in spans:
        sizes = []
        for parameters in (config.query_parameters, always):
            dry = bigquery.QueryJobConfig(
                dry_run=True,
                use_query_cache=False,
                default_dataset=target.path,
                query_parameters=parameters,
            )
            sizes.append(client.query(sql, job_config=dry).total_bytes_processed)
        assert sizes[0] < sizes[1]


def test_large_results_come_whole(target):
    """Through the Storage Read API, or over REST where the account may not use it."""
    number = query.FEW_ROWS + 10
    rows = read(target, f"SELECT n FROM UNNEST(GENERATE_ARRAY(1, {number})) AS n", "many")
    assert sorted(rows["n"].to_pylist()) == list(range(1, number + 1))


def test_the_bound_on_bytes_is_in_force(target):
    with pytest.raises(StoreError, match="would read more than the bound of 1 bytes"):
        readers.read_table(replace(target, max_bytes=1), "mentions")


def test_a_row_that_a_load_job_refuses_becomes_a_reject(dataset, now):
    """In a column that was given a length after the run began."""
    target = dataset()
    store = open_dataset(target, HOUR, now)
    client = bigquery_client(target)
    path = f"{target.path}.feed_health"
    fields = [f.to_api_repr() for f in client.get_table(path).schema]
    short = [f | {"maxLength": "5"} if f["name"] == "error" else f for f in fields]
    client.delete_table(path)
    client.create_table(
        bigquery.Table(path, [bigquery.SchemaField.from_api_repr(f) for f in short])
    )
    polls = [
        FeedHealth(f"http://{error}", now, "ok", 200, 0, 0, None, 0, 0.0, now, error)
        for error in ("short", "too long")
    ]
    data = rows_to_table("feed_health", polls)
    store.commit([store.stage_table("feed_health", "x", data)], {}, HOUR)
    stored = readers.read_table(target, "feed_health")["error"].to_pylist()
    rejects = readers.read_table(target, "rejects")["source"].to_pylist()
    assert (stored, rejects) == (["short"], ["feed_health"])


@pytest.mark.parametrize("way", STREAMING)
def test_streamed_rows_are_in(target, now, way):
    row = Reject("parse", "malformed", "", f"streamed-{way}", "", now)
    streaming = replace(target, streaming=way)
    assert stream.insert(streaming, "rejects", rows_to_table("rejects", [row]), now) == []
    query = f"SELECT COUNT(*) AS n FROM rejects WHERE source = '{row.source}'"
    assert read(target, query, "streamed")["n"].to_pylist() == [1]


def test_what_is_not_there_is_named(target):
    missing = [
        (replace(target, dataset="nowhere"), "no such dataset"),
        (
            replace(target, project="tocsin-no-such-project"),
            "no such project|not allowed|no access",
        ),
    ]
    for place, told in missing:
        with pytest.raises(StoreError, match=told):
            open_dataset(place, HOUR, 0)


def test_a_dataset_in_another_region_than_the_bucket_is_told(dataset, now):
    target = dataset(os.environ.get("OTHER_REGION", "asia-east2"))
    with pytest.raises(StoreError, match="must be in one region"):
        open_dataset(target, HOUR, now)
