"""One polite GET of a feed: bounded in time, bytes and redirects, classified, never raising."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import ProtocolError

from transforms.feeds import inflate
from transforms.feeds.address import Reach, Resolver, system_resolver
from transforms.feeds.connection import Watch, shared_pool, watched
from transforms.feeds.decode import BODY_BYTES
from transforms.feeds.freshness import max_age, retry_after
from transforms.feeds.identity import strip_credentials
from transforms.feeds.request import authorization, classify, request_url, without_secrets

VERSION = "0.1"
CUT_BYTES = 512_000
"""What is kept of a body over a cap; of a robots.txt at least so much is to be read."""
_PERMANENT = (301, 308)
_REDIRECTS = (*_PERMANENT, 302, 303, 307)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_STATUS = {404: "not_found", 410: "gone", 429: "throttled"} | dict.fromkeys(
    (401, 402, 403, 407, 451), "forbidden"
)


@dataclass(frozen=True)
class FetchOptions:
    """How to fetch. The defaults are polite and safe.

    Attributes:
        contact: address or e-mail that the User-Agent gives to whoever reads the server's log.
        connect_seconds: longest wait for a connection and for its TLS handshake.
        read_seconds: longest silence.
        total_seconds: longest fetch, redirects and all.
        wire_bytes: most bytes on the wire.
        body_bytes: most bytes of the body, inflated.
        redirects: most redirects in a row.
        allow_private: also ask addresses that are not public.
        networks: networks that may be asked besides public ones, such as "10.1.0.0/16".
        ca_file: certificates to trust instead of certifi's; "" for those.
        resolver: how names are resolved.
    """

    contact: str = ""
    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    total_seconds: float = 30.0
    wire_bytes: int = 10_000_000
    body_bytes: int = BODY_BYTES
    redirects: int = 5
    allow_private: bool = False
    networks: tuple[str, ...] = ()
    ca_file: str = ""
    resolver: Resolver = field(default=system_resolver, compare=False)

    @property
    def user_agent(self) -> str:
        """Who we are, honestly."""
        contact = re.sub(r"[^\x21-\x7e ]|[()]", "", self.contact).strip()
        return f"Tocsin/{VERSION}" + (f" (+{contact})" if contact else "") + " feed reader"


class Fetched(NamedTuple):
    """What came of a fetch.

    Attributes:
        outcome: a key of `schemas.records.FEED_OUTCOMES`; "ok" says only that a body came.
        status: of the last answer; None if none came.
        body: inflated; also what came before a protocol error, and the start of one too large.
        url: address that answered, without credentials.
        moved_to: address that only permanent redirects led to; "" if none did.
        headers: of the last answer.
        wire: bytes of bodies received.
        seconds: from first to last.
        retry_after: seconds that the server asks to wait; None if it does not.
        max_age: seconds that the answer stays fresh; None if unsaid.
        error: the problem in words, without credentials; "" if none.
        onward: address that the caller's `may` did not let a redirect go to; "" if none.
    """

    outcome: str
    status: int | None = None
    body: bytes = b""
    url: str = ""
    moved_to: str = ""
    headers: Any = urllib3.HTTPHeaderDict()
    wire: int = 0
    seconds: float = 0.0
    retry_after: int | None = None
    max_age: int | None = None
    error: str = ""
    onward: str = ""


class _StopError(Exception):
    """Ends a fetch: (outcome, error)."""


def fetch(
    url: str,
    *,
    options: FetchOptions,
    now: int,
    etag: str = "",
    last_modified: str = "",
    may: Callable[[str], bool] | None = None,
) -> Fetched:
    """GET a feed. Never raises; ends at most a second after `options.total_seconds`.

    Args:
        url: http(s) address; credentials in it are sent to its own host only.
        options: limits.
        now: microseconds UTC, for Retry-After and Expires of servers that send no Date.
        etag: of the last answer, to ask only for what changed.
        last_modified: of the last answer.
        may: whether a redirect may be followed to an address at once; by default all may.
    """
    started = time.monotonic()
    get = _Get(url, options, now, may)
    headers = {
        "User-Agent": options.user_agent,
        "Accept": _ACCEPT,
        "Accept-Encoding": inflate.ACCEPTED,
    }
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    reach = Reach(options.allow_private, options.networks, options.resolver)
    watch = Watch(started + options.total_seconds, reach)
    with watched(watch):
        found = get.run(headers, watch)
    return found._replace(seconds=round(time.monotonic() - started, 3), wire=get.wire)


class _Get:
    """State of one fetch: where it stands and what it received."""

    def __init__(
        self, url: str, options: FetchOptions, now: int, may: Callable[[str], bool] | None
    ) -> None:
        self.first = self.url = url
        self.may = may
        self.onward = ""
        self.options = options
        self.now = now
        self.wire = 0
        self.hops = 0
        self.permanent = True
        self.moved_to = ""
        self.body = bytearray()
        self.answer: Any = None

    def run(self, headers: dict[str, str], watch: Watch) -> Fetched:
        """Follow redirects to an answer, and name what went wrong if something did."""
        try:
            while True:
                target = self.ask(headers, watch)
                if not target:
                    return self.fetched(self.outcome(), "")
                self.follow(target)
        except _StopError as stop:
            return self.fetched(*stop.args)
        except Exception as error:  # urllib3, http.client, ssl, codecs: all are told apart here
            return self.fetched(*self.verdict(error, watch))
        finally:
            if self.answer is not None:
                self.answer.close()
                self.answer.release_conn()

    def fetched(self, outcome: str, error: str) -> Fetched:
        headers = urllib3.HTTPHeaderDict() if self.answer is None else self.answer.headers
        return Fetched(
            outcome=outcome,
            status=None if self.answer is None else self.answer.status,
            body=bytes(self.body),
            url=strip_credentials(self.url),
            moved_to=self.moved_to,
            headers=headers,
            retry_after=retry_after(headers, self.now),
            max_age=max_age(headers, self.now),
            error=without_secrets(error, self.first)[:300],
            onward=self.onward,
        )

    def ask(self, headers: dict[str, str], watch: Watch) -> str:
        """One request; the address it redirects to, or "" when its body is read."""
        options = self.options
        address = request_url(self.url)
        send = headers | authorization(self.url, self.first)
        timeout = urllib3.Timeout(
            connect=min(options.connect_seconds, watch.left()),
            read=min(options.read_seconds, watch.left()),
        )
        pool = shared_pool(options.ca_file)
        for attempt in (1, 2):
            try:
                self.answer = pool.urlopen(
                    "GET",
                    address,
                    headers=send,
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                    timeout=timeout,
                )
                break
            except ProtocolError:
                # A connection kept open may have been closed by the server meanwhile.
                if attempt == 2 or not watch.reused or watch.over:
                    raise
        status = self.answer.status
        if status in _REDIRECTS and self.answer.headers.get("Location"):
            self.permanent = self.permanent and status in _PERMANENT
            return str(self.answer.headers["Location"])
        if status != 304:
            self.read()
        if watch.over:
            raise TimeoutError
        return ""

    def read(self) -> None:
        """Read the body, inflating it, up to the caps."""
        headers = self.answer.headers
        length = headers.get("Content-Length", "")
        if length.isdigit() and len(length) < 20 and int(length) > self.options.wire_bytes:
            raise _StopError("too_large", f"{int(length):,} bytes announced")
        for piece in inflate.inflated(self.chunks(), headers.get("Content-Encoding", "")):
            self.body += piece
            if len(self.body) > self.options.body_bytes:
                del self.body[CUT_BYTES:]
                raise _StopError("too_large", f"over {self.options.body_bytes:,} bytes inflated")

    def chunks(self) -> Iterator[bytes]:
        """The body as it comes over the wire."""
        while chunk := self.answer.read(inflate.STEP, decode_content=False):
            self.wire += len(chunk)
            if self.wire > self.options.wire_bytes:
                del self.body[CUT_BYTES:]
                raise _StopError("too_large", f"over {self.options.wire_bytes:,} bytes received")
            yield chunk

    def follow(self, target: str) -> None:
        """Go where a redirect points, if it may be gone to."""
        self.hops += 1
        if self.hops > self.options.redirects:
            raise _StopError("redirected_away", f"more than {self.options.redirects} redirects")
        self.answer.close()
        target = target.encode("latin-1", "replace").decode("utf-8", "replace").strip()
        secure = self.url.startswith("https:")
        try:
            self.url = urljoin(request_url(self.url), target)
            scheme = urlsplit(self.url).scheme
        except ValueError:
            raise _StopError("redirected_away", f"redirected to {target[:100]!r}") from None
        if scheme not in ("http", "https"):
            raise _StopError("redirected_away", f"redirected to {scheme[:20]!r}, not to http(s)")
        if self.may and not self.may(self.url):
            self.onward = self.url
            raise _StopError("redirected_away", f"redirected to {self.url[:100]!r}")
        if secure and scheme == "http":
            self.permanent = False  # a move that gives up encryption is followed, never learned
            self.moved_to = ""
        if self.permanent:
            self.moved_to = strip_credentials(self.url)

    def outcome(self) -> str:
        """What the status of the last answer means."""
        status = int(self.answer.status)
        if status == 304:
            return "unchanged"
        if 200 <= status < 300:
            return "ok"
        if status == 503 and self.answer.headers.get("Retry-After"):
            return "throttled"
        return _STATUS.get(status) or ("server_error" if status >= 500 else "http_error")

    def verdict(self, error: Exception, watch: Watch) -> tuple[str, str]:
        """Outcome and words for an exception."""
        outcome, words = classify(error)
        if watch.over and outcome != "refused_address":
            return "timeout", f"not done after {self.options.total_seconds:g} s"
        if outcome == "refused_address" and self.hops:
            outcome = "redirected_away"
        return outcome, words
