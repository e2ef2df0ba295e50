"""The sources that a run was asked for, as the inputs of the flow."""

import argparse
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.metrics.metric import Metrics

from pipeline.build import Inputs, Settings
from pipeline.inputs import Wanted
from pipeline.options import UsageError
from schemas.records import Article, Micros
from transforms.read_files import ReadFiles


@dataclass(frozen=True)
class Sources:
    """What to read.

    Attributes:
        paths: files, expanded.
        feeds: addresses of feeds to poll once.
        since: articles published earlier are left out, microseconds UTC; None takes all.
    """

    paths: tuple[str, ...]
    feeds: tuple[str, ...] = ()
    since: Micros | None = None

    @classmethod
    def of(cls, wanted: Wanted, args: argparse.Namespace) -> "Sources":
        """The sources of a command line.

        Raises:
            UsageError: nothing to read, or a feed list that cannot be read.
        """
        feeds = list(wanted.feeds)
        if not (wanted.paths or feeds):
            raise UsageError("nothing to read: name files, folders or feeds, or give --feeds FILE")
        return cls(tuple(wanted.paths), tuple(dict.fromkeys(feeds)), args.since)


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
