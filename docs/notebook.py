# Tocsin for analysts, as a notebook: `make notebook` opens it, `python docs/notebook.py` runs it from top to bottom.
# It is plain Python (https://marimo.io): cells are functions, and what a cell returns others may take.

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Tocsin for analysts")

with app.setup:
    import os
    import sys
    import tempfile
    from pathlib import Path
    from typing import Any

    import marimo as mo
    import vl_convert

    from pipeline.cli import main as tocsin
    from pipeline.options import UsageError
    from pipeline.signals import signals
    from pipeline.tables import open_tables
    from schemas.sql import transpile

    COLOURS = {"strike": "#b3371a", "envoy": "#1f5fa8", "sanction": "#7a5a00"}


@app.function
def draw(rows: list[dict[str, Any]], encoding: dict[str, Any], height: int = 160) -> mo.Html:
    """Bars by Vega-Lite, drawn here: no browser, no network."""
    spec = {
        "data": {"values": rows},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": encoding,
        "width": 640,
        "height": height,
        "config": {"background": "white", "axis": {"labelAngle": 0, "title": None}},
    }
    return mo.Html(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))


@app.function
def by_category(*names: str) -> dict[str, Any]:
    """Each category in its colour in the report."""
    scale = {"domain": names, "range": [COLOURS[name] for name in names]}
    return {"field": "category", "type": "nominal", "scale": scale, "title": None}


@app.cell(hide_code=True)
def _():
    mo.md("""
    # From articles to sentences

    Seeds, a run, counts, charts, the sentences behind a bar, force beside diplomacy. Everything below is computed
    here, offline. To look at your own news set `TOCSIN_OUTPUT` to a folder that `tocsin run` wrote (or to
    `bq://PROJECT.DATASET`) before you open the notebook; without it the sample articles in `seeds/` are run.
    """)
    return


@app.cell
def _():
    output = os.environ.get("TOCSIN_OUTPUT", "")
    scratch = tempfile.TemporaryDirectory(prefix="tocsin-")  # gone with the notebook
    if not output:
        output = str(Path(scratch.name) / "output")
        seeds = str(Path(__file__).parents[1] / "seeds" / "articles")
        # A fixed clock, so that articles without a date fall on the same day whenever this is run.
        assert tocsin(["run", seeds, "--output", output, "--now", "2026-03-20", "--quiet"]) == 0
    try:
        tables = open_tables(output)
    except UsageError as error:
        if not mo.running_in_notebook():
            sys.exit(f"TOCSIN_OUTPUT: {error}")
        mo.stop(True, mo.md(f"`TOCSIN_OUTPUT`: {error}"))

    def ask(sql: str) -> list[dict[str, Any]]:
        """The rows of a query in BigQuery's SQL; the same text runs in a dataset."""
        result = tables.execute(transpile(sql, "duckdb", {}))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    return ask, output, scratch, tables


@app.cell(hide_code=True)
def _(output):
    mo.md(f"""
    ## What was listened to

    Before any count: how many articles, by whom, what could not be read. A day without articles says nothing about
    the world. (`{output}`)
    """)
    return


@app.cell
def _(ask):
    quality = ask("""
        SELECT day, articles_seen, publisher_count, mentions_counted, mentions_not_counted,
          rejects, polls_failed, feeds_failed
        FROM data_quality ORDER BY day
    """)
    mo.ui.table(quality, selection=None)
    return (quality,)


@app.cell
def _(quality):
    draw(
        [{"day": str(row["day"]), "articles": row["articles_seen"]} for row in quality],
        {
            "x": {"field": "day", "type": "temporal", "timeUnit": "utcyearmonthdate"},
            "y": {"field": "articles", "type": "quantitative"},
            "color": {"value": "#8b8d94"},
        },
        height=80,
    )
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## Counts

    One row a category and status. Statuses are never added up to "strikes that happened": that is `occurred` alone.
    """)
    return


@app.cell
def _(ask):
    counts = ask("""
        SELECT category, status, COUNT(*) AS mentions, COUNT(DISTINCT article_id) AS articles,
          COUNT(DISTINCT publisher) AS publishers
        FROM mentions_standing GROUP BY category, status ORDER BY category, mentions DESC, status
    """)
    mo.ui.table(counts, selection=None)
    return (counts,)


@app.cell
def _(ask):
    daily = ask("""
        SELECT CAST(day AS STRING) AS day, category, SUM(mention_count) AS mentions
        FROM mention_counts_daily GROUP BY day, category ORDER BY day, category
    """)
    bars = [row | {"mentions": int(row["mentions"])} for row in daily]
    draw(
        bars,
        {
            "x": {"field": "day", "type": "temporal", "timeUnit": "utcyearmonthdate"},
            "y": {"field": "mentions", "type": "quantitative"},
            "color": by_category(*COLOURS),
        },
    )
    return (bars,)


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## The sentences behind a bar

    Choose a bar; the highest is chosen already. Each sentence leads to its article, and
    `tocsin why OUTPUT URL` tells what else was seen in that article and why it did not count.
    """)
    return


