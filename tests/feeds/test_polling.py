"""Many feeds at once, and what is told of them."""

import itertools
import json
import threading

from answers import HOUR, NOW, body, says

from transforms.feeds.check import check_feeds, check_json, check_table
from transforms.feeds.opml import Feed
from transforms.feeds.poll import PollOptions
from transforms.feeds.polling import poll_feeds
from transforms.feeds.state import (
    FeedState,
)
from transforms.feeds.turns import Turns
from transforms.follow_feeds import FollowFeeds
from transforms.poll_feeds import PollFeeds


def test_many_feeds_are_polled_once_each_and_hosts_are_spared():
    flying, most, lock = {}, {}, threading.Lock()
    time = [0.0]

    def get(url, **how):
        host = url.split("/")[2]
        with lock:
            flying[host] = flying.get(host, 0) + 1
            most[host] = max(most.get(host, 0), flying[host])
        threading.Event().wait(0.01)
        with lock:
            flying[host] -= 1
        return says(content=body((1, url)))

    def clock():
        time[0] += 0.01  # each look at the clock takes a while
        return time[0]

    feeds = [f"https://h{i % 5}.example/{i}" for i in range(40)]
    feeds += [f"https://single{i}.example/" for i in range(40)]
    options = PollOptions(threads=8, host_seconds=0.05)
    turns = Turns(clock, lambda seconds: None)
    polls = list(poll_feeds([*feeds, feeds[0]], {}, options, NOW, get=get, turns=turns))
    assert sorted(p.health.feed for p in polls) == sorted(feeds)
    assert all(p.health.outcome == "ok" for p in polls)
    assert max(most.values()) <= 2


def test_requests_to_one_host_start_some_seconds_apart():
    starts, time = {}, [0.0]

    def get(url, **how):  # one thread: nobody looks at the clock between dispatch and request
        starts.setdefault(url.split("/")[2], []).append(time[0])
        return says(content=body((1, url)))

    def clock():
        time[0] += 0.01
        return time[0]

    feeds = [f"https://{host}/{i}" for host in ("www.a.example", "b.example") for i in range(4)]
    feeds.append("https://a.example/last")  # "www." makes no other host
    options = PollOptions(threads=1, host_seconds=0.1)
    turns = Turns(clock, lambda seconds: time.__setitem__(0, time[0] + seconds))
    assert len(list(poll_feeds(feeds, {}, options, NOW, get=get, turns=turns))) == 9
    together = sorted(starts["www.a.example"] + starts["a.example"])
    for times in (together, starts["b.example"]):
        assert all(b - a >= 0.1 for a, b in itertools.pairwise(times))
    assert starts["b.example"][0] < together[1]  # the other host did not wait
    assert PollOptions().host_seconds == 5
    assert PollOptions().per_host == 2


def test_the_feeds_of_one_host_go_to_one_worker():
    urls = [
        "a.example/1",
        "b.example/",
        "www.a.example/2",
        "c.example/",
        "old.example/",
        "d.example/",
    ]
    feeds = [Feed(f"https://{url}") for url in urls]
    moved = FeedState(moved_to="https://www.a.example/3").to_dict()
    states = {"https://old.example/": moved, "https://b.example/": ["damaged"]}
    together = {"https://a.example/1", "https://www.a.example/2", "https://old.example/"}
    for groups in (
        PollFeeds(feeds, states, PollOptions(), NOW, shards=3).groups,
        FollowFeeds(feeds, states, PollOptions(), 60).hosts.values(),
    ):
        assert sorted(f.name for group in groups for f, _ in group) == sorted(f.name for f in feeds)
        assert together in [{f.name for f, _ in group} & together for group in groups]


def test_feeds_that_are_not_due_get_a_row_and_no_request():
    states = {"https://a.example/": FeedState(next_poll=NOW + HOUR)}
    polls = list(poll_feeds(["https://a.example/"], states, PollOptions(), NOW, get=None))
    assert [p.health.outcome for p in polls] == ["not_due"]


def test_a_check_says_in_words_what_is_wrong():
    answers = {
        "https://me:secret@good.example/": says(content=body((1, "a"), (2, "b"), (3, "c"))),
        "https://page.example/": says(content=b"<html><body>"),
        "https://old.example/": says(content=body((1, "a")).replace(b"2025", b"2019")),
    }
    feeds = [Feed(url, f"[{i}]") for i, url in enumerate(answers)]
    options = PollOptions(host_seconds=0)
    found = list(check_feeds(feeds, options, NOW, get=lambda url, **how: answers[url]))
    by_name = {c.feed: c for c in found}
    good = by_name["https://good.example/"]
    assert (good.ok, good.entries, good.interval_hours, good.age_hours) == (True, 3, 1.0, 7.0)
    assert by_name["https://page.example/"].problem == "an HTML page"
    assert "nothing new for" in by_name["https://old.example/"].problem
    assert check_table(found).row_count == 3
    rows = json.loads(check_json(found))
    assert rows[0]["newest"] == "2025-01-06T03:00Z"
    assert "secret" not in check_json(found)
