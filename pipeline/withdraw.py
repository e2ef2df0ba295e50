"""`tocsin withdraw`: take articles back, and correct every count that they were part of."""

import argparse
import sys
import time
from typing import Any

import apache_beam as beam

from pipeline.beam_options import beam_options
from pipeline.bigquery_options import bigquery_settings
from pipeline.build import Inputs, Settings, build
from pipeline.home import home_of
from pipeline.increment import finish
from pipeline.options import UsageError
from pipeline.tables import open_tables, read_committed
from schemas.arrow import table_to_rows
from schemas.records import Article
from transforms.drop_repeats import stamp
from transforms.feeds.identity import canonical_url
from transforms.store import StoreError


def command(args: argparse.Namespace) -> int:
    """Withdraw the articles named by URL or article id, in one commit.

    Raises:
        UsageError: no such output or article; nothing is changed then.
        RunFailed: it began and could not finish; nothing is changed then.
    """
    settings = bigquery_settings(args)
    manifest = read_committed(args.output, settings)
    window = (manifest.window, manifest.every)
    now = args.now if args.now is not None else time.time_ns() // 1000
    home = home_of(args.output, args.staging, settings)
    try:
        with home.held(args.lock_wait):
            store = home.open(window, now)
            stored = open_tables(args.output, views=["articles_latest"], bigquery=settings)
            found = [_find(stored, args.output, name, now) for name in args.articles]
            articles = list(
                dict.fromkeys(found)
            )  # one may be named twice, by its URL and by its id
            pipeline = beam.Pipeline(options=beam_options([], args.own_options))
            withdrawn = pipeline | "Name withdrawn" >> beam.Create([articles])
            none = pipeline | "No rejects" >> beam.Create([], reshuffle=False)
            build(Inputs(withdrawn, none), store, Settings(*window, now))
            finish(pipeline)
    except StoreError as error:
        raise UsageError(str(error)) from error
    for article in articles:
        print(f"withdrawn: {article.title} ({article.url or article.article_id})", file=sys.stderr)
    return 0


def _find(tables: Any, output: str, name: str, now: int) -> Article:
    """The standing version of an article, as it is to be stored: withdrawn now."""
    query = (
        "SELECT * FROM articles_latest WHERE article_id = $1 OR (canonical_url = $2 AND $2 <> '')"
    )
    found = tables.sql(query, params=[name, canonical_url(name)]).to_arrow_table()
    if not found.num_rows:
        raise UsageError(f"{name}: no article with this URL or id in {output}")
    article: Article = table_to_rows("articles", found)[0]
    if article.withdrawn:
        raise UsageError(f"{name}: was withdrawn before")
    # Behind whatever its source states, were that an hour in the future.
    return article._replace(withdrawn=True, updated=max(now, stamp(article)), text="")
