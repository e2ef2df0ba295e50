"""A Flink session cluster on loopback, each part a process that ends with it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from job_server import OPENS

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
BIGQUERY = {"BIGQUERY_EMULATOR_HOST": 9050, "STORAGE_EMULATOR_HOST": 9051}
"""Where workers find BigQuery and its storage, if a test starts them; nobody else is in this network."""


@dataclass
class Cluster:
    """A Flink session cluster on loopback: a JobManager, TaskManagers, a worker pool and a job server."""

    engines: Path
    folder: Path
    task_managers: int = 2
    rest: int = 8081
    jobs: int = 8099
    pool: int = 50000
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Start everything and wait until the TaskManagers have registered."""
        (self.folder / "conf").mkdir(parents=True)
        (self.folder / "conf/flink-conf.yaml").write_text(self._settings(), encoding="utf-8")
        self.java(
            "jobmanager", "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
        )
        for number in range(self.task_managers):
            self.task_manager(number)
        self.python("pool", "worker_pool.py", self.pool)
        self.job_server()
        self.until(
            lambda: self.get("overview")["taskmanagers"] == self.task_managers, "TaskManagers"
        )

    def task_manager(self, number: int) -> None:
        """Start one more TaskManager, a process of its own."""
        self.java(
            f"taskmanager-{number}", "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
        )

    def job_server(self, parallelism: int = 0, savepoint: str = "") -> None:
        """Start the job service (again); streams that it submits begin from the savepoint."""
        if old := self.processes.pop("jobs", None):
            old.kill()
            old.wait()
        words = (self.jobs, self.rest, parallelism or self.task_managers, self.engines, savepoint)
        self.python("jobs", "job_server.py", *words)
        self.until(
            lambda: socket.create_connection(("127.0.0.1", self.jobs), 1).close() or True,
            "job server",
        )

    def options(self) -> list[str]:
        """Options of Beam that send a run here."""
        return [
            "--runner=PortableRunner",
            f"--job_endpoint=localhost:{self.jobs}",
            "--environment_type=EXTERNAL",
            f"--environment_config=localhost:{self.pool}",
        ]

    def get(self, path: str, **body: Any) -> Any:
        """An answer of Flink's REST service; with a body, to a POST."""
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.rest}/{path}", data, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def running(self) -> str:
        """The id of the job that runs, "" if none does."""
        jobs = self.get("jobs/overview")["jobs"]
        return next((str(job["jid"]) for job in jobs if job["state"] == "RUNNING"), "")

    def kill_task_manager(self) -> None:
        """Kill one, and start another in its place."""
        victim = self.processes["taskmanager-0"]
        victim.kill()
        victim.wait()
        self.task_manager(0)

    def kill_worker(self) -> None:
        """Kill the SDK worker that the pool has started last."""
        threads = Path(f"/proc/{self.processes['pool'].pid}/task").glob("*/children")
        workers = [int(pid) for path in threads for pid in path.read_text("utf-8").split()]
        os.kill(max(workers, key=started), signal.SIGKILL)

    def stop_job(self, job: str, drain: bool) -> str:
        """Stop a stream with a savepoint, letting its input end first if `drain`; where that is."""
        told = self.get(f"jobs/{job}/stop", drain=drain)

        def done() -> Any:
            answer = self.get(f"jobs/{job}/savepoints/{told['request-id']}")
            return answer["status"]["id"] == "COMPLETED" and answer["operation"]

        return str(self.until(done, "a savepoint")["location"])

    def until(
        self, true: Callable[[], Any], what: str, seconds: int = 90, pause: float = 0.2
    ) -> Any:
        """Wait for a condition; the value it gave.

        Raises:
            TimeoutError: it did not come true; names it.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if found := true():
                    return found
            except OSError:
                pass
            time.sleep(pause)
        raise TimeoutError(f"{what}: not after {seconds} s; see {self.folder}")

    def java(self, name: str, main: str) -> None:
        """Start a Java process of the cluster."""
        classes = f"{self.engines}/flink/*"
        conf = str(self.folder / "conf")
        memory = "-Xmx768m" if name != "jobmanager" else "-Xmx512m"
        self._start(name, ["java", memory, *OPENS, "-cp", classes, main, "--configDir", conf])

    def python(self, name: str, script: str, *words: Any) -> None:
        """Start a Python process beside the cluster."""
        self._start(name, [sys.executable, str(HERE / script), *map(str, words)])

    def stop(self) -> None:
        """End every process that was started, and what it started."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, name: str, command: list[str]) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "PYTHONPATH": f"{ROOT}:{HERE}"}
        env |= {name: f"http://127.0.0.1:{port}" for name, port in BIGQUERY.items()}
        self.processes[name] = subprocess.Popen(
            command, stdout=log, stderr=log, env=env, cwd=self.folder
        )

    def _settings(self) -> str:
        folder = self.folder.as_uri()
        return f"""
jobmanager.rpc.address: localhost
jobmanager.bind-host: 127.0.0.1
jobmanager.memory.process.size: 1024m
rest.bind-address: 127.0.0.1
rest.address: localhost
rest.port: {self.rest}
taskmanager.host: localhost
taskmanager.bind-host: 127.0.0.1
taskmanager.numberOfTaskSlots: 1
taskmanager.cpu.cores: 1.0
taskmanager.memory.task.heap.size: 512m
taskmanager.memory.task.off-heap.size: 0m
taskmanager.memory.framework.heap.size: 128m
taskmanager.memory.framework.off-heap.size: 128m
taskmanager.memory.network.min: 64m
taskmanager.memory.network.max: 64m
taskmanager.memory.managed.size: 128m
taskmanager.memory.jvm-metaspace.size: 256m
taskmanager.memory.jvm-overhead.min: 192m
taskmanager.memory.jvm-overhead.max: 192m
heartbeat.interval: 1000
heartbeat.timeout: 8000
io.tmp.dirs: {self.folder}/tmp
state.checkpoints.dir: {folder}/checkpoints
state.savepoints.dir: {folder}/savepoints
"""


def started(pid: int) -> int:
    """When a process began, in ticks since boot; a number of its own would not tell, since they come round."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[19])
