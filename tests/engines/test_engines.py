"""Other engines give the rows of the local run: Prism, and Flink with two TaskManagers."""

import json
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

import pytest
from bigquery_emulator import BUCKET, PROJECT
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from standing import standing

from pipeline.tables import open_tables

pytestmark = pytest.mark.engines
TABLES = {
    "articles": "article_id",
    "mentions": "mention_id",
    "mention_counts": "window_start",
    "rejects": "stage",
}
MERGE = "Count mentions/Merge by window"
HOT = {
    "title": "Israel strikes Gaza",
    "text": "Israeli jets carried out airstrikes on Gaza City.",
    "published": "2026-03-02T10:20:00Z",
}


def rows(output: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every stored row of every table, in one order."""
    connection = open_tables(str(output))
    return {
        name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in TABLES
    }


def test_prism_gives_the_same_rows(
    engines: Path, tocsin: Callable[..., Any], seeds: Path, local: Path, tmp_path: Path
) -> None:
    tocsin(
        seeds,
        "--output",
        tmp_path / "out",
        "--runner=PrismRunner",
        f"--prism_location={engines}/prism",
    )
    assert rows(tmp_path / "out") == rows(local)


def test_flink_gives_the_same_rows(
    flink: Any, tocsin: Callable[..., Any], seeds: Path, local: Path, tmp_path: Path
) -> None:
    tocsin(seeds, "--output", tmp_path / "out", *flink.options())
    assert rows(tmp_path / "out") == rows(local)
    assert {job["state"] for job in flink.get("jobs/overview")["jobs"]} == {"FINISHED"}


def test_flink_recovers_from_a_killed_task_manager(
    flink: Any, tocsin: Callable[..., Any], seeds: Path, local: Path, tmp_path: Path
) -> None:
    """What the dead one had staged is staged again; only the files of the retry are committed."""
    before = len(flink.get("jobs/overview")["jobs"])

    def working() -> bool:
        jobs = [j for j in flink.get("jobs/overview")["jobs"] if j["state"] == "RUNNING"]
        return bool(jobs) and jobs[0]["tasks"]["finished"] > 0

    def kill() -> None:
        flink.until(working, "a running job with a finished task", 120)
        flink.kill_task_manager()

    with futures.ThreadPoolExecutor(1) as killer:
        killed = killer.submit(kill)
        tocsin(seeds, "--output", tmp_path / "out", *flink.options())
        killed.result()
    assert rows(tmp_path / "out") == rows(local)
    assert len(flink.get("jobs/overview")["jobs"]) == before + 1
    told = (flink.folder / "jobmanager.log").read_text(encoding="utf-8")
    assert "switched from state RUNNING to RESTARTING" in told


def test_flink_merges_a_hot_window_before_its_worker_counts_it(
    flink: Any, tocsin: Callable[..., Any], tmp_path: Path
) -> None:
    """Two thousand articles of one hour reach the window's worker as one map from each worker."""
    for file in range(4):
        items = [json.dumps({"url": f"https://news.example/{file}/{n}", **HOT}) for n in range(500)]
        (tmp_path / f"{file}.jsonl").write_text("\n".join(items), encoding="utf-8")
    tocsin(*tmp_path.glob("*.jsonl"), "--output", tmp_path / "out", *flink.options())
    assert {(row[0].hour, row[7]) for row in standing(tmp_path / "out")} == {(10, 2_000)}
    newest = max(flink.get("jobs/overview")["jobs"], key=lambda job: job["start-time"])
    steps = flink.get(f"jobs/{newest['jid']}")["vertices"]
    (merge,) = [s for s in steps if s["name"].startswith("GroupReduce") and MERGE in s["name"]]
    assert 1 <= merge["metrics"]["read-records"] <= flink.task_managers


@pytest.mark.parametrize("engine", ["prism", "flink"])
def test_engines_write_the_same_counts_to_bigquery(
    engine: str,
    request: pytest.FixtureRequest,
    engines: Path,
    emulator: Any,
    tocsin: Callable[..., Any],
    seeds: Path,
    local: Path,
) -> None:
    options = ["--runner=PrismRunner", f"--prism_location={engines}/prism"]
    if engine == "flink":
        options = request.getfixturevalue("flink").options()
    output = f"bq://{PROJECT}.{engine}"
    bigquery.Client(PROJECT, AnonymousCredentials()).create_dataset(engine)
    tocsin(seeds, "--output", output, f"--temp_location=gs://{BUCKET}/staged", *options)
    assert standing(output) == standing(local) != []
