"""What stands in an output, once, in memory: its articles and mentions, with near-copies folded into one story.

The views tell stories apart by `story_id`, which only unchanged openings share: SQL cannot compare sketches.
Here `story_id` is replaced by the story as `mention_counts` knows it, so that a wire which fifty papers print,
each under its own byline, is one story to the signals and the report too.
"""

# ruff: noqa: S608 (names in the queries are ours)

from typing import Any

import pyarrow as pa
import sqlglot

from schemas.records import TABLES
from schemas.sql import view_sql
from transforms.tagging.stories import fold_stories

VIEWS = ("articles_latest", "mentions_standing")
"""The views that a connection must have."""
ARTICLES, MENTIONS = "standing_articles", "standing_mentions"
FOLDED_MOST = 10_000
"""Articles with mentions that are compared, the newest; older ones are told apart by `story_id`."""

_LEFT_OUT = ("version", "counted", "reason", "trigger", "end", "rule", "resolved_from", "story_id")
_COLUMNS = ", ".join(f'"{f.name}"' for f in TABLES["mentions"].fields if f.name not in _LEFT_OUT)


def take_standing(connection: Any) -> None:
    """Create the tables `ARTICLES` and `MENTIONS` on a connection, for this connection only.

    Args:
        connection: what `pipeline.tables.open_tables` returns, with `VIEWS`.

    Both have the columns of their views that reports need, and `moment`, the publication time without its zone.
    `story_id` of a mention is the smallest article_id of its story, where its article was compared.
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {ARTICLES} AS SELECT article_id, version, title, url, publisher,"
        " published, published_origin, withdrawn,"
        " make_timestamp(epoch_us(published)) AS moment FROM articles_latest"
    )
    told = connection.execute(
        f"WITH newest AS (SELECT article_id, version FROM {ARTICLES} AS a WHERE NOT withdrawn AND EXISTS ("
        "  FROM mentions AS m WHERE m.article_id = a.article_id AND m.version = a.version AND counted)"
        f" ORDER BY published DESC, article_id LIMIT {FOLDED_MOST})"
        " SELECT article_id, max(signature) FROM articles JOIN newest USING (article_id, version)"
        " GROUP BY article_id"
    ).fetchall()
    stories = fold_stories({article: sketch or b"" for article, sketch in told})
    names = {"article_id": pa.array(stories.keys(), "string")}
    connection.register("folded", pa.table(names | {"story": pa.array(stories.values(), "string")}))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {MENTIONS} AS SELECT {_COLUMNS},"
        " coalesce(story, story_id) AS story_id, make_timestamp(epoch_us(published)) AS moment"
        f" FROM ({_mentions(connection)}) LEFT JOIN folded USING (article_id)"
    )
    connection.unregister("folded")


def _mentions(connection: Any) -> str:
    """The view of standing mentions, without looking for repeated rows where there are none."""
    query = sqlglot.parse_one(
        view_sql("mentions_standing", "duckdb", {"articles_latest": ARTICLES}), read="duckdb"
    )
    (unique,) = connection.execute(
        "SELECT count(*) = count(DISTINCT mention_id) FROM mentions WHERE counted"
    ).fetchone()
    if unique:  # sorting a million wide rows takes a second
        query.set("qualify", None)
    return query.sql("duckdb")


def over_standing(view: str) -> str:
    """The SELECT of a view over the tables that `take_standing` made."""
    return view_sql(view, "duckdb", {"articles_latest": ARTICLES, "mentions_standing": MENTIONS})
