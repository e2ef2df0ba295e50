"""The stories told most: near-copies of an article folded into one, ranked by who carries them."""

# ruff: noqa: S608 (names in the queries are ours; values are parameters)

from collections import defaultdict
from typing import Any

from pipeline.report.facts import Tables
from transforms.tagging.stories import fold_stories

FOLDED_MOST = 20_000
"""Articles that are compared with each other: those of the stories with most publishers and mentions."""
SENTENCES = 3
COPIES = 200  # of one story, that are looked at for its sentences


def top_stories(tables: Tables, number: int) -> list[dict[str, Any]]:
    """The `number` stories with most publishers, then mentions.

    Each has title, url, publisher and published of its first copy, publishers, articles, mentions, category (the
    one mentioned most), countries, and sentences: at most three, one a category and status.
    """
    articles = tables.rows(
        "WITH told AS (SELECT article_id, any_value(story_id) AS story_id,"
        "  any_value(publisher) AS publisher, count(*) AS mentions"
        "  FROM period_mentions GROUP BY article_id)"
        " SELECT told.*, signature, count(*) OVER (PARTITION BY story_id) AS copies"
        " FROM told JOIN period_articles USING (article_id)"
        f" ORDER BY copies DESC, mentions DESC, article_id LIMIT {FOLDED_MOST}"
    )
    story_of = fold_stories({a["article_id"]: a["signature"] or b"" for a in articles})
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for article in articles:
        groups[story_of[article["article_id"]]].append(article)
    ranked = sorted(
        groups.values(),
        key=lambda g: (
            -len({a["publisher"] for a in g}),
            -sum(a["mentions"] for a in g),
            min(a["article_id"] for a in g),
        ),
    )
    best = ranked[:number]
    mentions = _mentions(tables, [a["article_id"] for group in best for a in group[:COPIES]])
    return [
        {
            "publishers": len({a["publisher"] for a in group}),
            "articles": len(group),
            "mentions": sum(a["mentions"] for a in group),
            **_story([m for a in group for m in mentions.get(a["article_id"], ())]),
        }
        for group in best
    ]


def _mentions(tables: Tables, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    places = ", ".join("?" for _ in ids) or "''"
    found: dict[str, list[dict[str, Any]]] = {}
    for row in tables.rows(
        "SELECT m.*, title FROM period_mentions AS m JOIN period_articles USING (article_id)"
        f" WHERE article_id IN ({places}) ORDER BY start, mention_id",
        ids,
    ):
        found.setdefault(row["article_id"], []).append(row)
    return found


def _story(rows: list[dict[str, Any]]) -> dict[str, Any]:
    rows.sort(key=lambda r: (r["published"], r["article_id"], r["start"], r["mention_id"]))
    first = rows[0]
    categories = [r["category"] for r in rows]
    sentences: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        sentences.setdefault((row["category"], row["status"]), row)
    named = {r[c] for r in rows for c in ("actor_country", "target_country", "place_country")}
    return {
        **{k: first[k] for k in ("title", "url", "publisher", "published", "article_id")},
        "category": max(sorted(set(categories)), key=categories.count),
        "countries": sorted(named - {""}),
        "sentences": list(sentences.values())[:SENTENCES],
    }
