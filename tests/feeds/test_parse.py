import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.records import REJECT_REASONS
from transforms.feeds.parse import parse_feed

NOON = "Mon, 06 Jan 2025 12:00:00 GMT"
MICROS = 1_736_164_800_000_000


def rss(*items, head="", root='rss version="2.0"'):
    return f"<{root}><channel><title>F</title>{head}{''.join(items)}</channel></{root.split()[0]}>"


def item(title="One", more="", link="https://paper.example/1"):
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def read(text, **how):
    return parse_feed(text if isinstance(text, bytes) else text.encode(), **how)


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB" xml:base="https://paper.example/">
<title>Paper</title><updated>2025-01-06T13:00:00Z</updated>
<entry><id>tag:1</id><title type="html">A &amp;lt; B</title><link href="world/1"/>
<author><name>Jane Doe</name></author><author><name>Joe Roe</name></author>
<published>2025-01-06T12:00:00Z</published><updated>2025-01-06T13:00:00Z</updated>
<summary>Short.</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
<p>Long text</p><p>of the article.</p></div></content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>Paper</title><link>https://paper.example/</link></channel>
<item rdf:about="1"><title>One</title><link>https://paper.example/1</link>
<dc:date>2025-01-06T12:00:00Z</dc:date><dc:creator>Jane</dc:creator></item></rdf:RDF>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Paper", "language": "en",
"items": [{"id": 7, "url": "/1", "title": "One", "content_html": "<p>Text</p>",
"date_published": "2025-01-06T12:00:00Z", "authors": [{"name": "Jane"}]}]}"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://paper.example/1</loc><news:news><news:publication><news:name>Paper</news:name>
<news:language>en</news:language></news:publication><news:publication_date>2025-01-06T12:00:00Z
</news:publication_date><news:title>One</news:title></news:news></url>
<url><loc>https://paper.example/about</loc></url></urlset>"""


@pytest.mark.parametrize(
    "text",
    [
        rss(item(more=f"<pubDate>{NOON}</pubDate>"), root='rss version="0.91"'),
        rss(item(more=f"<pubDate>{NOON}</pubDate>"), root='RSS version="2.0"'),
        RDF,
        JSON,
        SITEMAP,
        ATOM.replace("A &amp;lt; B", "One").replace("world/1", "1"),
    ],
    ids=["rss 0.91", "upper case", "rdf", "json", "sitemap", "atom"],
)
def test_each_format_is_read(text):
    found = read(text, url="https://paper.example/feed")
    assert not found.problem
    (entry,) = found.entries
    assert (entry.title, entry.url) == ("One", "https://paper.example/1")
    assert entry.published == MICROS


def test_an_atom_entry_in_full():
    (entry,) = read(ATOM).entries
    assert entry.title == "A < B"
    assert entry.body == "Long text\nof the article."
    assert entry.author == "Jane Doe, Joe Roe"
    assert entry.language == "en-gb"
    assert entry.publisher == "Paper"
    assert entry.url == "https://paper.example/world/1"
    assert entry.updated == MICROS + 3_600_000_000


def test_the_source_that_an_entry_names_is_its_publisher():
    source = '<source url="https://daily.example">The Daily</source>'
    (entry,) = read(rss(item("Talks resume - The Daily", source))).entries
    assert (entry.publisher, entry.title) == ("The Daily", "Talks resume")


def test_the_longest_text_counts_and_boilerplate_does_not():
    more = (
        "<description>Short. Read more</description>"
        "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        "<![CDATA[<p>All of it, at length.</p><p>The post One appeared first on F.</p>]]>"
        "</content:encoded>"
    )
    assert read(rss(item(more=more))).entries[0].body == "All of it, at length."


def test_what_is_missing_stays_missing():
    found = read(rss("<item/>", "<item><title>T</title><pubDate>soon</pubDate></item>"))
    empty, undated = found.entries
    assert empty.problem == "empty"
    assert (undated.published, undated.bad_date, undated.problem) == (None, "soon", "")


def test_a_date_from_the_future_is_not_believed():
    text = rss(item(more="<pubDate>Mon, 06 Jan 2031 12:00:00 GMT</pubDate>"))
    (entry,) = read(text, now=MICROS).entries
    assert entry.published is None
    assert entry.bad_date


def test_a_guid_that_repeats_and_a_link_that_all_share_identify_nothing():
    repeated = [f"<item><title>T{i}</title><guid>same</guid></item>" for i in range(3)]
    assert {e.guid for e in read(rss(*repeated)).entries} == {""}
    shared = [item(f"T{i}", f"<guid>{i}</guid>", "https://paper.example/live") for i in range(4)]
    assert {e.url for e in read(rss(*shared)).entries} == {""}


