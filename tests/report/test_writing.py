"""Where a report is written, and where it cannot be."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main


def test_links_and_pipes_are_written_to_and_stay(world: Any, tmp_path: Any, now: int) -> None:
    output, page = world.write(tmp_path / "out", now), tmp_path / "site" / "page.html"
    page.parent.mkdir()
    link, pipe = tmp_path / "link.html", tmp_path / "pipe"
    link.symlink_to(page)
    os.mkfifo(pipe)
    assert main(["report", output, "-o", str(link)]) == 0
    assert link.is_symlink()
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        assert main(["report", output, "-o", str(pipe)]) == 0
        assert reader.communicate()[0] == page.read_bytes() != b""
    assert pipe.is_fifo()


def test_a_page_that_cannot_be_written_is_a_clear_error(
    world: Any, tmp_path: Any, now: int, capsys: pytest.CaptureFixture[str]
) -> None:
    output = world.write(tmp_path / "out", now)
    assert main(["report", output, "-o", str(tmp_path / "no" / "r.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    for folder in ("/", str(tmp_path)):
        assert main(["report", output, "-o", folder]) == 2
        assert "a folder; name the page's file" in capsys.readouterr().err
    assert main(["report", output, "-o", "-"]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")


@pytest.mark.parametrize("words", [["report", "-o", "-"], ["counts", "--by", "publisher"], ["why"]])
def test_what_is_piped_is_utf_8_in_any_locale(
    world: Any, tmp_path: Any, now: int, words: list[str]
) -> None:
    article = world.tell("one", "2026-03-05T08:10", [{}], publisher="Žluťoučký – Днес")
    output = world.write(tmp_path / "out", now)
    command = [sys.executable, "-m", "pipeline", words[0], output, *words[1:]]
    done = subprocess.run(
        [*command, *([article.article_id] if words == ["why"] else [])],
        capture_output=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Žluťoučký".encode() in done.stdout
