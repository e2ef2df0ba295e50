import threading
import time
from dataclasses import replace
from multiprocessing.context import SpawnProcess

import pytest
import urllib3
from lying_server import Server

from transforms.feeds import polling
from transforms.feeds.entry import Entry
from transforms.feeds.fetch import Fetched, FetchOptions
from transforms.feeds.full_text import PAGE_BYTES, FullText, is_teaser
from transforms.feeds.poll import PollOptions
from transforms.feeds.polling import poll_feeds
from transforms.feeds.robots import ROBOTS_BYTES, Robots
from transforms.feeds.turns import Turns

NOW = 1_736_157_600_000_000
SENTENCE = "Officials of both countries said on Monday that the talks would resume in spring. "
PAGE = (
    "<html><head><title>Talks</title></head><body><nav>Home World Sport</nav><article><h1>Talks</h1>"
    + "".join(f"<p>{SENTENCE * 4}({i})</p>" for i in range(10))
    + "</article><script>track()</script></body></html>"
).encode()
ENTRY = Entry("1", "https://paper.example/1", "Talks", "Short.", "", "P", "en", NOW, None, "")


FEED = "https://paper.example/feed"
ITEM = b"<rss><item><title>Talks</title><link>https://paper.example/1</link></item></rss>"


def site(robots=b"", status=200, page=PAGE, feed=ITEM):
    asked = []

    def get(url, **how):
        asked.append(url)
        if url.endswith("/robots.txt"):
            outcome = "ok" if status == 200 else "not_found" if status == 404 else "server_error"
            return Fetched(outcome, status, robots, url)
        if url.endswith("/feed"):
            return Fetched("ok", 200, feed, url, "", urllib3.HTTPHeaderDict())
        return Fetched("ok", 200, page, url)

    get.asked = asked
    return get


def test_robots_are_asked_once_and_obeyed():
    rules = b"User-agent: *\nDisallow: /private/\n\nUser-agent: Tocsin\nDisallow: /no/\n"
    get = site(rules)
    robots = Robots(FetchOptions(), NOW, get=get)
    assert robots.allows("https://paper.example/yes")
    assert robots.allows("https://paper.example/private/")  # the rules for us replace those for all
    assert not robots.allows("https://paper.example/no/1")
    assert get.asked == ["https://paper.example/robots.txt"]


@pytest.mark.parametrize(
    ("rules", "allowed", "forbidden"),
    [  # RFC 9309: 5.1, then 5.2, 2.2.1 (groups), 2.2.2 (longest match, octets), 2.2.3 (characters)
        (
            "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/",
            "/publications/ /publications/a.gif /a.gif?b",
            "/a.gif /example/",
        ),
        ("User-Agent: *\nDisallow: /\n\nUser-Agent: tocsin\nUser-Agent: b\nDisallow: /b", "/a", "/b"),
        (
            "User-Agent: tocsin\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"
            "Disallow: /",
            "/example/page/ /example/page/x",
            "/example/page/disallowed.gif /x",
        ),
        (
            "User-Agent: ToCsIn\nDisallow: /foo\n\nUser-Agent: *\nDisallow: /x\n\n"
            "User-Agent: tocsin\nDisallow: /bar",
            "/x",
            "/foo /bar",
        ),
        ("User-Agent: *\nDisallow: /p\nAllow: /p", "/p", ""),
        ("User-Agent: *\nDisallow: /foo/bar/ツ", "/foo/bar/", "/foo/bar/%E3%83%84 /foo/bar/ツ"),
        ("User-Agent: *\nDisallow: /foo/bar/%62%61%7A", "/foo/bar", "/foo/bar/baz"),
        ("User-Agent: *\nDisallow: /path/file-with-a-%2A.html", "/path/file-with-a-b.html",
         "/path/file-with-a-*.html"),
        ("User-Agent: *\nDisallow: /path/foo-%24", "/path/foo-", "/path/foo-$"),
        ("User-Agent: *\nDisallow: /a/*/b$\nDisallow: /*?private", "/a/b /a/1/b1", "/a/1/b /p?private"),
        ("\ufeffUser-Agent: *\r\nSitemap: https://s\r\nDisallow: /a # not", "/b", "/a"),
        ("User-Agent: *\nDisallow:", "/a /robots.txt", ""),
        ("User-Agent: *\nDisallow: /", "/robots.txt", "/ /a"),
    ],
)  # fmt: skip
def test_rules_are_read_as_the_standard_reads_them(rules, allowed, forbidden):
    robots = Robots(FetchOptions(), NOW, get=site(rules.encode()))
    for paths, told in ((allowed, True), (forbidden, False)):
        for path in paths.split():
            assert robots.allows(f"https://paper.example{path}") == told, path


