"""The options that the page and the manifests give for Flink are options that the command takes."""

import re
from pathlib import Path

import pytest
import yaml

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


def test_the_schedule(root: Path) -> None:
    job = yaml.safe_load((root / "deploy/flink/schedule.yaml").read_text(encoding="utf-8"))
    (container,) = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert unknown(container["args"]) == ""


@pytest.mark.parametrize("word", ["--savepoint_pth=x", "--checkpoint_interval=1"])
def test_a_typo_is_told(word: str) -> None:
    assert f"unknown option {word.partition('=')[0]}" in unknown([word])
