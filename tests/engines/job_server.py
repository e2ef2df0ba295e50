"""Beam's job service on loopback, in front of a Flink cluster on this machine.

``python job_server.py PORT CLUSTER_PORT PARALLELISM ENGINES SAVEPOINT``: pipelines that
``--runner=PortableRunner`` submits are handed to SubmitToFlink; streams begin from SAVEPOINT unless it is "".
"""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from apache_beam.portability.api import beam_job_api_pb2 as api
from apache_beam.portability.api import beam_job_api_pb2_grpc, beam_runner_api_pb2, endpoints_pb2
from apache_beam.runners.portability.abstract_job_service import (
    AbstractBeamJob,
    AbstractJobServiceServicer,
)

STATE = api.JobState
OPENS = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in (
        "java.lang",
        "java.util",
        "java.nio",
        "java.time",
        "java.net",
        "java.math",
        "java.text",
    )
]


class FlinkJob(AbstractBeamJob):
    """One pipeline on the cluster."""

    def __init__(self, cluster: list[str], *args: Any) -> None:
        super().__init__(*args)
        self.cluster = cluster
        self.done = threading.Event()
        self.error = ""

    def prepare(self) -> None:
        """Nothing: workers have all that they need."""

    def artifact_staging_endpoint(self) -> Any:
        """None: there is nothing to stage."""
        return endpoints_pb2.ApiServiceDescriptor()

    def run(self) -> None:
        """Submit in the background."""
        self.set_state(STATE.RUNNING)
        threading.Thread(target=self._submit, daemon=True).start()

    def cancel(self) -> Any:
        """Not supported here."""
        return self.state

    def get_state_stream(self) -> Iterator[Any]:
        """What was, then the end."""
        yield from list(self._state_history)
        self.done.wait()
        yield self.get_state()

    def get_message_stream(self) -> Iterator[Any]:
        """The error, if there is one, then the end."""
        self.done.wait()
        if self.error:
            yield api.JobMessage(
                message_text=self.error, importance=api.JobMessage.JOB_MESSAGE_ERROR
            )
        yield self.get_state()

    def _submit(self) -> None:
        port, parallelism, engines, savepoint = self.cluster
        unbounded = beam_runner_api_pb2.IsBounded.UNBOUNDED
        collections = self._pipeline_proto.components.pcollections.values()
        mode = "streaming" if any(c.is_bounded == unbounded for c in collections) else "batch"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pipeline.pb"
            path.write_bytes(self._pipeline_proto.SerializeToString())
            classes = f"{engines}:{engines}/flink/*"
            words = [str(path), self._job_name, port, parallelism, mode, savepoint]
            command = ["java", "-Xmx512m", *OPENS, "-cp", classes, "SubmitToFlink", *words]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(done.stderr, flush=True)
        causes = [line for line in done.stderr.splitlines() if line.startswith("Caused by:")]
        self.error = "" if done.returncode == 0 else (causes or [done.stderr[-500:]])[-1]
        self.set_state(STATE.FAILED if done.returncode else STATE.DONE)
        self.done.set()


class Service(AbstractJobServiceServicer):
    """Makes a `FlinkJob` of each pipeline."""

    def __init__(self, cluster: list[str]) -> None:
        super().__init__()
        self.cluster = cluster

    def create_beam_job(self, *args: Any) -> FlinkJob:
        """The job of a prepared pipeline."""
        return FlinkJob(self.cluster, *args)

    def GetJobMetrics(self, request: Any, context: Any = None) -> Any:
        """None: this submitter keeps no accumulators."""
        return api.GetJobMetricsResponse()


def main(port: int, cluster: list[str]) -> None:
    """Serve until killed."""
    server = grpc.server(futures.ThreadPoolExecutor(16))
    beam_job_api_pb2_grpc.add_JobServiceServicer_to_server(Service(cluster), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:6])
