"""What a stream wrote twice is told once by every command that reads an output."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from pipeline.options import moment
from schemas.records import FeedHealth, Reject

FEED, DOWN = "https://up.example/rss", "https://down.example/rss"


def poll(feed: str, when: str, outcome: str, error: str = "") -> FeedHealth:
    return FeedHealth(feed, moment(when), outcome, None, 0, 0, None, 0, 0.1, None, error)


@pytest.fixture
def output(world: Any, tmp_path: Path, now: int) -> Path:
    labour = {"counted": False, "reason": "labour", "sentence": "Nurses went on strike."}
    world.tell("a", "2026-03-02T08:10", [{"actor_country": "RUS"}, labour])
    world.tell("b", "2026-03-02T09:10", [{"category": "envoy", "person": "Ana Ruiz"}])
    world.tables["feed_health"] = [
        poll(FEED, "2026-03-02T08:30", "ok"),
        poll(FEED, "2026-03-02T09:30", "timeout", "not done after 30 s"),
        poll(DOWN, "2026-03-02T08:30", "timeout", "not done after 30 s"),
    ]
    seen = [moment(day) for day in ("2026-03-02T10:00", "2026-03-04")]
    page = "https://news.example/a"
    world.tables["rejects"] = [Reject("parse", "malformed", "it ends", page, "", s) for s in seen]
    return Path(world.write(tmp_path / "out", now))


COMMANDS = (
    ("report", "-o", "-"),
    ("report", "-o", "-", "--until", "2026-03-03"),
    ("counts",),
    ("counts", "--by", "publisher,category", "--json"),
    ("why", "https://news.example/a"),
    ("why", "https://news.example/a", "--json"),
    ("signals", "--level", "usual", "--all"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_row_that_is_there_twice_changes_nothing(
    output: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    def told() -> str:
        assert main([words[0], str(output), *words[1:]]) == 0
        return re.sub(r"written [^<]*|took [^<]*", "", capsys.readouterr().out)

    once = told()
    for path in output.rglob("*.parquet"):
        rows = pq.read_table(path, partitioning=None)
        pq.write_table(pa.concat_tables([rows, rows]), path)
    assert told() == once


def test_copies_under_other_bylines_are_one_story(world: Any, page: Callable[..., str]) -> None:
    wire = " ".join(f"same{n}" for n in range(40))
    for n in range(5):
        text = f"Wire\nBy Ann Author{n} of Paper{n} {wire}"
        world.tell(
            f"w{n}", f"2026-03-02T08:0{n}", [{"place_country": "UKR"}], text, publisher=f"P{n}"
        )
    text = page()
    assert "5 mentions in 5 copies by 5 publishers" in text
    assert "1 story with strikes, 0 with envoys" in text


def test_a_row_written_twice_is_one_mention(world: Any, page: Callable[..., str]) -> None:
    world.tell("a", "2026-03-02T08:00", [{}, {}])
    world.tables["mentions"] *= 2
    assert ", strike: 2 happened" in page()
