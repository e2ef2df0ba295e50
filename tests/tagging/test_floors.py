"""The tagger keeps its accuracy on our own sense benchmark; the floors rise with it and never fall."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PRECISION, RECALL = 0.98, 0.96
STATUS = 0.975
SIDES = {"actor": (0.985, 0.945), "target": (0.965, 0.955)}  # precision, recall


@pytest.fixture(scope="module")
def result() -> Any:
    """The score of `make eval`."""
    path = ROOT / "tests" / "benchmarks" / "eval_tagging.py"
    spec = importlib.util.spec_from_file_location("eval_tagging", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["eval_tagging"] = module
    spec.loader.exec_module(module)
    score, _ = module.score([ROOT / "seeds" / "senses.jsonl"])
    return score


@pytest.mark.parametrize("category", ["strike", "envoy", "sanction"])
def test_categories(result: Any, category: str) -> None:
    right = result.right[category]
    assert right / (right + result.extra[category]) >= PRECISION
    assert right / (right + result.missed[category]) >= RECALL


def test_status(result: Any) -> None:
    assert result.status[True] / sum(result.status.values()) >= STATUS


@pytest.mark.parametrize("side", SIDES)
def test_participants(result: Any, side: str) -> None:
    precision, recall = SIDES[side]
    counts = result.sides[side]
    assert counts["right"] / counts["said"] >= precision
    assert counts["right"] / counts["label"] >= recall
