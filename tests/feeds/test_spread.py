import multiprocessing
from dataclasses import replace

import pytest
from newsite import News

from transforms.feeds import spread
from transforms.feeds.fetch import FetchOptions
from transforms.feeds.poll import PollOptions
from transforms.feeds.polling import poll_feeds
from transforms.feeds.spread import poll_on_all_cores

NOW = 1_772_500_000_000_000
OPTIONS = PollOptions(fetch=FetchOptions(allow_private=True), host_seconds=0, force=True)


@pytest.fixture
def feeds(monkeypatch):
    """Feeds on two hosts, and two cores to poll them."""
    monkeypatch.setattr(spread, "FEEDS_A_PROCESS", 4)
    monkeypatch.setattr(spread, "cores", lambda: 2)
    server = News()
    names = [f"n{i}" for i in range(6)]
    for name in names:
        date = "Mon, 02 Mar 2026 10:15:00 GMT"
        server.feeds[name] = [{"id": name, "title": name, "text": "Rain.", "date": date}]
    urls = [server.url(name) for name in names]
    yield urls + [url.replace("127.0.0.1", "localhost") for url in urls]
    server.shutdown()


def told(polls):
    """What may not depend on how it was polled."""
    return sorted(
        (p.health._replace(seconds=0.0), p.entries, p.state, p.feed and p.feed.title) for p in polls
    )


def test_processes_tell_what_one_tells(feeds):
    states, alone = {}, {}
    for now in (NOW, NOW + 3_600_000_000):
        polls = list(poll_on_all_cores(feeds, states, OPTIONS, now))
        expected = list(poll_feeds(feeds, alone, OPTIONS, now))
        assert told(polls) == told(expected)
        states = {p.health.feed: p.state for p in polls}
        alone = {p.health.feed: p.state for p in expected}
    assert {p.health.outcome for p in polls} == {"unchanged"}
    assert all(len(state.seen) == 1 for state in states.values())
    assert not multiprocessing.active_children()


def test_the_feeds_of_a_process_that_dies_are_polled_all_the_same(feeds):
    polls = poll_on_all_cores(feeds, {}, OPTIONS, NOW)
    found = [next(polls)]
    assert len(multiprocessing.active_children()) == 2
    for process in multiprocessing.active_children():
        process.kill()
    found += polls
    assert sorted(p.health.feed for p in found) == sorted(feeds)
    assert {p.health.outcome for p in found} == {"ok"}


def test_whoever_stops_listening_leaves_no_process(feeds):
    polls = poll_on_all_cores(feeds, {}, OPTIONS, NOW)
    next(polls)
    polls.close()
    assert not multiprocessing.active_children()


def test_few_feeds_start_no_process(feeds, monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_context", None)
    assert len(list(poll_on_all_cores(feeds[:7], {}, OPTIONS, NOW))) == 7


def test_feeds_whose_pages_are_fetched_are_polled_by_one_process(feeds, monkeypatch):
    def only_here(host, port):
        if host == "n.example":  # where the pages are
            raise OSError("no such host")
        return ["127.0.0.1"]

    monkeypatch.setattr(multiprocessing, "get_context", None)
    fetching = replace(OPTIONS.fetch, resolver=only_here)
    options = replace(OPTIONS, fetch=fetching, full_text=True)
    polls = list(poll_on_all_cores(feeds, {}, options, NOW))
    assert sorted(p.health.feed for p in polls) == sorted(feeds)
    assert {p.health.outcome for p in polls} == {"ok"}
    assert all("robots.txt forbids" in p.health.error for p in polls)
