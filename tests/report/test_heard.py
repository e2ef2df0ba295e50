"""What a report says it listened to: its period, its silence, its feeds and what it could not read."""

from collections.abc import Callable
from typing import Any

from pipeline.options import moment
from pipeline.report.gather import gather
from pipeline.tables import open_tables
from schemas.records import FeedHealth, Reject


def test_the_silent_ends_of_the_asked_period_are_told(world: Any, page: Callable[..., str]) -> None:
    world.tell("one", "2026-03-05T08:00", [{}])
    world.tell("two", "2026-03-06T08:00", [{}])
    text = page("--since", "2026-03-02", "--until", "2026-03-10")
    assert "every day" not in text
    assert "Mon 2 Mar 2026 to Wed 4 Mar 2026 (3 days)" in text
    assert "Sat 7 Mar 2026 to Mon 9 Mar 2026 (3 days)" in text
    assert "Mon 2 Mar 2026, strike: nothing was read" in text
    first = page("--since", "2026-03-05T00:00", "--until", "2026-03-05T12:00")
    assert "5 Mar 2026, 00:00 to 5 Mar 2026, 07:00 (8 hours)" in first
    assert "5 Mar 2026, 12:00" not in first
    assert len(page("--since", "0900-01-01", "--until", "9000-01-01").encode()) < 1_000_000


def poll(feed: str, when: str, outcome: str = "unchanged", error: str = "") -> FeedHealth:
    return FeedHealth(feed, moment(when), outcome, None, 0, 0, None, 0, 0.1, None, error)


def test_unheard_is_what_the_views_call_not_covered(
    world: Any, page: Callable[..., str], tmp_path: Any
) -> None:
    world.tell("one", "2026-03-05T08:10", [{}])
    world.tell("two", "2026-03-05T14:10", [{}])
    answers = {9: "unchanged", 10: "empty", 11: "timeout", 12: "not_due", 13: "ok"}
    feed = "https://up.example/rss"
    world.tables["feed_health"] = [
        poll(feed, f"2026-03-05T{hour:02}:30", outcome) for hour, outcome in answers.items()
    ]
    text = page()
    assert "An article was read, or a feed answered, in 5 of 7 hours." in text
    assert "5 Mar 2026, 11:00 to 5 Mar 2026, 12:00 (2 hours)" in text
    assert "5 Mar 2026, 09:00, strike: no mention" in text
    views = open_tables(str(tmp_path / "out"))
    facts = gather(views, "o", None, None)
    covered = views.execute(
        "SELECT DISTINCT window_start, covered FROM mention_counts_dense WHERE window_start >= ?"
        " AND window_start < ?",
        [facts.buckets[0].start, facts.buckets[-1].end],
    ).fetchall()
    unheard = {b.start for b in facts.buckets if b.key in facts.unheard}
    assert unheard == {start for start, is_covered in covered if not is_covered}
    assert len(covered) == 7


def test_feeds_that_had_nothing_new_are_no_silence(world: Any, page: Callable[..., str]) -> None:
    world.tell("one", "2026-03-04T08:10", [{}])
    world.tables["feed_health"] = [poll("https://a.example/rss", "2026-03-05T08:10")]
    text = page("--since", "2026-03-05T08:00", "--until", "2026-03-05T10:00")
    assert "No article in this period" in text
    assert "a feed answered, in 1 of 2 hours" in text
    assert "5 Mar 2026, 08:00: no mention in 0 articles" in text


def test_feeds_down_are_counted_over_all_feeds(world: Any, page: Callable[..., str]) -> None:
    world.tell("one", "2026-03-05T08:10", [{}])
    world.tables["feed_health"] = [
        poll(f"https://f{n}.example/rss", "2026-03-05T08:30", "timeout" if n else "ok")
        for n in range(200)
    ]
    text = page()
    assert "199 of 200 feeds down" in text
    assert "140 feeds not shown" in text


def test_polls_and_rejects_of_other_times_are_left_out(
    world: Any, page: Callable[..., str]
) -> None:
    world.tell("one", "2026-03-05T08:10", [{}])
    world.tables["feed_health"] = [
        poll("https://old.example/rss", "2026-03-01T08:00", "timeout"),
        poll("https://new.example/rss", "2026-03-05T08:00", "ok"),
    ]
    world.tables["rejects"] = [
        Reject("parse", "malformed", f"at {day}", "x.jsonl", "", moment(f"2026-03-{day:02}"))
        for day in (1, 5, 9)
    ]
    text = page("--since", "2026-03-05", "--until", "2026-03-06")
    assert "0 of 1 feed down" in text
    assert "old.example" not in text
    assert "at 5 " in text
    assert "at 1 " not in text
    assert "2 more were read before or after this period" in text


def test_the_example_of_a_reject_is_one_reject(world: Any, page: Callable[..., str]) -> None:
    world.tell("one", "2026-03-05T08:10", [{}])
    world.tables["rejects"] = [
        Reject("parse", "malformed", error, source, "", moment("2026-03-05"))
        for error, source in (("an error of Z", "Z-feed"), ("no error of A", "A-feed"))
    ]
    text = page()
    assert 'an error of Z <span class="source">Z-feed' in text
    assert "A-feed" not in text


def test_articles_without_a_date_do_not_stretch_the_charts(
    world: Any, page: Callable[..., str]
) -> None:
    undated = {"published_origin": "first_seen"}
    for day in range(2, 12):
        world.tell(f"d{day}", f"2026-03-{day:02}T08:00", [{}])
    world.tell("near", "2026-03-12T08:00", [{}], **undated)
    world.tell("far", "2026-11-23T08:00", [{}], **undated)
    text = page()
    assert "2 – 12 Mar 2026" in text
    assert "Nothing was read" not in text
    assert "2 articles without a date: counted when first seen" in text
    assert "left out of the charts, not of the totals" in text
    assert ">12</dd>" in text
    asked = page("--since", "2026-03-02")
    assert "2 – 12 Mar 2026" in asked
    assert "2 Mar – 22 Nov 2026" in page("--until", "2026-11-23")


def test_feeds_without_dates_have_their_charts(world: Any, page: Callable[..., str]) -> None:
    world.tell("dated", "2026-03-02T08:00", [{}])
    for day in range(3, 9):
        world.tell(f"u{day}", f"2026-03-{day:02}T08:00", [{}], published_origin="first_seen")
    assert "2 – 8 Mar 2026" in page()
