"""What a stream delivers twice is counted once, in every view."""

import pytest

from schemas.sql import views

HOURS = ("2026-01-05T10:00:00", "2026-01-05T11:00:00", "2026-01-06T10:00:00")


@pytest.fixture
def told(new):
    """Rows of every table: edits, a withdrawal, restated counts, polls that failed, rejects."""
    envoy = {"category": "envoy", "person": "Ana Ruiz", "actor_country": "USA"}
    sanction = {"category": "sanction", "subtype": "impose", "target_country": "RUS"}
    # Ten days with an article each six hours, then six strikes in six hours: a signal.
    quiet = [
        new.at(f"2026-01-{day:02}T{hour:02}:30:00") for day in range(6, 16) for hour in (4, 10)
    ]
    burst = [new.at(f"2026-01-16T{hour:02}:30:00") for hour in range(6, 18)]
    return {
        "articles": [
            new.article("a", 1),
            new.article("a", 2),
            new.article("b", published_origin="first_seen"),
            new.article("c", withdrawn=True),
            *(new.article(f"n{n}", published=n) for n in quiet),
            *(new.article(f"s{n}", published=n, publisher=f"Post {n}") for n in burst),
        ],
        "mentions": [
            new.mention("m1", "a", 1),
            new.mention("m2", "a", 2),
            new.mention("m3", "a", 2, counted=False),
            new.mention("m4", "b", **envoy),
            new.mention("m5", "b", **sanction),
            new.mention("m6", "c"),
            *(
                new.mention(
                    f"ms{n}", f"s{n}", published=n, publisher=f"Post {n}", actor_country="UKR"
                )
                for n in burst
            ),
        ],
        "mention_counts": [new.count(hour, r) for hour in HOURS for r in (1, 2, 3)],
        "feed_health": [
            new.poll("x", "2026-01-06T11:00:00", "timeout"),
            new.poll("y", "2026-01-06T11:00:00", "timeout"),
            new.poll("y", "2026-01-06T12:00:00", "ok"),
        ],
        "rejects": [
            new.reject(seen=new.at("2026-01-06T00:00:00"), payload=payload) for payload in "ab"
        ],
    }


@pytest.mark.parametrize("name", list(views()))
def test_a_row_that_is_there_twice_is_counted_once(world, told, name):
    once, twice = (
        world(**{table: rows * times for table, rows in told.items()})
        .sql(f"FROM {name} ORDER BY ALL")
        .fetchall()
        for times in (1, 2)
    )
    assert once
    assert once == twice
