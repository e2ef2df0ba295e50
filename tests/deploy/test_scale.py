"""The page on scale holds what its simulation prints."""

import math
import runpy
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def model(root: Path) -> dict[str, object]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root / "deploy")
        return runpy.run_path(str(root / "deploy/scale_model.py"))


def test_the_page_is_what_the_simulation_prints(root: Path, model: dict[str, object]) -> None:
    printed = model["report"]()  # type: ignore[operator]
    page = (root / "docs/scale.md").read_text(encoding="utf-8")
    tables = printed.strip().split("\n\n")
    assert [t.splitlines()[0] for t in tables if t not in page] == []


def test_a_day_brings_all_its_articles_and_a_queue_drains(model: dict[str, object]) -> None:
    rng = model["random"].Random(1)  # type: ignore[attr-defined]
    hours = model["arrivals"](rng)  # type: ignore[operator]
    assert sum(hours) >= model["ARTICLES_A_DAY"]  # type: ignore[operator]
    assert model["simulate"](hours, math.inf) == [0.0] * 24  # type: ignore[operator]
    waiting = model["simulate"](hours, 0)  # type: ignore[operator]
    assert waiting[-1] == pytest.approx(sum(hours))


def test_what_is_read_back_is_all_that_is_stored(model: dict[str, object]) -> None:
    load = model["Load"](1_000, [1] * 1_000)  # type: ignore[operator]
    month, year = load.read_back(30), load.read_back(365)
    assert year - month >= 335 * load.articles * model["M"].known_row  # type: ignore[attr-defined]
    # as many entries as a state may hold
    assert load.states(30) < load.states(80) == load.states(365)


def test_a_longer_round_takes_more_workers_of_a_stream(model: dict[str, object]) -> None:
    spread = model["Load"](10_000, [1] * 10_000)  # type: ignore[operator]
    crowded = model["Load"](10_000, [100] * 100)  # type: ignore[operator]
    assert spread.waiting < crowded.waiting <= 100
    assert spread.stream_workers < crowded.stream_workers
