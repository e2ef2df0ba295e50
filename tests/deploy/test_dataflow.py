"""The Dataflow job, built offline from the real options; its step names and rows are an update contract."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apache_beam.portability.api import schema_pb2

from schemas.beam import beam_schema
from schemas.records import TABLES

GOLDEN = Path(__file__).parent / "golden"
MODES = {"batch": {}, "streaming": {"streaming": True}}


@pytest.fixture(params=MODES)
def job(request: pytest.FixtureRequest, submit: Callable[..., Any]) -> tuple[str, Any]:
    return request.param, submit(dry_run="True", **MODES[request.param]).job


def contract(job: Any) -> str:
    """Step names and row schemas: what a running job's replacement must keep."""
    steps = sorted(t.unique_name for t in job.proto_pipeline.components.transforms.values())
    lines = [f"step {name}" for name in steps if name]
    for table in TABLES.values():
        for column in beam_schema(table.record).fields:
            kind = schema_pb2.AtomicType.Name(column.type.atomic_type)
            null = " nullable" if column.type.nullable else ""
            lines.append(f"row {table.record.__name__}.{column.name} {kind}{null}")
    return "\n".join(lines) + "\n"


def test_step_names_and_rows_stay(job: tuple[str, Any]) -> None:
    mode, described = job
    path = GOLDEN / f"dataflow_{mode}.txt"
    found = contract(described)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(found, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == found, (
        "a running job could not be replaced by this one; if that is meant, UPDATE_GOLDEN=1 renews the file"
    )


def test_every_step_runs_in_our_image(job: tuple[str, Any]) -> None:
    environments = job[1].proto_pipeline.components.environments.values()
    images = {e.payload.decode("utf-8", "replace") for e in environments}
    assert len(images) == 1
    assert "pkg.dev/news-project/tocsin/tocsin:0.1.0" in images.pop()


@pytest.mark.parametrize("mode", MODES)
def test_submission_reaches_the_service(
    submit: Callable[..., Any], service: Any, mode: str
) -> None:
    result = submit(dataflow_endpoint=f"http://localhost:{service.port}", **MODES[mode])
    (job,) = service.jobs
    assert job["name"] == "tocsin-batch"
    assert job["type"] in (f"JOB_TYPE_{mode.upper()}", 1 + (mode == "streaming"))
    pools = job["environment"]["workerPools"]
    assert pools[0]["sdkHarnessContainerImages"][0]["containerImage"].endswith("/tocsin:0.1.0")
    assert any("pipeline.pb" in name for name in service.uploads)
    assert result.job_id() == "job-1"
    assert result.wait_until_finish() == "DONE"


def test_a_refusal_by_the_service_is_raised(submit: Callable[..., Any], service: Any) -> None:
    service.refuse = (400, "The workflow could not be created: no such region")
    with pytest.raises(Exception, match="no such region"):
        submit(dataflow_endpoint=f"http://localhost:{service.port}")


def test_template_launch_writes_a_job_file(submit: Callable[..., Any], service: Any) -> None:
    result = submit(
        template_location="gs://news-bucket/launches/1/job_object",
        dataflow_endpoint=f"http://localhost:{service.port}",
    )
    assert not service.jobs
    assert any("job_object" in name for name in service.uploads)
    assert result.wait_until_finish() is not None
