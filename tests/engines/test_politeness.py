"""Two workers and one host: still at most two requests at once, and the asked-for seconds between two."""

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.tables import open_tables

pytestmark = pytest.mark.engines
ROOT = Path(__file__).parents[2]
HOSTS = ("127.0.0.1", "localhost")
DELAY = 1.0
"""Seconds between two requests to a host; the default of five would only take longer."""

FEED = """<rss version="2.0"><channel><title>{name}</title><item><guid>{name}</guid>
<link>https://news.example/{name}</link><title>Israel strikes Gaza</title>
<description>Israeli jets carried out airstrikes on Gaza City, {name}.</description>
<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


class Visit(NamedTuple):
    """A request to a feed, from when until when, in seconds."""

    host: str
    begin: float
    end: float


class Site(ThreadingHTTPServer):
    """Feeds that take their time, under every name of this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.visits: list[Visit] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def urls(self, each: int) -> list[str]:
        """`each` feeds on each host."""
        hosts = [f"{host}:{self.server_port}" for host in HOSTS]
        return [f"http://{host}/{host[0]}{n}" for host in hosts for n in range(each)]


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        begin = time.monotonic()
        name = self.path.strip("/")
        body = FEED.format(name=name).encode()
        time.sleep(0 if name == "robots.txt" else 0.3)
        self.send_response(404 if name == "robots.txt" else 200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        host = self.headers["Host"].partition(":")[0]
        self.server.visits.append(Visit(host, begin, time.monotonic()))

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    yield server
    server.shutdown()


def assert_polite(visits: list[Visit]) -> None:
    """Each host was asked by one at a time of two at most, each `DELAY` after the one before."""
    for host in HOSTS:
        mine = sorted(v for v in visits if v.host == host)
        gaps = [late.begin - early.begin for early, late in itertools.pairwise(mine)]
        # Departures are what is kept apart; arrivals, seen here, jitter on a busy machine.
        assert min(gaps) > DELAY / 2, (host, gaps)
        assert sum(gaps) > 0.85 * DELAY * len(gaps), (host, gaps)
        assert max(sum(o.begin <= v.begin < o.end for o in mine) for v in mine) <= 2
    spans = [[v for v in visits if v.host == host] for host in HOSTS]
    assert spans[0][0].begin < spans[1][-1].end
    assert spans[1][0].begin < spans[0][-1].end


def words(site: Site, output: Path, each: int, *more: str) -> list[str]:
    polite = ["--allow-private", "--host-delay", str(DELAY)]
    return [*site.urls(each), "--output", str(output), *polite, *more]


def articles(output: Path) -> int:
    found = open_tables(str(output)).execute("SELECT count(DISTINCT article_id) FROM articles")
    return int(found.fetchone()[0])


def test_two_workers_poll_once(
    flink: Any, tocsin: Callable[..., Any], site: Site, tmp_path: Path
) -> None:
    tocsin(*words(site, tmp_path / "out", 5, "--poll-shards", "2", *flink.options()))
    assert articles(tmp_path / "out") == 10
    assert_polite(site.visits)


def test_two_workers_follow(flink: Any, site: Site, tmp_path: Path) -> None:
    """Rounds of three feeds take longer than the ticks: the host is not asked faster for that."""
    rounds = ["--stream", "--poll-every", "2s", *flink.options()]
    command = [sys.executable, "-m", "pipeline", "run", *words(site, tmp_path, 3, *rounds)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)
    try:
        flink.until(lambda: len(site.visits) >= 24, "four rounds of six feeds", 240)
        flink.stop_job(flink.running(), drain=False)
        _, said = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 0, said
    assert articles(tmp_path) == 6
    assert_polite(site.visits)
