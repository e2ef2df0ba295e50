"""What a report leaves out of its counts: triggers not counted, what could not be read, feeds that were down."""

# ruff: noqa: S608 (names in the queries are ours)

from pipeline.report.facts import ANSWERED, Facts, Tables

FEEDS = 60


def gather_left_out(facts: Facts, tables: Tables) -> None:
    """Fill in not_counted, rejects and feeds, with their totals.

    Rejects and polls have no time of publication: they belong to the period in which they happened, as in the
    view data_quality.
    """
    facts.not_counted = tables.rows(
        "SELECT category, reason, count(DISTINCT mention_id) AS n, min_by(sentence, mention_id) AS sentence,"
        " min_by(trigger, mention_id) AS trigger, min_by(m.url, mention_id) AS url"
        " FROM mentions AS m JOIN period_articles AS a USING (article_id, version)"
        " WHERE NOT counted AND NOT withdrawn GROUP BY ALL ORDER BY n DESC, category, reason"
    )
    rejects = tables.rows(
        "SELECT stage, reason, count(*) AS n, min({'error': error, 'source': source}) AS example"
        " FROM period_rejects GROUP BY ALL ORDER BY n DESC, stage, reason"
    )
    facts.rejects = [row | row.pop("example") for row in rejects]
    (ever,) = tables.rows("SELECT count(*) AS n FROM (SELECT DISTINCT * FROM rejects)")
    facts.totals["rejects"] = sum(r["n"] for r in facts.rejects)
    facts.totals["rejects_outside"] = ever["n"] - facts.totals["rejects"]
    facts.totals["not_counted"] = sum(r["n"] for r in facts.not_counted)
    _feeds(facts, tables)


def _feeds(facts: Facts, tables: Tables) -> None:
    of_feeds = (
        "WITH feeds AS (SELECT feed, count(*) AS polls,"
        f" count(*) FILTER (NOT {ANSWERED}) AS failed,"
        f" max(polled) FILTER ({ANSWERED}) AS last_good,"
        " max_by({'outcome': outcome, 'error': error}, polled) AS answer,"
        " max(newest) AS newest FROM period_polls WHERE outcome <> 'not_due' GROUP BY feed)"
    )
    feeds = tables.rows(
        f"{of_feeds} FROM feeds ORDER BY failed / polls DESC, failed DESC, feed LIMIT {FEEDS}"
    )
    facts.feeds = [row | row.pop("answer") for row in feeds]
    (sums,) = tables.rows(
        f"{of_feeds} SELECT count(*) AS feeds, CAST(coalesce(sum(polls), 0) AS BIGINT) AS polls,"
        " count(*) FILTER (failed = polls) AS feeds_down FROM feeds"
    )
    facts.totals |= sums
