"""The sentences behind the bars: as many as the page has room for, and all of them as a table."""

# ruff: noqa: S608 (names in the queries are ours)

import csv
import io
import shlex
from datetime import UTC
from typing import Any

from markupsafe import escape

from pipeline.report.facts import Facts, Row, Tables
from pipeline.report.period import Bucket
from schemas.records import STATUSES, Micros

MOST = 600
LENGTH = 220
MARKUP = 220  # bytes of a sentence's row without its texts
COLUMNS = (
    "published",
    "category",
    "subtype",
    "status",
    "actor",
    "actor_country",
    "target",
    "target_country",
    "person",
    "place",
    "place_country",
    "sentence",
    "publisher",
    "url",
    "article_id",
    "mention_id",
)


def gather_sentences(facts: Facts, tables: Tables) -> None:
    """Fill in the sentences: each bucket and category has its first before any has its second.

    Within these every story comes before any comes again, those with most mentions first.
    """
    order = " ".join(f"WHEN '{s}' THEN {n}" for n, s in enumerate(STATUSES))
    rows = tables.rows(
        f"WITH within AS (SELECT mention_id, {facts.bucket_of()}, category, row_number() OVER ("
        f"  PARTITION BY bucket, category, story_id ORDER BY CASE status {order} ELSE 9 END, mention_id)"
        "  AS turn, count(*) OVER (PARTITION BY story_id) AS weight FROM period_mentions"
        f"  QUALIFY turn <= {MOST}),"
        " chosen AS (SELECT bucket, mention_id, row_number() OVER ("
        "  PARTITION BY bucket, category ORDER BY turn, weight DESC, mention_id) AS standing FROM within"
        f"  ORDER BY standing, bucket, category LIMIT {MOST})"
        " SELECT bucket, category, status, sentence, actor_country, target_country, place_country,"
        " publisher, url FROM chosen JOIN period_mentions USING (mention_id)"
        " ORDER BY standing, bucket, category, mention_id"
    )
    facts.sentences = [r | {"bucket": facts.key_of(r["bucket"])} for r in rows]


def fitting(rows: list[Row], room: int) -> dict[str, list[Row]]:
    """The first of the rows that fit into `room` bytes, by bucket and there by category."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        texts = escape(row["sentence"][:LENGTH] + row["url"] + row["publisher"])
        room -= MARKUP + len(texts.encode())
        if room < 0:
            break
        found.setdefault(row["bucket"], []).append(row)
    return {k: sorted(told, key=lambda row: str(row["category"])) for k, told in found.items()}


def asking_for(facts: Facts, bucket: Bucket) -> str:
    """The command that writes all sentences of a bucket."""
    since = max(bucket.start, facts.since or bucket.start)
    until = min(bucket.end, facts.until or bucket.end)
    ends = (at.astimezone(UTC).replace(tzinfo=None).isoformat() for at in (since, until))
    since_at, until_at = (text.removesuffix("T00:00:00").removesuffix(":00") for text in ends)
    return (
        f"tocsin report {shlex.quote(facts.output)} --since {since_at} --until {until_at}"
        " -o sentences.csv"
    )


def all_sentences(connection: Any, since: Micros | None, until: Micros | None) -> str:
    """Every mention of the period that counts, in order of time, as CSV."""
    rows = Tables(connection, since, until).rows(
        f"SELECT strftime(moment, '%Y-%m-%dT%H:%M:%SZ') AS published, {', '.join(COLUMNS[1:])}"
        " FROM period_mentions ORDER BY moment, mention_id"
    )
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
