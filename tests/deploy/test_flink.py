"""The options that the page and the manifests give for Flink are options that the command takes, and what the
manifests open they can open."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from apache_beam.transforms.environments import python_sdk_dependencies

from pipeline.beam_options import beam_options
from pipeline.cli import make_parser
from pipeline.options import UsageError


def unknown(words: list[str]) -> str:
    """What the command says of these options of `tocsin run`, "" if nothing."""
    _, rest = make_parser()[0].parse_known_args(["run", *words])
    try:
        beam_options(rest, [])
    except UsageError as error:
        return str(error)
    return ""


def test_the_page(root: Path) -> None:
    text = (root / "deploy/README.md").read_text(encoding="utf-8")
    section = text.partition("### A stream on Flink")[2].partition("\n## ")[0]
    options = re.findall(r"`(--[a-z_]+=\S+?)`|(--savepoint_path=\S+)", section)
    words = [a or b for a, b in options]
    assert len(words) == 5
    assert unknown(words) == ""


def documents(root: Path, name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((root / "deploy/flink" / name).read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def session(root: Path) -> dict[str, Any]:
    return documents(root, "session.yaml")[0]["spec"]


@pytest.fixture(scope="module")
def launching(root: Path) -> dict[str, Any]:
    (job,) = documents(root, "schedule.yaml")
    return job["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_the_schedule(launching: dict[str, Any]) -> None:
    (container,) = launching["containers"]
    assert unknown(container["args"]) == ""


def test_nothing_is_staged_that_no_task_manager_could_read(launching: dict[str, Any]) -> None:
    _, rest = make_parser()[0].parse_known_args(["run", *launching["containers"][0]["args"]])
    assert python_sdk_dependencies(beam_options(rest, [])) == []


def test_each_scheme_has_its_plugin(session: dict[str, Any]) -> None:
    version = re.fullmatch(r"flink:([\d.]+)-java\d+", session["image"])
    schemes = set(re.findall(r"(\w+)://", str(session["flinkConfiguration"])))
    assert version
    assert schemes
    (main,) = session["podTemplate"]["spec"]["containers"]
    (plugins,) = (e["value"] for e in main["env"] if e["name"] == "ENABLE_BUILT_IN_PLUGINS")
    assert plugins.split(";") == [f"flink-{s}-fs-hadoop-{version[1]}.jar" for s in sorted(schemes)]


def pods(session: dict[str, Any], launching: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The pods' volumes, with each container that opens files or tables of Google's."""
    base, workers = session["podTemplate"]["spec"], session["taskManager"]["podTemplate"]["spec"]
    yield from ((base["volumes"], c) for c in base["containers"])
    yield from ((base["volumes"], c) for c in workers["containers"] if "image" in c)
    yield from ((launching["volumes"], c) for c in launching["containers"])


def test_what_opens_google_has_the_key(session: dict[str, Any], launching: dict[str, Any]) -> None:
    seen = 0
    for volumes, container in pods(session, launching):
        secrets = {v["name"] for v in volumes if v.get("secret") == {"secretName": "tocsin-google"}}
        (folder,) = (m["mountPath"] for m in container["volumeMounts"] if m["name"] in secrets)
        env = {e["name"]: e["value"] for e in container["env"]}
        assert env["GOOGLE_APPLICATION_CREDENTIALS"] == f"{folder}/key.json"
        seen += 1
    assert seen == 3


def test_the_ports_of_flink_are_fixed_and_open(root: Path, session: dict[str, Any]) -> None:
    rule = documents(root, "session.yaml")[1]["spec"]["ingress"][0]
    assert int(session["flinkConfiguration"]["taskmanager.data.port"]) in {
        port["port"] for port in rule["ports"]
    }


@pytest.mark.parametrize("word", ["--savepoint_pth=x", "--checkpoint_interval=1"])
def test_a_typo_is_told(word: str) -> None:
    assert f"unknown option {word.partition('=')[0]}" in unknown([word])
