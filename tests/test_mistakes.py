"""What cannot be done is refused in one clear line, and changes nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from six_articles import ARTICLES, Run, fixed, write_jsonl

from pipeline.cli import main

MISTAKES = {
    "missing path": (["nowhere.txt"], "nowhere.txt"),
    "nothing to read": ([], "nothing to read"),
    "window of nothing": (["{file}", "--window", "0"], "--window"),
    "every longer than window": (["{file}", "--every", "2h"], "--every"),
    "uneven windows": (["{file}", "--every", "25m"], "--every"),
    "no such option": (["{file}", "--wndow", "1h"], "did you mean --window?"),
    "no such option of Beam": (["{file}", "--runer=FnApiRunner"], "did you mean --runner?"),
    "no such runner": (["{file}", "--runner=Spork"], "Unexpected pipeline runner: Spork"),
    "fewer than no workers": (["{file}", "--direct_num_workers=-1"], "0 is one a core"),
    "empty folder": (["{empty}"], "no files"),
    "no date": (["{file}", "--since", "soon"], "--since"),
    "no delay": (["{file}", "--host-delay", "nan"], "--host-delay"),
    "no groups of hosts": (["{file}", "--poll-shards", "0"], "--poll-shards"),
    "an end of no stream": (["{file}", "--for", "1h"], "add --stream"),
    "a pipe": (["{pipe}"], "save what it gives to a file"),
    "an unset variable": ([""], "an empty INPUT"),
    "an unset output": (["{file}", "--output", ""], "an empty name for the output"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mistake: str
) -> None:
    (tmp_path / "empty").mkdir()
    file = write_jsonl(tmp_path / "a.jsonl", ARTICLES[:1])
    words, said = MISTAKES[mistake]
    os.mkfifo(tmp_path / "pipe")
    places = {"file": file, "empty": tmp_path / "empty", "pipe": tmp_path / "pipe"}
    assert main(["run", *fixed(tmp_path / "out"), *(w.format(**places) for w in words)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("tocsin: error: ")
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out" / "articles").exists()


def test_a_feed_list_without_its_option_is_no_article(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "feeds.txt"
    listed.write_text("# ours\nhttps://news.example/feed  World\n\nhttps://news.example/other\n")
    assert run(listed, "--json") == 0
    assert json.loads(capsys.readouterr().out)["rejects"] == {"not_a_feed": 1}


def test_an_output_that_is_a_file(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_jsonl(tmp_path / "out", ARTICLES[:1])
    assert run(file) == 2
    assert "a file, not a folder" in capsys.readouterr().err


def test_an_output_counted_in_other_windows(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_jsonl(tmp_path / "a.jsonl", ARTICLES[:1])
    run(file)
    capsys.readouterr()
    assert run(file, "--window", "1d") == 2
    assert "windows of 3600 s" in capsys.readouterr().err


def test_two_runs_at_once(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from transforms.store.locks import locked

    file = write_jsonl(tmp_path / "a.jsonl", ARTICLES[:1])
    with locked(tmp_path / "out", 1):
        holder = subprocess.run(
            [
                sys.executable,
                "-m",
                "pipeline",
                "run",
                str(file),
                "--output",
                str(tmp_path / "out"),
                "--lock-wait",
                "1s",
            ],
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[1],
        )
    assert holder.returncode == 2
    assert "another run is writing" in holder.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_folders_without_permission(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "news" / "closed"
    folder.mkdir(parents=True)
    run(write_jsonl(tmp_path / "news" / "a.jsonl", ARTICLES[:1]))
    closed = tmp_path / "out" / "articles" / "day=2026-03-02"
    try:
        for place in (folder, closed):
            place.chmod(0)
        for words in (["run", folder], ["run", folder.parent], ["counts", tmp_path / "out"]):
            assert main([str(w) for w in words]) == 2
            error = capsys.readouterr().err
            assert str(closed if words[0] == "counts" else folder) in error
            assert error.count("\n") == 1
    finally:
        closed.chmod(0o755)


def test_tag_reads_pipes_and_tells_in_one_line_what_is_no_article(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    os.mkfifo(tmp_path / "pipe")
    file = write_jsonl(tmp_path / "a.jsonl", ARTICLES)
    with subprocess.Popen(["sh", "-c", f"cat '{file}' > '{tmp_path / 'pipe'}'"]):
        assert main(["tag", str(tmp_path / "pipe")]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [
        a["id"] for a in ARTICLES
    ]
    (tmp_path / "page.html").write_text("no page at all")
    assert main(["tag", str(tmp_path / "page.html")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not caplog.records
    assert main(["tag", str(tmp_path)]) == 2
    assert "a folder" in capsys.readouterr().err
