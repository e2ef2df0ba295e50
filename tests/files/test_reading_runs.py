"""Runs over files: what a file holds, or is called, never ends a run; a replay counts the same."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

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
