"""What each table promises about its own rows, as `tocsin check` verifies it in SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from schemas.ids import content_id
from schemas.records import TABLES, Micros
from transforms.feeds.identity import is_front_page


@dataclass(frozen=True)
class Verdict:
    """What checking one promise gave: how many things were looked at, and what is wrong with which."""

    promise: str
    checked: int
    faults: list[str]


def rows(connection: Any, added: dict[str, int]) -> Verdict:
    """A dataset has no fewer rows than its runs added; streams add rows that no run tells of."""
    faults = []
    for table, number in added.items():
        (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 (our names)
        if found < number:
            faults.append(f"{table}: {found:,} rows of the {number:,} that runs added")
    return Verdict("every committed row is there", sum(added.values()), faults)


def query(connection: Any, promise: str, checked: str, faults: str) -> Verdict:
    """A verdict from two queries: one number, and one text a fault."""
    found = [row[0] for row in connection.execute(faults).fetchall()]
    return Verdict(promise, connection.execute(checked).fetchone()[0], found)


def unique(connection: Any) -> Verdict:
    """Keys and revisions are unique; a stream may write one row twice, with one content."""
    return query(
        connection,
        "no row says one thing twice: keys and revisions are unique",
        "SELECT (SELECT count(*) FROM mention_counts) + (SELECT count(*) FROM mentions) "
        "+ (SELECT count(*) FROM articles)",
        """
        SELECT 'mention_counts: revision ' || revision || ' twice for ' || category || ' ' || window_start
        FROM mention_counts
        GROUP BY window_start, window_end, category, status, actor_country, target_country, revision
        HAVING count(DISTINCT (mention_count, article_count, story_count, publisher_count)) > 1
        UNION ALL
        SELECT 'articles: version ' || version || ' twice of ' || article_id
        FROM articles GROUP BY article_id, version HAVING count(DISTINCT content_hash) > 1
        UNION ALL
        SELECT 'mentions: ' || mention_id || ' is of several articles'
        FROM mentions GROUP BY mention_id HAVING count(DISTINCT article_id) > 1
        """,
    )


def closed_sets(connection: Any) -> Verdict:
    """Fields with a closed set of values have no other."""
    faults = []
    checked = 0
    for table in TABLES.values():
        for field in table.fields:
            if field.values:
                checked += 1
                for (value,) in connection.execute(
                    f"SELECT DISTINCT {field.name} FROM {table.name}"  # noqa: S608 (our own names)
                ).fetchall():
                    if value not in field.values:
                        faults.append(f"{table.name}.{field.name}: {value!r}")
    return Verdict("reasons, statuses and outcomes come from their closed sets", checked, faults)


def traced(connection: Any) -> Verdict:
    """Every mention has its article version."""
    return query(
        connection,
        "every mention leads to its article, at the same version and time",
        "SELECT count(*) FROM mentions",
        """
        SELECT 'mention ' || m.mention_id || ' of ' || m.article_id
        FROM mentions AS m ANTI JOIN articles AS a
        ON a.article_id = m.article_id AND a.version = m.version AND a.published = m.published
        """,
    )


def spans(connection: Any) -> Verdict:
    """Triggers stand where their mentions say."""
    return query(
        connection,
        "every trigger stands at its span, within its sentence",
        "SELECT count(*) FROM mentions",
        """
        SELECT DISTINCT 'mention ' || m.mention_id || ': ' || m.trigger
        FROM mentions AS m JOIN articles AS a USING (article_id, version)
        WHERE m."end" - m.start <> length(m.trigger)
        OR NOT contains(m.sentence, m.trigger)
        OR (a.text <> '' AND substr(a.text, m.start + 1, m."end" - m.start) <> m.trigger)
        """,
    )


def each_counted(connection: Any, length: Micros, period: Micros) -> Verdict:
    """Windows of this length, one each period, count what the view that analysts read holds.

    None of the code that counted is asked.
    """
    return query(
        connection,
        "every standing mention is counted in its windows, and nothing else is",
        "SELECT count(*) FROM mentions_standing",
        f"""
        WITH recounted AS (
          SELECT n * {period} AS opens, category, status, actor_country, target_country,
            count(*) AS mentions, count(DISTINCT article_id) AS articles
          FROM mentions_standing, unnest(generate_series(
            (epoch_us(published) - {length}) // {period} + 1, epoch_us(published) // {period}
          )) AS starts(n)
          GROUP BY ALL
        ),
        stated AS (
          SELECT epoch_us(window_start) AS opens, category, status, actor_country, target_country,
            mention_count AS mentions, article_count AS articles
          FROM mention_counts_latest WHERE mention_count > 0
        )
        SELECT concat_ws(' ', 'window of', opens // 1000000, 's,', category, status,
          nullif(actor_country, ''), nullif(target_country, ''), 'counts', coalesce(s.mentions, 0),
          'mentions, standing are', coalesce(r.mentions, 0))
        FROM recounted AS r FULL JOIN stated AS s
        USING (opens, category, status, actor_country, target_country)
        WHERE r.mentions IS DISTINCT FROM s.mentions OR r.articles IS DISTINCT FROM s.articles
        """,  # noqa: S608 (numbers of our own)
    )


def ids(connection: Any) -> Verdict:
    """Ids of mentions and of articles that have a page, and hashes of kept texts.

    The other articles are known by a feed's guid, which is not stored, or by their title.
    """
    faults = []
    checked = 0
    for name, found, parts in chain(_mention_ids(connection), _article_ids(connection)):
        checked += 1
        if content_id(*parts) != found:
            faults.append(f"{name} {found} is not the hash of what it names")
    promise = "every id is the hash of its content, where that is stored"
    return Verdict(promise, checked, faults)


def _mention_ids(connection: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for mention_id, *parts in _batched(
        connection,
        'SELECT DISTINCT m.mention_id, m.article_id, a.content_hash, m.category, m.start, m."end" '
        "FROM mentions AS m JOIN articles AS a USING (article_id, version)",
    ):
        yield "mention", mention_id, tuple(map(str, parts))


def _article_ids(connection: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for article_id, canonical, content_hash, text in _batched(
        connection, "SELECT article_id, canonical_url, content_hash, text FROM articles"
    ):
        if canonical and not is_front_page(canonical):
            yield "article", article_id, ("url", canonical)
        if text:
            yield "content", content_hash, (text,)


def _batched(connection: Any, query: str) -> Iterator[tuple[Any, ...]]:
    rows = connection.execute(query)
    while batch := rows.fetchmany(10_000):
        yield from batch
