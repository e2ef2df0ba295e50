import gzip
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from schemas.records import Article, Mention
from transforms.tagging import Tagger, shared_tagger

Tag = Callable[..., list[Mention]]


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return shared_tagger()


@pytest.fixture(scope="session")
def tag(tagger: Tagger, article: Callable[..., Article]) -> Tag:
    """All mentions of a text; with `counted=True` those counted, with `category=` those of one."""

    def run(
        text: str, *, counted: bool = False, category: str = "", **fields: Any
    ) -> list[Mention]:
        mentions = tagger.tag([article(text=text, **fields)])[0].mentions
        return [m for m in mentions if (m.counted or not counted) and category in ("", m.category)]

    return run


def _load(name: str) -> ModuleType:
    folder = Path(__file__).parents[1] / "benchmarks"
    if name not in sys.modules:
        sys.path.insert(0, str(folder))
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def benchmark_module() -> Callable[[str], ModuleType]:
    """Loads a module of tests/benchmarks by its name."""
    return _load


@pytest.fixture(scope="session")
def real_news(shared: Path) -> Callable[[int, int], Iterator[dict[str, Any]]]:
    """Every step-th item of a month of real news, from a start."""

    def rows(start: int, step: int) -> Iterator[dict[str, Any]]:
        with gzip.open(shared / "news-2023-10.jsonl.gz", "rt", encoding="utf-8") as lines:
            for i, line in enumerate(lines):
                if i % step == start:
                    yield json.loads(line)

    return rows
