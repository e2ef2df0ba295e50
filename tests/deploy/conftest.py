import argparse
import base64
import gzip
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import apache_beam as beam
import google_crc32c
import pytest
from apache_beam.internal.gcp import auth

from pipeline.beam_options import beam_options
from pipeline.build import Settings, build
from pipeline.cli import make_parser, option_names
from pipeline.inputs import Wanted
from pipeline.launch_checks import check_launch
from pipeline.run import windows_of
from pipeline.sources import Sources, follow_sources, read_sources
from pipeline.template import run_arguments
from transforms.bigquery.store import BigQueryStore
from transforms.bigquery.target import parse_target
from transforms.store.manifest import Manifest

ROOT = Path(__file__).parents[2]
NOW = 1_774_000_000_000_000

DATAFLOW = {
    "runner": "DataflowRunner",
    "project": "news-project",
    "region": "europe-west1",
    "job_name": "tocsin-batch",
    "temp_location": "gs://news-bucket/temp",
    "sdk_container_image": "europe-west1-docker.pkg.dev/news-project/tocsin/tocsin:0.1.0",
    "sdk_location": "container",
}
PARAMETERS = {
    "inputs": "gs://news-bucket/inbox/a.jsonl,gs://news-bucket/inbox/b.xml.gz",
    "output": "bq://news-project.tocsin",
    "window": "1h",
    "keep_text": "true",
}


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


def words(**changes: str | None) -> list[str]:
    """What the template's launcher would be called with; None takes a parameter away."""
    given = {**PARAMETERS, **DATAFLOW, **changes}
    return [
        "--no_auth",
        *(f"--{name}={value}" for name, value in given.items() if value is not None),
    ]


def parse(argv: list[str]) -> tuple[argparse.Namespace, Any]:
    """Template parameters through the real parsers: our options, and Beam's."""
    parser, subparsers = make_parser()
    args, rest = parser.parse_known_args(["run", *run_arguments(argv)])
    return args, beam_options(rest, option_names(subparsers["run"]))


@pytest.fixture
def submit(service: "Service") -> Callable[..., Any]:
    """Builds the real flow from template parameters and hands it to Dataflow's runner."""

    def run(streaming: bool = False, **changes: str | None) -> Any:
        args, options = parse(words(**changes))
        check_launch(options, args.output, args.inputs)
        target = parse_target(args.output, options.get_all_options()["temp_location"])
        store = BigQueryStore(target, Manifest(), NOW, "token")
        settings = Settings(*windows_of(args), NOW, args.keep_text)
        pipeline = beam.Pipeline(options=options)
        feed = "https://news.example/feed.xml"
        if streaming:
            followed = Sources.of(Wanted(feeds=[feed]), args)
            inputs = follow_sources(pipeline, followed, store, 60, None)
        else:
            both = Sources.of(Wanted(list(args.inputs), [feed]), args)
            inputs = read_sources(pipeline, both, store, settings)
        build(inputs, store, settings)
        return pipeline.run()

    return run


@dataclass
class Service:
    """A small stand-in for the REST services that a submission talks to: Dataflow's jobs, Cloud Storage's uploads."""

    port: int = 0
    jobs: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    refuse: tuple[int, str] | None = None

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and JSON body for a request."""
        if "/storage/" in path:
            if method == "POST" and body:
                self.uploads.append(json.loads(body)["name"])
            crc32c = base64.b64encode(google_crc32c.Checksum(body).digest()).decode()
            md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
            return 200, {"name": "x", "size": str(len(body)), "crc32c": crc32c, "md5Hash": md5}
        if method == "POST" and path.split("?")[0].endswith("/jobs"):
            if self.refuse:
                code, message = self.refuse
                return code, {
                    "error": {"code": code, "message": message, "status": "INVALID_ARGUMENT"}
                }
            job = json.loads(body)
            self.jobs.append(job)
            return 200, {
                "id": "job-1",
                "name": job["name"],
                "clientRequestId": job["clientRequestId"],
            }
        if re.search(r"/jobs/job-1(\?|$)", path):
            return 200, {"id": "job-1", "currentState": "JOB_STATE_DONE"}
        return 200, {}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The stand-in, serving on loopback for the length of a test; nobody asks for credentials."""
    monkeypatch.setattr(auth._Credentials, "get_service_credentials", lambda options: None)
    stand_in = Service()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            status, answer = stand_in.answer(self.command, self.path, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if "uploadType=resumable" in self.path:
                self.send_header("Location", f"http://localhost:{stand_in.port}{self.path}")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _serve

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.port = server.server_port
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://localhost:{stand_in.port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield stand_in
    server.shutdown()
    server.server_close()
