"""The sample articles, end to end: what `make run` gives, row for row.

After a change that is meant to change the counts: ``UPDATE_GOLDEN=1 make test`` and review the diff.
"""

import json
import os
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.tables import open_tables

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden" / "seeds.json"
CLOCK = "2026-03-25"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    words = [
        "run",
        str(ROOT / "seeds" / "articles"),
        "--output",
        str(folder),
        "--now",
        CLOCK,
        "--json",
    ]
    assert main(words) == 0
    return folder


def test_the_seeds_give_the_golden_counts(output: Path) -> None:
    db = open_tables(str(output))
    found = {
        "articles": db.execute(
            "SELECT strftime(published, '%Y-%m-%dT%H:%MZ'), version, publisher, title "
            "FROM articles ORDER BY ALL"
        ).fetchall(),
        "rejects": db.execute("SELECT stage, reason FROM rejects ORDER BY ALL").fetchall(),
        "counts": db.execute(
            "SELECT strftime(window_start, '%Y-%m-%dT%H:%MZ'), category, status, actor_country, "
            "target_country, mention_count, article_count, story_count, publisher_count "
            "FROM mention_counts_latest ORDER BY ALL"
        ).fetchall(),
    }
    # One row a line, so that a changed count is one changed line.
    lines = ",\n".join(
        f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]"
        for name, rows in found.items()
    )
    text = "{\n" + lines + "\n}\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def test_the_seeds_hold_every_category_status_and_trap(output: Path) -> None:
    db = open_tables(str(output))
    pairs = set(db.execute("SELECT DISTINCT category, status FROM mentions_standing").fetchall())
    for category in ("strike", "envoy", "sanction"):
        for status in ("occurred", "planned", "threatened", "called_off", "denied"):
            assert (category, status) in pairs
    reasons = {
        r
        for (r,) in db.execute("SELECT DISTINCT reason FROM mentions WHERE NOT counted").fetchall()
    }
    assert {"labour", "court"} <= reasons
    assert main(["check", str(output)]) == 0
