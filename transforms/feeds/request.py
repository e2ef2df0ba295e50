"""The address and the credentials that a request carries, and the words for what went wrong."""

import base64
import re
import ssl
from http.client import HTTPException
from urllib.parse import quote, unquote, urlsplit

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    IncompleteRead,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from transforms.feeds.address import NotConnectedError, RefusedError
from transforms.feeds.identity import ascii_host
from transforms.feeds.inflate import CodingError


def classify(error: Exception) -> tuple[str, str]:
    """Outcome (a key of `schemas.records.FEED_OUTCOMES`) and words for what a fetch raised."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 6:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    words = " ".join(str(chain[-1]).split()) or type(chain[-1]).__name__
    for kind in chain:
        if isinstance(kind, RefusedError):
            return "refused_address", str(kind)
        if isinstance(kind, NotConnectedError):
            return "connect_error", str(kind)
        if isinstance(kind, ssl.SSLError | SSLError | ssl.CertificateError):
            return "tls_error", words
        if isinstance(kind, TimeoutError | ConnectTimeoutError | ReadTimeoutError):
            return "timeout", "no answer in time" if "timed out" in words else words
        if type(kind).__name__ in ("gaierror", "NameResolutionError", "herror"):
            return "dns_error", words
    if isinstance(error, CodingError):
        return "protocol_error", str(error)
    if isinstance(error, IncompleteRead):
        return "protocol_error", "the body ended before its announced length"
    if isinstance(error, NewConnectionError | ConnectionRefusedError):
        return "connect_error", words
    if isinstance(error, ProtocolError | HTTPException | ValueError):
        if isinstance(chain[-1], ConnectionError):
            return "protocol_error", f"the connection was lost ({words})"
        return "protocol_error", words
    if isinstance(error, OSError):
        return "connect_error", words
    if isinstance(error, HTTPError):
        return "protocol_error", words
    return "internal_error", f"{type(error).__name__}: {words}"


def request_url(url: str) -> str:
    """The address as it is sent: ASCII, no credentials, no fragment.

    Raises:
        RefusedError: it is not an http(s) address.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise RefusedError(f"not an address ({error})") from None
    if parts.scheme not in ("http", "https"):
        raise RefusedError(f"{parts.scheme[:20]!r} is not http or https")
    if not host:
        raise RefusedError("the address has no valid host")
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._", errors="surrogatepass")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._", errors="surrogatepass")
    netloc = host + (f":{port}" if port else "")
    return f"{parts.scheme}://{netloc}{path or '/'}" + (f"?{query}" if query else "")


def authorization(url: str, first: str) -> dict[str, str]:
    """The credentials of the first address, for requests to its own host and scheme only."""
    here, origin = urlsplit(url), urlsplit(first)
    if origin.username is None or (here.scheme, here.hostname, here.port) != (
        origin.scheme,
        origin.hostname,
        origin.port,
    ):
        return {}
    pair = f"{unquote(origin.username)}:{unquote(origin.password or '')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def without_secrets(text: str, url: str) -> str:
    """A message without the credentials of the address it speaks of."""
    try:
        parts = urlsplit(url)
        secrets = [s for s in (parts.password, parts.username) if s]
    except ValueError:
        secrets = []
    for secret in secrets:
        text = text.replace(secret, "…").replace(unquote(secret), "…")
    return re.sub(r"(?<=://)[^/\s@]+@", "", text)
