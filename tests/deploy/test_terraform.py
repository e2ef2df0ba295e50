"""What Terraform makes is what the records say, and what a run would make."""

import inspect
import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from pipeline.template import metadata, run_arguments
from transforms import write_tables
from transforms.bigquery import load


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


@pytest.fixture(scope="module")
def alerts(root: Path) -> str:
    return (root / "deploy/terraform/alerts.tf").read_text(encoding="utf-8")


def test_every_alert_watches_whatever_runs(alerts: str) -> None:
    policies = alerts.split('resource "google_monitoring_alert_policy"')[1:]
    assert policies
    assert all(re.search(r"enabled += local\.watched\n", policy) for policy in policies)
    assert 'watched = var.runs != "none"' in alerts


def test_stale_data_is_told_of_a_stream_too(alerts: str) -> None:
    (stale,) = re.findall(r'"stale" {.*?\n}\n', alerts, re.DOTALL)
    (query,) = re.findall(r"query += <<-EOT\n(.*?)EOT", stale, re.DOTALL)
    assert "user_tocsin_feed_health_loaded" in query
    assert "data_watermark_age" in query
    assert query.strip().startswith("absent(")


def test_the_line_that_is_watched_is_the_one_that_a_load_writes(alerts: str) -> None:
    (pattern,) = re.findall(r'textPayload=~"([^"]+)"', alerts)
    written = re.findall(r'LOGGER\.info\("([^"]*loaded[^"]*)"', inspect.getsource(load))
    assert [w for w in written if re.search(pattern, w % ("bq://p.d", 3, "feed_health", "staging"))]


def test_rejects_are_those_of_an_hour_and_not_of_the_life_of_a_stream(alerts: str) -> None:
    (rejects,) = re.findall(r'"rejects" {.*?\n}\n', alerts, re.DOTALL)
    assert "offset 1h" in rejects
    assert 'metric_name=\\"rejects\\"' in alerts
    assert 'Metrics.counter("rows", self.table)' in inspect.getsource(write_tables)