def test_of_rules_that_are_too_long_the_first_500_kib_are_obeyed():
    def asked(body, outcome="too_large"):
        answer = Fetched(outcome, 200, body, "https://paper.example/robots.txt")
        robots = Robots(FetchOptions(), NOW, get=lambda url, **how: answer)
        return [robots.allows(f"https://paper.example/{page}") for page in ("a", "b")]

    start, last = b"User-agent: *\nDisallow: /a\n#", b"\nDisallow: /b"
    filled = start + b"x" * (ROBOTS_BYTES - len(start) - len(last)) + last
    assert asked(filled) == [False, True]  # the last line may go on: "/both" is another page
    assert asked(filled + b"oth", "ok") == [False, True]
    assert asked(filled, "ok") == [False, False]
    assert asked(b"") == [False, False]  # so much was announced that nothing was read


def test_no_robots_allow_everything_and_unreachable_ones_nothing():
    assert Robots(FetchOptions(), NOW, get=site(status=404)).allows("https://paper.example/1")
    assert not Robots(FetchOptions(), NOW, get=site(status=503)).allows("https://paper.example/1")


def test_a_teaser_gets_its_page():
    with FullText(FetchOptions(), NOW, get=site()) as pages:
        entry, problem = pages.fill(ENTRY)
    assert not problem
    assert entry.body.count(SENTENCE.strip()) == 40
    assert "Sport" not in entry.body
    assert "track" not in entry.body
    assert entry._replace(body="") == ENTRY._replace(body="")


def test_what_cannot_be_had_leaves_the_entry_as_it_was():
    with FullText(FetchOptions(), NOW, get=site(b"User-agent: *\nDisallow: /")) as pages:
        assert pages.fill(ENTRY) == (ENTRY, "robots.txt forbids the page")
    long = ENTRY._replace(body="word " * 400)
    assert not is_teaser(long)
    get = site()
    with FullText(FetchOptions(), NOW, get=get) as pages:
        assert pages.fill(long) == (long, "")
    assert not get.asked


