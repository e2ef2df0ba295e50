"""One page told again: by another publisher, with another date, beside neighbours, in any order of runs."""

import json
import random
from pathlib import Path

import pytest
from standing import standing

from pipeline.cli import main

PAGE = ("page", "Israel strikes Gaza", "Israeli jets carried out airstrikes on Gaza City.")
OTHER = ("page", "Israel strikes Gaza", "Israeli jets and ships bombed Gaza City. An envoy came.")
NEIGHBOUR = ("near", "Russia shells Kharkiv", "Russian forces shelled Kharkiv overnight.")
TOLD = [
    (PAGE, "10:10", "World News"),
    (PAGE, "10:10", "Middle East News"),
    (PAGE, "10:40", "World News"),
    (PAGE, "08:10", "World News"),
    (OTHER, "09:10", "World News"),
    (OTHER, "10:20", "World News"),
    (NEIGHBOUR, "10:30", "World News"),
    (NEIGHBOUR, "09:30", "World News"),
]


def run(output: Path, *told: tuple[tuple[str, str, str], str, str]) -> None:
    lines = []
    for (name, title, text), hour, publisher in told:
        row = {"url": f"https://news.example/{name}", "title": title, "text": text}
        row |= {"published": f"2026-03-02T{hour}:00Z", "publisher": publisher}
        lines.append(json.dumps(row) + "\n")
    path = output.parent / "told.jsonl"
    path.write_text("".join(lines))
    words = ["--output", str(output), "--now", "2026-03-20", "--quiet"]
    assert main(["run", str(path), *words]) == 0


def test_the_page_counts_on_when_its_neighbour_comes(tmp_path: Path) -> None:
    """The same words at the same time by another publisher are a new version, with the mentions of the old one."""
    for told in (TOLD[0], TOLD[1], (NEIGHBOUR, "10:30", "World News")):
        run(tmp_path / "out", told)
    assert sum(row[6] for row in standing(tmp_path / "out") if row[5] == "PSE") == 2
    assert main(["check", str(tmp_path / "out")]) == 0


@pytest.mark.parametrize("seed", range(2))
def test_any_order_of_runs_counts_like_one_run(tmp_path: Path, seed: int) -> None:
    order = TOLD.copy()
    random.Random(seed).shuffle(order)
    for told in order:
        run(tmp_path / "out", told)
    run(tmp_path / "once", *TOLD)
    assert standing(tmp_path / "out") == standing(tmp_path / "once")
    assert main(["check", str(tmp_path / "out")]) == 0
