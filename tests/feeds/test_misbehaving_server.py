"""A server lies in every way seen in the wild; the client must name each lie and survive it.

Everything is on loopback: an address that must be refused is refused before a packet leaves, which a
guard on `socket.create_connection` proves.
"""

import datetime
import ipaddress
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from lies import BEHAVIOURS, BIG, answer, redirect, sends
from lying_server import Server, stub_resolver

from transforms.feeds.fetch import CUT_BYTES, FetchOptions, fetch
from transforms.feeds.poll import PollOptions, poll_feed
from transforms.feeds.state import FeedState

NOW = 1_736_157_600_000_000  # 2025-01-06T10:00:00Z
SECONDS = 1.0


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
