import contextlib
import itertools
import json
import random
import threading

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import FEED_OUTCOMES
from transforms.feeds.check import check_feeds, check_json, check_table
from transforms.feeds.entry import Hints
from transforms.feeds.fetch import Fetched
from transforms.feeds.freshness import max_age, retry_after
from transforms.feeds.opml import Feed
from transforms.feeds.poll import PollOptions, poll_feed
from transforms.feeds.polling import poll_feeds
from transforms.feeds.remember import entry_id
from transforms.feeds.state import (
    LONGEST,
    LONGEST_ASKED,
    MUTED,
    SHORTEST,
    FeedState,
    is_ahead,
    learned_interval,
    next_poll,
)
from transforms.feeds.turns import Turns
from transforms.follow_feeds import FollowFeeds
from transforms.poll_feeds import PollFeeds, articles_of

NOW = 1_736_157_600_000_000  # Monday 2025-01-06T10:00:00Z
HOUR = 3_600_000_000
FEED = "https://me:secret@paper.example/feed"
OPTIONS = PollOptions(force=True)


def body(*entries):
    items = "".join(
        f"<item><title>{title}</title><link>https://paper.example/{i}</link>"
        f"<guid>{i}</guid><pubDate>Mon, 06 Jan 2025 0{i % 10}:00:00 GMT</pubDate></item>"
        for i, title in entries
    )
    return f"<rss><channel><title>Paper</title>{items}</channel></rss>".encode()


def says(outcome="ok", content=b"", status=200, moved_to="", **headers):
    headers = urllib3.HTTPHeaderDict({k.replace("_", "-"): v for k, v in headers.items()})
    return Fetched(
        outcome, status, content, "https://paper.example/feed", moved_to, headers, len(content), 0.1,
        retry_after(headers, NOW), max_age(headers, NOW),
    )  # fmt: skip


def poll(state, answer, now=NOW, options=OPTIONS, feed=FEED):
    asked = []

    def get(url, **how):
        asked.append((url, how))
        return answer

    result = poll_feed(feed, state, options, now, get=get)
    return result, asked


def test_thirty_polls_of_a_changing_feed_give_each_version_once():
    random.seed(1)
    titles, state, got = {}, FeedState(), []
    expected = set()
    for run in range(30):
        for _ in range(random.randint(0, 4)):
            titles[len(titles)] = "first"
        if titles and run % 3 == 0:
            titles[random.choice(list(titles)[-20:])] = f"edited in run {run}"
        window = list(titles.items())[-20:]
        expected |= set(window)
        random.shuffle(window)
        state = FeedState.from_dict(json.loads(json.dumps(state.to_dict())))  # through the disk
        result, _ = poll(state, says(content=body(*window)), NOW + run * HOUR)
        state = result.state
        got += [(int(e.guid), e.title) for e in result.entries]
    assert len(got) == len(set(got))
    assert set(got) == expected


def test_both_validators_are_kept_and_sent_and_the_body_is_hashed():
    answer = says(content=body((1, "a")), ETag='"x"', Last_Modified="Mon, 06 Jan 2025 09:00:00 GMT")
    first, asked = poll(FeedState(), answer)
    assert (asked[0][1]["etag"], asked[0][1]["last_modified"]) == ("", "")
    second, asked = poll(first.state, answer)
    assert asked[0][1]["etag"] == '"x"'
    assert asked[0][1]["last_modified"].startswith("Mon, 06")
    assert second.health.outcome == "unchanged"  # 200 with the same body
    assert second.feed is None  # which was not even parsed
    assert second.health.entries == 1
    restless = answer.body.replace(b"<title>P", b"<lastBuildDate>now</lastBuildDate><title>P")
    assert poll(first.state, says(content=restless))[0].health.outcome == "unchanged"
    third, _ = poll(second.state, says("unchanged", status=304))
    assert third.health.outcome == "unchanged"
    assert third.health.http_status == 304


def test_changing_guids_and_tracking_parameters_are_no_new_entries():
    first, _ = poll(FeedState(), says(content=body((1, "a"))))
    content = body((1, "a")).replace(b"<guid>1<", b"<guid>other<")
    content = content.replace(b"paper.example/1", b"www.paper.example/1?utm_source=rss")
    assert not poll(first.state, says(content=content))[0].entries


def test_a_page_that_prints_the_time_is_not_edited_for_ever():
    state, versions = FeedState(), 0
    for i in range(60):
        result, _ = poll(state, says(content=body((1, f"it is {i} o'clock"))))
        versions, state = versions + len(result.entries), result.state
    assert versions == 24


