"""A server that lies in every way seen in the wild; the client must name each lie and survive it.

Raw sockets, because a proper server library cannot lie about lengths. Everything is on loopback:
an address that must be refused is refused before a packet leaves, which a guard on
`socket.create_connection` proves.
"""

import datetime
import gzip
import ipaddress
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import zlib
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
import zstandard

from transforms.feeds.fetch import CUT_BYTES, FetchOptions, fetch
from transforms.feeds.poll import PollOptions, poll_feed
from transforms.feeds.state import FeedState

NOW = 1_736_157_600_000_000  # 2025-01-06T10:00:00Z
SECONDS = 1.0
ITEM = "<item><title>One</title><link>https://paper.example/1</link><guid>1</guid></item>"
FEED = f'<rss version="2.0"><channel><title>F</title>{ITEM}</channel></rss>'.encode()
BIG = 3_000_000  # the cap of these tests, on the wire and inflated


def answer(body=FEED, status="200 OK", headers=(), length=True):
    lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def sends(data):
    """The server sends this and closes."""
    return lambda conn, request: conn.sendall(data)


def redirect(to, status="302 Found"):
    return sends(answer(b"", status, [f"Location: {to}"]))


def drips(first, piece, pause=0.05):
    """The server sends a piece, again and again, and never ends."""

    def behave(conn, request):
        conn.sendall(first)
        while True:
            time.sleep(pause)
            conn.sendall(piece)

    return behave


def floods(first, piece):
    return drips(first, piece, 0)


def silent(conn, request):
    while conn.recv(1000):
        pass


def resets(data):
    def behave(conn, request):
        conn.sendall(data)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave


def chunked(*chunks, end=b"0\r\n\r\n"):
    body = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks) + end
    return answer(body, headers=["Transfer-Encoding: chunked"], length=False)


def coded(body, coding):
    return sends(answer(body, headers=[f"Content-Encoding: {coding}"]))


def bomb(coding, size=300_000_000):
    """A small body that inflates to `size` zeros."""
    block = bytes(1_000_000)
    if coding == "br":
        return brotli.compress(bytes(size), quality=3, lgwin=24)
    if coding == "zstd":
        packer = zstandard.ZstdCompressor().compressobj()
    else:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


HEAD = b"HTTP/1.1 200 OK\r\n"
GZIPPED = gzip.compress(FEED)
LATIN = '<?xml version="1.0" encoding="utf-8"?><rss><channel><item><title>Café</title></item>'
HTML = b"<!doctype html><html><head><title>Sign in</title></head><body>no</body></html>"
# The server's clock is a year behind: two hours from now, by its own date.
SERVER_DATE, LATER = (
    "Date: Sat, 06 Jan 2024 10:00:00 GMT",
    "Retry-After: Sat, 06 Jan 2024 12:00:00 GMT",
)
MAX = [f"X-{i}: {i}" for i in range(300)]

