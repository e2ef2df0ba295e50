"""The flow, on one screen."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.pvalue import PCollection

from schemas.records import Article, Mention, Micros
from transforms.count_mentions import CountMentions
from transforms.drop_repeats import SHARDS, DropRepeats
from transforms.drop_told_rejects import DropToldRejects
from transforms.store import Store
from transforms.tag_mentions import TaggedArticle, TagMentions
from transforms.tagging import has_trigger
from transforms.write_tables import WriteTables


@dataclass(frozen=True)
class Settings:
    """What a run is told, apart from where it reads and writes.

    Attributes:
        length: length of the count windows, seconds.
        period: from one window's start to the next, seconds; equal to `length` for fixed windows.
        now: the run's clock, microseconds UTC.
        keep_text: whether the articles table keeps the text.
        shards: groups in which articles are spread over workers; the rows do not depend on it.
    """

    length: int
    period: int
    now: Micros
    keep_text: bool = False
    shards: int = SHARDS


class Inputs(NamedTuple):
    """What sources hand to the flow: chunks of articles and rejects, feed health, and states of
    feeds."""

    articles: PCollection[Any]
    rejects: PCollection[Any]
    feed_health: PCollection[Any] | None = None
    feeds: PCollection[Any] | None = None


def build(inputs: Inputs, store: Store, settings: Settings) -> PCollection[Any]:
    """Read news, find mentions, count them by window, write every table in one commit.

    Records travel in chunks (lists), since a step of Beam costs more than an article of ours. Tests
    no flag, reads no clock, does no I/O: sources and store are chosen by the caller. Returns the
    commit.
    """
    wants_text = None if settings.keep_text else has_trigger
    once = DropRepeats(store, wants_text, settings.shards)
    fresh = inputs.articles | "Drop repeats" >> once  # [Fresh]
    tags = fresh | "Tag mentions" >> TagMentions(settings.now)
    tagged = tags.tagged  # [TaggedArticle]
    rejects = (inputs.rejects, tags.rejects) | "Gather rejects" >> beam.Flatten()  # [Reject]
    tables = {
        "articles": tagged | "Article rows" >> beam.Map(article_rows, settings.keep_text),
        "mentions": tagged | "Mention rows" >> beam.Map(mention_rows),
        "mention_counts": tagged
        | "Count mentions" >> CountMentions(settings.length, settings.period, store),
        "rejects": rejects | "Drop told rejects" >> DropToldRejects(store),
    }
    if inputs.feed_health is not None:
        tables["feed_health"] = inputs.feed_health
    if inputs.feeds is not None:
        tables["feeds"] = inputs.feeds
    return tables | "Write tables" >> WriteTables(store, (settings.length, settings.period))


def article_rows(chunk: list[TaggedArticle], keep_text: bool) -> list[Article]:
    """The articles of a chunk as they are stored."""
    return [t.article if keep_text else t.article._replace(text="") for t in chunk]


def mention_rows(chunk: list[TaggedArticle]) -> list[Mention]:
    """The mentions of a chunk, counted or not."""
    return [mention for t in chunk for mention in t.mentions]
