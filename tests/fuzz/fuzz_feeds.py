"""Mutated feeds against the parser: nothing may escape it, nothing may take long.

    python tests/fuzz/fuzz_feeds.py [--mutants 20000] [--seed 1] [--limit 10] [FOLDER…]

Without folders the seeds are the small feeds below; with them, also every file in them of at most
200 kB: ``make fuzz ARGS="feedparser/tests gofeed/testdata"`` mutates the test feeds of two parsers,
from checkouts of their repositories. The same seed gives the same mutants. Exit status
1 if a mutant raised, took over `--limit` seconds, or gave a field of the wrong type; that mutant is
saved beside the report.
"""

import argparse
import collections
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from schemas.records import REJECT_REASONS
from transforms.feeds.entry import Entry
from transforms.feeds.opml import read_feed_list
from transforms.feeds.parse import parse_feed

ITEM = (
    "<item><title>A &amp; B</title><link>https://paper.example/{0}</link><guid>{0}</guid>"
    "<pubDate>Mon, 06 Jan 2025 10:00:00 GMT</pubDate><dc:creator>Jane</dc:creator>"
    "<category>x</category><description><![CDATA[<p>Text &eacute; <b>bold</b></p>]]></description>"
    "<source url='https://daily.example'>Daily</source></item>"
)
RSS = (
    "<?xml version='1.0' encoding='utf-8'?>\n<!DOCTYPE rss [<!ENTITY own 'mine'>]>\n"
    "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>F &own;</title>"
    "<ttl>60</ttl><skipHours><hour>3</hour></skipHours>"
    + "".join(ITEM.format(i) for i in range(4))
    + "</channel></rss>"
)
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://paper.example/"><title>F</title>
<entry><id>tag:1</id><title type="html">A &lt;b&gt;</title><link href="1"/><author><name>J</name>
<email>j@paper.example</email></author><updated>2025-01-06T10:00:00Z</updated><content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml"><p>Text<br/>more</p></div></content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>F</title></channel><item rdf:about="1">
<title>One</title><link>/1</link><dc:date>2025-01-06T10:00:00Z</dc:date></item></rdf:RDF>"""
JSON = """{"version":"https://jsonfeed.org/version/1","title":"F","items":[{"id":"1","url":"/1",
"title":"One","content_html":"<p>x</p>","date_published":"2025-01-06T10:00:00Z"}]}"""
SITEMAP = """<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://p.example/1
</loc><n:news><n:publication_date>2025-01-06</n:publication_date><n:title>T</n:title></n:news></url></urlset>"""
OPML = "<opml><body><outline type='rss' text='A' xmlUrl='https://a.example/rss'/></body></opml>"

TOKENS = (
    *(b"<", b">", b"&", b"'", b'"', b"/", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?", b"?>"),
    *(b"&#0;", b"&#xD800;", b"&#x110000;", b"&#xFFFFFFFF;", b"&lt;", b"&nbsp;", b"&bogus;", b"\0"),
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1f\x8b\x08", b"\x0b"),
    *(b"<item>", b"</item>", b"<entry>", b"</entry>", b"<rss>", b"</rss>", b"</width>", b"<>"),
    *(b"</gml:posList>", b"<license>", b"<itunes:image/>", b"<media:content url='x'/>", b"<feed>"),
    *(b"<!DOCTYPE x [<!ENTITY a '&b;'>]>", b"encoding='undefined'", b"encoding='utf-7'"),
    *(
        b"99999999999999999999",
        b"-1",
        b"NaN",
        b"1e999",
        b"{",
        b"}",
        b"[",
        b"]",
        b"null",
        b"\\u0000",
    ),
    *(b"xml:base='http://['", b"http://[::1", b"\xe2\x80\xa8", b"0000-00-00", b"31 Feb 2025"),
)


def mutant(data: bytes, seeds: list[bytes], rng: random.Random) -> bytes:
    """A feed with one to eight things wrong with it."""
    for _ in range(rng.randint(1, 8)):
        at, length = rng.randrange(len(data) + 1), rng.choice((1, 2, 8, 40, 300))
        piece = data[at : at + length]
        kind = rng.randrange(9)
        if kind == 0:
            data = data[:at] + data[at + length :]
        elif kind == 1:
            data = data[:at] + bytes(rng.randrange(256) for _ in piece) + data[at + length :]
        elif kind in (2, 3, 4):
            data = data[:at] + rng.choice(TOKENS) + data[at:]
        elif kind == 5:
            data = data[:at] + piece * rng.choice((2, 3, 50)) + data[at:]
        elif kind == 6:
            data = data[:at]
        elif kind == 7:
            other = rng.choice(seeds)
            start = rng.randrange(len(other) + 1)
            data = data[:at] + other[start : start + 200] + data[at:]
        else:
            data = data[:at] + rng.choice(TOKENS) * rng.choice((2, 100, 2000)) + data[at:]
    if rng.random() < 0.02:
        data = data.decode("utf-8", "replace").encode(
            rng.choice(("utf-16", "utf-32", "cp1251")), "replace"
        )
    return data[:500_000]


def check(data: bytes) -> str:
    """Parse a mutant and check what came; returns its problem."""
    found = parse_feed(data, url="https://paper.example/feed")
    assert found.problem in REJECT_REASONS or (not found.problem and found.entries), found.problem
    for entry in found.entries:
        assert isinstance(entry, Entry)
        for text in (entry.title, entry.body, entry.url, entry.guid, entry.author, entry.language):
            text.encode()  # text, and no lone surrogate
            assert "\0" not in text
        assert entry.published is None or isinstance(entry.published, int)
    read_feed_list(data, "list")
    raised = found.error.partition(":")[0]
    return (
        f"{found.problem}, {raised}" if raised.endswith(("Error", "Exception")) else found.problem
    )


def main() -> int:
    """Run the mutants and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=10.0)
    parser.add_argument("folders", nargs="*", type=Path)
    args = parser.parse_args()
    seeds = [text.encode() for text in (RSS, ATOM, RDF, JSON, SITEMAP, OPML)]
    for folder in args.folders:
        files = sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size <= 200_000)
        seeds += [p.read_bytes() for p in files]
    rng, counts, slowest, failures = random.Random(args.seed), collections.Counter(), 0.0, 0

    def late(*_):
        raise TimeoutError(f"over {args.limit:g} s")

    signal.signal(signal.SIGALRM, late)
    started = time.monotonic()
    for number in range(args.mutants):
        data = mutant(rng.choice(seeds), seeds, rng)
        begun = time.process_time()
        signal.alarm(int(args.limit) * 3)  # of wall time: the machine may be busy
        try:
            counts[check(data) or "read"] += 1
            spent = time.process_time() - begun
            if spent > args.limit:
                raise TimeoutError(f"{spent:.1f} s")
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            failures += 1
            path = Path(tempfile.gettempdir()) / f"mutant-{args.seed}-{number}.xml"
            path.write_bytes(data)
            print(f"mutant {number}: {type(error).__name__}: {error}; saved as {path}")
        finally:
            signal.alarm(0)
        slowest = max(slowest, time.process_time() - begun)
    print(f"{args.mutants} mutants of {len(seeds)} seeds in {time.monotonic() - started:.0f} s")
    print(f"slowest {slowest:.2f} s CPU; failures {failures}")
    for problem, count in counts.most_common():
        print(f"  {count:6} {problem}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
