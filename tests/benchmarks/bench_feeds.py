"""How fast and how cheap polling is, against the plain way.

2,000 feeds, each on a https host of its own, 50 ms away on loopback; the plain way is `requests.get`
and `feedparser.parse` in 50 threads. The servers run in a process of their own, so the CPU figures
are the client's alone. Libraries that only the servers or the plain way need are imported inside:
the polling processes import this file.

    python tests/benchmarks/bench_feeds.py [--feeds 2000] [--entries 10] [--plain 400]

The third round asks without validators, so that every body comes in full and is recognised by its
hash. With `--plain N` the plain way polls only N of the feeds and its time is scaled up.
"""

import argparse
import asyncio
import concurrent.futures
import datetime
import io
import multiprocessing
import os
import resource
import socket
import ssl
import tempfile
import time
from pathlib import Path

from transforms.feeds.fetch import FetchOptions
from transforms.feeds.poll import PollOptions
from transforms.feeds.spread import cores, poll_on_all_cores

LATENCY = 0.05
NOW = 1_736_157_600_000_000


def certificate(folder: Path) -> tuple[str, str]:
    """A wildcard certificate, and certifi's bundle with it: what a client has to load."""
    import certifi
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "*.feeds.test")])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("*.feeds.test")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    kind, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    server, bundle = folder / "server.pem", folder / "bundle.pem"
    public = made.public_bytes(pem)
    server.write_bytes(public + key.private_bytes(pem, kind, none))
    bundle.write_bytes(Path(certifi.where()).read_bytes() + public)
    return str(server), str(bundle)


def feed_body(host: str, entries: int, version: str) -> bytes:
    """A news feed of ordinary size: a headline, an address and two sentences an entry."""
    items = "".join(
        f"<item><title>Headline {i} of {host} {version if i == 0 else ''}</title>"
        f"<link>https://{host}/{i}{version if i == 0 else ''}</link>"
        f"<guid isPermaLink='false'>{host}-{i}{version if i == 0 else ''}</guid>"
        f"<pubDate>Mon, 06 Jan 2025 {i % 24:02}:00:00 GMT</pubDate><description>Officials said on "
        f"Monday that talks would resume. A second round is planned for spring.</description></item>"
        for i in range(entries)
    )
    return f"<rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>".encode()


def serve(pipe, cert: str, entries: int) -> None:
    """The servers: 304 to nine in ten who ask conditionally, one new entry to the tenth."""

    async def handle(reader, writer):
        try:
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                await asyncio.sleep(LATENCY)
                lower = request.lower()
                host = lower.split("\r\nhost: ")[1].split("\r\n")[0].split(":")[0]
                conditional = "\r\nif-none-match: " in lower
                if conditional and hash(host) % 10:
                    writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
                else:
                    body = feed_body(host, entries, "new" if conditional else "")
                    head = f'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: {len(body)}\r\n\r\n'
                    writer.write(head.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError, IndexError):
            writer.close()

    async def main():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert)
        server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context, backlog=500)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def loopback(host, port):
    """Every name is here."""
    return ["127.0.0.1"]


def cpu_seconds():
    """CPU time of this process and of those that it started and that ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(u.ru_utime + u.ru_stime for u in used)


def timed(label: str, feeds: int, run, scale: float = 1.0):
    """Run and report; returns the seconds and the CPU seconds, both scaled."""
    cpu, wall = cpu_seconds(), time.monotonic()
    done = run()
    wall, cpu = time.monotonic() - wall, cpu_seconds() - cpu
    print(
        f"{label:34} {wall * scale:7.1f} s {done / wall:7.0f} feeds/s"
        f" {1000 * cpu / done:7.2f} ms CPU a feed",
        flush=True,
    )
    assert done == feeds, f"{done} of {feeds} answered"
    return wall * scale, cpu * scale


def main() -> None:
    """Measure both ways in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--entries", type=int, default=10)
    parser.add_argument("--plain", type=int, default=2000)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    cert, bundle = certificate(folder)
    pipe, other = multiprocessing.Pipe()
    context = multiprocessing.get_context("fork")
    server = context.Process(target=serve, args=(other, cert, args.entries), daemon=True)
    server.start()
    port = pipe.recv()
    feeds = [f"https://h{i}.feeds.test:{port}/feed.xml" for i in range(args.feeds)]
    options = PollOptions(
        force=True,
        fetch=FetchOptions(ca_file=bundle, networks=("127.0.0.1/32",), resolver=loopback),
    )
    states = {}

    def ours(expected, now):
        def run():
            good = 0
            for poll in poll_on_all_cores(feeds, states, options, now):
                good += poll.health.outcome in expected
                states[poll.health.feed] = poll.state
            return good

        return run

    print(f"{cores()} cores, load {os.getloadavg()[0]:.1f} before")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first = timed("first round", args.feeds, ours(("ok",), NOW))
    second = timed(
        "second round, 90 % 304", args.feeds, ours(("ok", "unchanged"), NOW + 3_600_000_000)
    )
    states.update({f: s._replace(etag="", last_modified="") for f, s in states.items()})
    same = timed(
        "full answers, unchanged bodies", args.feeds, ours(("ok", "unchanged"), NOW + 7_200_000_000)
    )
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{'memory above start':34} {grown:7.0f} MB; of a polling process {largest:.0f} MB in all"
    )

    import feedparser
    import requests

    lookup = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *more, **how: lookup(
        "127.0.0.1" if str(host).endswith(".feeds.test") else host, *more, **how
    )

    def plain_one(url):
        answer = requests.get(url, timeout=30, verify=bundle)
        return bool(feedparser.parse(io.BytesIO(answer.content)).entries)

    def plain():
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            return sum(pool.map(plain_one, feeds[: args.plain]))

    slow = timed("the plain way", args.plain, plain, args.feeds / args.plain)
    for label, (wall, cpu) in (
        ("every entry new", first),
        ("90 % 304", second),
        ("full answers, unchanged", same),
    ):
        print(
            f"{'the plain way / ' + label:40} {slow[0] / wall:5.1f} times the seconds,"
            f" {slow[1] / cpu:5.1f} times the CPU"
        )
    server.terminate()


if __name__ == "__main__":
    main()
