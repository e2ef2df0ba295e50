"""The page on scale holds what its simulation prints."""

import math
import runpy
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def model(root: Path) -> dict[str, object]:
    return runpy.run_path(str(root / "deploy/scale_model.py"))


def test_the_page_is_what_the_simulation_prints(root: Path, model: dict[str, object]) -> None:
    printed = model["report"]()  # type: ignore[operator]
    assert printed in (root / "docs/scale.md").read_text(encoding="utf-8")


def test_a_day_brings_all_its_articles_and_a_queue_drains(model: dict[str, object]) -> None:
    rng = model["random"].Random(1)  # type: ignore[attr-defined]
    hours = model["arrivals"](rng)  # type: ignore[operator]
    assert sum(hours) >= model["ARTICLES_A_DAY"]  # type: ignore[operator]
    assert model["simulate"](hours, math.inf) == [0.0] * 24  # type: ignore[operator]
    waiting = model["simulate"](hours, 0)  # type: ignore[operator]
    assert waiting[-1] == pytest.approx(sum(hours))