# path: (what the server does, what the poll must call it)
BEHAVIOURS = {
    # honest
    "good": (sends(answer()), "ok"),
    "no-length": (sends(answer(length=False)), "ok"),
    "chunked": (sends(chunked(FEED[:50], FEED[50:])), "ok"),
    "gzip": (coded(GZIPPED, "gzip"), "ok"),
    "x-gzip": (coded(GZIPPED, "X-GZIP"), "ok"),
    "deflate": (coded(zlib.compress(FEED), "deflate"), "ok"),
    "raw-deflate": (coded(zlib.compress(FEED)[2:-4], "deflate"), "ok"),
    "br": (coded(brotli.compress(FEED), "br"), "ok"),
    "zstd": (coded(zstandard.compress(FEED), "zstd"), "ok"),
    "gzip-twice": (coded(gzip.compress(GZIPPED), "gzip, gzip"), "ok"),
    "gzip-members": (coded(gzip.compress(FEED[:60]) + gzip.compress(FEED[60:]), "gzip"), "ok"),
    "http10": (sends(b"HTTP/1.0 200 OK\r\n\r\n" + FEED), "ok"),
    # slow
    "silent": (silent, "timeout"),
    "drip-status": (drips(b"", b"H"), "timeout"),
    "drip-headers": (drips(HEAD, b"X-A: b\r\n"), "timeout"),
    "drip-one-header": (drips(HEAD + b"X: ", b"y"), "timeout"),
    "drip-body": (drips(HEAD + b"\r\n<rss>", b" "), "timeout"),
    "drip-length": (drips(HEAD + b"Content-Length: 9999\r\n\r\n", b" "), "timeout"),
    "drip-chunks": (
        drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        "timeout",
    ),
    "drip-gzip": (drips(HEAD + b"Content-Encoding: gzip\r\n\r\n", GZIPPED[:1]), "timeout"),
    "stall-in-body": (
        lambda c, r: (c.sendall(answer()[:-40]), silent(c, r)),
        "timeout",
    ),
    "continue-forever": (drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01), "timeout"),
    # endless
    "endless-body": (floods(HEAD + b"\r\n<rss>", b"x" * 65_536), "too_large"),
    "endless-chunks": (
        floods(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"x" * 32_768 + b"\r\n"),
        "too_large",
    ),
    "endless-headers": (floods(HEAD, b"X-A: b\r\n" * 100), "protocol_error"),
    "endless-header": (floods(HEAD + b"X: ", b"y" * 65_536), "protocol_error"),
    "announces-too-much": (sends(HEAD + b"Content-Length: 999999999999\r\n\r\n<rss>"), "too_large"),
    "bomb-gzip": (coded(bomb("gzip"), "gzip"), "too_large"),
    "bomb-deflate": (coded(bomb("deflate"), "deflate"), "too_large"),
    "bomb-br": (coded(bomb("br"), "br"), "too_large"),
    "bomb-zstd": (coded(bomb("zstd"), "zstd"), "too_large"),
    "bomb-nested": (coded(gzip.compress(bomb("gzip")), "gzip, gzip"), "too_large"),
    "bomb-undeclared": (sends(answer(bomb("gzip"))), "too_large"),
    # wrong about the body
    "length-too-long": (sends(answer()[: -len(FEED)].replace(b"h: ", b"h: 9") + FEED), "ok"),
    "length-too-long-cut": (
        sends(HEAD + b"Content-Length: 5000\r\n\r\n" + FEED[:60]),
        "protocol_error",
    ),
    "length-too-short": (sends(HEAD + b"Content-Length: 100\r\n\r\n" + FEED), "malformed"),
    "length-nonsense": (sends(HEAD + b"Content-Length: ten\r\n\r\n" + FEED), "ok"),
    "length-negative": (sends(HEAD + b"Content-Length: -1\r\n\r\n" + FEED), "ok"),
    "lengths-differ": (
        sends(HEAD + b"Content-Length: 10\r\nContent-Length: 20\r\n\r\n" + FEED),
        "protocol_error",
    ),
    "chunk-size-nonsense": (
        sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + FEED),
        "protocol_error",
    ),
    "chunks-cut": (sends(chunked(FEED[:60], end=b"")), "protocol_error"),
    "gzip-cut": (coded(GZIPPED[:-30], "gzip"), "protocol_error"),
    "gzip-broken": (coded(GZIPPED[:20] + b"\xff" * 40, "gzip"), "protocol_error"),
    "br-cut": (coded(brotli.compress(FEED)[:-20], "br"), "protocol_error"),
    "br-is-not": (coded(b"\x81\xff" * 50, "br"), "protocol_error"),
    "zstd-broken": (coded(zstandard.compress(FEED)[:8] + b"\xff" * 40, "zstd"), "protocol_error"),
    "says-gzip-is-not": (coded(FEED, "gzip"), "ok"),
    "is-gzip-says-not": (sends(answer(GZIPPED)), "ok"),
    "coding-unknown": (coded(b"\x00\x01\x02", "pied-piper"), "protocol_error"),
    "charset-wrong": (
        sends(answer(LATIN.encode("latin-1"), headers=["Content-Type: text/xml;charset=utf-16"])),
        "malformed",
    ),
    "html": (sends(answer(HTML)), "not_a_feed"),
    "html-as-xml": (sends(answer(HTML, headers=["Content-Type: text/xml"])), "not_a_feed"),
    "nothing": (sends(answer(b"")), "empty"),
    "no-content": (sends(b"HTTP/1.1 204 No Content\r\n\r\n"), "empty"),
    "empty-feed": (sends(answer(b"<rss><channel/></rss>")), "empty"),
    "binary": (sends(answer(os.urandom(2000))), "not_a_feed"),
    "laughs": (
        sends(answer(b'<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>' + FEED)),
        "malformed",
    ),
    # wrong about the protocol
    "hangs-up": (sends(b""), "protocol_error"),
    "resets": (resets(b""), "protocol_error"),
    "resets-in-body": (resets(answer()[:-30]), "protocol_error"),
    "half-a-header": (sends(b"HTTP/1.1 200 OK\r\nContent-Le"), "ok_or_error"),
    "half-a-status": (sends(b"HTTP/1.1 2"), "protocol_error"),
    "not-http": (sends(b"220 mail.example ESMTP\r\n"), "protocol_error"),
    "http09": (sends(FEED), "protocol_error"),
    "status-nonsense": (sends(b"HTTP/1.1 abc OK\r\n\r\n"), "protocol_error"),
    "status-999": (sends(answer(b"", "999 No")), "server_error"),
    "headers-300": (sends(answer(headers=MAX)), "protocol_error"),
    "header-no-colon": (sends(HEAD + b"garbage\r\n\r\n" + FEED), "ok"),
    "header-nul": (sends(HEAD + b"X: \x00\xff\r\n\r\n" + FEED), "ok"),
    "etag-newline": (sends(HEAD + b'ETag: "a\r\n b"\r\n\r\n' + FEED), "ok"),
    "tls-on-plain": (sends(b"\x15\x03\x01\x00\x02\x02\x28"), "protocol_error"),
    # redirects
    "loop": (redirect("/loop"), "redirected_away"),
    "loop-of-two": (redirect("/loop-of-two-b"), "redirected_away"),
    "loop-of-two-b": (redirect("/loop-of-two"), "redirected_away"),
    "to-good": (redirect("/good", "301 Moved"), "ok"),
    "to-good-308": (redirect("good", "308 Permanent Redirect"), "ok"),
    "to-drip": (redirect("/drip-body"), "timeout"),
    "to-file": (redirect("file:///etc/passwd"), "redirected_away"),
    "to-ftp": (redirect("ftp://paper.example/"), "redirected_away"),
    "to-data": (redirect("data:text/xml,<rss/>"), "redirected_away"),
    "to-nowhere": (redirect("http://"), "redirected_away"),
    "to-nonsense": (redirect("http://[::1"), "redirected_away"),
    "to-name": (redirect("http://internal.test/"), "redirected_away"),
    "to-metadata": (redirect("http://169.254.169.254/latest/"), "redirected_away"),
    "to-private": (redirect("http://10.0.0.5/"), "redirected_away"),
    "to-decimal": (redirect("http://167772165/"), "redirected_away"),
    "to-hex": (redirect("http://0x0a.5/"), "redirected_away"),
    "to-octal": (redirect("http://012.0.0.5/"), "redirected_away"),
    "to-v6-loopback": (redirect("http://[::1]/"), "redirected_away"),
    "to-v6-mapped": (redirect("http://[::ffff:10.0.0.5]/"), "redirected_away"),
    "to-v6-compatible": (redirect("http://[::10.0.0.5]/"), "redirected_away"),
    "to-v6-nat64": (redirect("http://[64:ff9b::a00:5]/"), "redirected_away"),
    "to-v6-6to4": (redirect("http://[2002:a00:5::]/"), "redirected_away"),
    "to-v6-local": (redirect("http://[fd00::5]/"), "redirected_away"),
    "to-v6-link": (redirect("http://[fe80::5]/"), "redirected_away"),
    "to-multicast": (redirect("http://224.0.0.1/"), "redirected_away"),
    "to-zero": (redirect("http://0.0.0.0/"), "redirected_away"),
    "redirect-without-target": (sends(answer(b"", "302 Found")), "http_error"),
    # statuses
    "304-unasked": (sends(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "http_error"),
    "400": (sends(answer(b"", "400 Bad")), "http_error"),
    "401": (sends(answer(b"", "401 No")), "forbidden"),
    "403": (sends(answer(HTML, "403 No")), "forbidden"),
    "404": (sends(answer(HTML, "404 No")), "not_found"),
    "410": (sends(answer(b"", "410 Gone")), "gone"),
    "429": (sends(answer(b"", "429 Slow", ["Retry-After: 7200"])), "throttled"),
    "429-date": (sends(answer(b"", "429 Slow", [SERVER_DATE, LATER])), "throttled"),
    "503-date": (sends(answer(b"", "503 Oops", [SERVER_DATE, LATER])), "throttled"),
    "429-bare": (sends(answer(b"", "429 Slow")), "throttled"),
    "451": (sends(answer(b"", "451 Law")), "forbidden"),
    "500": (sends(answer(FEED, "500 Oops")), "server_error"),
    "503": (sends(answer(b"", "503 Oops")), "server_error"),
    "503-later": (sends(answer(b"", "503 Oops", ["Retry-After: 60"])), "throttled"),
    "522": (sends(answer(b"", "522 Cloud")), "server_error"),
}


