"""The same news in both homes: BigQuery must hold the very rows that a folder of Parquet holds."""

import json
import os
import random
from pathlib import Path

import pytest
from apache_beam import Pipeline
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.build import Inputs, Settings, build
from pipeline.tables import open_tables
from schemas.records import TABLES
from schemas.sql import transpile, views
from transforms.bigquery import readers
from transforms.bigquery.query import read
from transforms.bigquery.store import open_dataset
from transforms.read_files import ReadFiles
from transforms.store.folder import open_folder

SEEDS = Path(__file__).parents[2] / "seeds" / "articles"
HOUR = (3600, 3600)
RUNS = int(os.environ.get("TOCSIN_BIGQUERY_RUNS", "2"))  # overlapping runs; 30 take some minutes


def run(store, paths, now):
    """One bounded run of the flow into a store."""
    with Pipeline("FnApiRunner", options=PipelineOptions([])) as pipeline:
        found = pipeline | "Read files" >> ReadFiles([str(p) for p in paths], now)
        inputs = Inputs(found.articles, found.rejects)
        build(inputs, store, Settings(*HOUR, now))


def rows(result):
    """Rows in an order of their own, since SQL promises none; times as plain text."""
    return sorted(tuple(str(value) for value in row.values()) for row in result)


def in_duckdb(connection, query):
    return connection.sql(query).to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def files():
    return sorted(p for p in SEEDS.iterdir() if p.is_file())


@pytest.fixture(scope="module")
def homes(new_target, tmp_path_factory, files, now):
    """The sample articles, run once into each home."""
    folder, target = tmp_path_factory.mktemp("home"), new_target()
    run(open_folder(folder, HOUR, now), files, now)
    run(open_dataset(target, HOUR, now), files, now)
    return open_tables(str(folder)), target


@pytest.mark.parametrize("table", list(TABLES))
def test_tables_are_equal_row_for_row(homes, table):
    parquet, target = homes
    expected = rows(in_duckdb(parquet, f"FROM {table}"))
    assert rows(readers.read_table(target, table).to_pylist()) == expected
    assert expected or table == "feed_health"


@pytest.mark.parametrize("view", list(views()))
def test_views_are_equal_in_both_dialects(homes, view):
    parquet, target = homes
    there = read(target, f"SELECT * FROM `{view}`", f"view {view}").to_pylist()
    assert rows(there) == rows(in_duckdb(parquet, f"FROM {view}"))


def test_readers_open_a_dataset_as_they_open_a_folder(homes):
    parquet, target = homes
    query = transpile(
        "SELECT category, COUNT(*) AS n FROM mentions_standing GROUP BY 1", "duckdb", {}
    )
    assert rows(in_duckdb(readers.open_tables(target), query)) == rows(in_duckdb(parquet, query))
    assert readers.read_committed(target).run == 1


def test_a_second_run_over_the_same_files_adds_nothing(homes, files, now):
    _, target = homes
    before = {t: readers.read_table(target, t).num_rows for t in TABLES}
    run(open_dataset(target, HOUR, now + 1), files, now + 1)
    assert {t: readers.read_table(target, t).num_rows for t in TABLES} == before
    assert readers.read_committed(target).run == 1


def test_overlapping_runs_in_any_order_count_as_one_run(strict, homes, target, files, now):
    """Parts of the news, each article in several of them, shuffled: the same standing counts."""
    parquet, _ = homes
    order = random.Random(7)
    for n in range(RUNS):
        part = files if n == RUNS - 1 else order.sample(files, len(files) // 2)
        run(open_dataset(target, HOUR, now + n), part, now + n)
    columns = list(views()["mention_counts_latest"].columns)[:10]
    query = f"""SELECT {", ".join(columns)} FROM mention_counts_latest
WHERE mention_count > 0 AND window_start >= TIMESTAMP '2026-01-01 00:00:00+00'"""
    assert rows(read(target, query, "counts").to_pylist()) == rows(in_duckdb(parquet, query))


def test_an_edit_changes_the_counts_as_in_parquet(strict, target, now, tmp_path):
    """An article that loses its strike: the count falls to zero, the revision says edited."""
    folder, texts = tmp_path / "home", ("Israeli jets bombed Gaza City on Monday.", "It rains.")
    for n, text in enumerate(texts):
        story = {"url": "https://news.example/edited", "title": "News", "text": text}
        story |= {"published": "2025-03-02T08:00:00Z", "updated": f"2025-03-0{2 + n}T09:00:00Z"}
        path = tmp_path / f"{n}.jsonl"
        path.write_text(json.dumps(story) + "\n")
        run(open_folder(folder, HOUR, now + n), [path], now + n)
        run(open_dataset(target, HOUR, now + n), [path], now + n)
    query = """SELECT * FROM mention_counts_latest
WHERE window_start = TIMESTAMP '2025-03-02 08:00:00+00'"""
    found = read(target, query, "counts").to_pylist()
    assert rows(found) == rows(in_duckdb(open_tables(str(folder)), query))
    assert [(r["mention_count"], r["revision"], r["reason"]) for r in found] == [(0, 2, "edited")]
