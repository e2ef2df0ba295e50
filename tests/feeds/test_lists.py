import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.check import list_toml
from transforms.feeds.opml import read_feed_list

OPML = b"""<?xml version="1.0"?>
<opml version="2.0"><body><outline text="World">
<outline type="rss" text="A &amp; B" xmlUrl="https://a.example/rss?x=1&amp;y=2"/>
<outline type="rss" text="again" xmlUrl="http://www.a.example/rss?x=1&amp;y=2"/>
<outline type="rss" text="file" xmlUrl="file:///etc/passwd"/>
<outline type="rss" text="typo" xmlUrl="htps://b.example/rss"/>
<outline type="rss" text="slash" xmlUrl="https//b.example/rss"/>
<outline type="rss" text="ftp" xmlUrl="ftp://me:secret@b.example/rss"/>
<outline type="rss" text="private" xmlUrl="https://me:secret@c.example/rss"/>
</outline></body></opml>"""


def test_an_opml_gives_its_feeds_and_a_line_for_each_that_is_none():
    found = read_feed_list(OPML, "feeds.opml")
    assert [(f.title, f.category, f.line) for f in found.feeds] == [
        ("A & B", "World", 3),
        ("private", "World", 9),
    ]
    assert found.feeds[0].url == "https://a.example/rss?x=1&y=2"
    assert found.feeds[1].url == "https://me:secret@c.example/rss"  # used …
    assert found.feeds[1].name == "https://c.example/rss"  # … never shown
    assert [p.line for p in found.problems] == [4, 5, 6, 7, 8]
    assert "line 3" in found.problems[0].error
    assert "https:" in found.problems[2].error
    assert not any("secret" in str(p) for p in found.problems)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("l.txt", b"# mine\n\nhttps://a.example/rss  A\nhttps://b.example/rss # B\n"),
        (
            "l.toml",
            b'[[feeds]]\nurl="https://a.example/rss"\ntitle="A"\n[[feeds]]\nurl="https://b.example/rss"',
        ),
        ("l.csv", b"title,URL\nA,https://a.example/rss\n,https://b.example/rss\n"),
        ("l.txt.gz", gzip.compress(b"https://a.example/rss A\nhttps://b.example/rss", mtime=0)),
        ("l.txt", "\ufefffeed:https://a.example/rss A\nfeed://b.example/rss".encode()),
    ],
)
def test_each_kind_of_list_is_read(name, data):
    found = read_feed_list(data, name)
    assert [f.name.partition("://")[2] for f in found.feeds] == ["a.example/rss", "b.example/rss"]
    assert found.feeds[0].title == "A"
    assert not found.problems


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><body>x",
        b"feeds = [",
        b"a,b\n1,2",
        b"[]",
        b"<opml",
        b"\x00\xff",
        b"[[feeds]]\n",
    ],
)
def test_what_is_no_list_says_so_in_one_line(data):
    found = read_feed_list(data, "x.toml" if data.startswith(b"feeds") else "x")
    assert not found.feeds
    assert found.problems
    assert all(str(p) and "\n" not in str(p) for p in found.problems)


def test_an_imported_list_reads_back_the_same():
    found = read_feed_list(OPML, "feeds.opml")
    again = read_feed_list(list_toml(found.feeds).encode(), "feeds.toml")
    assert [f[:3] for f in again.feeds] == [f[:3] for f in found.feeds]


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data):
    read_feed_list(data, "x")
    read_feed_list(data, "x.toml")
    read_feed_list(b"<opml>" + data, "x")
