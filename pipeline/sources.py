"""The sources that a run was asked for, as the inputs of the flow."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.metrics.metric import Metrics

from pipeline.beam_options import many_workers
from pipeline.build import Inputs, Settings
from pipeline.feed_lists import read_list
from pipeline.inputs import Wanted
from pipeline.options import UsageError
from schemas.records import Article, Micros
from transforms.feeds.fetch import FetchOptions
from transforms.feeds.opml import Feed, read_feed_list
from transforms.feeds.poll import PollOptions
from transforms.feeds.state import is_ahead, rests
from transforms.follow_feeds import FollowFeeds
from transforms.poll_feeds import PollFeeds, restored
from transforms.read_files import ReadFiles
from transforms.store.feed_states import next_poll


@dataclass(frozen=True)
class Sources:
    """What to read.

    Attributes:
        paths: files, expanded.
        feeds: feeds to poll once, each once.
        since: articles published earlier are left out, microseconds UTC; None takes all.
        polling: how feeds are asked.
        shards: groups of hosts that different workers may poll.
    """

    paths: tuple[str, ...]
    feeds: tuple[Feed, ...] = ()
    since: Micros | None = None
    polling: PollOptions = field(default_factory=PollOptions)
    shards: int = 1

    @classmethod
    def of(cls, wanted: Wanted, args: argparse.Namespace, may_be_empty: bool = False) -> "Sources":
        """The sources of a command line; lines of a feed list that are no feeds are told and left.

        Raises:
            UsageError: nothing to read, or a feed list without any feed.
        """
        feeds = [_feed(url) for url in wanted.feeds]
        for name in (*wanted.feed_lists, *args.feeds):
            feeds += read_list(name).feeds
        if not (wanted.paths or feeds or (may_be_empty and args.inputs)):
            raise UsageError("nothing to read: name files, folders or feeds, or give --feeds FILE")
        once = {f.name: f for f in reversed(feeds)}
        fetching = FetchOptions(contact=args.contact, allow_private=args.allow_private)
        polling = PollOptions(
            fetching,
            force=args.poll_every is not None,
            host_seconds=args.host_delay,
            full_text=args.full_text,
        )
        feeds = list(reversed(once.values()))
        return cls(tuple(wanted.paths), tuple(feeds), args.since, polling, args.poll_shards)

    def due_feeds(self, states: Mapping[str, Any], now: Micros) -> tuple[Feed, ...]:
        """The feeds to ask now: those whose next poll has come, or all each `poll_every`, but for
        those whose server asked to wait.

        A feed without a state was never asked and is due.
        """

        def due(feed: str) -> bool:
            if not is_ahead(next_poll(states, feed), now):
                return True
            return self.polling.force and not rests(restored(states.get(feed)), now, force=True)

        return tuple(f for f in self.feeds if due(f.name))


def _feed(url: str) -> Feed:
    found = read_feed_list(url.encode(), url)
    if not found.feeds:
        raise UsageError("; ".join(map(str, found.problems)) or f"{url}: not the address of a feed")
    return found.feeds[0]


def read_sources(
    pipeline: beam.Pipeline, sources: Sources, store: Any, settings: Settings
) -> Inputs:
    """Files and feeds as the inputs of the flow."""
    parts = []
    if sources.paths or not sources.feeds:
        files = pipeline | "Read files" >> ReadFiles(
            sources.paths, settings.now, many_workers(pipeline.options)
        )
        parts.append(Inputs(files.articles, files.rejects))
    if sources.feeds:
        states = {f.name: store.feeds.get(f.name) for f in sources.feeds}
        polls = pipeline | "Poll feeds" >> PollFeeds(
            sources.feeds, states, sources.polling, settings.now, sources.shards
        )
        parts.append(Inputs(polls.articles, polls.rejects, polls.feed_health, polls.feeds))
    inputs = parts[-1]
    if len(parts) > 1:
        both = tuple(p.articles for p in parts) | "All articles" >> beam.Flatten()
        rejects = tuple(p.rejects for p in parts) | "All read rejects" >> beam.Flatten()
        inputs = inputs._replace(articles=both, rejects=rejects)
    if sources.since is not None:
        inputs = inputs._replace(
            articles=inputs.articles | "Leave out older" >> beam.Map(since, sources.since)
        )
    return inputs


def follow_sources(
    pipeline: beam.Pipeline, sources: Sources, store: Any, every: int, until: float | None
) -> Inputs:
    """Feeds as unbounded inputs: ticks each `every` seconds, until `until` (Unix seconds) if given.

    Raises:
        UsageError: files are given too; an engine that streams follows feeds only.
    """
    if sources.paths:
        raise UsageError(
            "--stream on this runner follows feeds; read files with a run of their own"
        )
    states = {f.name: store.feeds.get(f.name) for f in sources.feeds}
    polls = pipeline | "Follow feeds" >> FollowFeeds(
        sources.feeds, states, sources.polling, every, until
    )
    articles = polls.articles
    if sources.since is not None:
        articles = articles | "Leave out older" >> beam.Map(since, sources.since)
    return Inputs(articles, polls.rejects, polls.feed_health)


def since(chunk: list[Article], start: Micros) -> list[Article]:
    """The articles published at or after `start`; the others are counted (metric `articles.older`)."""
    kept = [a for a in chunk if a.published >= start]
    Metrics.counter("articles", "older").inc(len(chunk) - len(kept))
    return kept