def test_a_cut_entry_waits_until_it_is_whole():
    whole = body((1, "one"), (2, "two"))
    first, _ = poll(FeedState(), says(content=whole[: whole.index(b"two") + 2]))
    assert first.health.outcome == "malformed"
    assert [e.title for e in first.entries] == ["one"]
    second, _ = poll(first.state, says(content=whole))
    assert [e.title for e in second.entries] == ["two"]


def test_memory_is_bounded_and_still_knows_a_long_feed():
    state = FeedState()
    for run in range(6):
        window = [(i, "t") for i in range(run * 400, run * 400 + 500)]
        result, _ = poll(state, says(content=body(*window)))
        assert len(result.entries) == (400 if run else 500)
        state = result.state
    assert len(state.seen) <= 2000


def test_a_permanent_move_is_learned_after_repeated_sightings_and_unlearned_when_it_fails():
    old, new = "https://old.example/feed", "https://new.example/feed"
    good, state = says(content=body((1, "a"))), FeedState()
    for sighting in range(3):
        assert state.moved_to == "", sighting
        state = poll(state, good._replace(moved_to=new), feed=old)[0].state
    result, asked = poll(state, good, feed=old)
    assert asked[0][0] == new
    broken, _ = poll(result.state, says("not_found", status=404), feed=old)
    assert poll(broken.state, good, feed=old)[1][0][0] == old


def test_a_move_teaches_nothing_if_it_leads_to_no_feed_or_needs_credentials():
    answers = (
        says(content=b"<html>maintenance", moved_to="https://new.example/"),
        "https://o.example/",
    )
    state = FeedState()
    for _ in range(5):
        state = poll(state, answers[0], feed=answers[1])[0].state
    assert state.moved_to == ""
    for _ in range(5):
        state = poll(state, says(content=body((1, "a")), moved_to="https://new.example/"))[0].state
    assert state.moved_to == ""


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (says(content=b"<html>"), "not_a_feed"),
        (says(content=b"<rss><channel/></rss>"), "empty"),
        (says(content=b""), "empty"),
        (says(content=b"<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;'>]><rss/>"), "malformed"),
        (says("timeout", status=None), "timeout"),
        (says("gone", status=410), "gone"),
        (says("unchanged", status=304), "http_error"),  # nobody asked whether it changed
    ],
)
def test_each_answer_has_an_outcome_and_a_next_poll(answer, outcome):
    result, _ = poll(FeedState(), answer)
    assert result.health.outcome == outcome
    assert result.health.outcome in FEED_OUTCOMES
    assert result.health.next_poll == result.state.next_poll > NOW
    assert result.health.feed == "https://paper.example/feed"
    assert "secret" not in json.dumps(result.state.to_dict())


def test_what_is_not_due_is_not_asked():
    state = FeedState(next_poll=NOW + 1)
    result, asked = poll(state, says(), options=PollOptions())
    assert (result.health.outcome, asked, result.state) == ("not_due", [], state)
    assert poll(state, says(content=body((1, "a"))), NOW + 1, PollOptions())[1]


def test_a_next_poll_that_a_wrong_clock_set_mutes_no_feed_for_years():
    state = FeedState(outcome="gone", failures=1)
    hints = Hints(skip_days=(0, 1, 2, 3, 4, 5))
    longest = max(next_poll(state, f"{i}", NOW, hints=hints) for i in range(300))
    assert is_ahead(longest, NOW)  # so long is waited, but no longer
    assert not is_ahead(longest + 9 * 24 * HOUR, NOW)
    ran_ahead = poll(FeedState(), says(content=body((1, "a"))), NOW + 365 * 24 * HOUR)[0].state
    assert poll(ran_ahead, says(content=body((2, "b"))), NOW, PollOptions())[0].entries


def test_an_edit_is_dated_after_all_that_was_said_of_its_entry():
    def at(clock, title, state):
        result = poll(state, says(content=body((1, title))), clock)[0]
        (article,) = articles_of(Feed(FEED), state, result, clock)
        return article.updated, FeedState.from_dict(json.loads(json.dumps(result.state.to_dict())))

    day = 24 * HOUR
    updated, state = at(NOW, "a", FeedState())
    assert updated is None
    dates = []
    for clock in (NOW, NOW + 4000 * day, NOW + day, NOW - 10 * day, NOW + 5000 * day):
        updated, state = at(clock, f"b{clock}", state)
        dates.append(updated)
    ahead = NOW + 4000 * day
    assert dates == [NOW, ahead, ahead + 1, ahead + 2, NOW + 5000 * day]
    assert len(state.edited) == 1
    published = NOW - 9 * HOUR  # 01:00
    _, state = at(published - HOUR, "a", FeedState())
    assert at(published - HOUR, "b", state)[0] == published + 1


