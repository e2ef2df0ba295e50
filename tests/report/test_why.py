"""`tocsin why`: from an article to what was counted in it and what was not."""

import json
from typing import Any

import pytest

from pipeline.cli import main


@pytest.fixture
def output(world: Any, tmp_path: Any, now: int) -> str:
    labour = {"counted": False, "reason": "labour", "sentence": "Nurses went on [strike]."}
    world.tell("a", "2026-03-02T08:10", [{"actor_country": "RUS"}, labour])
    world.tell("plain", "2026-03-02T08:20")
    return str(world.write(tmp_path / "out", now))


def test_it_tells_what_counted_what_did_not_and_the_count_row(
    output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", output, "https://news.example/a"]) == 0
    said = capsys.readouterr().out
    assert "counted strike occurred" in said
    assert "not counted strike: labour" in said
    assert "Nurses went on [strike]." in said
    assert "2026-03-02 08:00 to 2026-03-02 09:00" in said


def test_any_address_of_the_page_finds_it(output: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", output, "http://www.news.example/a/?utm_source=feed#top"]) == 0
    assert "counted strike occurred" in capsys.readouterr().out


def test_by_id_and_as_json(output: str, world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    name = world.tables["articles"][0].article_id
    assert main(["why", output, name, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [m["stands"] for m in found["mentions"]] == [True, False]
    assert found["counts"][0]["mention_count"] == 1


def test_an_article_without_triggers_and_one_never_read(
    output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", output, "https://news.example/plain"]) == 0
    assert "No trigger" in capsys.readouterr().out
    assert main(["why", output, "https://news.example/never"]) == 1
    assert "never read" in capsys.readouterr().out


def test_rejects_are_those_of_the_source_named(
    output: str, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """One name may begin another."""
    files = [tmp_path / "1.jsonl", tmp_path / "1.jsonl.jsonl"]
    for file in files:
        file.write_text("{\n")
    assert main(["run", *map(str, files), "--output", output, "--quiet"]) == 0
    for file in files:
        assert main(["why", output, str(file)]) == 0
        assert capsys.readouterr().out.count("Rejected at read") == 1
    assert main(["why", output, ""]) == 2
    assert "an empty ARTICLE" in capsys.readouterr().err
