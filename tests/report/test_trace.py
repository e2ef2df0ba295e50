"""From a bar of a report to all its sentences."""

import csv
import html
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main


def told_below(text: str, key: str) -> str:
    """What a bar leads to."""
    return text.partition(f'id="at-{key}">')[2].partition("</div>")[0]


def test_a_bar_leads_to_all_its_sentences_where_there_is_room(
    world: Any, page: Callable[..., str]
) -> None:
    for n in range(29):
        world.tell(f"n{n}", f"2026-03-02T08:{n:02}", [{"sentence": f"No. {n} was told."}])
    world.tell("next", "2026-03-08T08:00", [{}])
    below = told_below(page(), "2026-03-02")
    assert {f"No. {n} was told." for n in range(29)} <= set(
        re.findall(r"No\. \d+ was told\.", below)
    )
    assert "All:" not in below


def test_where_there_is_none_it_leads_to_a_command_that_lists_them(
    world: Any, page: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(70):
        told = [{"sentence": f"No. {n}, {k}.", "publisher": "A, B"} for k in range(10)]
        world.tell(f"n{n}", f"2026-03-02T08:{n % 60:02}", told)
    world.tell("next", "2026-03-08T08:00", [{}])
    text = page()
    below = told_below(text, "2026-03-02")
    assert "599 of 700. All:" in below
    assert "<li" in told_below(text, "2026-03-08")
    command = html.unescape(re.findall(r"<code>(tocsin report .*?)</code>", below)[0])
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[1:]) == 0
    with (tmp_path / "sentences.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {r["sentence"] for r in rows} == {f"No. {n}, {k}." for n in range(70) for k in range(10)}
    assert rows[0]["published"] == "2026-03-02T08:00:00Z"


def test_the_command_keeps_to_the_asked_period(world: Any, page: Callable[..., str]) -> None:
    for n in range(700):
        world.tell(f"n{n}", f"2026-03-02T{8 + n // 60:02}:{n % 60:02}", [{}])
    text = page("--since", "2026-02-20", "--until", "2026-03-02T17:30")
    assert "--since 2026-03-02 --until 2026-03-02T17:30 -o" not in text  # nothing is left out
    text = page("--since", "2026-02-20", "--until", "2026-03-02T19:15:30")
    assert "600 of 676. All:" in text
    assert "--since 2026-03-02 --until 2026-03-02T19:15:30 -o sentences.csv" in text


def test_sentences_of_signs_that_html_writes_longer_stay_in_the_page_s_room(
    world: Any, page: Callable[..., str]
) -> None:
    for n in range(600):
        world.tell(f"n{n}", f"2026-03-02T{8 + n // 60:02}:{n % 60:02}", [{"sentence": '"' * 900}])
    text = page("--since", "2026-01-01", "--until", "2026-04-01")
    assert len(text.encode()) < 1_000_000
    assert "of 600. All:" in text


def test_a_headline_is_not_told_twice(world: Any, page: Callable[..., str]) -> None:
    world.tell("one", "2026-03-02T08:00", [{"sentence": "Title one"}], title="Title one")
    stories = page().partition('id="stories"')[2].partition("</section>")[0]
    assert stories.count("Title one") == 1
    assert "strike · happened</span> in the headline" in stories


def test_what_the_headline_does_not_tell_comes_first(world: Any, page: Callable[..., str]) -> None:
    told = [{"sentence": "Title one"}, {"sentence": "Five were killed."}]
    world.tell("one", "2026-03-02T08:00", told, title="Title one, and more")
    stories = page().partition('id="stories"')[2].partition("</section>")[0]
    assert "strike · happened</span> Five were killed." in stories
    assert "in the headline" not in stories
