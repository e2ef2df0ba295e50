"""Many runs over parts of the same news: the standing counts of both homes are equal, row for row."""

import os
import random

from both_homes import HOUR, in_duckdb, news, rows, run, write

from pipeline.tables import open_tables
from schemas.sql import views
from transforms.bigquery.query import read
from transforms.bigquery.store import open_dataset
from transforms.store.folder import open_folder

RUNS = int(os.environ.get("TOCSIN_BIGQUERY_RUNS", "10"))  # .ci/run asks for thirty
PART = 8
"""Records of one run; each is in several."""

LATEST = "SELECT * FROM mention_counts_latest"


def test_overlapping_runs_count_in_both_homes_alike_and_as_one_run(
    strict, new_target, now, tmp_path
):
    """Edits come in before and after what they replace; the last run brings what is still missing."""
    target, folder, order = new_target(), tmp_path / "home", random.Random(7)
    records = list(news(60))
    missing = list(records)
    for n in range(RUNS):
        part = missing if n == RUNS - 1 else order.sample(records, PART)
        missing = [record for record in missing if record not in part]
        path = write(tmp_path / f"{n}.jsonl", part)
        clock = now + n
        run([open_folder(folder, HOUR, clock), open_dataset(target, HOUR, clock)], [path], clock)
    there = read(target, LATEST, "counts").to_pylist()
    assert rows(there) == rows(in_duckdb(open_tables(str(folder)), LATEST))
    assert {row["reason"] for row in there} >= {"first", "edited"}

    once = tmp_path / "once"
    run([open_folder(once, HOUR, now)], [write(tmp_path / "all.jsonl", records)], now)
    columns = [c for c in views()["mention_counts_latest"].columns if c not in HISTORY]
    standing = f"SELECT {', '.join(columns)} FROM mention_counts_latest WHERE mention_count > 0"
    assert rows(read(target, standing, "counts").to_pylist()) == rows(
        in_duckdb(open_tables(str(once)), standing)
    )


HISTORY = ("revision", "reason", "emitted")
"""Columns that tell how a count came about, which one run and thirty do not share."""


def test_an_edit_changes_the_counts_as_in_parquet(strict, target, now, tmp_path):
    """An article that loses its strike: the count falls to zero, the revision says edited."""
    folder = tmp_path / "home"
    for n, text in enumerate(("Israeli jets bombed Gaza City on Monday.", "It rains.")):
        story = {"url": "https://news.example/edited", "title": "News", "text": text}
        story |= {"published": "2025-03-02T08:00:00Z", "updated": f"2025-03-0{2 + n}T09:00:00Z"}
        path = write(tmp_path / f"{n}.jsonl", [story])
        stores = [open_folder(folder, HOUR, now + n), open_dataset(target, HOUR, now + n)]
        run(stores, [path], now + n)
    query = f"{LATEST} WHERE window_start = TIMESTAMP '2025-03-02 08:00:00+00'"
    found = read(target, query, "counts").to_pylist()
    assert rows(found) == rows(in_duckdb(open_tables(str(folder)), query))
    assert [(r["mention_count"], r["revision"], r["reason"]) for r in found] == [(0, 2, "edited")]
