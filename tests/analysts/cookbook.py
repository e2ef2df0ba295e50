"""The cookbook's questions and answers; run it to write the answers anew.

``python tests/analysts/cookbook.py`` runs the sample articles, asks every question, and puts the answers into
``docs/cookbook.md``.
"""

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from pipeline.cli import main as tocsin
from pipeline.tables import open_tables
from schemas.sql import transpile

ROOT = Path(__file__).parents[2]
COOKBOOK = ROOT / "docs" / "cookbook.md"
QUESTION = re.compile(r"(### \d+\..*?```sql\n)(.*?)(```\n)(.*?)(?=\n### |\Z)", re.S)


def read_seeds(folder: Path) -> str:
    """The sample articles, run into a folder."""
    output = str(folder / "output")
    words = ["run", str(ROOT / "seeds" / "articles"), "--output", output, "--now", "2026-03-20"]
    assert tocsin([*words, "--quiet"]) == 0
    return output


def answer(connection: Any, sql: str) -> str:
    """The rows of a query in BigQuery's SQL as a Markdown table."""
    result = connection.execute(transpile(sql, "duckdb", {}))
    names = [column[0] for column in result.description]
    lines = [names, ["---"] * len(names), *result.fetchall()]
    return "\n".join(f"| {' | '.join(_cell(c) for c in line)} |" for line in lines)


def _cell(value: Any) -> str:
    return "–" if value in ("", None) else str(value).replace("|", r"\|")


def questions(text: str) -> list[tuple[str, str, str]]:
    """Heading, query and answer of each question."""
    return [
        (found[1].splitlines()[0].removeprefix("### "), found[2], found[4].strip())
        for found in QUESTION.finditer(text)
    ]


def rewritten(text: str, connection: Any) -> str:
    """The cookbook with every answer as the tables give it."""

    def put(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}{found[3]}\n{answer(connection, found[2])}\n"

    return QUESTION.sub(put, text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        told = rewritten(COOKBOOK.read_text("utf-8"), open_tables(read_seeds(Path(folder))))
    COOKBOOK.write_text(told, "utf-8")
    sys.stdout.write(f"{len(questions(told))} answers written\n")
