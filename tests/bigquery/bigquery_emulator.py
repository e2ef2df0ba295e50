"""A BigQuery and a Cloud Storage emulator on loopback, installed once and started for these tests.

local-bigquery is the strict one: transactions that conflict abort, row errors, deterministic insert
ids. It needs Python 3.13 and is used wherever one is found (``TOCSIN_PYTHON313`` names one that is
not on the path). Without it bqemulator, which runs on 3.11 and lets more pass, stands in, and only
the rows and views are compared (``TOCSIN_BIGQUERY_EMULATOR=bqemulator`` chooses it). Both live in
their own environments beside the project's.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from filelock import FileLock

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("TOCSIN_TEST_CACHE", Path(sys.prefix) / "emulators"))
PROJECT = "test-project"
BUCKET = "staging-bucket"
EXTENSIONS = {"local-bigquery": ("icu", "ducklake", "spatial"), "bqemulator": ("spatial",)}
INSTALL_SECONDS = 300


def free_port():
    """A port of loopback that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def python313():
    """A Python 3.13 that runs, or None."""
    found = [os.environ.get("TOCSIN_PYTHON313"), sys.executable, shutil.which("python3.13")]
    found += sorted(Path.home().glob(".pyenv/versions/3.13*/bin/python3.13"))
    probe = "import sys; sys.exit(sys.version_info[:2] != (3, 13))"
    for candidate in filter(None, found):
        try:
            asked = subprocess.run([candidate, "-c", probe], timeout=20, capture_output=True)
            if asked.returncode == 0:
                return str(candidate)
        except OSError:
            continue
    return None


def installed(name, python):
    """The bin folder of an emulator's environment, made on first use; skips without a registry."""
    pins = HERE / f"{name}.txt"
    digest = hashlib.sha256(pins.read_bytes() + python.encode()).hexdigest()[:10]
    place = CACHE / f"{name}-{digest}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / "lock"):
        if (place / "ready").exists():
            return place / "bin"
        shutil.rmtree(place, ignore_errors=True)
        imports = "; ".join(f"duckdb_extensions.import_extension('{e}')" for e in EXTENSIONS[name])
        steps = (
            [python, "-m", "venv", place],
            [place / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "-r", pins],
            [place / "bin/python", "-c", f"import duckdb_extensions; {imports}"],
        )
        for step, env in zip(steps, (None, None, environment(place)), strict=True):
            try:
                subprocess.run(
                    [str(s) for s in step],
                    check=True,
                    capture_output=True,
                    timeout=INSTALL_SECONDS,
                    env=env,
                )
            except (subprocess.SubprocessError, OSError) as error:
                told = getattr(error, "stderr", b"") or b""
                pytest.skip(f"cannot install {name}: {error} {told.decode()[-300:]}")
        (place / "ready").touch()
    return place / "bin"


def environment(place):
    """An emulator's own home, so that nothing is left in the user's."""
    return {**os.environ, "HOME": str(place)}


@dataclass
class Emulator:
    """A running BigQuery with the Cloud Storage that it loads from."""

    name: str
    bin: Path
    data: Path
    port: int = field(default_factory=free_port)
    grpc_port: int = field(default_factory=free_port)
    storage_port: int = field(default_factory=free_port)
    processes: dict = field(default_factory=dict)

    @property
    def strict(self):
        return self.name == "local-bigquery"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def storage_url(self):
        return f"http://127.0.0.1:{self.storage_port}"

    def start(self):
        """Start what does not run; returns when both answer."""
        port, grpc = str(self.port), str(self.grpc_port)
        commands = {
            "local-bigquery": f"local-bigquery --host 127.0.0.1 --port {port} --grpc-port {grpc} "
            f"--project {PROJECT} --data-dir {self.data}/bigquery",
            "bqemulator": f"bqemulator start --rest-port {port} --grpc-port {grpc} "
            f"--project {PROJECT} --persistent --data-dir {self.data}/bigquery",
            "storage": f"gcp-storage-emulator -d {self.data} start --host 127.0.0.1 "
            f"--port {self.storage_port} --default-bucket {BUCKET}",
        }
        (self.data / "bigquery").mkdir(parents=True, exist_ok=True)
        objects = str(self.data / ".cloudstorage")
        env = environment(self.bin.parent)
        env |= {"GCS_LOCAL_ROOT": objects, "BQEMU_GCS_LOCAL_ROOT": objects}
        for name in (self.name, "storage"):
            if name not in self.processes:
                words = commands[name].split()
                log = (self.data / f"{name}.log").open("ab")
                self.processes[name] = subprocess.Popen(
                    [self.bin / words[0], *words[1:]], stdout=log, stderr=log, env=env
                )
        for name, url in (
            (self.name, f"{self.url}/bigquery/v2/projects"),
            ("storage", self.storage_url),
        ):
            self.wait(name, url)

    def wait(self, name, url):
        for _ in range(240):
            if self.processes[name].poll() is not None:
                log = (self.data / f"{name}.log").read_text()
                raise RuntimeError(f"{name} ended: {log[-2000:]}")
            try:
                urllib.request.urlopen(url, timeout=5)
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.25)
        raise RuntimeError(f"{name} does not answer at {url}")

    def kill(self):
        """Kill BigQuery at once, as a crash would; its stored data stays."""
        process = self.processes.pop(self.name)
        process.kill()
        process.wait()

    def stop(self):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.processes.clear()
