"""Other engines give the rows of the local run: Prism, and Flink with two TaskManagers."""

from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

import pytest

from pipeline.tables import open_tables

pytestmark = pytest.mark.engines
SEEDS = Path(__file__).parents[2] / "seeds/articles"
TABLES = {
    "articles": "article_id",
    "mentions": "mention_id",
    "mention_counts": "window_start",
    "rejects": "stage",
}


def rows(output: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every stored row of every table, in one order."""
    connection = open_tables(str(output))
    return {
        name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in TABLES
    }


@pytest.fixture(scope="session")
def local(tocsin: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the local run over the samples."""
    output = tmp_path_factory.mktemp("local") / "out"
    tocsin(SEEDS, "--output", output)
    return output


def test_prism_gives_the_same_rows(
    engines: Path, tocsin: Callable[..., Any], local: Path, tmp_path: Path
) -> None:
    tocsin(
        SEEDS,
        "--output",
        tmp_path / "out",
        "--runner=PrismRunner",
        f"--prism_location={engines}/prism",
    )
    assert rows(tmp_path / "out") == rows(local)


def test_flink_gives_the_same_rows(
    flink: Any, tocsin: Callable[..., Any], local: Path, tmp_path: Path
) -> None:
    tocsin(SEEDS, "--output", tmp_path / "out", *flink.options())
    assert rows(tmp_path / "out") == rows(local)
    assert {job["state"] for job in flink.get("jobs/overview")["jobs"]} == {"FINISHED"}


def test_flink_recovers_from_a_killed_task_manager(
    flink: Any, tocsin: Callable[..., Any], local: Path, tmp_path: Path
) -> None:
    """What the dead one had staged is staged again; only the files of the retry are committed."""
    before = len(flink.get("jobs/overview")["jobs"])

    def working() -> bool:
        jobs = [j for j in flink.get("jobs/overview")["jobs"] if j["state"] == "RUNNING"]
        return bool(jobs) and jobs[0]["tasks"]["finished"] > 0

    def kill() -> None:
        flink.until(working, "a running job with a finished task", 120)
        victim = flink.processes["taskmanager-0"]
        victim.kill()
        victim.wait()
        flink.task_manager(0)

    with futures.ThreadPoolExecutor(1) as killer:
        killed = killer.submit(kill)
        tocsin(SEEDS, "--output", tmp_path / "out", *flink.options())
        killed.result()
    assert rows(tmp_path / "out") == rows(local)
    assert len(flink.get("jobs/overview")["jobs"]) == before + 1
    told = (flink.folder / "jobmanager.log").read_text(encoding="utf-8")
    assert "switched from state RUNNING to RESTARTING" in told
