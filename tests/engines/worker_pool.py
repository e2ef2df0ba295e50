"""A pool of SDK workers on loopback, each a process of its own: ``python worker_pool.py PORT``.

Beam's own pool would listen on every interface, without authentication.
"""

import signal
import sys
import threading
from concurrent import futures
from typing import Any

import grpc
from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc
from apache_beam.runners.worker.worker_pool_main import BeamFnExternalWorkerPoolServicer


class Pool(BeamFnExternalWorkerPoolServicer):
    """A pool that serves several TaskManagers: they give their workers the same names.

    So a request to stop a name stops nobody; a worker ends by itself when its TaskManager lets it go.
    """

    def __init__(self) -> None:
        super().__init__(use_process=True)
        self.started: list[Any] = []

    def StartWorker(self, request: Any, context: Any) -> Any:
        """Start a process."""
        answer = super().StartWorker(request, context)
        self.started.append(self._worker_processes.pop(request.worker_id))
        return answer

    def StopWorker(self, request: Any, context: Any) -> Any:
        """Nothing."""
        return beam_fn_api_pb2.StopWorkerResponse()


def main(port: int) -> None:
    """Serve until a signal comes."""
    server = grpc.server(futures.ThreadPoolExecutor(8))
    server.add_insecure_port(f"127.0.0.1:{port}")
    pool = Pool()
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(pool, server)
    server.start()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    for worker in pool.started:
        worker.kill()
    server.stop(None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
