"""Poll many feeds at once, without any host noticing more than one polite reader."""

import collections
import heapq
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from transforms.feeds.fetch import Fetched, fetch
from transforms.feeds.full_text import FullText, is_teaser
from transforms.feeds.identity import strip_credentials
from transforms.feeds.poll import Fetch, Poll, PollOptions, failed_poll, noted, poll_feed
from transforms.feeds.state import FeedState, rests
from transforms.feeds.turns import OURS, Turns, host_of

MAX_PAGES = 50
"""Pages fetched for one feed in one poll."""


def poll_feeds(
    feeds: Iterable[str],
    states: Mapping[str, FeedState],
    options: PollOptions,
    now: int,
    *,
    get: Fetch = fetch,
    turns: Turns = OURS,
) -> Iterator[Poll]:
    """Poll every feed once, many at a time; yields each poll as it ends, in no fixed order.

    At most `options.per_host` feeds of one host are asked at once, and requests to one host, for
    feeds, pages or robots.txt, start at least `options.host_seconds` apart, in all rounds of this
    process; only redirects are followed at once, and of pages only those within a site. Closing
    the iterator ends the polling.

    Args:
        feeds: addresses.
        states: by address as given in `feeds`; a feed without one is new.
        options: how.
        now: microseconds UTC of the round: every poll of it carries this time.
        get: does the requests.
        turns: keeps them apart.
    """
    plan = _Plan(feeds, states, options, now)
    yield from plan.not_due(now)
    results: queue.SimpleQueue[tuple[str, Poll]] = queue.SimpleQueue()
    work: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    get = _in_turn(get, turns, options.host_seconds)
    pages = FullText(options.fetch, now, get=get) if options.full_text else None

    def worker() -> None:
        while (feed := work.get()) is not None:
            results.put((feed, _polled(feed, plan.state(feed), options, now, get, pages)))

    count = max(1, min(options.threads, plan.waiting))
    for i in range(count):
        threading.Thread(target=worker, daemon=True, name=f"poll {i}").start()
    try:
        yield from _dispatched(plan, count, work, results, turns.clock)
    finally:
        for _ in range(count):
            work.put(None)
        if pages:
            pages.close()


def _in_turn(get: Fetch, turns: Turns, seconds: float) -> Fetch:
    def politely(url: str, **how: Any) -> Fetched:
        turns.wait(url, seconds)
        return get(url, **how)

    return politely


def _polled(
    feed: str,
    state: FeedState,
    options: PollOptions,
    now: int,
    get: Fetch,
    pages: FullText | None,
) -> Poll:
    """One poll. Never raises: who waits for it would wait for ever."""
    try:
        poll = poll_feed(feed, state, options, now, get=get)
        return with_full_text(poll, pages) if pages else poll
    except Exception as error:
        return failed_poll(strip_credentials(feed), state, error, now)


def _dispatched(
    plan: "_Plan",
    count: int,
    work: "queue.SimpleQueue[str | None]",
    results: "queue.SimpleQueue[tuple[str, Poll]]",
    clock: Callable[[], float],
) -> Iterator[Poll]:
    """Hand feeds to the workers as their hosts get free; yields what comes back."""
    flying = 0
    while plan.waiting or flying:
        while flying < count and (feed := plan.next(clock())) is not None:
            work.put(feed)
            flying += 1
        try:
            feed, poll = results.get(timeout=plan.pause(clock()) if flying < count else None)
        except queue.Empty:
            continue
        flying -= 1
        plan.ended(feed, clock())
        yield poll


def with_full_text(poll: Poll, pages: FullText) -> Poll:
    """The poll with the pages behind its teasers, `MAX_PAGES` at most.

    Why a page could not be read is told in the health row, with the number of such pages.
    """
    entries, asked, refused = [], 0, collections.Counter[str]()
    for entry in poll.entries:
        if is_teaser(entry):
            problem = f"more than {MAX_PAGES} in one poll"
            if asked < MAX_PAGES:
                asked += 1
                entry, problem = pages.fill(entry)
            if problem:
                refused[problem] += 1
        entries.append(entry)
    if refused:
        reasons = ", ".join(f"{reason} ({n})" for reason, n in refused.most_common())
        error = noted(poll.health.error, f"pages not read: {reasons}")
        poll = poll._replace(health=poll.health._replace(error=error))
    return poll._replace(entries=entries)


class _Plan:
    """Which feed is next: hosts in the order in which they may be asked again."""

    def __init__(
        self,
        feeds: Iterable[str],
        states: Mapping[str, FeedState],
        options: PollOptions,
        now: int,
    ) -> None:
        self.states, self.options = states, options
        self.queues: dict[str, collections.deque[str]] = collections.defaultdict(collections.deque)
        self.flying: collections.Counter[str] = collections.Counter()
        self.resting: list[str] = []
        self.waiting = 0
        for feed in dict.fromkeys(feeds):
            if rests(self.state(feed), now, options.force):
                self.resting.append(feed)
            else:
                self.queues[host_of(self.state(feed).moved_to or feed)].append(feed)
                self.waiting += 1
        self.ready: list[tuple[float, int, str]] = []
        self.count = 0
        for host in self.queues:
            self.put(0.0, host)

    def state(self, feed: str) -> FeedState:
        return self.states.get(feed) or FeedState()

    def not_due(self, now: int) -> Iterator[Poll]:
        for feed in self.resting:
            yield poll_feed(feed, self.state(feed), self.options, now)

    def put(self, when: float, host: str) -> None:
        self.count += 1  # keeps hosts of equal time in order
        heapq.heappush(self.ready, (when, self.count, host))

    def next(self, now: float) -> str | None:
        """A feed whose host may be asked now, or None."""
        if not self.ready or self.ready[0][0] > now:
            return None
        host = heapq.heappop(self.ready)[2]
        feed = self.queues[host].popleft()
        self.waiting -= 1
        self.flying[host] += 1
        if self.queues[host] and self.flying[host] < self.options.per_host:
            self.put(now + self.options.host_seconds, host)
        return feed

    def ended(self, feed: str, now: float) -> None:
        """A poll is over: its host has room for another."""
        host = host_of(self.state(feed).moved_to or feed)
        full = self.flying[host] >= self.options.per_host
        self.flying[host] -= 1
        if full and self.queues[host]:
            self.put(now + self.options.host_seconds, host)

    def pause(self, now: float) -> float | None:
        """Seconds until a host may be asked again; None if none waits."""
        return max(self.ready[0][0] - now, 0.0) if self.ready else None
