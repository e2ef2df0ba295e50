"""What becomes of an article by when it says it was published; the tests read like the table.

The window is 10:00-11:00 on 2 March. It is stated first by a run at 10:30, then by the run below.
"""

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.tables import open_tables

FIRST_RUN = "2026-03-02T10:30:00"
HOUR_10 = "2026-03-02 10:00"

TABLE = {
    # name: (published, second run's clock, window counted in, its reason, origin of the date)
    "on time": ("2026-03-02T10:20:00Z", "2026-03-02T10:45:00", HOUR_10, "first", "file"),
    "late, the window just closed": (
        "2026-03-02T10:20:00Z",
        "2026-03-02T11:05:00",
        HOUR_10,
        "late",
        "file",
    ),
    "late by a month": ("2026-03-02T10:59:59Z", "2026-04-02T00:00:00", HOUR_10, "late", "file"),
    "at the window's end": (
        "2026-03-02T11:00:00Z",
        "2026-03-02T11:05:00",
        "2026-03-02 11:00",
        "first",
        "file",
    ),
    "a clock that runs early": (
        "2026-03-02T12:10:00Z",
        "2026-03-02T11:05:00",
        "2026-03-02 12:00",
        "first",
        "file",
    ),
    "the year 1970": (
        "1970-01-01T00:00:00Z",
        "2026-03-02T11:05:00",
        "2026-03-02 11:00",
        "first",
        "first_seen",
    ),
    "the year 2035": (
        "2035-01-01T00:00:00Z",
        "2026-03-02T11:05:00",
        "2026-03-02 11:00",
        "first",
        "first_seen",
    ),
    "no date": (None, "2026-03-02T11:05:00", "2026-03-02 11:00", "first", "first_seen"),
    "not a date": ("soon", "2026-03-02T11:05:00", "2026-03-02 11:00", "first", "first_seen"),
}


def run(folder: Path, name: str, published: str | None, clock: str, more: str = "") -> None:
    article = {
        "id": name,
        "title": f"Israel strikes Gaza ({name})",
        "text": f"Israeli jets carried out airstrikes on Gaza City. {more}",
        "published": published,
        "url": f"https://n.example/{name}",
    }
    source = folder / f"{name}.jsonl"
    source.write_text(json.dumps(article))
    assert (
        main(["run", str(source), "--output", str(folder / "out"), "--now", clock, "--quiet"]) == 0
    )


def stated_last(folder: Path) -> list[tuple[str, str, int]]:
    """Window, reason and mentions of the rows that the last run stated."""
    rows: list[tuple[str, str, int]] = (
        open_tables(str(folder / "out"))
        .execute(
            "SELECT strftime(window_start, '%Y-%m-%d %H:%M') AS opens, reason, sum(mention_count) "
            "FROM mention_counts WHERE emitted = (SELECT max(emitted) FROM mention_counts) "
            "GROUP BY ALL ORDER BY ALL"
        )
        .fetchall()
    )
    return rows


@pytest.mark.parametrize("case", TABLE)
def test_lateness(case: str, tmp_path: Path) -> None:
    published, clock, window, reason, origin = TABLE[case]
    run(tmp_path, "before", "2026-03-02T10:10:00Z", FIRST_RUN)
    run(tmp_path, "second", published, clock)
    db = open_tables(str(tmp_path / "out"))
    assert db.execute(
        "SELECT published_origin FROM articles WHERE url LIKE '%second'"
    ).fetchone() == (origin,)
    stated = db.execute(
        "SELECT DISTINCT strftime(window_start, '%Y-%m-%d %H:%M'), reason FROM mention_counts "
        "WHERE emitted = (SELECT max(emitted) FROM mention_counts)"
    ).fetchall()
    assert stated == [(window, reason)]
    total, articles = db.execute(
        "SELECT sum(mention_count), (SELECT count(*) FROM mentions_standing) FROM mention_counts_latest"
    ).fetchone()
    assert total == articles > 0


def test_an_edit_leaves_the_window_that_it_moves_from(tmp_path: Path) -> None:
    run(tmp_path, "page", "2026-03-02T10:10:00Z", FIRST_RUN)
    run(tmp_path, "page", "2026-03-02T12:10:00Z", "2026-03-02T12:30:00", "They came by night.")
    assert stated_last(tmp_path) == [(HOUR_10, "edited", 0), ("2026-03-02 12:00", "first", 2)]


def test_a_withdrawn_article_is_counted_nowhere(tmp_path: Path) -> None:
    run(tmp_path, "page", "2026-03-02T10:10:00Z", FIRST_RUN)
    words = [str(tmp_path / "out"), "https://n.example/page", "--now", "2026-03-02T12:30:00"]
    assert main(["withdraw", *words]) == 0
    assert stated_last(tmp_path) == [(HOUR_10, "withdrawn", 0)]
