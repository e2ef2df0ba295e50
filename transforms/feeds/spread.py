"""Poll many feeds on all cores: hosts are dealt out to processes, and the polls come back.

Fetching waits and parsing computes, and Python computes on one core a process; most of a round in
which much is new is `feedparser`.
"""

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import cast

from transforms.feeds.identity import strip_credentials
from transforms.feeds.poll import Poll, PollOptions
from transforms.feeds.polling import poll_feeds
from transforms.feeds.state import FeedState, rests
from transforms.feeds.turns import host_of

FEEDS_A_PROCESS = 250
"""A process takes half a second to start and warm up: 100 feeds that changed, 250 that did not."""


def poll_on_all_cores(
    feeds: Iterable[str], states: Mapping[str, FeedState], options: PollOptions, now: int
) -> Iterator[Poll]:
    """What `poll_feeds` does, and as politely, by as many processes as pay; in no fixed order.

    All feeds of a host are polled by one process, so each host meets one polite reader. The feeds
    that a process does not tell of, because it did not start or died, are polled by this one.
    Closing the iterator ends the processes. `Poll.feed` comes without its entries. With
    `options.full_text` one process polls all: pages of one host are behind feeds of many, and what
    extracts them is a process too, which those that poll may not start.

    Args:
        feeds: addresses.
        states: by address as given in `feeds`; a feed without one is new.
        options: how; `options.threads` feeds are asked at once by all processes together.
        now: microseconds UTC of the round.
    """
    left = dict.fromkeys(feeds)
    due = [f for f in left if not rests(states.get(f) or FeedState(), now, options.force)]
    count = min(cores(), len(due) // FEEDS_A_PROCESS)
    alone = options.full_text or multiprocessing.current_process().daemon  # may have no children
    if count > 1 and not alone:
        for feed, poll in _spread(_shares(due, states, count), states, options, now):
            left.pop(feed)
            yield poll
    yield from poll_feeds(left, states, options, now)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _shares(feeds: list[str], states: Mapping[str, FeedState], count: int) -> list[list[str]]:
    """The feeds in `count` shares of about one size, those of a host together."""
    hosts: dict[str, list[str]] = {}
    for feed in feeds:
        moved = (states.get(feed) or FeedState()).moved_to
        hosts.setdefault(host_of(moved or feed), []).append(feed)
    shares: list[list[str]] = [[] for _ in range(count)]
    for host in sorted(hosts, key=lambda h: -len(hosts[h])):
        min(shares, key=len).extend(hosts[host])
    return shares


def _spread(
    shares: list[list[str]], states: Mapping[str, FeedState], options: PollOptions, now: int
) -> Iterator[tuple[str, Poll]]:
    """The polls that the processes make, each with the address of its feed."""
    options = replace(options, threads=max(1, options.threads // len(shares)))
    # spawn: a fork of a process with threads may inherit locks that nobody releases
    context = multiprocessing.get_context("spawn")
    running: dict[Connection, BaseProcess] = {}
    try:
        for share in shares:
            pipe, other = context.Pipe(duplex=False)
            known = {f: states[f] for f in share if f in states}
            process: BaseProcess = context.Process(
                target=_poll_share, args=(other, share, known, options, now), daemon=True
            )
            with contextlib.suppress(OSError):  # no memory or process left: the caller polls
                process.start()
                running[pipe] = process
            other.close()
        while running:
            for pipe in cast(list[Connection], wait(list(running))):
                try:
                    feed, poll, same = pipe.recv()
                except (EOFError, OSError):  # it is done, or dead
                    running.pop(pipe).join()
                    continue
                if same:
                    poll = poll._replace(state=poll.state._replace(seen=states[feed].seen))
                yield feed, poll
    finally:
        for process in running.values():
            process.kill()
            process.join()


def _poll_share(
    pipe: Connection,
    feeds: list[str],
    states: dict[str, FeedState],
    options: PollOptions,
    now: int,
) -> None:
    """A process: polls its share of the feeds, sends each poll, ends if nobody listens.

    What each feed was known to hold, the largest part of a state, is not sent back if it is the same.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    named = {strip_credentials(feed): feed for feed in feeds}
    with contextlib.suppress(OSError):
        for poll in poll_feeds(feeds, states, options, now):
            feed = named[poll.health.feed]
            same = feed in states and poll.state.seen is states[feed].seen
            if same:
                poll = poll._replace(state=poll.state._replace(seen=()))
            if poll.feed is not None:
                poll = poll._replace(feed=poll.feed._replace(entries=[]))
            pipe.send((feed, poll, same))
