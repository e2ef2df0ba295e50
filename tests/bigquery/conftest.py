"""Fixtures: the emulators, datasets in them, and a proxy that fails on demand."""

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # these helpers are no package

from bigquery_emulator import BUCKET, PROJECT, Emulator, installed, python313
from fault_proxy import Proxy

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    """The emulators, running."""
    python = python313() if os.environ.get("TOCSIN_BIGQUERY_EMULATOR") != "bqemulator" else None
    name = "local-bigquery" if python else "bqemulator"
    # The one thing that every process of a parallel run can have printed at its end.
    warnings.warn(f"the tests of BigQuery run on the emulator {name}", UserWarning, stacklevel=1)
    if name == "bqemulator" and os.environ.get("TOCSIN_BIGQUERY_EMULATOR") == "local-bigquery":
        pytest.fail("the strict emulator needs a Python 3.13: name one with TOCSIN_PYTHON313")
    place = installed(name, python or sys.executable)
    with tempfile.TemporaryDirectory(dir=in_memory()) as data:
        running = Emulator(name, place, Path(data))
        try:
            running.start()
            yield running
        finally:
            running.stop()


def in_memory():
    """A folder in memory where there is one: the emulator waits for its disk at every change."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@contextmanager
def reachable(emulator):
    """Clients made meanwhile find the emulators; nobody else's tests shall."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIGQUERY_EMULATOR_HOST", emulator.url)
        patch.setenv("STORAGE_EMULATOR_HOST", emulator.storage_url)
        yield


@pytest.fixture(scope="module", autouse=True)
def _reachable(request):
    if request.node.get_closest_marker("cloud"):
        yield
        return
    with reachable(request.getfixturevalue("emulator")):
        yield


@pytest.fixture
def strict(emulator):
    """The emulator if it is the strict one."""
    if not emulator.strict:
        pytest.skip("needs the strict emulator: install Python 3.13 or set TOCSIN_PYTHON313")
    return emulator


@pytest.fixture(scope="session")
def new_target(emulator):
    """Makes a dataset, still empty, and returns it as an output."""
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery

    from transforms.bigquery.target import parse_target

    made = []

    def make(location=None, **options):
        made.append(f"set_{len(made)}_{time.monotonic_ns()}")
        options = {"staging": f"gs://{BUCKET}/staged", "patience": 20.0} | options
        target = parse_target(f"bq://{PROJECT}.{made[-1]}", **options)
        with reachable(emulator):
            place = bigquery.Dataset(target.path)
            place.location = location
            bigquery.Client(PROJECT, AnonymousCredentials()).create_dataset(place)
        return target

    return make


@pytest.fixture(scope="session")
def target(emulator, new_target):
    """A dataset with its tables, shared by the tests that do not mind each other's rows."""
    from transforms.bigquery.tables import ensure_tables
    from transforms.bigquery.target import bigquery_client

    shared = new_target()
    with reachable(emulator):
        ensure_tables(shared)
    bigquery_client.cache_clear()
    return shared


@pytest.fixture(scope="session")
def tocsin(emulator):
    """Runs a command in a process of its own, as users do; the finished process."""

    def call(*words, **environment):
        with reachable(emulator):
            return subprocess.run(
                [sys.executable, "-m", "pipeline", *map(str, words)],
                capture_output=True,
                text=True,
                cwd=ROOT,
                env={**os.environ, **environment},
                timeout=300,
            )

    return call


@pytest.fixture(scope="session")
def homes(tocsin, new_target, tmp_path_factory):
    """The sample articles, counted by the command line once into each home: a folder, a dataset."""
    folder, target = tmp_path_factory.mktemp("home"), new_target()
    seeds = [ROOT / "seeds" / "articles", "--now", "2026-03-25", "--json"]
    for output in ([folder], [target, f"--temp_location=gs://{target.staging}"]):
        done = tocsin("run", *seeds, "--output", *output)
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["added"]["mentions"] > 0
    return folder, target


@pytest.fixture
def storage_proxy(emulator, monkeypatch):
    """The same in front of Cloud Storage."""
    from transforms.bigquery import load
    from transforms.bigquery import target as targets
    from transforms.bigquery.bucket import check_bucket

    running = Proxy(emulator.storage_url)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", running.url)
    quick = load.STORAGE_RETRY.with_delay(initial=0.05, maximum=0.5)
    monkeypatch.setattr(load, "STORAGE_RETRY", quick)
    targets.storage_client.cache_clear()
    check_bucket.cache_clear()
    yield running
    targets.storage_client.cache_clear()
    check_bucket.cache_clear()
    running.server.shutdown()


@pytest.fixture
def proxy(emulator, monkeypatch):
    """Clients made in the test go through it; their back-off is short."""
    from transforms.bigquery import target as targets

    running = Proxy(emulator.url)
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", running.url)
    quick = targets.DEFAULT_RETRY.with_delay(initial=0.05, maximum=0.5)
    monkeypatch.setattr(targets, "DEFAULT_RETRY", quick)
    targets.bigquery_client.cache_clear()
    yield running
    targets.bigquery_client.cache_clear()
    running.server.shutdown()