class Server:
    """Listens on a free loopback port; the path's first word chooses the behaviour."""

    def __init__(self, behaviours, context=None):
        self.behaviours, self.context = behaviours, context
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.listening.getsockname()[1]
        self.requests = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                conn, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn):
        try:
            if self.context:
                conn = self.context.wrap_socket(conn, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request:
                if not (data := conn.recv(4096)):
                    return
                request += data
            self.requests.append(request.decode("latin-1"))
            self.behaviours[request.split(b" ")[1].decode().strip("/")](conn, request)
        except (OSError, KeyError):
            pass
        finally:
            conn.close()


def stub_resolver(host, port):
    if host.endswith(".void.test"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if host == "slow.test":
        time.sleep(5)
    if host == "internal.test":
        return ["10.0.0.5", "fd00::5"]
    if host.endswith(".test"):
        return ["127.0.0.1"]
    return list({info[4][0] for info in socket.getaddrinfo(host, port)})  # numbers only


@pytest.fixture(scope="module")
def server():
    server = Server({name: behave for name, (behave, _) in BEHAVIOURS.items()})
    yield server
    server.listening.close()


@pytest.fixture
def options(monkeypatch):
    connect = socket.create_connection

    def guarded(address, *args, **kwargs):
        assert address[0] == "127.0.0.1", f"a packet would have left for {address}"
        return connect(address, *args, **kwargs)

    monkeypatch.setattr(socket, "create_connection", guarded)
    return FetchOptions(
        total_seconds=SECONDS,
        wire_bytes=BIG,
        body_bytes=BIG,
        networks=("127.0.0.1/32",),
        resolver=stub_resolver,
        contact="ops@tocsin.example",
    )


def test_there_are_at_least_fifty_behaviours():
    assert len(BEHAVIOURS) >= 50


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_each_lie_is_named_in_time(server, options, name):
    feed = f"http://user:secret@feeds.test:{server.port}/{name}"
    expected = BEHAVIOURS[name][1]
    deadline = SECONDS if expected == "timeout" else 10  # what answers may be slow to do so
    options = replace(options, total_seconds=deadline)
    started = time.monotonic()
    poll = poll_feed(feed, FeedState(), PollOptions(fetch=options), NOW)
    assert time.monotonic() - started < deadline + 1
    if expected == "ok_or_error":  # a header cut in the middle: nothing usable, whatever its name
        assert poll.health.outcome in ("empty", "protocol_error")
    else:
        assert poll.health.outcome == expected, poll.health.error
    assert "secret" not in repr(poll.health) + json.dumps(poll.state.to_dict())
    asked = 7_200_000_000 if name in ("429", "429-date", "503-date") else 0
    assert poll.health.next_poll > NOW + asked - 1
    assert (len(poll.entries) == 1) == (expected == "ok" or name in ("charset-wrong",))


def test_the_start_of_a_body_over_a_cap_is_kept(server, options):
    for name in ("endless-body", "bomb-gzip"):
        found = fetch(f"http://feeds.test:{server.port}/{name}", options=options, now=NOW)
        assert (found.outcome, len(found.body)) == ("too_large", CUT_BYTES)


@pytest.mark.parametrize(
    "extra",
    [
        b"\r\n",
        b"Content-Length: 5\r\n\r\nhello",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ],
    ids=["bare", "with a body", "with chunks"],
)
def test_a_304_is_unchanged_whatever_comes_with_it(options, extra):
    def behave(conn, request):
        if b"If-None-Match" in request:
            conn.sendall(b"HTTP/1.1 304 Not Modified\r\n" + extra)
        else:
            conn.sendall(answer(headers=['ETag: W/"x"']).replace(b"Connection: close\r\n", b""))
        time.sleep(0.3)  # the connection stays open, so a stray body could spoil the next answer

    server = Server({"feed": behave})
    feed, state, outcomes = f"http://feeds.test:{server.port}/feed", FeedState(), []
    for _ in range(3):
        poll = poll_feed(feed, state, PollOptions(fetch=options, force=True), NOW)
        outcomes.append(poll.health.outcome)
        state = poll.state
    assert outcomes == ["ok", "unchanged", "unchanged"]
    assert 'If-None-Match: W/"x"' in server.requests[2]
    server.listening.close()


def test_the_same_body_again_is_unchanged_whatever_the_headers_say(options):
    turn = iter(range(9))
    server = Server({"feed": lambda c, r: c.sendall(answer(headers=[f'ETag: "{next(turn)}"']))})
    feed, state = f"http://feeds.test:{server.port}/feed", FeedState()
    for expected in ("ok", "unchanged", "unchanged"):
        poll = poll_feed(feed, state, PollOptions(fetch=options, force=True), NOW)
        assert (poll.health.outcome, poll.health.http_status) == (expected, 200)
        state = poll.state
    assert not poll.entries
    server.listening.close()


def certificate(path, name):
    """A self-signed certificate for `name`, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    kind, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, kind, none))
    return str(path)


def test_tls_that_cannot_be_trusted_is_an_error(server, options, tmp_path):
    path = certificate(tmp_path / "cert.pem", "feeds.test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    secure = Server({"good": sends(answer())}, context)
    ask = lambda host, port, **more: fetch(  # noqa: E731
        f"https://{host}:{port}/good", options=FetchOptions(**vars(options) | more), now=NOW
    )
    assert ask("feeds.test", secure.port).outcome == "tls_error"  # nobody vouches for it
    assert ask("feeds.test", secure.port, ca_file=path).outcome == "ok"
    assert ask("other.test", secure.port, ca_file=path).outcome == "tls_error"  # another's name
    assert ask("feeds.test", server.port, ca_file=path).outcome in ("tls_error", "timeout")
    mute = Server({})
    assert ask("feeds.test", mute.port).outcome in ("timeout", "tls_error")
    secure.listening.close()
    mute.listening.close()


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("http://nobody.void.test/", "dns_error"),
        ("http://slow.test/", "timeout"),
        ("http://internal.test/", "refused_address"),
        ("http://169.254.169.254/", "refused_address"),
        ("http://2130706434/", "refused_address"),
        ("http://0177.0.0.2/", "refused_address"),
        ("http://[::ffff:127.0.0.2]/", "refused_address"),
        ("http://[64:ff9b::7f00:2]/", "refused_address"),
        ("file:///etc/passwd", "refused_address"),
        ("ftp://feeds.test/", "refused_address"),
        ("http:///nohost", "refused_address"),
        ("http://feeds.test:99999/", "refused_address"),
        ("http://feeds.test:1/", "connect_error"),
        ("\x00", "refused_address"),
        ("", "refused_address"),
    ],
)
def test_an_address_that_cannot_be_asked_is_named(options, url, outcome):
    found = fetch(url, options=options, now=NOW)
    assert found.outcome == outcome, found.error
    assert found.seconds < SECONDS + 1


def test_credentials_go_to_their_own_host_only(options):
    second = Server({"end": sends(answer())})
    first = Server({"go": redirect(f"http://other.test:{second.port}/end")})
    found = fetch(f"http://me:pw@feeds.test:{first.port}/go", options=options, now=NOW)
    assert found.outcome == "ok"
    assert "Authorization: Basic bWU6cHc=" in first.requests[0]
    assert "Authorization" not in second.requests[0]
    assert "me:pw" not in found.url


def test_the_user_agent_says_who_asks(server, options):
    fetch(f"http://feeds.test:{server.port}/good", options=options, now=NOW)
    request = server.requests[-1]
    assert "User-Agent: Tocsin/" in request
    assert "(+ops@tocsin.example)" in request
    assert "gzip, deflate, br, zstd" in request


MEMORY = """
import resource, sys
from transforms.feeds.fetch import FetchOptions
from transforms.feeds.poll import PollOptions, poll_feed
from transforms.feeds.state import FeedState
def poll(path, seconds):
    fetch = FetchOptions(total_seconds=seconds, networks=("127.0.0.1/32",))
    feed = f"http://127.0.0.1:{sys.argv[1]}/{path}"
    return poll_feed(feed, FeedState(), PollOptions(fetch=fetch), 0).health.outcome
assert poll("good", 9) == "ok"
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[2:]:
    name, _, outcome = path.partition(":")
    found = poll(name, 0.3 if outcome == "timeout" else 60)
    assert outcome in (found, "ok_or_error"), f"{name}: {found}"
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle)
"""


def test_no_lie_takes_forty_megabytes(server):
    """With the caps that users have, ten megabytes, one after another in one process."""
    elsewhere = {n for n in BEHAVIOURS if n.startswith("to-")}  # their names need the stub
    paths = [f"{n}:{outcome}" for n, (_, outcome) in BEHAVIOURS.items() if n not in elsewhere]
    root = str(Path(__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-c", MEMORY, str(server.port), *paths],
        capture_output=True,
        text=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": root},
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) < 40_000  # kB


def test_every_address_of_the_tests_is_loopback_or_refused():
    assert ipaddress.ip_address(stub_resolver("feeds.test", 80)[0]).is_loopback
