"""Who on whom, in a report: pairs of countries, envoys, sanctions, and the parties that have no country."""

# ruff: noqa: S608 (names in the queries are ours; values are parameters)

from collections import Counter
from typing import Any

from pipeline.report.facts import Facts, Row, Tables

ENVOYS = 25
PAIRS = 24
MATRIX = 9  # actors and targets shown in a matrix, the unnamed apart
BUTTERFLY = 14
UNNAMED = 6


def gather_parties(facts: Facts, tables: Tables) -> None:
    """Fill in pairs, unnamed, envoys and sanctions."""
    for category in ("strike", "sanction"):
        facts.pairs[category] = tables.rows(
            "SELECT actor_country AS actor, target_country AS target, count(*) AS n,"
            " count(*) FILTER (status = 'occurred') AS occurred FROM period_mentions"
            " WHERE category = ? AND (actor_country <> '' OR target_country <> '')"
            " GROUP BY ALL ORDER BY n DESC, actor, target",
            [category],
        )
    facts.unnamed = tables.rows(
        f"WITH told AS (SELECT category, 'actor' AS side, target_country AS other, {_words('actor')}"
        "  AS words FROM period_mentions WHERE actor_country = ''"
        "  AND regexp_matches(actor, '[A-Z]')"  # names: what was fired is no party
        f" UNION ALL SELECT category, 'target' AS side, actor_country AS other, {_words('target')}"
        "  AS words FROM period_mentions WHERE target_country = '')"
        " SELECT category, side, other, words, count(*) AS n FROM told"
        " WHERE words <> '' AND category <> 'envoy' GROUP BY ALL ORDER BY n DESC, words, other"
    )
    facts.envoys = tables.rows(
        f"WITH seen AS ({tables.view('envoy_movements')}),"
        " sums AS (SELECT person, count(*) AS mentions, count(DISTINCT publisher) AS publishers,"
        "  mode(nullif(actor_country, '') ORDER BY actor_country) AS whose,"
        "  mode(nullif(target_country, '') ORDER BY target_country) AS counterpart,"
        f"  mode(nullif({_words('actor')}, '') ORDER BY actor) AS whose_words,"
        f"  mode(nullif({_words('target')}, '') ORDER BY target)"
        "   FILTER (NOT contains(target, person)) AS counterpart_words"
        "  FROM seen GROUP BY person)"
        " SELECT sums.*, seen.* EXCLUDE (person, publisher), seen.publisher FROM sums"
        " JOIN seen ON seen.person = sums.person AND seen.is_latest"
        f" ORDER BY mentions DESC, seen.published DESC, sums.person LIMIT {ENVOYS}"
    )
    facts.sanctions = tables.rows(
        f"WITH stages AS ({tables.view('sanction_stages')}),"
        " pairs AS (SELECT actor_country, target_country, sum(mention_count) AS n FROM stages"
        "  GROUP BY actor_country, target_country"
        "  ORDER BY actor_country || target_country = '', n DESC, actor_country, target_country"
        f"  LIMIT {PAIRS})"
        " SELECT stages.*, CAST(pairs.n AS BIGINT) AS pair_mentions FROM stages"
        " JOIN pairs USING (actor_country, target_country)"
        " ORDER BY actor_country || target_country = '', pairs.n DESC, actor_country,"
        " target_country, stage_order"
    )


def _words(column: str) -> str:
    """A party as the text names it, without the possessive."""
    return f"regexp_replace({column}, '(''|’)s?$', '')"


def matrix(pairs: list[Row]) -> dict[str, Any]:
    """Actors by targets: the most mentioned of each, the unnamed last, and what is left out."""

    def most(side: str) -> list[str]:
        sums: dict[str, int] = {}
        for row in pairs:
            sums[row[side]] = sums.get(row[side], 0) + row["n"]
        named = sorted((c for c in sums if c), key=lambda c: (-sums[c], c))[:MATRIX]
        return named + [""] * ("" in sums)

    actors, targets = most("actor"), most("target")
    shown = {
        (r["actor"], r["target"]): r
        for r in pairs
        if r["actor"] in actors and r["target"] in targets
    }
    cells = {key: row["n"] for key, row in shown.items()}
    return {
        "actors": actors,
        "targets": targets,
        "cells": cells,
        "occurred": {key: row["occurred"] for key, row in shown.items()},
        "left": sum(r["n"] for r in pairs) - sum(cells.values()),
        "top": max(cells.values(), default=1),
    }


def unnamed(rows: list[Row], category: str) -> dict[str, list[Row]]:
    """For actors and targets without a country the words that name them most."""
    found = {}
    for side, title in (("actor", "Who"), ("target", "On whom")):
        sums: Counter[str] = Counter()
        for row in rows:
            if (row["category"], row["side"]) == (category, side):
                sums[row["words"]] += row["n"]
        most = sorted(sums.items(), key=lambda item: (-item[1], item[0]))[:UNNAMED]
        found[title] = [{"words": words, "n": n} for words, n in most if n > 1]
    return found


def butterfly(countries: list[Row]) -> list[Row]:
    """The countries with most stories of strikes and envoys together."""
    told = [r for r in countries if r["strike_stories"] + r["envoy_stories"]]
    told.sort(key=lambda r: (-r["strike_stories"] - r["envoy_stories"], r["country"]))
    return told[:BUTTERFLY]


def sanction_pairs(rows: list[Row], nameless: list[Row]) -> list[Row]:
    """One row a pair of countries: its stages with their counts, and what was told last.

    `words` are at most two names of who imposes, where that is no country.
    """
    words: dict[str, list[str]] = {}
    for row in nameless:
        if (row["category"], row["side"]) == ("sanction", "actor"):
            words.setdefault(row["other"], []).append(row["words"])
    pairs: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = (row["actor_country"], row["target_country"])
        pair = pairs.setdefault(
            key,
            {
                "actor": key[0],
                "target": key[1],
                "n": row["pair_mentions"],
                "words": words.get(key[1], [])[:2] if not key[0] else [],
                "stages": {},
                "last": row,
            },
        )
        pair["stages"][row["stage"]] = row["mention_count"]
        if row["last_published"] > pair["last"]["last_published"]:
            pair["last"] = row
    return list(pairs.values())
