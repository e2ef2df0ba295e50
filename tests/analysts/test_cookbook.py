"""Every question of the cookbook, asked again on the sample articles."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlglot

from pipeline.tables import open_tables


def load() -> ModuleType:
    path = Path(__file__).with_name("cookbook.py")
    spec = importlib.util.spec_from_file_location("cookbook", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cookbook = load()
QUESTIONS = cookbook.questions(cookbook.COOKBOOK.read_text("utf-8"))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return open_tables(cookbook.read_seeds(tmp_path_factory.mktemp("seeds")))


def test_there_are_fifteen_questions() -> None:
    assert len(QUESTIONS) == 15


@pytest.mark.parametrize(("question", "sql", "told"), QUESTIONS, ids=[q[0] for q in QUESTIONS])
def test_the_answer_is_what_the_tables_say(tables: Any, question: str, sql: str, told: str) -> None:
    assert sqlglot.parse_one(sql, read="bigquery")
    assert told == cookbook.answer(tables, sql), "python tests/analysts/cookbook.py writes it anew"
    assert told.count("\n") > 1, f"{question}: an answer without rows teaches nothing"


def test_no_question_adds_up_what_does_not_add_up() -> None:
    """Articles, stories and publishers of several rows may be the same ones."""
    for question, sql, _ in QUESTIONS:
        for total in sqlglot.parse_one(sql, read="bigquery").find_all(sqlglot.exp.Sum):
            names = {column.name for column in total.find_all(sqlglot.exp.Column)}
            assert names <= {"mention_count"}, question
