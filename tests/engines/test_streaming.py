"""The unbounded flow on engines that stream gives the counts of one bounded run, whatever dies meanwhile."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from bigquery_emulator import BUCKET, PROJECT
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from standing import standing
from unbounded import shuffled_and_sorted

from pipeline.options import UsageError

pytestmark = pytest.mark.engines
ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("stream_flow.py")
SECONDS = 240
"""Longest wait for anything; an idle machine needs a fifth of it."""

LOOK_SECONDS = 2.0
"""Between two looks at the counts of a stream, which cost the workers' cores."""


def start(output: Path | str, *words: Any, gate: Path | None = None) -> "subprocess.Popen[str]":
    """Begin the flow in a process of its own."""
    command = [sys.executable, str(SCRIPT), str(output), *map(str, words)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "GATE": str(gate or "")}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True)


def finish(process: "subprocess.Popen[str]", seconds: int = SECONDS) -> None:
    """Wait for its end; a failure shows what it said."""
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0, said[-3000:]


def written(output: Path) -> bool:
    """Whether some counts are committed."""
    return any(output.glob("mention_counts/*/*.parquet"))


def counted(output: Path | str) -> list[Any]:
    """What stands, [] before anything is committed."""
    try:
        return standing(output)
    except (UsageError, duckdb.IOException):  # nothing there, or a file is being moved to its place
        return []


def begun(flink: Any, output: Path) -> str:
    """The running stream, when it has written counts and kept checkpoints."""
    job = str(flink.until(flink.running, "a running stream", SECONDS))

    def ready() -> bool:
        kept = flink.get(f"jobs/{job}/checkpoints")["counts"]["completed"]
        return kept > 1 and written(output)

    flink.until(ready, "checkpoints and counts", SECONDS)
    return job


def recovered(flink: Any, job: str) -> dict[str, Any]:
    """What the stream began from again, when it has kept two checkpoints since."""
    before = flink.get(f"jobs/{job}/checkpoints")["counts"]["completed"]

    def again() -> Any:
        told = flink.get(f"jobs/{job}/checkpoints")
        if told["counts"]["completed"] > before + 1:
            return told["latest"]["restored"]
        return None

    found: dict[str, Any] = flink.until(again, "a recovered stream", SECONDS)
    return found


def end(
    flink: Any, process: Any, output: Path | str, expected: list[Any], seconds: int = SECONDS
) -> None:
    """Wait for the counts, let the stream end, and look again."""

    def equal() -> bool:
        return counted(output) == expected

    flink.until(equal, "the counts of a bounded run", seconds, LOOK_SECONDS)
    flink.stop_job(flink.running(), drain=True)
    finish(process, seconds)
    assert standing(output) == expected != []


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    """The counts of one bounded run here over the made-up articles."""
    output = tmp_path_factory.mktemp("bounded") / "out"
    finish(start(output, "--bounded", "--runner=FnApiRunner"))
    return standing(output)


def test_prism_streams_to_the_same_counts(engines: Path, once: list[Any], tmp_path: Path) -> None:
    finish(start(tmp_path, "--runner=PrismRunner", f"--prism_location={engines}/prism"))
    assert standing(tmp_path) == once != []


@pytest.mark.parametrize(("window", "seed"), [((3600, 3600), 1), ((7200, 1800), 2)])
def test_prism_counts_any_order_under_any_watermark_like_one_sorted_run(
    engines: Path, article: Any, tmp_path: Path, window: tuple[int, int], seed: int
) -> None:
    runner = ["--runner=PrismRunner", f"--prism_location={engines}/prism"]
    stream, sorted_run = shuffled_and_sorted(article, tmp_path, window, seed, runner)
    assert stream == sorted_run != []


def test_flink_streams_the_samples_though_a_task_manager_dies(
    flink: Any, seeds: Path, local: Path, tmp_path: Path
) -> None:
    output, gate = tmp_path / "out", tmp_path / "gate"
    process = start(output, seeds, *flink.options(), gate=gate)
    job = begun(flink, output)
    flink.kill_task_manager()
    assert not recovered(flink, job)["is_savepoint"]
    gate.touch()
    end(flink, process, output, standing(local))


def test_flink_streams_on_after_a_killed_worker_a_savepoint_and_a_stop(
    flink: Any, once: list[Any], tmp_path: Path
) -> None:
    output, gate = tmp_path / "out", tmp_path / "gate"
    process = start(output, *flink.options(), gate=gate)
    job = begun(flink, output)
    flink.kill_worker()
    assert not recovered(flink, job)["is_savepoint"]
    savepoint = flink.stop_job(job, drain=False)
    finish(process)
    assert standing(output) != once
    flink.job_server(savepoint=savepoint)
    process = start(output, *flink.options(), gate=gate)
    job = str(flink.until(flink.running, "the resumed stream", SECONDS))
    assert recovered(flink, job)["is_savepoint"]
    gate.touch()
    end(flink, process, output, once)
    flink.job_server()


def test_flink_streams_the_samples_into_bigquery(
    flink: Any, emulator: Any, seeds: Path, local: Path
) -> None:
    bigquery.Client(PROJECT, AnonymousCredentials()).create_dataset("streamed")
    output = f"bq://{PROJECT}.streamed"
    process = start(
        output, seeds, "--steps=12", f"--temp_location=gs://{BUCKET}/staged", *flink.options()
    )
    end(flink, process, output, standing(local))
