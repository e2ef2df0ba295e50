"""What a report shows, read from the tables of an output in a handful of queries."""

# ruff: noqa: S608 (names in the queries are ours; values are parameters)

from datetime import timedelta
from typing import Any

from pipeline.report.facts import ANSWERED, Facts, Row, Tables, instant
from pipeline.report.left_out import gather_left_out
from pipeline.report.parties import gather_parties
from pipeline.report.period import buckets_between, span
from pipeline.report.sentences import gather_sentences
from pipeline.report.stories import top_stories
from pipeline.standing import over_standing
from schemas.records import Micros

STORIES = 25
SIGNALS = 30
COUNTRIES = 9
OUTLIERS = 0.005  # of the articles at each end; a single wrong date must not flatten every chart
DATED = "published_origin <> 'first_seen'"
LONGEST_SILENCE = timedelta(days=36525)  # that is drawn before the first article and after the last


def gather(connection: Any, output: str, since: Micros | None, until: Micros | None) -> Facts:
    """All figures of a report.

    Args:
        connection: what `pipeline.tables.open_tables` returns.
        output: how the user named the output.
        since: first instant, microseconds UTC, or None.
        until: first instant no longer reported, microseconds UTC, or None.
    """
    tables = Tables(connection, since, until)
    facts = Facts(output, instant(since), instant(until))
    _totals(facts, tables)
    gather_left_out(facts, tables)
    _windows(facts, tables)
    _period(facts, tables)
    if not facts.buckets:
        return facts
    _over_time(facts, tables)
    _by_country(facts, tables)
    gather_parties(facts, tables)
    facts.signals = _signals(facts, tables)
    facts.top = top_stories(tables, STORIES)
    gather_sentences(facts, tables)
    return facts


def _totals(facts: Facts, tables: Tables) -> None:
    facts.totals = (
        tables.rows(
            "SELECT count(*) FILTER (NOT withdrawn) AS articles,"
            " count(DISTINCT publisher) FILTER (NOT withdrawn) AS publishers,"
            " count(*) FILTER (NOT withdrawn AND version > 1) AS edited,"
            " count(*) FILTER (withdrawn) AS withdrawn,"
            " count(*) FILTER (NOT withdrawn AND published_origin = 'first_seen') AS undated"
            " FROM period_articles"
        )[0]
        | tables.rows(
            "SELECT count(*) AS mentions, count(DISTINCT article_id) AS telling,"
            " count(DISTINCT story_id) AS stories FROM period_mentions"
        )[0]
    )
    facts.statuses = {
        (r["category"], r["status"]): r["n"]
        for r in tables.rows(
            "SELECT category, status, count(*) AS n FROM period_mentions GROUP BY ALL"
        )
    }


def _windows(facts: Facts, tables: Tables) -> None:
    starts = tables.rows(
        "WITH starts AS (SELECT DISTINCT window_start, window_end FROM mention_counts),"
        " steps AS (SELECT window_end - window_start AS size, window_start"
        "  - lag(window_start) OVER (PARTITION BY window_end - window_start ORDER BY window_start)"
        "  AS step FROM starts)"
        " SELECT size, min(step) AS step, (SELECT max(emitted) FROM mention_counts) AS emitted"
        " FROM steps GROUP BY size ORDER BY size"
    )
    for row in starts:
        facts.emitted = row["emitted"]
        sliding = row["step"] is not None and row["step"] < row["size"]
        every = f" every {span(row['step'])}" if sliding else ""
        facts.windows += f"{', ' if facts.windows else ''}windows of {span(row['size'])}{every}"


def _period(facts: Facts, tables: Tables) -> None:
    """The axis: the asked period, silence included; where an end was not asked for, that of the articles."""
    ends = _ends(facts, tables)
    if not ends["first"]:
        return
    low, high = ends["first"], ends["last"]
    core = ends["high"] - ends["low"]
    if high - low > max(10 * core, timedelta(days=120)):
        low, high = max(low, ends["low"] - core), min(high, ends["high"] + core)
    if facts.since:
        low = max(facts.since, low - LONGEST_SILENCE)
    if facts.until:
        high = min(facts.until - timedelta(microseconds=1), high + LONGEST_SILENCE)
    facts.buckets = buckets_between(low, high)
    (sums,) = tables.rows(
        "SELECT min(published) FILTER (inside) AS first, max(published) FILTER (inside) AS last,"
        f" count(*) FILTER (NOT inside AND {DATED}) AS outside,"
        f" count(*) FILTER (NOT inside AND NOT {DATED}) AS undated_outside"
        " FROM (SELECT *, published >= ? AND published < ? AS inside FROM period_articles WHERE NOT withdrawn)",
        [facts.buckets[0].start, facts.buckets[-1].end],
    )
    facts.first, facts.last = sums["first"] or low, sums["last"] or high
    facts.outside, facts.undated_outside = sums["outside"], sums["undated_outside"]