def test_who_asks_all_feeds_asks_none_that_wants_to_be_left_alone():
    for outcome, times in (("ok", 1), ("timeout", 1), ("throttled", 0), ("gone", 0)):
        state = FeedState(next_poll=NOW + 1, outcome=outcome)
        result, asked = poll(state, says(content=body((1, "a"))))
        assert len(asked) == times, outcome
        assert times or (result.health.outcome, result.state) == ("not_due", state)
        assert poll(state, says(content=body((1, "a"))), NOW + 1)[1]
        assert [
            p.health.outcome for p in poll_feeds([FEED], {FEED: state}, OPTIONS, NOW, get=None)
        ] == (["internal_error"] if times else ["not_due"])


def test_our_own_defects_end_one_poll_not_all():
    def broken(url, **how):
        raise RuntimeError("a defect")

    result = poll_feed(FEED, FeedState(), OPTIONS, NOW, get=broken)
    assert result.health.outcome == "internal_error"
    assert result.state.next_poll > NOW


def wait(state, **how):
    return (next_poll(state, "f", NOW, **how) - NOW) / 1_000_000


def test_failures_back_off_and_never_end():
    waits = [wait(FeedState(failures=n, outcome="timeout")) for n in (1, 2, 3, 10, 10_000)]
    assert waits[0] < waits[1] < waits[2]
    assert max(waits) <= LONGEST * 1.1
    assert wait(FeedState(outcome="gone", failures=1)) >= MUTED * 0.9


def test_nobody_is_asked_sooner_than_wished():
    assert wait(FeedState(), asked=3 * 3600) >= 3 * 3600
    assert wait(FeedState(), asked=365 * 24 * 3600) == LONGEST_ASKED  # a default, not a wish
    assert wait(FeedState(), hints=Hints(interval=2 * 3600)) >= 2 * 3600
    hints = Hints(skip_hours=(11, 12), skip_days=())
    assert (
        next_poll(FeedState(interval=5400), "f", NOW, hints=hints) % (24 * HOUR)
    ) / 1e6 >= 13 * 3600
    assert wait(FeedState(), hints=Hints(skip_hours=tuple(range(24)))) < LONGEST
    throttled, _ = poll(FeedState(), says("throttled", status=429, Retry_After="7200"))
    assert throttled.state.next_poll >= NOW + 2 * HOUR
    fresh, _ = poll(FeedState(), says(content=body((1, "a")), Cache_Control="max-age=9000"))
    assert fresh.state.next_poll >= NOW + 2.5 * HOUR


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Mon, 06 Jan 2025 10:05:00 GMT", 300),
        ("", None),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_has_two_forms(value, seconds):
    # the server's clock is a day behind: its date counts from its own Date
    headers = {"Retry-After": value, "Date": "Mon, 06 Jan 2025 10:00:00 GMT"}
    assert retry_after(headers, NOW + 24 * HOUR) == seconds


def test_freshness_comes_from_cache_control_before_expires():
    date = "Mon, 06 Jan 2025 10:00:00 GMT"
    expires = {"Expires": "Mon, 06 Jan 2025 11:00:00 GMT", "Date": date}
    assert max_age(expires, 0) == 3600
    assert max_age(expires | {"Cache-Control": "public, max-age=60", "Age": "20"}, 0) == 40
    assert max_age(expires | {"Cache-Control": "no-cache, max-age=60"}, 0) is None
    assert max_age({"Expires": "0"}, 0) is None


def test_the_interval_follows_what_was_new():
    assert learned_interval(3600, 10, 0, True) > 3600
    assert learned_interval(3600, 10, 1, True) == 3600
    assert learned_interval(3600, 10, 5, True) == 1800
    assert learned_interval(3600, 10, 10, True) == 900
    assert learned_interval(3600, 10, 10, False) == 3600
    assert learned_interval(1, 10, 10, True) >= SHORTEST
    assert learned_interval(LONGEST, 10, 0, True) == LONGEST


@given(st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=5)))
def test_no_stored_state_is_fatal(data):
    with contextlib.suppress(ValueError):
        FeedState.from_dict(data)


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


def test_an_entry_without_any_identity_still_has_one_in_its_feed():
    result, _ = poll(
        FeedState(), says(content=b"<rss><item><description>x</description></item></rss>")
    )
    (entry,) = result.entries
    assert entry_id("f", entry) == entry_id("f", entry) != entry_id("g", entry)


def test_dates_that_are_not_believed_are_told_in_the_health_row():
    content = body((1, "a"), (2, "b")).replace(b"Mon, 06 Jan 2025 02", b"Wed, 06 Jan 2038 02")
    result, _ = poll(FeedState(), says(content=content))
    assert result.health.outcome == "ok"
    assert result.health.error == "1 of 2 dates not believed: 'Wed, 06 Jan 2038 02:00:00 GMT'"
    assert [e.published is None for e in result.entries] == [False, True]
