"""The stories told most: near-copies of an article folded into one, ranked by who carries them."""

# ruff: noqa: S608 (names in the queries are ours; values are parameters)

from collections import defaultdict
from typing import Any

from pipeline.report.facts import Tables

SENTENCES = 3
COPIES = 200  # of one story, that are looked at for its sentences


def top_stories(tables: Tables, number: int) -> list[dict[str, Any]]:
    """The `number` stories with most publishers, then mentions.

    Each has title, url, publisher and published of its first copy, publishers, articles, mentions, category (the
    one mentioned most), countries, and sentences: at most three, one a category and status, with `is_headline`,
    which is taken where nothing else tells it.
    """
    best = tables.rows(
        "SELECT story_id, count(DISTINCT publisher) AS publishers,"
        " count(DISTINCT article_id) AS articles, count(*) AS mentions"
        " FROM period_mentions GROUP BY story_id"
        f" ORDER BY publishers DESC, mentions DESC, story_id LIMIT {number}"
    )
    told = _mentions(tables, [story["story_id"] for story in best])
    return [story | _story(told[story["story_id"]]) for story in best]


def _mentions(tables: Tables, stories: list[str]) -> dict[str, list[dict[str, Any]]]:
    places = ", ".join("?" for _ in stories) or "''"
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in tables.rows(
        "SELECT m.*, title FROM period_mentions AS m JOIN period_articles USING (article_id)"
        f" WHERE story_id IN ({places})"
        f" QUALIFY dense_rank() OVER (PARTITION BY story_id ORDER BY m.published, article_id) <= {COPIES}"
        " ORDER BY m.published, article_id, start, mention_id",
        stories,
    ):
        found[row["story_id"]].append(row)
    return found


def _story(rows: list[dict[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    categories = [r["category"] for r in rows]
    sentences: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: _repeats(row["sentence"], first["title"])):
        sentences.setdefault((row["category"], row["status"]), row)
    named = {r[c] for r in rows for c in ("actor_country", "target_country", "place_country")}
    return {
        **{k: first[k] for k in ("title", "url", "publisher", "published", "article_id")},
        "category": max(sorted(set(categories)), key=categories.count),
        "countries": sorted(named - {""}),
        "sentences": [
            row | {"is_headline": _repeats(row["sentence"], first["title"])}
            for row in list(sentences.values())[:SENTENCES]
        ],
    }


def _repeats(sentence: str, title: str) -> bool:
    """True if a sentence only says the title again, or a part of it."""
    told, named = (" ".join(text.split()).rstrip(".…;").casefold() for text in (sentence, title))
    return told in named
