"""`tocsin why`: from an article to what was counted in it, what was not, and the reason."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape

from pipeline.bigquery_options import bigquery_settings
from pipeline.options import UsageError
from pipeline.tables import open_tables
from transforms.feeds.identity import canonical_url

EXIT_FAILED = 1
VIEWS = ("articles_latest", "mentions_standing", "mention_counts_latest", "rejects")


def command(args: argparse.Namespace) -> int:
    """Print what the output holds of the article; 1 if it holds nothing of it.

    Raises:
        UsageError: no such output, or no name of an article.
    """
    if not args.article.strip():
        raise UsageError("an empty ARTICLE: name a URL or an article_id")
    found = explain(
        open_tables(args.output, views=VIEWS, bigquery=bigquery_settings(args)), args.article
    )
    if args.json:
        sys.stdout.buffer.write(orjson.dumps(found, default=str, option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.flush()
    else:
        _print(found, args.article)
    return 0 if found["articles"] or found["rejects"] else EXIT_FAILED


def explain(connection: Any, article: str) -> dict[str, list[dict[str, Any]]]:
    """What an output holds of an article.

    Args:
        connection: what `pipeline.tables.open_tables` returns.
        article: article_id, or any URL of the article: as published, or one that leads to the same page.

    Returns:
        ``articles``: its versions, oldest first, each with ``stands``. ``mentions``: all triggers of all versions
        with ``stands``, in the order of the text. ``counts``: the standing count rows that its standing mentions
        are part of. ``rejects``: rejects whose source names it.
    """
    canonical = canonical_url(article) or article
    articles = _rows(connection, _ARTICLES, [article, article, canonical])
    ids = sorted({a["article_id"] for a in articles})
    return {
        "articles": articles,
        "mentions": _rows(connection, _MENTIONS, [ids]),
        "counts": _rows(connection, _COUNTS, [ids]),
        "rejects": _rows(connection, _REJECTS, [article, article]),
    }


# DISTINCT: a stream may write a row twice.
_ARTICLES = """
SELECT DISTINCT a.article_id, a.version, a.url, a.title, a.publisher, a.published, a.published_origin, a.language,
  a.story_id, a.withdrawn, l.version = a.version AS stands
FROM articles AS a JOIN articles_latest AS l USING (article_id)
WHERE article_id IN (SELECT article_id FROM articles WHERE article_id = ? OR url = ? OR canonical_url = ?)
ORDER BY article_id, a.version
"""
_MENTIONS = """
SELECT DISTINCT m.*, m.counted AND m.version = l.version AND NOT l.withdrawn AS stands
FROM mentions AS m JOIN articles_latest AS l USING (article_id)
WHERE list_contains(?, article_id)
ORDER BY article_id, m.version, start, category, mention_id
"""
_COUNTS = """
SELECT DISTINCT c.* FROM mention_counts_latest AS c JOIN mentions_standing AS m
ON m.published >= c.window_start AND m.published < c.window_end AND m.category = c.category
  AND m.status = c.status AND m.actor_country = c.actor_country AND m.target_country = c.target_country
WHERE list_contains(?, m.article_id)
ORDER BY window_start, category, status
"""
# A source names places as in "file: line 3" and "file: URL entry 2"; one URL may begin another.
_REJECTS = (
    "SELECT DISTINCT * FROM rejects WHERE source = ?"
    " OR contains(' ' || replace(source, ': ', '  ') || ' ', ' ' || ? || ' ') ORDER BY seen"
)


def _rows(connection: Any, sql: str, values: list[Any]) -> list[dict[str, Any]]:
    result = connection.execute(sql, values)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _print(found: dict[str, list[dict[str, Any]]], article: str) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if not found["articles"] and not found["rejects"]:
        console.print(
            f"Nothing is known of {escape(article)}: it was never read, or under another URL."
        )
    for a in found["articles"]:
        state = "withdrawn" if a["withdrawn"] else "stands" if a["stands"] else "edited since"
        console.print(f"[bold]{escape(a['title'] or a['url'])}[/bold]")
        console.print(
            f"{escape(a['publisher'] or 'no publisher')}, {_when(a['published'])} ({a['published_origin']}),"
            f" version {a['version']}, {state}, article {a['article_id']}"
        )
        mentions = [
            m
            for m in found["mentions"]
            if (m["article_id"], m["version"]) == (a["article_id"], a["version"])
        ]
        if not mentions:
            console.print("  No trigger of any category was seen in it.")
        for m in mentions:
            _print_mention(console, m)
    for c in found["counts"]:
        pair = " on ".join(c[k] or "unnamed" for k in ("actor_country", "target_country"))
        console.print(
            f"Part of: {_when(c['window_start'])} to {_when(c['window_end'])}, {c['category']}"
            f" {c['status']}, {pair}: {c['mention_count']} mentions in {c['article_count']} articles"
            f" (revision {c['revision']})"
        )
    for r in found["rejects"]:
        console.print(f"Rejected at {r['stage']}: {r['reason']}: {escape(r['error'])}")


def _print_mention(console: Console, m: dict[str, Any]) -> None:
    said = escape(m["sentence"]).replace(
        escape(m["trigger"]), f"[bold]{escape(m['trigger'])}[/bold]", 1
    )
    if m["counted"]:
        pair = " on ".join(m[k] or "unnamed" for k in ("actor_country", "target_country"))
        verdict = f"[green]counted[/green] {m['category']} {m['status']} ({m['subtype']}), {pair}"
    else:
        verdict = f"[yellow]not counted[/yellow] {m['category']}: {m['reason'].replace('_', ' ')}"
    console.print(f"  {verdict}, rule {escape(m['rule'])}")
    console.print(f"    {said}")


def _when(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
