"""What Terraform makes is what the records say, and what a run would make."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from pipeline.template import metadata, run_arguments


@pytest.fixture(scope="module")
def committed(root: Path) -> dict[str, Any]:
    return json.loads((root / "deploy/terraform/tables.json").read_text(encoding="utf-8"))


def test_tables_follow_from_the_records(root: Path, committed: dict[str, Any]) -> None:
    written = runpy.run_path(str(root / "deploy/tables.py"))["tables_json"]()
    assert json.loads(written) == committed, (
        "python deploy/tables.py > deploy/terraform/tables.json"
    )


def test_every_column_says_what_it_is(committed: dict[str, Any]) -> None:
    for table in committed.values():
        names = [column["name"] for column in table["schema"]]
        assert table["partition"] in names
        assert set(table["cluster"]) <= set(names)
        assert all(column["description"] for column in table["schema"])


def named(text: str, begin: str) -> list[str]:
    """What is given a value in a block of Terraform."""
    block = re.split(r"\}\)?\n", text.split(begin, 1)[1])[0]
    return [line.split("=")[0].strip() for line in block.splitlines() if "=" in line]


def test_the_schedule_gives_only_parameters_that_exist(root: Path) -> None:
    text = (root / "deploy/terraform/schedule.tf").read_text(encoding="utf-8")
    names = named(text, "parameters = {")
    ours = {p["name"] for p in metadata()["parameters"]}
    beams = {"sdk_container_image", "sdk_location"}
    assert set(names) <= ours | beams
    assert {p["name"] for p in metadata()["parameters"] if not p["isOptional"]} <= set(names)
    assert run_arguments([f"--{n}=true" for n in beams]) == [f"--{n}=true" for n in beams]


def test_the_stream_is_what_the_command_calls_a_stream(root: Path) -> None:
    text = (root / "deploy/terraform/schedule.tf").read_text(encoding="utf-8")
    begin = "parameters = merge(local.launch.launchParameter.parameters, {"
    assert named(text, begin) == ["stream", "poll_every"]
    assert run_arguments(["--stream=true", "--poll_every=1m"]) == ["--stream", "--poll-every=1m"]
