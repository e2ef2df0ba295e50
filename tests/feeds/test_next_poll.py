"""When a feed is asked again."""

import pytest
from answers import FEED, HOUR, NOW, OPTIONS, body, poll, says

from transforms.feeds.entry import Hints
from transforms.feeds.freshness import max_age, retry_after
from transforms.feeds.poll import PollOptions
from transforms.feeds.polling import poll_feeds
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


def wait(state, **how):
    return (next_poll(state, "f", NOW, **how) - NOW) / 1_000_000


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