def test_a_page_that_holds_the_extractor_is_given_up_and_the_next_one_read():
    with FullText(FetchOptions(), NOW, get=site(), seconds=20) as pages:
        assert pages.extract(PAGE, "https://paper.example/1")  # the process is up
        pages._seconds = 0.0001
        started = time.monotonic()
        assert pages.extract(b"<table>" * (PAGE_BYTES // 7), "https://paper.example/2") is None
        assert time.monotonic() - started < 10
        pages._seconds = 30
        assert pages.extract(PAGE, "https://paper.example/3")


def test_polling_with_full_text_fills_new_entries():
    options = PollOptions(full_text=True, host_seconds=0)
    (poll,) = poll_feeds([FEED], {}, options, NOW, get=site())
    assert SENTENCE.strip() in poll.entries[0].body


def test_why_pages_were_not_read_is_told_in_the_health_row(monkeypatch):
    links = [
        f"<item><title>T{i}</title><link>https://paper.example/{i}</link></item>" for i in range(4)
    ]
    get = site(b"User-agent: *\nDisallow: /1\n", feed=f"<rss>{''.join(links)}</rss>".encode())
    monkeypatch.setattr(polling, "MAX_PAGES", 3)
    options = PollOptions(full_text=True, host_seconds=0)
    (poll,) = poll_feeds([FEED], {}, options, NOW, get=get)
    assert poll.health.outcome == "ok"
    assert poll.health.error == (
        "pages not read: robots.txt forbids the page (1), more than 3 in one poll (1)"
    )
    assert [SENTENCE.strip() in e.body for e in poll.entries] == [True, False, True, False]


def test_all_that_is_asked_of_a_host_is_asked_a_polite_distance_apart():
    asked, clock, lock = [], [0.0], threading.Lock()

    def get(url, **how):
        with lock:
            asked.append(url)
        return site(feed=feed_of(url))(url)

    def feed_of(url):  # the pages of the second feed are on the host of the first
        links = [f"https://www.paper.example/{url[8]}{i}" for i in range(2)]
        return f"<rss>{''.join(f'<item><title>{u}</title><link>{u}</link></item>' for u in links)}</rss>".encode()

    starts = []

    def pause(seconds):  # a turn begins when its pause is over
        starts.append(round(clock[0] + seconds, 6))

    feeds = ["https://paper.example/feed", "https://other.example/feed"]
    options = PollOptions(full_text=True, host_seconds=5)
    turns = Turns(lambda: clock[0], pause)
    polls = list(poll_feeds(feeds, {}, options, NOW, get=get, turns=turns))
    assert all(SENTENCE.strip() in e.body for p in polls for e in p.entries)
    on_host = [url for url in asked if "paper.example" in url]
    assert len(on_host) == 6  # a feed, robots.txt once, four pages
    assert sorted(starts) == [5, 10, 15, 20, 25]
    list(poll_feeds(feeds[:1], {}, replace(options, full_text=False), NOW, get=get, turns=turns))
    assert starts[-1] == 30  # the next round keeps its distance too


def test_of_a_page_two_megabytes_are_fetched_at_most():
    limits = {}

    def get(url, *, options, **how):
        limits[url] = (options.wire_bytes, options.body_bytes)
        if url.endswith("robots.txt"):
            return Fetched("not_found", 404)
        return Fetched("too_large", 200, b"", url, error="over 2,000,000 bytes received")

    with FullText(FetchOptions(), NOW, get=get) as pages:
        assert pages.fill(ENTRY) == (ENTRY, "over 2,000,000 bytes received")
    assert limits[ENTRY.url] == (2_000_000, 2_000_000)


@pytest.mark.parametrize("error", [OSError("no process left"), AssertionError("a daemon")])
def test_an_extractor_that_cannot_be_started_is_told(monkeypatch, error):
    def fails(process):
        raise error

    monkeypatch.setattr(SpawnProcess, "start", fails)
    options = PollOptions(full_text=True, host_seconds=0)
    (poll,) = poll_feeds([FEED], {}, options, NOW, get=site())
    assert poll.health.outcome == "ok"
    assert poll.health.error == "pages not read: extraction failed or took over 15 s (1)"
    assert [e.title for e in poll.entries] == ["Talks"]


def test_a_defect_ends_the_reading_of_a_page_or_the_poll_of_a_feed_and_is_told(monkeypatch):
    def get(url, **how):
        if not url.endswith("/feed"):
            raise RuntimeError("a defect")
        return site()(url)

    def breaks(poll, *how):
        raise RuntimeError("a defect")

    feeds = [FEED, "https://me:secret@other.example/feed"]
    options = PollOptions(full_text=True, host_seconds=0, threads=1)
    polls = list(poll_feeds(feeds, {}, options, NOW, get=get))
    assert [p.health.error for p in polls] == ["pages not read: RuntimeError: a defect (1)"] * 2
    assert [e.title for p in polls for e in p.entries] == ["Talks"] * 2
    monkeypatch.setattr(polling, "with_full_text", breaks)
    polls = list(poll_feeds(feeds, {}, options, NOW, get=get))
    assert [(p.health.outcome, p.health.error) for p in polls] == [
        ("internal_error", "RuntimeError: a defect")
    ] * 2
    assert {p.health.feed for p in polls} == {FEED, "https://other.example/feed"}
    assert all(not p.state.seen for p in polls)  # what was not given is asked for again


def answer(status, body=b"", **headers):
    lines = [f"HTTP/1.1 {status} Fine", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return lambda conn, request: conn.sendall("\r\n".join([*lines, "", ""]).encode() + body)


@pytest.mark.parametrize(
    ("rules", "read"),
    [
        (answer(200, b"User-agent: *\nDisallow: /no\n"), [True, False]),
        (answer(404), [True, True]),
        (answer(503), [False, False]),
    ],
)
def test_a_redirect_goes_only_where_robots_txt_of_that_host_lets_it(rules, read):
    far = Server({"robots.txt": rules, "yes": answer(200, PAGE), "no": answer(200, PAGE)})
    to = f"http://127.0.0.1:{far.port}"
    near = Server({"robots.txt": answer(404)})
    pages = [f"http://127.0.0.1:{near.port}/{name}" for name in ("yes", "no")]
    items = [f"<item><title>{url}</title><link>{url}</link></item>" for url in pages]
    near.behaviours |= {name: answer(302, Location=f"{to}/{name}") for name in ("yes", "no")}
    near.behaviours["feed"] = answer(200, f"<rss>{''.join(items)}</rss>".encode())
    fetching = FetchOptions(allow_private=True)
    options = PollOptions(fetch=fetching, full_text=True, host_seconds=0)
    (poll,) = poll_feeds([f"http://127.0.0.1:{near.port}/feed"], {}, options, NOW)
    assert [SENTENCE.strip() in entry.body for entry in poll.entries] == read
    asked = [request.split()[1] for request in far.requests]
    assert asked == [
        "/robots.txt",
        *(f"/{n}" for n, may in zip(("yes", "no"), read, strict=True) if may),
    ]
    if refused := read.count(False):
        assert f"robots.txt forbids the page ({refused})" in poll.health.error


def test_of_one_host_too_a_redirect_leads_only_to_allowed_pages():
    host = Server({"robots.txt": answer(200, b"User-agent: *\nDisallow: /no\n")})
    host.behaviours |= {"1": answer(302, Location="/no"), "no": answer(200, PAGE)}
    entry = ENTRY._replace(url=f"http://127.0.0.1:{host.port}/1")
    with FullText(FetchOptions(allow_private=True), NOW) as pages:
        assert pages.fill(entry) == (entry, "robots.txt forbids the page")
    assert [request.split()[1] for request in host.requests] == ["/robots.txt", "/1"]


def test_redirects_end():
    host = Server({"robots.txt": answer(404), "1": answer(302, Location="/1")})
    other = Server({"robots.txt": answer(404)})
    other.behaviours["1"] = answer(302, Location=f"http://127.0.0.1:{host.port}/2")
    host.behaviours["2"] = answer(302, Location=f"http://127.0.0.1:{other.port}/1")
    with FullText(FetchOptions(allow_private=True), NOW) as pages:
        for name in ("1", "2"):
            entry = ENTRY._replace(url=f"http://127.0.0.1:{host.port}/{name}")
            assert pages.fill(entry) == (entry, "more than 5 redirects")
    assert len(host.requests) + len(other.requests) < 20
