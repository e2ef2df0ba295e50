"""Real feeds of thirteen publishers, read by this project and, independently, as a person would.

The second reading takes each element's text by lxml and dates by the standard library: it shares no
line with the parser, and knows each publisher's ways because somebody looked.
"""

import collections
import datetime as dt
import email.utils
import gzip
import html
import re

import pytest
from lxml import etree

from transforms.feeds.parse import parse_feed

# Entries in all the files of each, as counted with grep; all of them are dated.
PUBLISHERS = {
    "aljazeera": 25,
    "allafrica": 32,
    "bbc": 60,
    "dw": 141,
    "foreignpolicy": 25,
    "guardian": 55,
    "ilmessaggero": 1,
    "koreatimes": 195,
    "moscowtimes": 50,
    "npr": 10,
    "nyt": 90,
    "reliefweb": 25,
    "time": 100,
}
ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


@pytest.fixture(params=PUBLISHERS)
def bodies(request, shared):
    files = sorted((shared / "feeds" / request.param).iterdir())
    found = [f.read_bytes() for f in files]
    return request.param, [gzip.decompress(b) if b[:2] == b"\x1f\x8b" else b for b in found]


def items(body):
    root = etree.fromstring(body, etree.XMLParser(recover=True))
    return [e for e in root.iter("{*}item") if isinstance(e.tag, str)]


def text(element, *names):
    found = (c.text for n in names for c in element.iterchildren(f"{{*}}{n}") if c.text)
    return next((t.strip() for t in found), "")


def plain(markup):
    return " ".join(html.unescape(re.sub(r"<[^<>]+>", "", html.unescape(markup))).split())


def instant(written):
    """Microseconds UTC of a date, by the standard library; the Korea Times needs help with its zone."""
    if written[:4].isdigit():
        moment = dt.datetime.fromisoformat(written)
    else:
        repaired = re.sub(r"GMT\+9$", "+0900", written.replace(",", ", "))
        moment = email.utils.parsedate_to_datetime(repaired)
    return int(moment.timestamp()) * 1_000_000


def test_every_entry_is_there_with_the_address_title_and_date_that_its_xml_states(bodies):
    name, documents = bodies
    entries = 0
    for body in documents:
        found = parse_feed(body)
        assert not found.problem
        raw = items(body)
        assert len(found.entries) == len(raw)
        entries += len(raw)
        for element, entry in zip(raw, found.entries, strict=True):
            assert entry.url == text(element, "link")
            assert entry.title == plain(text(element, "title"))
            assert entry.published == instant(text(element, "pubDate", "pubdate", "date"))
            assert not entry.problem
            assert not entry.bad_date
    assert entries == PUBLISHERS[name]


def test_every_entry_keeps_its_own_id(bodies):
    _, documents = bodies
    for body in documents:
        raw = items(body)
        stated = [
            " ".join(text(e, "guid").split()) or e.get(ABOUT, "") or text(e, "link") for e in raw
        ]
        titles = collections.defaultdict(set)
        for guid, element in zip(stated, raw, strict=True):
            titles[guid].add(text(element, "title"))
        expected = [guid if len(titles[guid]) == 1 else "" for guid in stated]
        assert [e.guid for e in parse_feed(body).entries] == expected


ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"


def words(markup):
    markup = html.unescape(re.sub(r"<[^<>]+>", " ", html.unescape(markup)))
    return re.findall(r"\w+", re.sub(r"Continue reading\.\.\.\s*$", "", markup))


def test_the_longer_of_summary_and_full_text_keeps_its_words(bodies):
    name, documents = bodies
    for body in documents:
        for element, entry in zip(items(body), parse_feed(body).entries, strict=True):
            # not {*}description: media:description is a photograph's
            stated = [words(element.findtext(n) or "") for n in ("description", ENCODED)]
            kept = set(words(f"{entry.title} {entry.body}"))
            lost = [w for w in max(stated, key=len) if w not in kept]
            assert len(lost) <= max(map(len, stated)) / 50, (name, entry.title, lost)
