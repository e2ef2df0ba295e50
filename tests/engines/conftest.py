import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parents[1] / "bigquery"))
from bigquery_emulator import Emulator, installed, python313
from flink_cluster import BIGQUERY, Cluster
from install import place

ROOT = Path(__file__).parents[2]
NOW = "2026-06-01"


@pytest.fixture(scope="session")
def engines() -> Path:
    """The installed engines, in a network where nobody else can reach what they open."""
    if {name for _, name in socket.if_nameindex()} != {"lo"}:
        pytest.skip(
            "engines listen on every interface: run `make test-engines`, which keeps them alone"
        )
    if not place().exists():
        pytest.skip("no engines: python tests/engines/install.py")
    return place()


@pytest.fixture(scope="session")
def tocsin() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the real command; a failure shows what it said."""

    def run(*words: Any, seconds: int = 240) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "pipeline",
            "run",
            *map(str, words),
            "--now",
            NOW,
            "--json",
        ]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done

    return run


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The samples."""
    return ROOT / "seeds/articles"


@pytest.fixture(scope="session")
def local(
    tocsin: Callable[..., Any], seeds: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The tables of the local run over the samples."""
    output = tmp_path_factory.mktemp("local") / "out"
    tocsin(seeds, "--output", output)
    return output


@pytest.fixture(scope="session")
def emulator(engines: Path) -> Iterator[Emulator]:
    """BigQuery, as `make test` has installed it, where workers look for it."""
    python = python313()
    if not python:
        pytest.skip("the emulator that has all of this needs Python 3.13")
    name = "local-bigquery"
    port, storage = BIGQUERY.values()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # it waits for its disk
    with tempfile.TemporaryDirectory(dir=memory) as data, pytest.MonkeyPatch.context() as patch:
        for variable, number in BIGQUERY.items():
            patch.setenv(variable, f"http://127.0.0.1:{number}")
        bin = installed(name, python)
        running = Emulator(name, bin, Path(data), port=port, storage_port=storage)
        try:
            running.start()
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session")
def flink(engines: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running cluster."""
    if not shutil.which("java"):
        pytest.skip("no Java")
    cluster = Cluster(engines, tmp_path_factory.mktemp("flink"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
