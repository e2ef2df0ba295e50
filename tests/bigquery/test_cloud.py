"""The same promises on the real service: `make cloud-test PROJECT=… BUCKET=…`, never by default.

Shows what no emulator can: partition pruning in bytes, concurrent transactions of BigQuery itself,
column descriptions of views, Google's own errors.
"""

import os
import time
from pathlib import Path

import pytest
from apache_beam import Pipeline
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.build import Inputs, Settings, build
from schemas.sql import views
from transforms.bigquery import readers
from transforms.bigquery.query import read
from transforms.bigquery.store import open_dataset
from transforms.bigquery.target import bigquery_client, parse_target
from transforms.read_files import ReadFiles
from transforms.store.manifest import StoreError

pytestmark = pytest.mark.cloud
SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
HOUR = (3600, 3600)


@pytest.fixture(scope="module")
def target():
    """A dataset that lives for these tests."""
    project, bucket = os.environ.get("PROJECT"), os.environ.get("BUCKET")
    if not (project and bucket):
        pytest.skip("needs PROJECT and BUCKET of a Google Cloud account")
    made = parse_target(f"bq://{project}.tocsin_test_{int(time.time())}", f"gs://{bucket}/tocsin")
    client = bigquery_client(made)
    client.create_dataset(made.path)
    yield made
    client.delete_dataset(made.path, delete_contents=True)


def run(target, now):
    store = open_dataset(target, HOUR, now)
    paths = [str(p) for p in sorted(SEEDS.iterdir()) if p.is_file()]
    with Pipeline("FnApiRunner", options=PipelineOptions([])) as pipeline:
        found = pipeline | "Read files" >> ReadFiles(paths, now)
        build(Inputs(found.articles, found.rejects), store, Settings(*HOUR, now))
    return store


def test_runs_commit_once_and_rivals_are_refused(target, now):
    rival = open_dataset(target, HOUR, now)
    first = run(target, now)
    assert readers.read_committed(target).run == first.run
    with pytest.raises(StoreError, match="another run committed meanwhile"):
        rival.commit([], {"http://feed": {}}, HOUR)
    assert run(target, now + 1).base.run == first.run == readers.read_committed(target).run


def test_every_view_answers_and_describes_its_columns(target):
    for name, view in views().items():
        read(target, f"SELECT * FROM `{name}` LIMIT 10", name)
        table = bigquery_client(target).get_table(f"{target.path}.{name}")
        assert {f.name: f.description for f in table.schema} == dict(view.columns)


def test_reading_back_a_day_reads_that_day_only(target):
    whole = "SELECT published, article_id FROM mentions"
    day = f"{whole} WHERE published >= '2026-03-02' AND published < '2026-03-03'"
    client = bigquery_client(target)
    from google.cloud.bigquery import QueryJobConfig

    config = QueryJobConfig(dry_run=True, use_query_cache=False, default_dataset=target.path)
    sizes = [client.query(q, job_config=config).total_bytes_processed for q in (whole, day)]
    assert sizes[1] < sizes[0]
