"""Signals over a dataset: the view in BigQuery, the command on bq://, and its deliveries."""

import json
from datetime import datetime, timedelta

import pytest

from pipeline.cli import main
from pipeline.tables import open_tables
from transforms.bigquery.query import read

pytestmark = pytest.mark.usefixtures("strict")
DAYS = 4
BURST = 3 * 24 + 3  # hours after the start


def loud_news():
    """Quiet days of three papers, one strike a day, and then eight papers that tell of one hour's strikes."""
    start = datetime(2026, 3, 1)
    for hour in range(0, DAYS * 24, 4):
        for n in range(3):
            told = "Russian drones struck Kharkiv." if hour % 24 == n == 0 else "It rained."
            yield start + timedelta(hours=hour, minutes=n), f"Paper {n}", f"{told} Item {hour}-{n}."
    for n in range(8):
        when = start + timedelta(hours=BURST, minutes=n)
        yield (
            when,
            f"Paper {n}",
            f"Russian missiles hit Odesa's district {n}, said witness {n * n}.",
        )


@pytest.fixture(scope="module")
def dataset(new_target, tmp_path_factory):
    path = tmp_path_factory.mktemp("loud") / "news.jsonl"
    records = (
        {
            "url": f"https://news.example/{n}",
            "title": f"Item {n}",
            "text": text,
            "publisher": publisher,
            "published": f"{when:%Y-%m-%dT%H:%M}Z",
        }
        for n, (when, publisher, text) in enumerate(loud_news())
    )
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    target = new_target()
    words = ["run", str(path), "--output", str(target), f"--temp_location=gs://{target.staging}"]
    assert main([*words, "--now", "2026-03-20", "--quiet"]) == 0
    return target


def test_the_view_in_bigquery_says_what_it_says_locally(dataset):
    query = "SELECT window_end, category, country, level, is_new, score, reason FROM signals"
    there = read(dataset, query, "signals").to_pylist()
    here = open_tables(str(dataset)).sql(query).to_arrow_table().to_pylist()
    assert sorted(map(str, there)) == sorted(map(str, here))
    assert {row["country"] for row in there if row["level"] in ("alert", "alarm")} == {"RUS", "UKR"}


def test_the_command_reads_a_dataset_and_delivers_each_signal_once(dataset, tmp_path, capsys):
    assert main(["signals", str(dataset), "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(row["category"], row["country"]) for row in told} == {
        ("strike", "RUS"),
        ("strike", "UKR"),
    }
    place = tmp_path / "signals.jsonl"
    for _ in range(2):
        assert main(["signals", str(dataset), "--deliver", str(place)]) == 0
    assert [json.loads(line) for line in place.read_text().splitlines()] == told
    assert main(["signals", str(dataset), "--deliver", "http://127.0.0.1:9/"]) == 2
    assert "needs --sent FILE" in capsys.readouterr().err