@app.cell
def _(bars):
    mo.stop(not bars, mo.md("No mention was counted in this output."))
    highest = sorted(bars, key=lambda row: (-row["mentions"], row["day"], row["category"]))
    choices = {f"{row['day']}, {row['category']}: {row['mentions']}": row for row in highest}
    bar = mo.ui.dropdown(choices, value=next(iter(choices)), label="bar")
    bar
    return (bar,)


@app.cell
def _(ask, bar):
    behind = ask(f"""
        SELECT published, status, actor, actor_country, target, target_country, sentence,
          publisher, url, `rule`
        FROM mentions_standing
        WHERE DATE(published) = '{bar.value["day"]}' AND category = '{bar.value["category"]}'
        ORDER BY published, mention_id
    """)
    mo.ui.table(behind, selection=None)
    return (behind,)


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## Force and diplomacy

    Distinct stories with strikes and with envoys that involve a country as actor or target, side by side. A story
    about two countries is in the row of each; one told on two days is counted once, so the days of the view
    `force_vs_diplomacy` are not added up. `force_share` is 1 where only force is told, 0 where only diplomacy.
    """)
    return


@app.cell
def _(ask):
    force = ask("""
        SELECT country, strikes, envoys, ROUND(strikes / (strikes + envoys), 2) AS force_share
        FROM (
          SELECT country, COUNT(DISTINCT IF(category = 'strike', story_id, NULL)) AS strikes,
            COUNT(DISTINCT IF(category = 'envoy', story_id, NULL)) AS envoys
          FROM (
            SELECT category, story_id, actor_country AS country FROM mentions_standing
            UNION ALL
            SELECT category, story_id, target_country AS country FROM mentions_standing
          ) AS involved
          WHERE country <> ''
          GROUP BY country
        ) AS told
        WHERE strikes + envoys > 0
        ORDER BY strikes + envoys DESC, country
        LIMIT 15
    """)
    sides = [
        {"country": row["country"], "category": category, "stories": sign * int(row[column])}
        for row in force
        for category, column, sign in (("strike", "strikes", -1), ("envoy", "envoys", 1))
    ]
    draw(
        sides,
        {
            "y": {"field": "country", "type": "nominal", "sort": [r["country"] for r in force]},
            "x": {
                "field": "stories",
                "type": "quantitative",
                "axis": {"labelExpr": "abs(datum.value)", "tickMinStep": 1},
            },
            "color": by_category("strike", "envoy"),
        },
        height=300,
    )
    return (force,)


@app.cell
def _(force):
    mo.ui.table(force, selection=None)
    return


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## Envoys: who, for whom, with whom, last seen
    """)
    return


@app.cell
def _(ask):
    envoys = ask("""
        SELECT person, COALESCE(NULLIF(actor_country, ''), actor) AS for_whom,
          COALESCE(NULLIF(target_country, ''), target) AS with_whom, status, published, sentence
        FROM envoy_movements WHERE is_latest ORDER BY published DESC, person
    """)
    mo.ui.table(envoys, selection=None)
    return (envoys,)


@app.cell(hide_code=True)
def _():
    mo.md("""
    ## Out of the usual

    Six hours in which a country was told about more than the four weeks before lead to expect. It takes three days
    of history, and four stories from three publishers: the samples are too few, so no row is right for them.
    """)
    return


@app.cell
def _(tables):
    risen = signals(tables, "notice")
    mo.ui.table(risen, selection=None) if risen else mo.md("Nothing out of the usual.")
    return (risen,)


@app.cell
def _(counts, quality):
    total = sum(row["mentions"] for row in counts)
    articles = sum(row["articles_seen"] for row in quality)
    mo.md(f"**To cite**: {total:,} mentions in {articles:,} articles, by publication time (UTC).")
    return articles, total


if __name__ == "__main__":
    app.run()
