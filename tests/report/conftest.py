"""A small world of articles and mentions, committed to a folder as a run would."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import main
from schemas.arrow import rows_to_table
from schemas.records import Article, Mention
from transforms.counting import contribution, count_window, day_of
from transforms.counting import restate as restate_window
from transforms.store.folder import open_folder
from transforms.tagging.stories import signature, story_id

HOUR = 3_600_000_000


def at(text: str) -> int:
    """Microseconds of an ISO time, UTC."""
    when = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return round(when.timestamp()) * 1_000_000


class World:
    """Collects articles and mentions, then writes them as one committed run."""

    def __init__(self, make_article: Any, make_mention: Any) -> None:
        self._article, self._mention = make_article, make_mention
        self.tables: dict[str, list[Any]] = {"articles": [], "mentions": []}

    def tell(
        self,
        name: str,
        published: str,
        mentions: Sequence[dict[str, Any]] = (),
        text: str = "",
        **fields: Any,
    ) -> Article:
        """One article with its mentions."""
        words = text or f"Title {name}\n" + " ".join(f"{name}{n}" for n in range(30))
        article = self._article(
            name,
            words,
            published=at(published),
            story_id=story_id(words),
            signature=signature(words),
            **fields,
        )
        self.tables["articles"].append(article._replace(text=""))
        for number, given in enumerate(mentions):
            told = {"sentence": f"It was told in {name}.", "trigger": "told", "rule": "told"}
            self.tables["mentions"].append(
                self._mention(
                    article, **told | {"start": number, "story_id": article.story_id} | given
                )
            )
        return article

    def write(self, folder: Path, now: int) -> str:
        """Commit everything, counted by the hour; returns the output's name."""
        counts = []
        by_article: dict[str, list[Mention]] = {}
        for mention in self.tables["mentions"]:
            by_article.setdefault(mention.article_id, []).append(mention)
        windows: dict[int, dict[str, Any]] = {}
        for article in self.tables["articles"]:
            share = contribution(article, by_article.get(article.article_id, ()), "")
            windows.setdefault(article.published // HOUR, {})[article.article_id] = share
        for number, shares in windows.items():
            assert count_window(shares) is not None
            window = (number * HOUR, (number + 1) * HOUR)
            counts += restate_window(window, shares, {}, now)
        store = open_folder(folder, (3600, 3600), now)
        staged = []
        days = {"articles": 9, "mentions": 3, "feed_health": 1, "rejects": 5}
        for table, rows in {**self.tables, "mention_counts": counts}.items():
            place = days.get(table, 0)
            for day in sorted({day_of(row[place]) for row in rows}):
                of_day = [row for row in rows if day_of(row[place]) == day]
                staged.append(store.stage_table(table, day, rows_to_table(table, of_day)))
        store.commit(staged, {"made-up": {}}, (3600, 3600))
        return str(folder)


@pytest.fixture
def world(article: Callable[..., Article], mention: Callable[..., Mention]) -> World:
    return World(article, mention)


@pytest.fixture
def page(world: Any, tmp_path: Any, now: int) -> Callable[..., str]:
    """The page of the world, by the command."""

    def write(*options: str) -> str:
        output = tmp_path / "out"
        if not output.exists():
            world.write(output, now)
        assert main(["report", str(output), "-o", str(tmp_path / "r.html"), *options]) == 0
        return str((tmp_path / "r.html").read_text())

    return write
