"""Runs over files: what a file holds, or is called, never ends a run; a replay counts the same."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from standing import standing

from pipeline.cli import main
from pipeline.tables import open_tables

STRIKE = {"title": "Israel strikes Gaza", "url": "https://n.example/1"}


def run(*words: Any) -> int:
    return main(["run", *map(str, words), "--quiet", "--now", "2026-03-20"])


def test_files_that_once_ended_runs_cost_themselves(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [
        STRIKE | {"url": "https://n.example/\ud83d"},
        {"title": "Russia shells Kyiv", "id": "2"},
    ]
    (folder / "cut.jsonl").write_text("".join(json.dumps(r) + "\n" for r in lines))
    (folder / "wide.csv").write_bytes(b"title,text," + b"x" * 21_000_000 + b"\na,b,c\n")
    assert run(folder, "--output", tmp_path / "out") == 0
    db = open_tables(str(tmp_path / "out"))
    assert db.sql("SELECT count(*) FROM articles").fetchall() == [(2,)]
    ((reason, source),) = db.sql("SELECT reason, source FROM rejects").fetchall()
    assert (reason, source) == ("malformed", f"{folder / 'wide.csv'}: line 1")


def test_a_file_name_in_another_encoding_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    try:
        for name, content in ((b"caf\xe9.txt", b"Israel strikes Gaza"), (b"\xe9.png", b"\x89PNG")):
            Path(os.fsdecode(bytes(folder) + b"/" + name)).write_bytes(content)
    except OSError:
        pytest.skip("this file system has names in UTF-8 only")
    assert run(folder, "--output", tmp_path / "out") == 0
    db = open_tables(str(tmp_path / "out"))
    assert db.sql("SELECT feed FROM articles").fetchall() == [(f"{folder}/caf\ufffd.txt",)]
    assert db.sql("SELECT source FROM rejects").fetchall() == [(f"{folder}/\ufffd.png",)]


def articles(output: Path) -> list[tuple[Any, ...]]:
    query = "SELECT article_id, content_hash, published, withdrawn, text FROM articles_latest ORDER BY ALL"
    return open_tables(str(output)).sql(query).fetchall()


def test_a_replay_ends_with_what_the_output_ended_with(tmp_path: Path) -> None:
    """Text that cleaning would change once more, an edit, and a withdrawal that stays one."""
    told = [
        STRIKE | {"text": "The tag &amp;lt;b&amp;gt; stands. Israeli jets bombed Gaza City."},
        {"title": "EU imposes sanctions on Russia", "url": "https://n.example/2"},
        {"title": "Russia shells Kyiv", "url": "https://n.example/3", "text": "Continue reading"},
    ]
    for day, record in enumerate(told, 2):
        record["published"] = f"2026-03-{day:02d}T08:00:00Z"
    edited = told[2] | {"title": "Russia shells Kharkiv", "published": "2026-03-05T08:00:00Z"}
    for number, records in enumerate(([*told], [edited])):
        source = tmp_path / f"{number}.jsonl"
        source.write_text("".join(json.dumps(r) + "\n" for r in records))
        assert run(source, "--output", tmp_path / "out", "--keep-text") == 0
    withdraw = ["withdraw", str(tmp_path / "out"), "https://n.example/2", "--now", "2026-03-21"]
    assert main(withdraw) == 0

    assert run(tmp_path / "out" / "articles", "--output", tmp_path / "whole", "--keep-text") == 0
    days = sorted((tmp_path / "out" / "articles").iterdir(), reverse=True)
    for day in [*days, *days]:
        assert run(day, "--output", tmp_path / "by day", "--keep-text") == 0
    for replayed in (tmp_path / "whole", tmp_path / "by day"):
        assert articles(replayed) == articles(tmp_path / "out")
        assert standing(replayed) == standing(tmp_path / "out") != []
        assert main(["check", str(replayed)]) == 0
    again = ["run", str(tmp_path / "out" / "articles"), "--output", str(tmp_path / "out")]
    assert main([*again, "--keep-text", "--quiet"]) == 0
    assert articles(tmp_path / "out") == articles(tmp_path / "whole")
