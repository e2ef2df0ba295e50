"""The Flex Template: parameters follow from options, travel as strings, and bad ones are refused in one line."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import make_parser
from pipeline.launch_checks import check_launch
from pipeline.options import UsageError
from pipeline.template import launch, metadata, metadata_json, run_arguments


def test_metadata_follows_from_the_options(root: Path) -> None:
    assert (root / "deploy/metadata.json").read_text(encoding="utf-8") == metadata_json(), (
        "python -m pipeline.template > deploy/metadata.json"
    )


def test_metadata_has_the_shape_that_dataflow_reads() -> None:
    for parameter in metadata()["parameters"]:
        assert re.fullmatch("[a-z][a-z_]*", parameter["name"])
        assert parameter["label"]
        assert parameter["helpText"].endswith(".")
        assert parameter["paramType"] in {"TEXT", "BOOLEAN"}
        for pattern in parameter.get("regexes", []):
            re.compile(pattern)
    required = [p["name"] for p in metadata()["parameters"] if not p["isOptional"]]
    assert required == ["output"]


@pytest.mark.parametrize("parameter", metadata()["parameters"], ids=lambda p: p["name"])
def test_every_parameter_reaches_the_command(parameter: dict[str, Any]) -> None:
    examples = {"output": "bq://news-project.tocsin", "inputs": "gs://b/a.xml"}
    examples["bq_streaming"] = "storage_write"
    name = parameter["name"]
    tries = ["true", "2h", "2026-03-01", "7", "7.5"]
    fits = [t for t in tries if re.match(parameter.get("regexes", [""])[0], t)]
    value = examples.get(name) or fits[-1]
    parser, _ = make_parser()
    args, rest = parser.parse_known_args(["run", *run_arguments([f"--{name}={value}"])])
    assert not rest
    plain, _ = parser.parse_known_args(["run"])
    assert getattr(args, name) != getattr(plain, name)


def test_switches_are_true_or_false() -> None:
    assert run_arguments(["--keep_text=true"]) == ["--keep-text"]
    assert run_arguments(["--keep_text=True"]) == ["--keep-text"]
    assert run_arguments(["--keep_text=false", "--keep-text="]) == []
    with pytest.raises(UsageError, match="--keep_text=yes: true or false"):
        run_arguments(["--keep_text=yes"])


def test_lists_have_commas_and_empty_values_are_none() -> None:
    argv = ["--inputs=gs://b/a, gs://b/c,", "--feeds=gs://b/f.opml,gs://b/g.txt", "--since="]
    assert run_arguments(argv) == [
        "--feeds=gs://b/f.opml",
        "--feeds=gs://b/g.txt",
        "gs://b/a",
        "gs://b/c",
    ]


@given(st.from_regex(r"--[a-z_]{3,12}=[a-z/:.]{1,20}", fullmatch=True))
def test_what_is_not_ours_is_handed_on(word: str) -> None:
    ours = {p["name"] for p in metadata()["parameters"]}
    if word[2:].partition("=")[0] not in ours:
        assert run_arguments([word]) == [word]


GOOD = {
    "runner": "DataflowRunner",
    "project": "news-project",
    "region": "europe-west1",
    "temp_location": "gs://news-bucket/temp",
    "sdk_container_image": "registry/tocsin:1",
}


def refusal(
    output: str = "bq://news-project.tocsin", inputs: tuple[str, ...] = (), **changes: str | None
) -> str:
    given = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    with pytest.raises(UsageError) as caught:
        check_launch(PipelineOptions([f"--{k}={v}" for k, v in given.items()]), output, inputs)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    "region",
    ["us-central1", "europe-west12", "me-central2", "asia-northeast3", "northamerica-south1"],
)
def test_regions_that_exist_pass(region: str) -> None:
    options = PipelineOptions([f"--{k}={v}" for k, v in {**GOOD, "region": region}.items()])
    check_launch(options, "bq://news-project.tocsin", ["gs://news-bucket/a.xml"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"region": None}, "needs --region"),
        ({"region": "us-centrall"}, "no such region"),
        ({"region": "europe"}, "no such region"),
        ({"region": "us-central1-a"}, "its region is us-central1"),
        ({"project": None}, "needs --project"),
        ({"temp_location": None}, "needs --temp_location"),
        ({"temp_location": "/tmp/x"}, "not a path in a bucket"),
        ({"staging_location": "news-bucket/x"}, "--staging_location=news-bucket/x"),
        ({"sdk_container_image": None}, "needs --sdk_container_image"),
        ({"job_name": "Bad_Name"}, "--job_name=Bad_Name"),
        ({"output": "output"}, "use bq://PROJECT.DATASET"),
        ({"inputs": ("seeds/articles",)}, "copy it to gs://"),
        ({"runner": "dataflow", "region": None}, "needs --region"),
    ],
)
def test_a_wrong_launch_is_refused_in_one_line(changes: dict[str, Any], says: str) -> None:
    assert says in refusal(**changes)


def test_an_image_without_the_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.tagging.parse.MODELS", ("en_not_in_this_image",))
    assert "no language model" in refusal(template_location="gs://news-bucket/launches/job")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"region": "europe-wst1"}, "--region=europe-wst1: no such region"),
        ({"temp_location": None}, "Dataflow needs --temp_location"),
        ({"poll_evry": "1h"}, "unknown option --poll_evry; did you mean --poll-every?"),
        ({"window": "1 hour"}, "--window: "),
        (
            {"template_location": "gs://news-bucket/launches/job"},
            "this image has no language model",
        ),
    ],
)
def test_the_launcher_says_one_line_and_starts_nothing(
    changes: dict[str, str | None],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("transforms.tagging.parse.MODELS", ("en_not_in_this_image",))
    monkeypatch.setattr("pipeline.run.home_of", lambda *words: pytest.fail("too late"))
    given = {**GOOD, "output": "bq://news-project.tocsin", "inputs": "gs://b/a.xml", **changes}
    assert launch([f"--{k}={v}" for k, v in given.items() if v is not None]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("tocsin: error: ")
    assert says in line


def test_local_runners_take_everything() -> None:
    check_launch(PipelineOptions(["--runner=FnApiRunner"]), "output", ["seeds/articles"])


def test_the_entry_point_refuses_a_typo(root: Path) -> None:
    argv = [
        sys.executable,
        "deploy/main.py",
        "--output=bq://p.d",
        "--inputs=gs://b/x",
        "--windw=1h",
    ]
    done = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert (
        done.stderr.strip().splitlines()[-1]
        == "tocsin: error: unknown option --windw; did you mean --window?"
    )


def test_a_bad_switch_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert launch(["--keep_text=perhaps"]) == 2
    assert capsys.readouterr().err == "tocsin: error: --keep_text=perhaps: true or false\n"