def test_how_often_to_ask():
    head = (
        "<ttl>90</ttl><skipHours><hour>3</hour><hour>4</hour></skipHours>"
        "<skipDays><day>Sunday</day></skipDays>"
    )
    hints = read(rss(item(), head=head)).hints
    assert hints == (5400, (3, 4), (6,))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (rss(item("AT&T & R&D < 5")), "AT&T & R&D < 5"),
        (rss(item("Caf&eacute;&nbsp;1")), "Café 1"),
        (rss(item("a&#0;b&#xD800;c")), "a\ufffdb\ufffdc"),
        (rss(item("a\x00b\x0bc")), "abc"),
        ("\n\n<?xml version='1.0'?>" + rss(item()), "One"),
        ("<br/><b>Warning</b>: x\n<?xml version='1.0'?>" + rss(item()), "One"),
        (rss(item()) + "<script>x</script>", "One"),
        (rss(item(more="<dc:creator>J</dc:creator>")), "One"),  # an undeclared prefix
        (rss(item(), root="rss xmlns:x='http://x.example/ y ' version='2.0'"), "One"),
        (rss(item(more="<description>a ]]> b</description>")), "One"),
        (f"<!DOCTYPE rss [<!ENTITY x 'y'>]>{rss(item('a&x;b'))}", "ayb"),
        (f"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{rss(item('a&x;b'))}", "ab"),
        (rss(item("Київ")).encode("utf-16"), "Київ"),
        (rss(item("Київ")).encode("utf-16-le"), "Київ"),
        (
            f"<?xml version='1.0' encoding='windows-1251'?>{rss(item('Київ'))}".encode("cp1251"),
            "Київ",
        ),
        (f"<?xml version='1.0' encoding='utf-8'?>{rss(item('Café'))}".encode("latin-1"), "Café"),
        (f"<?xml version='1.0' encoding='iso-8859-1'?>{rss(item('Café'))}".encode(), "Café"),
        (f"<?xml version='1.0' encoding='zlib'?>{rss(item('Café'))}".encode(), "Café"),
    ],
)
def test_the_mistakes_of_real_feeds_are_undone(text, title):
    found = read(text)
    assert not found.problem, found.error
    assert [e.title for e in found.entries] == [title]
    assert found.entries[0].url == "https://paper.example/1"


def many(count, more=""):
    return rss(*(item(f"T{i}", more, f"https://paper.example/{i}") for i in range(count)))


HOSTILE = {
    "nothing": (b"", "empty"),
    "spaces": (b" \n ", "empty"),
    "html": (b"<!doctype html><html><body>no", "not_a_feed"),
    "opml": (b"<opml version='2.0'/>", "not_a_feed"),
    "soap": (b"<Error><Code>AccessDenied</Code></Error>", "not_a_feed"),
    "text": (b"Service unavailable", "not_a_feed"),
    "json": (b"[1]", "not_a_feed"),
    "laughs": (b"<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><rss/>", "hostile"),
    "one big entity": (b"<!DOCTYPE r [<!ENTITY a '%s'>]><rss/>" % (b"x" * 9000), "hostile"),
    "attributes": (b"<rss %s/>" % b" ".join(b"a%d='1'" % i for i in range(5000)), "hostile"),
    "long tag": (b"<rss %s/>" % b" ".join(b"a%d='1'" % i for i in range(50_000)), "hostile"),
    "depth": (b"<rss>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</rss>", "hostile"),
    "json depth": (b'{"items":' * 20_000, "hostile"),
    "too large": (b"<rss>" + b" " * 10_000_001, "too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_feed_is_named(name):
    body, problem = HOSTILE[name]
    found = parse_feed(body)
    assert found.problem == problem
    assert problem in REJECT_REASONS
    assert found.error
    assert not found.entries


def test_quadratic_inputs_leave_a_readable_feed():
    categories = "".join(f"<category>c{i}</category>" for i in range(20_000))
    namespaces = "".join(f"<p{i}:a xmlns:p{i}='u'/>" for i in range(100))
    assert len(read(rss(item(more=categories + namespaces))).entries) == 1
    byline = f"<author>{'a@' * 50_000}</author>"
    assert [e.author for e in read(rss(item(more=byline))).entries] == [""]


def test_more_entries_than_the_cap_are_cut_and_told():
    found = read(many(5_200))
    assert found.problem == "too_large"
    assert len(found.entries) == 5_000
    assert found.entries[-1].title == "T4999"


def test_a_truncated_feed_gives_what_is_whole_and_marks_what_is_cut():
    text = many(20, "<description>text</description>")
    for end in range(100, len(text) - 20, 97):
        found = read(text[:end])
        assert found.problem == "truncated"
        assert sum(not e.problem for e in found.entries) >= text[:end].count("</item>")
        assert all(e.problem in ("", "truncated", "empty") for e in found.entries)
        assert [e.title for e in found.entries if not e.problem] == [
            f"T{i}" for i in range(sum(not e.problem for e in found.entries))
        ]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"<rss>", rss(item()).encode()[:80]]))
def test_no_bytes_make_it_raise(noise, start):
    found = parse_feed(start + noise)
    assert found.problem in REJECT_REASONS or not found.problem


def test_every_bad_feed_is_read_or_named(shared):
    for path in sorted((shared / "bad-feeds").iterdir()):
        found = parse_feed(path.read_bytes())
        assert found.problem in REJECT_REASONS or (not found.problem and found.entries), path
        assert "root:" not in repr(found.entries), path
