import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.identity import article_id, canonical_url, strip_credentials

PAGE = "https://paper.example/world/1"


@pytest.mark.parametrize(
    "url",
    [
        "HTTP://Paper.Example:80/world/1",
        "https://www.paper.example/world/1/",
        "http://m.paper.example/world/1#comments",
        "https://amp.paper.example/world/1?utm_source=rss&utm_medium=feed",
        "https://paper.example/world/1?at_medium=RSS&ns_mchannel=rss&ito=1490&CMP=x&fbclid=1",
        "https://me:secret@paper.example/world/1",
        "https://paper.example/world/./x/../1/amp/",
        "https://www.google.com/amp/s/paper.example/world/1",
        "https://paper-example.cdn.ampproject.org/c/s/paper.example/world/1",
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fpaper.example%2Fworld%2F1",
        "//paper.example/world/1",
        " https://paper.example/wor\nld/1 ",
    ],
)
def test_one_page_has_one_address(url):
    assert canonical_url(url) == PAGE


@pytest.mark.parametrize(
    "url",
    [
        *("https://paper.example/world/2", "https://paper.example/world/1?id=2"),
        *(
            "https://paper.example/world/1?source=interior-ministry",
            "https://b.paper.example/world/1",
        ),
        "https://paper.example:8443/world/1",
    ],
)
def test_two_pages_have_two(url):
    assert canonical_url(url) not in ("", PAGE)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mailto:a@b.c",
        "javascript:x()",
        "/relative",
        "http://",
        "http://a b/",
        "https://[::1",
        "x:",
    ],
)
def test_what_is_no_web_address_has_none(url):
    assert canonical_url(url) == ""


@given(st.text(max_size=80) | st.from_regex(r"https?://[a-z.:@/?&=%#\[\]é]{0,60}", fullmatch=True))
def test_canonical_addresses_are_stable(url):
    once = canonical_url(url)
    assert canonical_url(once) == once
    assert "@" not in once.partition("://")[2].partition("/")[0]


def test_identity_falls_back_from_address_to_guid_to_title():
    by_url = article_id(PAGE, "feed-a", "g1", "T", 1)
    assert by_url == article_id(PAGE, "feed-b", "other", "Another", 2)
    by_guid = article_id("", "feed-a", "g1", "T", 1)
    assert by_guid == article_id("", "feed-a", "g1", "Edited", 2)
    assert by_guid != article_id("", "feed-b", "g1", "T", 1)
    by_title = article_id("", "feed-a", "", "The  Title", 1)
    assert by_title == article_id("", "feed-b", "", "the title", 1)
    assert by_title != article_id("", "feed-a", "", "The Title", 2)
    assert article_id("", "feed-a", " ", "", 1) == ""


def test_a_front_page_identifies_no_article():
    front = canonical_url("https://paper.example")
    assert article_id(front, "f", "g1", "", None) != article_id(front, "f", "g2", "", None)


def test_credentials_leave_no_trace():
    assert strip_credentials("https://me:p%40w@paper.example/f?a=b@c") == (
        "https://paper.example/f?a=b@c"
    )
    assert strip_credentials("https://a@b:pw@paper.example/") == "https://paper.example/"
    assert strip_credentials("no address") == "no address"


@given(
    st.from_regex(
        r"https?://(www\.|m\.)?[a-z0-9-]{1,6}(\.[a-z]{1,4}){1,3}(/[a-z.~-]{1,4}){0,4}/?",
        fullmatch=True,
    ),
    st.sampled_from(["", "/amp", "/amp/"]),
)
def test_plain_addresses_are_read_as_all_others(url: str, end: str) -> None:
    """An empty fragment changes no address, but takes it the long way."""
    assert canonical_url(url + end) == canonical_url(f"{url}{end}#")
