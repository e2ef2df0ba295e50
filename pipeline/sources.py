"""The sources that a run was asked for, as the inputs of the flow."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.metrics.metric import Metrics

from pipeline.build import Inputs, Settings
from pipeline.inputs import Wanted
from pipeline.options import UsageError
from schemas.records import Article, Micros
from transforms.feeds.opml import Feed, read_feed_list
from transforms.read_files import ReadFiles


@dataclass(frozen=True)
class Sources:
    """What to read.

    Attributes:
        paths: files, expanded.
        feeds: feeds to poll once, each once.
        since: articles published earlier are left out, microseconds UTC; None takes all.
    """

    paths: tuple[str, ...]
    feeds: tuple[Feed, ...] = ()
    since: Micros | None = None

    @classmethod
    def of(cls, wanted: Wanted, args: argparse.Namespace, may_be_empty: bool = False) -> "Sources":
        """The sources of a command line; lines of a feed list that are no feeds are told and left.

        Raises:
            UsageError: nothing to read, or a feed list without any feed.
        """
        feeds = [_feed(url) for url in wanted.feeds]
        for name in (*wanted.feed_lists, *args.feeds):
            feeds += feeds_of(name)
        if not (wanted.paths or feeds or (may_be_empty and args.inputs)):
            raise UsageError("nothing to read: name files, folders or feeds, or give --feeds FILE")
        once = {f.name: f for f in reversed(feeds)}
        return cls(tuple(wanted.paths), tuple(reversed(once.values())), args.since)

    def due_feeds(self, states: Mapping[str, Any], now: Micros) -> tuple[Feed, ...]:
        """The feeds whose next poll is not in the future, by their stored state; unknown ones are due."""
        return tuple(f for f in self.feeds if (states.get(f.name, {}).get("next_poll") or 0) <= now)


def feeds_of(name: str) -> list[Feed]:
    """The feeds of a list in a file; what is no feed in it is told on standard error.

    Raises:
        UsageError: the file cannot be read or names no feed.
    """
    try:
        found = read_feed_list(Path(name).read_bytes(), name)
    except OSError as error:
        raise UsageError(f"--feeds {name}: {error.strerror}") from error
    for problem in found.problems:
        print(f"tocsin: {name}: {problem}", file=sys.stderr)
    if not found.feeds:
        raise UsageError(f"--feeds {name}: no feed in it")
    return found.feeds


def _feed(url: str) -> Feed:
    found = read_feed_list(url.encode(), url)
    if not found.feeds:
        raise UsageError("; ".join(map(str, found.problems)) or f"{url}: not the address of a feed")
    return found.feeds[0]


def read_sources(
    pipeline: beam.Pipeline, sources: Sources, store: Any, settings: Settings
) -> Inputs:
    """Files and feeds as the inputs of the flow."""
    files = pipeline | "Read files" >> ReadFiles(sources.paths, settings.now)
    articles = files.articles
    if sources.since is not None:
        articles = articles | "Leave out older" >> beam.Map(since, sources.since)
    return Inputs(articles, files.rejects)


def since(chunk: list[Article], start: Micros) -> list[Article]:
    """The articles published at or after `start`; the others are counted (metric
    `articles.older`)."""
    kept = [a for a in chunk if a.published >= start]
    Metrics.counter("articles", "older").inc(len(chunk) - len(kept))
    return kept
