"""Every way in which servers of feeds were seen to lie, and what a poll is to call it."""

import gzip
import os
import socket
import struct
import time
import zlib

import brotli
import zstandard

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
