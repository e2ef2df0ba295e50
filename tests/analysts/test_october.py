"""The figures of October 2023 can be written into the codebook anew."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.cli import main
from pipeline.tables import open_tables

ROOT = Path(__file__).parents[2]


@pytest.fixture
def october() -> ModuleType:
    spec = importlib.util.spec_from_file_location("october", Path(__file__).with_name("october.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_block_is_measured_and_the_rest_stays(october: ModuleType, tmp_path: Path) -> None:
    articles = str(ROOT / "seeds" / "articles")
    assert main(["run", articles, "--output", str(tmp_path / "out"), "--quiet"]) == 0
    text = october.CODEBOOK.read_text("utf-8")
    names = [found[2] for found in october.BLOCK.finditer(text)]
    assert names == ["stories", "table", "summary", "citation"]
    assert len(re.findall("october:", text)) == len(names)
    told = october.rewritten(text, open_tables(str(tmp_path / "out")))
    assert told != text
    assert october.BLOCK.sub("", told) == october.BLOCK.sub("", text)
    assert october.rewritten(told, open_tables(str(tmp_path / "out"))) == told
