"""What a stream looks at: files and lists that go missing are told, once, and the rest goes on."""

import argparse
from pathlib import Path

import pytest

from pipeline.options import UsageError
from pipeline.run_options import run_options
from pipeline.stream import Watch

NOW = 1_774_000_000_000_000
LINE = '{"title": "Israel strikes Gaza", "id": "1"}\n'


def watch(*words: object) -> Watch:
    parser = argparse.ArgumentParser()
    run_options(parser)
    return Watch(parser.parse_args([*map(str, words), "--stream"]))


def paths(looking: Watch) -> list[str]:
    due = looking.due({}, NOW)
    return [Path(p).name for p in due.paths] if due else []


def test_a_file_that_vanishes_is_told_once_and_read_when_it_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = tmp_path / "a.jsonl", tmp_path / "folder"
    folder.mkdir()
    file.write_text(LINE)
    looking = watch(file, tmp_path / "none")
    with pytest.raises(UsageError):
        looking.due({}, NOW)

    looking = watch(file, folder)
    assert paths(looking) == ["a.jsonl"]
    file.unlink()
    assert paths(looking) == paths(looking) == []
    assert (
        capsys.readouterr().err == f"tocsin: {file}: no such file or folder; going on without it\n"
    )
    (folder / "b.jsonl").write_text(LINE)
    assert paths(looking) == ["b.jsonl"]
    file.write_text(LINE * 2)
    assert paths(looking) == ["a.jsonl"]
    assert capsys.readouterr().err == ""
    file.unlink()
    assert paths(looking) == []
    assert "no such file" in capsys.readouterr().err


def test_a_feed_list_that_vanishes_stays_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feeds = tmp_path / "feeds.txt"
    feeds.write_text("https://news.example/feed\n")
    looking = watch("--feeds", feeds)
    first = looking.due({}, NOW)
    feeds.unlink()
    second = looking.due({}, NOW)
    assert first is not None
    assert second is not None
    assert second.feeds == first.feeds
    assert capsys.readouterr().err.count("going on without it") == 1
