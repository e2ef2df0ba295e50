"""PollFeeds: ask feeds once for what is new; what they say becomes articles, health rows and state."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import apache_beam as beam
from apache_beam.metrics.metric import Metrics
from apache_beam.pvalue import PBegin, TaggedOutput

from schemas.records import Article, Micros, Reject
from transforms.articles import make_article, reject
from transforms.feeds.opml import Feed
from transforms.feeds.poll import Poll, PollOptions
from transforms.feeds.remember import entry_id
from transforms.feeds.spread import poll_on_all_cores
from transforms.feeds.state import FeedState
from transforms.feeds.turns import host_of
from transforms.files.documents import raw_from_entry
from transforms.files.raw import Problem


class PollFeeds(beam.PTransform):  # type: ignore[type-arg]
    """Poll each feed that is due once.

    Out: `articles`, chunks of the entries that are new or changed since the feed's state;
    `rejects`, entries that are no articles; `feed_health`, one `FeedHealth` a feed, whatever came of
    it; `feeds`, (feed, new state as plain data), to be committed together with the articles.
    Bounded. The feeds of one host are polled by one worker, so that a host meets one polite reader
    however many workers there are; pages that lie on other hosts than their feeds keep their distance
    within each worker. An entry that changed is dated as edited now, yet after
    all that was said of it. Metrics: `feeds.<outcome>`.
    """

    def __init__(
        self,
        feeds: Sequence[Feed],
        states: Mapping[str, Any],
        options: PollOptions,
        now: Micros,
        shards: int = 1,
    ) -> None:
        """Poll `feeds`, continuing `states` (by feed name, plain data), in `shards` groups of hosts."""
        super().__init__()
        self.options = options
        self.now = now
        hosts = by_host(feeds, states)
        groups: dict[int, list[tuple[Feed, Any]]] = {}
        for number, host in enumerate(sorted(hosts)):
            groups.setdefault(number % shards, []).extend(hosts[host])
        self.groups = list(groups.values())

    def expand(self, begin: PBegin) -> Any:
        """The four outputs, as attributes."""
        return (
            begin
            | "List feeds" >> beam.Create(self.groups, reshuffle=len(self.groups) > 1)
            | "Poll each"
            >> beam.ParDo(_PollGroup(self.options, self.now)).with_outputs(
                "rejects", "feed_health", "feeds", main="articles"
            )
        )


class _PollGroup(beam.DoFn):
    def __init__(self, options: PollOptions, now: Micros) -> None:
        self.options = options
        self.now = now

    def process(self, group: list[tuple[Feed, Any]]) -> Iterator[Any]:
        yield from poll_group(group, self.options, self.now)


def poll_group(group: list[tuple[Feed, Any]], options: PollOptions, now: Micros) -> Iterator[Any]:
    """Poll feeds with their states; chunks of articles, and the other outputs tagged by name."""
    feeds = {feed.name: feed for feed, _ in group}
    states = {feed.url: restored(state) for feed, state in group}
    for poll in poll_on_all_cores(states, states, options, now):
        feed = feeds[poll.health.feed]
        Metrics.counter("feeds", poll.health.outcome).inc()
        yield TaggedOutput("feed_health", [poll.health])
        if poll.health.outcome == "not_due":
            continue
        yield TaggedOutput("feeds", (feed.name, poll.state.to_dict()))
        found = list(articles_of(feed, states[feed.url], poll, now))
        if articles := [a for a in found if isinstance(a, Article)]:
            yield articles
        if rejects := [r for r in found if isinstance(r, Reject)]:
            yield TaggedOutput("rejects", rejects)


def by_host(feeds: Sequence[Feed], states: Mapping[str, Any]) -> dict[str, list[tuple[Feed, Any]]]:
    """Feeds with their states by the host that is asked for them: the one they have moved to, if any."""
    hosts: dict[str, list[tuple[Feed, Any]]] = {}
    for feed in feeds:
        state = states.get(feed.name)
        moved = state.get("moved_to") if isinstance(state, Mapping) else None  # it may be damaged
        hosts.setdefault(host_of(str(moved or feed.url)), []).append((feed, state))
    return hosts


def restored(data: Any) -> FeedState:
    """The state of a feed from plain data; a new one if there is none or it cannot be read.

    A feed whose state is lost is read again from the start: repeats are dropped later.
    """
    try:
        return FeedState.from_dict(data) if data else FeedState()
    except ValueError:
        return FeedState()


def articles_of(
    feed: Feed, state: FeedState, poll: Poll, now: Micros
) -> Iterator[Article | Reject]:
    """The new and changed entries of a poll as articles, or rejects where they are none."""
    before = {key for key, _, _ in state.seen}
    edited = dict(poll.state.edited)
    title = feed.title or (poll.feed.title if poll.feed else "")
    language = poll.feed.language if poll.feed else ""
    for number, entry in enumerate(poll.entries, 1):
        where = f"entry {number}"
        if entry.problem:
            yield reject("parse", Problem(entry.problem, entry.problem, where), feed.name, now)
            continue
        raw = raw_from_entry(entry, feed.name, title, language, where)._replace(fetched=now)
        article = make_article(raw, feed.name, now)
        key = entry_id(feed.name, entry)
        if key in before and isinstance(article, Article):
            # not through `raw`: a time far ahead would not be believed, and the edit lost as a repeat
            article = article._replace(updated=edited.get(key, now))
        yield article
