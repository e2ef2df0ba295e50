"""How long a report of a million mentions takes, and how large its page is.

Run ``python tests/benchmarks/bench_report.py [MENTIONS] [DAYS]``; the data are made up, in a folder that
is removed again.
"""

import sys
import tempfile
import time
from pathlib import Path

import duckdb

from pipeline.report.gather import gather
from pipeline.report.page import render
from pipeline.standing import VIEWS
from schemas.records import TABLES
from schemas.sql import duckdb_views

CODES = ("USA", "RUS", "UKR", "ISR", "PSE", "IRN", "CHN", "SYR", "LBN", "IRQ", "YEM", "SAU")
CATEGORIES = "['strike', 'strike', 'envoy', 'sanction']"
STATUSES = "['occurred', 'occurred', 'planned', 'threatened', 'denied']"


def write(folder: Path, mentions: int, days: int) -> dict[str, list[Path]]:
    """Tables with `mentions` mentions in 40 % as many articles over `days` days, a third of them copies."""
    codes = "[" + ", ".join(f"'{c}'" for c in ["", "", *CODES]) + "]"

    def some(values: str, number: str, seed: int) -> str:
        return f"list_extract({values}, 1 + CAST(hash({number}, {seed}) % len({values}) AS INT))"

    when = f"TIMESTAMPTZ '2025-01-01 00:00:00+00' + to_seconds(hash(n, 1) % {days * 86400})"
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(
        f"COPY (SELECT 'a' || n AS article_id, 1 AS version, 'https://news.example/' || n AS url,"
        f" 'Title ' || n AS title, 'Paper ' || hash(n, 2) % 200 AS publisher, {when} AS published,"
        " 'feed' AS published_origin, false AS withdrawn, 's' || n // 3 AS story_id,"
        " unhex(string_agg(md5((n // 3) || '-' || k), '')) AS signature"
        f" FROM range({mentions * 2 // 5}) AS r(n), range(25) AS s(k) GROUP BY n)"
        f" TO '{folder}/articles.parquet'"
    )
    connection.execute(
        "COPY (SELECT 'm' || i AS mention_id, article_id, 1 AS version, a.published,"
        f" {some(CATEGORIES, 'i', 5)} AS category, 'x' AS subtype,"
        f" {some(STATUSES, 'i', 6)} AS status,"
        " hash(i, 7) % 10 > 2 AS counted, 'idiom' AS reason,"
        " 'struck' AS trigger, i AS start, i + 6 AS end,"
        " 'A sentence of some length about what was said to have happened, no. ' || i AS sentence,"
        f" 'who' AS actor, {some(codes, 'i', 8)} AS actor_country, 'whom' AS target,"
        f" {some(codes, 'i', 9)} AS target_country, 'Envoy ' || hash(i, 10) % 300 AS person,"
        " '' AS resolved_from, '' AS place, '' AS place_country, 'rule' AS rule, a.publisher, a.story_id,"
        f" a.url FROM range({mentions * 10 // 7}) AS r(i)"
        f" JOIN '{folder}/articles.parquet' AS a ON a.article_id = 'a' || i % {mentions * 2 // 5})"
        f" TO '{folder}/mentions.parquet'"
    )
    return {name: [folder / f"{name}.parquet"] for name in ("articles", "mentions")}


def main() -> None:
    """Print rows, seconds and bytes."""
    mentions = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    days = int(sys.argv[2]) if len(sys.argv) > 2 else 90
    with tempfile.TemporaryDirectory() as name:
        tables = write(Path(name), mentions, days)
        started, busy = time.monotonic(), time.process_time()
        connection = duckdb.connect()
        duckdb_views(connection, tables, (*VIEWS, *TABLES))
        facts = gather(connection, "made-up", None, None)
        gathered = time.monotonic()
        page = render(facts)
        drawn = time.monotonic()
    print(
        f"{facts.totals['mentions']:,} mentions, {facts.totals['articles']:,} articles, {days} days"
    )
    print(
        f"gathered in {gathered - started:.1f} s, drawn in {drawn - gathered:.1f} s,"
        f" together {time.process_time() - busy:.1f} CPU s"
    )
    print(f"page of {len(page.encode()):,} bytes")


if __name__ == "__main__":
    main()
