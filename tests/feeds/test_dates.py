import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.articles import make_article
from transforms.feeds.dates import parse_date, plausible
from transforms.feeds.parse import parse_feed
from transforms.files.documents import raw_from_entry, read_feed_document

NOON = "2025-01-06T12:00:00Z"


def at(text):
    moment = dt.datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon, 06 Jan 2025 12:00:00 GMT", NOON),
        ("Mon, 06 Jan 2025 12:00:00 +0000", NOON),
        ("06 Jan 25 07:00 EST", NOON),
        ("Mon, 06 Jan 2025 17:30:00 IST", NOON),
        ("Mon, 06 Jan 2025 13:00:00 CET", NOON),
        ("Mon, 06 Jan 2025 14:00:00 Europe/Kyiv", NOON),
        ("Mon, 6 Jan 2025 21:0:0 GMT+9", NOON),
        ("Mon, 06 Jan 2025 12:00:00 XYZ", NOON),  # an unknown zone is UTC
        ("Mon, 06 Jan 2025 12:00:00 +9999", NOON),  # and so is an impossible one
        ("MON,06 JAN 2025 12:00:00", NOON),
        ("Monday, January 6, 2025 - 12:00", NOON),
        ("Mon Jan  6 12:00:00 2025", NOON),
        ("Jan 6, 2025 12:00 PM", NOON),
        ("lun, 06 gen 2025 13:00:00 +0100", NOON),
        ("seg, 06 jan 2025 09:00:00 -0300", NOON),
        ("Пн, 06 янв 2025 15:00:00 +0300", NOON),
        ("6 января 2025 г. 12:00", NOON),
        ("lundi 6 janvier 2025 à 12:00", NOON),
        ("Pzt, 06 Oca 2025 15:00:00 +0300", NOON),
        ("2025年1月6日 12:00", NOON),
        ("2025년 1월 6일 12:00", NOON),
        ("06.01.2025 12:00", NOON),
        ("2025-01-06 12:00:00 UTC", NOON),
        ("2025-01-06T12:00:00.000+00:00", NOON),
        ("20250106T120000Z", NOON),
        ("20250106120000", NOON),
        ("1736164800", NOON),
        ("1736164800000", NOON),
        ("2025-01-05T24:00:00Z", "2025-01-06T00:00:00Z"),
        ("2025-W02-1", "2025-01-06T00:00:00Z"),
        ("Sep 23, 2024", "2024-09-23T00:00:00Z"),
        ("13/06/2025", "2025-06-13T00:00:00Z"),
        ("2025-01-06T12:00:00.123456789Z", "2025-01-06T12:00:00.123456Z"),
    ],
)
def test_a_date_means_what_its_writer_meant(written, meant):
    assert parse_date(written) == at(meant)


@pytest.mark.parametrize(
    "written",
    [
        *("", "soon", "yesterday", "2 hours ago", "0", "-1", "1" * 80, "Jan 2025", "12:00"),
        *("0000-00-00 00:00:00", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        *("Thu, 01 Jan 1970 01:00:00 +0100", "Wed, 31 Dec 1969 23:59:59 GMT"),
        *("Mon, 32 Jan 2025 10:00:00 GMT", "Fri, 31 Feb 2025 10:00:00 GMT"),
        *("Mon, 06 Jan 2025 25:61:61 GMT", "Mon, 06 Jan 9999 10:00:00 GMT"),
    ],
)
def test_what_is_no_date_is_none_and_never_now(written):
    assert parse_date(written) is None


def test_with_a_clock_only_plausible_dates_are_believed():
    now = at("2025-01-10T00:00:00Z")
    assert parse_date("2025-01-11T23:00:00Z", now=now) is not None
    assert parse_date("2025-01-13T00:00:00Z", now=now) is None
    assert parse_date("1994-12-31T00:00:00Z", now=now) is None
    assert parse_date("1994-12-31T00:00:00Z") is not None
    assert plausible(now, now)


@given(st.datetimes(dt.datetime(1996, 1, 1), dt.datetime(2090, 1, 1)), st.integers(-12 * 4, 14 * 4))
def test_iso_and_rfc_dates_round_trip(moment, quarter_hours):
    zone = dt.timezone(dt.timedelta(minutes=15 * quarter_hours))
    moment = moment.replace(microsecond=0, tzinfo=zone)
    expected = at(moment.isoformat())
    assert parse_date(moment.isoformat()) == expected
    assert parse_date(moment.strftime("%a, %d %b %Y %H:%M:%S %z")) == expected


@given(st.text("0123456789 -+:/.,TZJanFebGMT\u0661", max_size=60) | st.text(max_size=200))
def test_no_text_makes_it_fail(text):
    parse_date(text, guess=False)


@pytest.mark.parametrize(
    ("published", "updated", "expected", "origin"),
    [
        ("2025-01-06T10:00:00Z", "2025-01-07T10:00:00Z", "2025-01-06T10:00:00Z", "feed"),
        ("2031-01-06T10:00:00Z", "2025-01-07T10:00:00Z", "2025-01-07T10:00:00Z", "feed"),
        ("1970-01-01T00:00:00Z", "2025-01-07T10:00:00Z", "2025-01-07T10:00:00Z", "feed"),
        ("yesterday", "2025-01-07T10:00:00Z", "2025-01-07T10:00:00Z", "feed"),
        ("2031-01-06T10:00:00Z", "2031-01-07T10:00:00Z", "2025-01-10T00:00:00Z", "first_seen"),
        ("soon", "", "2025-01-10T00:00:00Z", "first_seen"),
        ("", "", "2025-01-10T00:00:00Z", "first_seen"),
    ],
)
def test_a_feed_is_dated_alike_live_and_saved(published, updated, expected, origin):
    now = at("2025-01-10T00:00:00Z")
    body = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><title>Rain</title>"
        f"<published>{published}</published><updated>{updated}</updated></entry></feed>"
    ).encode()
    (live,) = parse_feed(body, url="https://paper.example/feed", now=now).entries
    (saved,) = read_feed_document(body, "feed.xml")
    for raw in (raw_from_entry(live, "f", "", "", ""), saved):
        article = make_article(raw, "f", now)
        assert (article.published, article.published_origin) == (at(expected), origin)
