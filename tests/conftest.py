"""Helpers that every room's tests share."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from six_articles import Run, fixed

from pipeline.cli import main
from schemas.ids import content_id
from schemas.records import Article, Mention

# How long an example takes is the machine's affair.
settings.register_profile("tocsin", deadline=None)
settings.load_profile("tocsin")

NOW = 1_774_000_000_000_000  # 2026-03-20T09:46:40Z
HOUR = 3_600_000_000


@pytest.fixture(scope="session")
def now() -> int:
    """A fixed clock, microseconds UTC."""
    return NOW


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real news that the project does not ship."""
    place = Path(os.environ.get("TOCSIN_SHARED", Path(__file__).parents[2] / "shared")) / "data"
    if not place.is_dir():
        pytest.skip("needs real news: set TOCSIN_SHARED")
    return place


def make_article(name: str = "a", text: str = "Title\nBody", **fields: Any) -> Article:
    defaults: dict[str, Any] = {
        "article_id": content_id("test", name),
        "version": 1,
        "url": f"https://news.example/{name}",
        "canonical_url": f"https://news.example/{name}",
        "title": text.partition("\n")[0],
        "publisher": "Example",
        "feed": "test",
        "author": "",
        "language": "en",
        "published": NOW,
        "published_origin": "file",
        "updated": None,
        "fetched": None,
        "content_hash": content_id(text),
        "story_id": content_id("story", text),
        "signature": b"",
        "withdrawn": False,
        "text": text,
    }
    return Article(**{**defaults, **fields})


def make_mention(article: Article, **fields: Any) -> Mention:
    defaults: dict[str, Any] = dict.fromkeys(Mention._fields, "")
    defaults |= {
        "mention_id": content_id(article.article_id, article.content_hash, str(fields)),
        "article_id": article.article_id,
        "version": article.version,
        "published": article.published,
        "category": "strike",
        "subtype": "air",
        "status": "occurred",
        "counted": True,
        "start": 0,
        "end": 1,
        "publisher": article.publisher,
        "url": article.url,
    }
    return Mention(**{**defaults, **fields})


@pytest.fixture(scope="session")
def article() -> Callable[..., Article]:
    return make_article


@pytest.fixture(scope="session")
def mention() -> Callable[..., Mention]:
    return make_mention


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`tocsin run` into tmp_path/out with a fixed clock."""

    def call(*words: Any, output: str = "out") -> int:
        return main(["run", *map(str, words), *fixed(tmp_path / output)])

    return call
