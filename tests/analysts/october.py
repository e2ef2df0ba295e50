"""The codebook's figures of October 2023, measured anew and written into it.

``python tests/analysts/october.py news-2023-10.jsonl.gz`` runs the news, which are not part of this project, into a
folder that is removed again (some minutes); with the folder of a run instead it only measures. A block of the codebook
between ``<!-- october: NAME -->`` and ``<!-- october -->`` is replaced by what the function of that name says.
"""

import re
import sys
import tempfile
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.cli import main as tocsin
from pipeline.counts import Question, count
from pipeline.options import moment
from pipeline.report.names import country_name
from pipeline.signals import signals
from pipeline.tables import open_tables

CODEBOOK = Path(__file__).parents[2] / "docs" / "codebook.md"
BLOCK = re.compile(r"(<!-- october: (\w+) -->\n)(.*?)(<!-- october -->)", re.S)
ATTACK = datetime(2023, 10, 7, 3, 30, tzinfo=UTC)
DAY = "published >= TIMESTAMPTZ '2023-10-07 00:00+00' AND published < TIMESTAMPTZ '2023-10-08 00:00+00'"
Rows = list[dict[str, Any]]


def new_signals(tables: Any) -> Rows:
    """The new alerts and alarms until the end of 7 October, in order of time."""
    found = signals(tables, "alert", until=moment("2023-10-08"))
    return [s for s in found if s["is_new"]]


def rises(found: Rows) -> Rows:
    """Those of `found` that no other of their series came before within a day."""
    return [
        s
        for s in found
        if not any(
            (o["category"], o["country"]) == (s["category"], s["country"])
            and timedelta(0) < s["window_start"] - o["window_start"] <= timedelta(1)
            for o in found
        )
    ]


def table(tables: Any) -> str:
    """The signals as a table."""
    lines = [
        "| until (UTC) | what | level | score | stories | expected | publishers |",
        "| --- | --- | --- | --: | --: | --: | --: |",
    ]
    for s in new_signals(tables):
        until = s["window_end"].astimezone(UTC)
        lines.append(
            f"| {until.day} Oct, {until:%H:%M} | {s['category']}s, {country_name(s['country'])} |"
            f" {s['level']} | {s['score']:.1f} | {s['story_count']} | {s['expected_stories']:.1f} |"
            f" {s['publisher_count']} |"
        )
    return "\n".join(lines)


def summary(tables: Any) -> str:
    """How soon the attack stood out, and how much stood out before."""
    found = new_signals(tables)
    alarms = [s for s in found if s["level"] == "alarm"]
    told = [
        f"{country_name(s['country'])} {(s['window_end'] - ATTACK) / timedelta(hours=1):.1f} hours"
        for s in alarms
        if s["category"] == "strike" and s["country"] in ("ISR", "PSE") and s["window_end"] > ATTACK
    ]
    before = [s for s in found if s["window_end"] <= ATTACK]
    first = sum(s in alarms for s in before)
    return wrapped(
        "The attack of 7 October began about 03:30; its first alarms by event time, after it:"
        f" {', '.join(told)}. In the six days before, {len(rises(before))} of all series rose ({len(before)} rows,"
        f" {first} of them alarms; an alert that becomes an alarm within a day is one rise):"
        f" {len(rises(before)) / 6:.1f} a day."
    )


def stories(tables: Any) -> str:
    """Stories by day and category as the views tell them apart and as `tocsin counts` does."""
    (by_view,) = tables.execute(
        "SELECT CAST(sum(n) AS BIGINT) FROM (SELECT count(DISTINCT story_id) AS n"
        " FROM mentions_standing GROUP BY CAST(published AS DATE), category)"
    ).fetchone()
    rows = count(tables, Question(by=("day", "category")))
    folded, articles = (sum(r[c] for r in rows) for c in ("story_count", "article_count"))
    return wrapped(
        "The views therefore never show fewer stories than `tocsin counts`, and may show more: of the October 2023"
        f" below, by day and category, {by_view:,} to its {folded:,} in {articles:,} articles; but a wire that fifty"
        " papers each print under a byline of their own is fifty."
    )


def citation(tables: Any) -> str:
    """A count, cited in full."""
    (mentions,) = tables.execute(
        "SELECT count(*) FROM mentions_standing WHERE category = 'strike' AND status = 'occurred'"
        f" AND {DAY}"
    ).fetchone()
    articles, publishers = tables.execute(
        f"SELECT count(*), count(DISTINCT publisher) FROM articles_latest WHERE NOT withdrawn AND {DAY}"
    ).fetchone()
    (emitted,) = tables.execute("SELECT max(emitted) FROM mention_counts").fetchone()
    return wrapped(
        f"{mentions} mentions of strikes that happened, 7 October 2023 (UTC), in {articles} articles of {publishers}"
        f" publishers; Tocsin 0.1.0, windows of 1 hour, revision standing on {emitted.day} {emitted:%B %Y}.",
        "> ",
    )


def wrapped(text: str, start: str = "") -> str:
    """A paragraph as the documents have it."""
    return textwrap.fill(text, 119, initial_indent=start, subsequent_indent=start)


def rewritten(text: str, tables: Any) -> str:
    """The codebook with every figure of October as the tables give it."""
    says = {f.__name__: f for f in (table, summary, stories, citation)}
    return BLOCK.sub(lambda m: f"{m[1]}{says[m[2]](tables)}\n{m[4]}", text)


if __name__ == "__main__":
    source = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        output = str(source if source.is_dir() else Path(folder) / "october")
        if not source.is_dir():
            assert tocsin(["run", str(source), "--output", output, "--quiet"]) == 0
        told = rewritten(CODEBOOK.read_text("utf-8"), open_tables(output))
    CODEBOOK.write_text(told, "utf-8")
