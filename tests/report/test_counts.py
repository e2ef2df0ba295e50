"""`tocsin counts` as analysts meet it."""

import csv
import io
import json
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.counts import GROUPS, Question, changes
from pipeline.options import UsageError
from pipeline.tables import open_tables
from transforms.store.manifest import HIDDEN

BY_CATEGORY = Question(("category",))
RUS_UKR = {"actor_country": "RUS", "target_country": "UKR"}


@pytest.fixture
def output(world: Any, tmp_path: Any, now: int) -> str:
    wire = "Wire\n" + " ".join(f"word{n}" for n in range(40))
    world.tell("a", "2026-03-02T08:10", [RUS_UKR, {}], text=wire, publisher="Post")
    world.tell("b", "2026-03-02T09:10", [RUS_UKR], text=wire, publisher="Courier")
    off = {"category": "envoy", "status": "called_off"}
    world.tell("c", "2026-03-04T09:10", [off], publisher="Sun, The")
    world.tell("d", "2026-03-04T10:10", [{"counted": False, "reason": "labour"}])
    return str(world.write(tmp_path / "out", now))


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert main(["counts", *words, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_distinct_counts_are_counted_afresh_for_each_grouping(
    output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(capsys, output, "--by", "day,category") == [
        {"day": "2026-03-02", "category": "strike", "mention_count": 3, "article_count": 2}
        | {"story_count": 1, "publisher_count": 2},
        {"day": "2026-03-04", "category": "envoy", "mention_count": 1, "article_count": 1}
        | {"story_count": 1, "publisher_count": 1},
    ]
    (everything,) = asked(capsys, output, "--by", "")
    assert everything["mention_count"] == 4
    assert everything["story_count"] == 2


@pytest.mark.parametrize("column", GROUPS)
def test_every_grouping_that_is_offered(
    output: str, capsys: pytest.CaptureFixture[str], column: str
) -> None:
    rows = asked(capsys, output, "--by", column)
    assert sum(row["mention_count"] for row in rows) == 4


def test_no_cell_is_cut_for_a_narrow_terminal(
    output: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")  # a terminal, for rich
    main(["counts", output, "--by", "window,category,status,publisher"])
    said = capsys.readouterr().out
    assert "2026-03-02 08:00" in said
    assert "…" not in said


def test_by_window_and_series_it_is_the_standing_table(
    output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = asked(capsys, output, "--by", "window,category,status,actor_country,target_country")
    standing = (
        open_tables(output)
        .execute(
            "SELECT mention_count, article_count, story_count, publisher_count"
            " FROM mention_counts_latest WHERE mention_count > 0 ORDER BY window_start, category,"
            " status, actor_country, target_country"
        )
        .fetchall()
    )
    assert [tuple(row.values())[-4:] for row in rows] == standing
    assert rows[0]["window_start"] == "2026-03-02T08:00:00Z"
    assert rows[0]["window_end"] == "2026-03-02T09:00:00Z"


@pytest.mark.parametrize(
    ("words", "mentions"),
    [
        (["--category", "envoy"], 1),
        (["--status", "occurred, called_off"], 4),
        (["--actor", "rus"], 2),
        (["--target", "RUS"], 0),
        (["--country", "UKR,RUS"], 2),
        (["--publisher", "Courier"], 1),
        (["--publisher", "Courier, Post"], 3),
        (["--publisher", "Sun, The"], 1),
        (["--since", "2026-03-02T09:00", "--until", "2026-03-04"], 1),
    ],
)
def test_filters(
    output: str, capsys: pytest.CaptureFixture[str], words: list[str], mentions: int
) -> None:
    rows = asked(capsys, output, "--by", "category", *words)
    assert sum(row["mention_count"] for row in rows) == mentions


def test_csv_has_its_header_even_without_rows(
    output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["counts", output, "--csv", "--by", "week", "--since", "2030-01-01"])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [
        ["week", "mention_count", "article_count", "story_count", "publisher_count"]
    ]


def test_the_table_says_when_there_is_nothing(
    output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["counts", output]) == 0
    assert "2026-03-02" in capsys.readouterr().out
    assert main(["counts", output, "--since", "2030-01-01"]) == 0
    assert "No mention" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--by", "catgory"], "did you mean category?"),
        (["--category", "strikes"], "did you mean strike?"),
        (["--status", "x"], "one of occurred"),
        (
            ["--publisher", "courier"],
            "no article of 'courier' in this output; did you mean Courier?",
        ),
        (["--publisher", "Courier,Nobody"], "--by publisher lists them"),
        (["--actor", "USA,RU"], "'RU' is not an ISO alpha-3 code such as USA"),
        (["--since", "2026-03-04", "--until", "2026-03-02"], "nothing lies between"),
    ],
)
def test_what_is_unknown_is_told_with_a_hint(
    output: str, capsys: pytest.CaptureFixture[str], words: list[str], hint: str
) -> None:
    assert main(["counts", output, *words]) == 2
    assert hint in capsys.readouterr().err


def test_the_table_says_how_much_was_listened_to(
    output: str, world: Any, tmp_path: Any, now: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["counts", output]) == 0
    assert (
        "read in 4 of 51 hours from 2026-03-02 08:00 to 2026-03-04 11:00; in the others"
        in capsys.readouterr().out
    )
    period = ["--since", "2026-03-02T08:00", "--until", "2026-03-02T10:00"]
    assert main(["counts", output, *period]) == 0
    assert "read in every hour from 2026-03-02 08:00" in capsys.readouterr().out
    silent = ["--since", "2026-03-03", "--until", "2026-03-04"]
    assert main(["counts", output, *silent]) == 0
    said = capsys.readouterr().out
    assert "No mention was counted here." in said
    assert "read in 0 of 24 hours" in said


def test_no_output_is_a_clear_error(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["counts", str(tmp_path / "none")]) == 2
    assert "no such output" in capsys.readouterr().err


def test_watching_waits_for_the_first_commit_and_says_so(
    world: Any, tmp_path: Any, now: int, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out"
    world.tell("a", "2026-03-02T08:10", [RUS_UKR])
    threading.Timer(0.2, world.write, (output, now)).start()
    assert next(changes(str(output), BY_CATEGORY, seconds=0.01))[0]["mention_count"] == 1
    told = capsys.readouterr().err
    assert told.count("no such output") == 1
    assert "waiting" in told


def test_watching_tells_an_error_and_shows_no_zero_for_it(
    world: Any, tmp_path: Any, now: int, capsys: pytest.CaptureFixture[str]
) -> None:
    output, one, damaged, two = (tmp_path / name for name in ("out", "one", "damaged", "two"))

    def become(folder: Path) -> None:
        output.unlink(missing_ok=True)
        output.symlink_to(folder)

    world.tell("a", "2026-03-02T08:10", [RUS_UKR])
    world.write(one, now)
    world.tell("b", "2026-03-02T08:20", [RUS_UKR])
    world.write(two, now)
    (damaged / HIDDEN).mkdir(parents=True)
    (damaged / HIDDEN / "manifest.json").write_text("{")
    become(one)
    seen = changes(str(output), BY_CATEGORY, seconds=0.01)
    assert next(seen)[0]["mention_count"] == 1
    become(damaged)
    threading.Timer(0.3, become, [two]).start()
    assert next(seen)[0]["mention_count"] == 2
    assert capsys.readouterr().err.count("damaged manifest") == 1
    with pytest.raises(UsageError, match="damaged manifest"):
        next(changes(str(damaged), BY_CATEGORY, seconds=0.01))


@pytest.mark.parametrize("words", ["schema --sql", "counts {output}"])
def test_a_reader_that_leaves_is_no_error(output: str, words: str) -> None:
    command = f"{sys.executable} -m pipeline {words.format(output=output)}"
    done = subprocess.run(
        f"{command} | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_behind_standard_output_is_one_line(output: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "counts", output],
            cwd=Path(__file__).parents[2],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr == "tocsin: error: standard output: No space left on device\n"


@contextmanager
def command(*words: str) -> Any:
    """A command in a process of its own, ended by Ctrl-C."""
    running = subprocess.Popen(
        [sys.executable, "-m", "pipeline", *words],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 0
    finally:
        running.kill()


def test_counts_are_watched_beside_a_running_stream(tmp_path: Path) -> None:
    folder, output = tmp_path / "in", str(tmp_path / "out")
    folder.mkdir()

    def bring(name: str, text: str) -> None:
        (tmp_path / name).write_text(f"published: 2026-03-02\n\n{text}")
        (tmp_path / name).rename(folder / name)

    watch = ("counts", output, "--by", "category", "--json", "--watch", "1")
    with (
        command("run", "--stream", str(folder), "--output", output, "--quiet"),
        command(*watch) as watching,
    ):
        told = (json.loads(line) for line in watching.stdout)
        bring("a.txt", "Israel strikes Rafah\nIsraeli jets bombed Rafah.")
        first = next(told)
        assert (first["category"], first["article_count"]) == ("strike", 1)
        bring("b.txt", "Tanker rules\nThe United States imposed sanctions on Iran.")
        assert {next(told)["category"], next(told)["category"]} == {"strike", "sanction"}
