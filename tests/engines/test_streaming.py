"""The unbounded flow on an engine that streams gives the counts of one bounded run."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.tables import open_tables

pytestmark = pytest.mark.engines
ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("stream_flow.py")
SECONDS = 15


def start(output: Path, *options: str) -> "subprocess.Popen[str]":
    """Begin the flow in a process of its own."""
    command = [sys.executable, str(SCRIPT), str(output), str(SECONDS), *options]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True)


def finish(process: "subprocess.Popen[str]") -> None:
    """Wait for its end; a failure shows what it said."""
    try:
        _, said = process.communicate(timeout=240)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0, said[-3000:]


def standing(output: Path) -> list[tuple[Any, ...]]:
    """The counts that stand, without how they came about."""
    sql = (
        "SELECT * EXCLUDE (revision, reason, emitted) FROM mention_counts_latest "
        "WHERE mention_count > 0 ORDER BY ALL"
    )
    return open_tables(str(output)).execute(sql).fetchall()


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    """The counts of one bounded run here."""
    output = tmp_path_factory.mktemp("bounded") / "out"
    finish(start(output, "--bounded", "--runner=FnApiRunner"))
    return standing(output)


def test_prism_streams_to_the_same_counts(engines: Path, once: list[Any], tmp_path: Path) -> None:
    options = ("--streaming", "--runner=PrismRunner", f"--prism_location={engines}/prism")
    finish(start(tmp_path / "out", *options))
    assert standing(tmp_path / "out") == once != []
