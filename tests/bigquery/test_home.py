"""The same news in both homes: BigQuery must hold the very rows that a folder of Parquet holds.

The sample articles are counted by the command line into each; everything else is asked of both.
"""

import json
import re
from pathlib import Path

import pytest
import sqlglot
from both_homes import in_duckdb, rows

from pipeline.tables import open_tables
from schemas.records import TABLES
from schemas.sql import transpile, views
from transforms.bigquery import readers
from transforms.bigquery.query import read

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/*.md")]


@pytest.fixture(scope="module")
def parquet(homes):
    return open_tables(str(homes[0]))


@pytest.fixture(scope="module")
def dataset(homes):
    return homes[1]


@pytest.mark.parametrize("table", list(TABLES))
def test_tables_are_equal_row_for_row(parquet, dataset, table):
    expected = rows(in_duckdb(parquet, f"FROM {table}"))
    assert rows(readers.read_table(dataset, table).to_pylist()) == expected
    assert expected or table == "feed_health"


@pytest.mark.parametrize("view", list(views()))
def test_views_are_equal_in_both_dialects(parquet, dataset, view):
    there = read(dataset, f"SELECT * FROM `{view}`", f"view {view}").to_pylist()
    assert rows(there) == rows(in_duckdb(parquet, f"FROM {view}"))


def test_the_seeds_give_the_golden_counts(dataset):
    golden = json.loads((ROOT / "tests" / "golden" / "seeds.json").read_text())
    questions = {
        "articles": """SELECT FORMAT_TIMESTAMP('%Y-%m-%dT%H:%MZ', published), version, publisher, title
FROM articles""",
        "rejects": "SELECT stage, reason FROM rejects",
        "counts": """SELECT FORMAT_TIMESTAMP('%Y-%m-%dT%H:%MZ', window_start), category, status,
  actor_country, target_country, mention_count, article_count, story_count, publisher_count
FROM mention_counts_latest""",
    }
    for name, query in questions.items():
        found = [list(row.values()) for row in read(dataset, query, name).to_pylist()]
        assert sorted(found) == sorted(golden[name]), name


def queries():
    """Every query of the documents with its place; those for DuckDB's files, as for the tables."""
    for document in sorted(DOCUMENTS):
        text = document.read_text("utf-8")
        for number, found in enumerate(
            re.finditer(r"(<!-- .*? -->\n)?```sql\n(.*?)```", text, re.S)
        ):
            query = found[2]
            if found[1] == "<!-- query: duckdb -->\n":
                tables = re.sub(r"read_parquet\('output/(\w+)/[^']*'\)", r"\1", query)
                query = sqlglot.transpile(tables, read="duckdb", write="bigquery")[0]
            yield pytest.param(query, id=f"{document.name}-{number + 1}")


QUERIES = list(queries())


def test_the_documents_have_queries():
    assert len(QUERIES) >= 16


@pytest.mark.parametrize("query", QUERIES)
def test_queries_of_the_documents_are_answered_alike(parquet, dataset, query):
    there = [tuple(row.values()) for row in read(dataset, query, "a document's query").to_pylist()]
    here = [tuple(row.values()) for row in in_duckdb(parquet, transpile(query, "duckdb", {}))]
    assert there == here
    assert there


COMMANDS = [
    ("counts", "--by", "day,category,status", "--csv"),
    ("counts", "--by", "window,category,status,actor_country,target_country", "--json"),
    ("report", "-o", "-"),
]


def pieces(text):
    """Lines, and elements of a page in any order: charts draw their bars in an order of their own."""
    return sorted(re.findall(r"<[^>]*>[^<]*", text)) or text.splitlines()


@pytest.mark.parametrize("words", COMMANDS, ids=[f"{c[0]}{c[-1]}" for c in COMMANDS])
def test_commands_read_a_dataset_as_they_read_a_folder(tocsin, homes, words):
    command, *options = words
    folder, dataset = (tocsin(command, output, *options) for output in homes)
    assert (dataset.returncode, dataset.stderr) == (folder.returncode, folder.stderr) == (0, "")
    assert pieces(dataset.stdout.replace(str(homes[1]), str(homes[0]))) == pieces(folder.stdout)
    assert len(dataset.stdout) > 100


def test_check_verifies_a_dataset(tocsin, dataset):
    done = tocsin("check", dataset)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("holds  ") == 8
    assert "every committed row is there" in done.stdout
    assert "(0 checked)" not in done.stdout


def test_why_tells_of_an_article_in_a_dataset(tocsin, parquet, homes):
    query = "SELECT article_id FROM mentions_standing ORDER BY article_id LIMIT 1"
    (article,) = parquet.execute(query).fetchone()
    told = [tocsin("why", output, article, "--json").stdout for output in homes]
    assert json.loads(told[1]) == json.loads(told[0])


def test_a_second_run_over_the_same_files_adds_nothing(tocsin, dataset):
    before = {t: readers.read_table(dataset, t).num_rows for t in TABLES}
    seeds = [ROOT / "seeds" / "articles", f"--temp_location=gs://{dataset.staging}"]
    again = tocsin("run", *seeds, "--output", dataset)
    assert (again.returncode, again.stderr) == (0, "")
    assert "Nothing new: every article was counted before." in again.stdout
    assert {t: readers.read_table(dataset, t).num_rows for t in TABLES} == before
    assert readers.read_committed(dataset).run == 1