def _ends(facts: Facts, tables: Tables) -> Row:
    """First and last of the articles, or without any of the feeds' answers, and the same without outliers.

    Articles without a date have that of their first reading. Where they are few, those further from the others
    than these are from each other do not say what time it is about.
    """
    source, values = "published FROM period_articles WHERE NOT withdrawn", []
    if not facts.totals["articles"]:
        source = f"polled AS published FROM period_polls WHERE {ANSWERED}"
    elif 2 * facts.totals["undated"] <= facts.totals["articles"]:
        (dated,) = tables.rows(
            f"SELECT min(published) AS first, max(published) AS last FROM (SELECT {source} AND {DATED})"
        )
        far = dated["last"] - dated["first"] + timedelta(1)
        source += f" AND ({DATED} OR published BETWEEN ? AND ?)"
        values = [dated["first"] - far, dated["last"] + far]
    (ends,) = tables.rows(
        "SELECT min(published) AS first, max(published) AS last,"
        f" quantile_disc(published, {OUTLIERS}) AS low, quantile_disc(published, {1 - OUTLIERS}) AS high"
        f" FROM (SELECT {source})",
        values,
    )
    return ends


def _over_time(facts: Facts, tables: Tables) -> None:
    for r in tables.rows(
        f"SELECT {facts.bucket_of()}, category, status, count(*) AS n FROM period_mentions GROUP BY ALL"
    ):
        facts.series[facts.key_of(r["bucket"]), r["category"], r["status"]] = r["n"]
    for r in tables.rows(
        f"SELECT {facts.bucket_of()}, category, count(DISTINCT story_id) AS n"
        " FROM period_mentions GROUP BY ALL"
    ):
        facts.stories[facts.key_of(r["bucket"]), r["category"]] = r["n"]
    facts.coverage = {
        b.key: dict.fromkeys(("articles", "publishers", "polls", "answered", "failed"), 0)
        for b in facts.buckets
    }
    heard = tables.rows(
        f"SELECT {facts.bucket_of()}, count(*) AS articles, count(DISTINCT publisher) AS publishers"
        " FROM period_articles WHERE NOT withdrawn GROUP BY ALL"
    ) + tables.rows(
        f"SELECT {facts.bucket_of('make_timestamp(epoch_us(polled))')}, count(*) AS polls,"
        f" count(*) FILTER ({ANSWERED}) AS answered, count(*) FILTER (NOT {ANSWERED}) AS failed"
        " FROM period_polls WHERE outcome <> 'not_due' GROUP BY ALL"
    )
    for row in heard:
        if bucket := facts.coverage.get(facts.key_of(row.pop("bucket"))):
            bucket.update(row)


def _by_country(facts: Facts, tables: Tables) -> None:
    facts.countries = tables.rows(
        "WITH told AS (SELECT country, category, story_id, sum(n) AS n FROM period_named GROUP BY ALL)"
        " SELECT country, CAST(sum(n) AS BIGINT) AS n,"
        " count(*) FILTER (category = 'strike') AS strike_stories,"
        " count(*) FILTER (category = 'envoy') AS envoy_stories"
        " FROM told GROUP BY country ORDER BY n DESC, country"
    )
    shown = [r["country"] for r in facts.countries[:COUNTRIES]]
    if shown:
        places = ", ".join("?" for _ in shown)
        facts.country_series = {
            (r["country"], facts.key_of(r["bucket"]), r["category"]): r["n"]
            for r in tables.rows(
                f"SELECT country, {facts.bucket_of()}, category, CAST(sum(n) AS BIGINT) AS n"
                f" FROM period_named WHERE country IN ({places}) GROUP BY ALL",
                shown,
            )
        }


def _signals(facts: Facts, tables: Tables) -> list[Row]:
    """The new alarms and alerts of the period, strongest first, from the whole history.

    A rise that is an alert and within a day an alarm is shown once, as the alarm.
    """
    return tables.rows(
        f"WITH risen AS (SELECT * FROM ({over_standing('signals')}) AS signals"
        "  WHERE is_new AND level IN ('alarm', 'alert'))"
        " SELECT * FROM risen WHERE window_end >= ? AND window_start <= ? AND NOT EXISTS ("
        "  FROM risen AS higher WHERE higher.category = risen.category"
        "  AND higher.country = risen.country AND higher.level < risen.level"
        "  AND higher.window_start > risen.window_start"
        "  AND higher.window_start <= risen.window_start + INTERVAL 1 DAY)"
        f" ORDER BY score DESC, window_start, category, country LIMIT {SIGNALS}",
        [facts.first, facts.last],
    )
