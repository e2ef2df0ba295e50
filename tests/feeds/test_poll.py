"""One feed: what is new in it, and what is remembered of it."""

import contextlib
import json
import random

import pytest
from answers import FEED, HOUR, NOW, OPTIONS, body, poll, says
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import FEED_OUTCOMES
from transforms.feeds.opml import Feed
from transforms.feeds.poll import poll_feed
from transforms.feeds.remember import entry_id
from transforms.feeds.state import (
    FeedState,
)
from transforms.poll_feeds import articles_of


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


def test_our_own_defects_end_one_poll_not_all():
    def broken(url, **how):
        raise RuntimeError("a defect")

    result = poll_feed(FEED, FeedState(), OPTIONS, NOW, get=broken)
    assert result.health.outcome == "internal_error"
    assert result.state.next_poll > NOW


@given(st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=5)))
def test_no_stored_state_is_fatal(data):
    with contextlib.suppress(ValueError):
        FeedState.from_dict(data)


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
