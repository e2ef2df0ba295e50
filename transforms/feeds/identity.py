"""Which article is this? Canonical addresses, and ids that survive bad guids.

The same story page must get the same address whichever feed, share button or device linked to it;
two pages must never get the same. Where both cannot be had the rule errs towards two.
"""

import functools
import ipaddress
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from schemas.ids import content_id

URL_CHARS = 2048
"""Longer addresses are not used as identities (the limit mediacloud's rss-fetcher settled on)."""

_TRACKING_PREFIXES = (
    "utm_",
    "ns_",
    "at_",
    "mtm_",
    "pk_",
    "piwik_",
    "hsa_",
    "fb_",
    "_hs",
    "oly_",
    "vero_",
    "mkt_",
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Parameters that say how the reader came, never what is shown: of ad networks and mail tools, then
# of publishers (BBC ns_ and at_, Daily Mail ito, Guardian CMP, NYT partner, emc and smid, Reuters
# feedType and feedName, Le Monde xtor, MSN ocid).
_TRACKING = _words("""
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid li_fat_id igshid igsh mc_cid
    mc_eid _ga _gl s_cid s_kwcid ml_subscriber ml_subscriber_hash rb_clickid wickedid spm scm
    _openstat
    ito cmp cmpid cmpid2 cid_source icid ncid ocid xtor xtref wprss partner emc smid smtyp smprod
    sr_share taid ftag feedtype feedname rssfeed traffic_source traffic_medium traffic_campaign
    soc_src soc_trk guccounter guce_referrer guce_referrer_sig referringsource __twitter_impression
    ref_src ref_url mbid srnd dicbo intcmp intcid int_source share_id sharetype shareadraw
    share_source
""")
# These can also choose what is shown; they go only when their value is one that tracking uses.
_AMBIGUOUS = _words("""
    ref source src from via medium mod output origin referrer rss feed platform amp outputtype
""")
_TRACKING_VALUES = _words("""
    rss rss2 rss2.0 atom feed feeds rssfeed rss_feed xml twitter facebook fb linkedin whatsapp
    telegram email newsletter mail push social share copylink 1 true amp partner googlenews
    google_news
""")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\Z")
_AMP_END = re.compile(r"(?:/amp|\.amp|/amp\.html)/?\Z")
_AMP_HTML = re.compile(r"\.amp\.html\Z")
_PLAIN_SEGMENT = re.compile(r"[A-Za-z0-9_.~-]*\Z")
_HEX = re.compile(r"%[0-9a-fA-F]{2}")
# Addresses that differ from their canonical form by scheme, "www." and a final slash at most: half of all. Reading
# them by one pattern takes a fifth of the time. No host with a label of its own rules, no path with dots.
_PLAIN_URL = re.compile(
    r"https?://(?:www\.)?((?!www\d?\.|m\.|mobile\.|amp\.|google\.|-)[a-z0-9-]{2,40}(?<!-)(?:\.[a-z]{2,20}){1,2})"
    r"((?:/(?!amp/?\Z)[A-Za-z0-9_~-]{1,200}){1,8})/?\Z"
)


@functools.lru_cache(maxsize=16_384)
def canonical_url(url: str) -> str:
    """The one address of the page that `url` shows, always https; "" if it is no http(s) address.

    Scheme and host are lower-cased, the host in ASCII; default port, credentials, fragment,
    tracking parameters, `www.`, `m.`, `mobile.` and `amp.` hosts, AMP paths and a trailing slash
    go; other parameters are sorted; Google's AMP, cache and redirect addresses give the one inside.

    >>> canonical_url("HTTP://www.Paper.example:80/a/?utm_source=rss&b=2&a=1#top")
    'https://paper.example/a?a=1&b=2'
    """
    if plain := _PLAIN_URL.match(url):
        return f"https://{plain[1]}{plain[2]}"
    parts = _split(url)
    if parts is None:
        return ""
    host, port, path, query = parts
    inner = _unwrapped(host, path, query)
    if inner and inner != url:
        return canonical_url(inner) or ""
    netloc = _plain_host(host) + (f":{port}" if port not in (None, 80, 443) else "")
    path = _plain_path(path)
    pairs = sorted(p for p in _pairs(query) if not _tracks(host, *p))
    text = f"https://{netloc}{path or '/'}" + (f"?{urlencode(pairs)}" if pairs else "")
    return text if len(text) <= URL_CHARS else ""


def is_web_url(url: str) -> bool:
    """True if `canonical_url` would give an address, told without working it out."""
    return len(url) <= URL_CHARS and _split(url) is not None


def article_id(canonical: str, feed: str, guid: str, title: str, published: int | None) -> str:
    """Id of an article: from its canonical URL; else feed and guid; else title and date; else "".

    A canonical URL that is only a site's front page identifies nothing: the next rule applies.

    Args:
        canonical: what `canonical_url` gave.
        feed: address or path of the feed, without credentials; scopes the guid.
        guid: the entry's own id, "" if none.
        title: headline as plain text.
        published: microseconds since the epoch, UTC; None if unknown.
    """
    if canonical and not is_front_page(canonical):
        return content_id("url", canonical)
    if guid.strip():
        return content_id("guid", canonical_url(feed) or feed, guid.strip())
    if title.strip():
        when = "" if published is None else str(published)
        return content_id("title", " ".join(title.casefold().split()), when)
    return ""


def is_front_page(canonical: str) -> bool:
    """True if a canonical URL names a whole site, not a page of it.

    >>> is_front_page("https://paper.example/"), is_front_page("https://paper.example/?p=1")
    (True, False)
    """
    return canonical.count("/") == 3 and canonical.endswith("/")


def strip_credentials(url: str) -> str:
    """The address without user name and password; other text is left alone.

    >>> strip_credentials("https://me:secret@paper.example/feed")
    'https://paper.example/feed'
    """
    if "@" not in url:
        return url
    return re.sub(
        r"^([a-zA-Z][a-zA-Z0-9+.-]*:)?//[^/?#\\]*@", lambda m: (m.group(1) or "") + "//", url
    )


def _split(url: str) -> tuple[str, int | None, str, str] | None:
    """Host in ASCII, port, path and query of an http(s) URL; None if it is none."""
    url = re.sub(r"[\t\r\n]", "", url.strip(" \x00\t\r\n\x0b\x0c"))
    if url.startswith("//"):
        url = "https:" + url
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    host = ascii_host(host)
    return (host, port, parts.path, parts.query) if host else None


def ascii_host(host: str) -> str:
    """The host name as DNS wants it (IDNA, lower case, no final dot); "" if it cannot be one."""
    host = host.lower().rstrip(".")
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host.partition('%')[0]).compressed}]"
        except ValueError:
            return ""
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return host if len(host) <= 253 and _HOST.match(host) else ""


def _plain_host(host: str) -> str:
    """The host without the prefixes that only choose a device: www, m, mobile, amp."""
    labels = host.split(".")
    while len(labels) > 2 and re.fullmatch(r"www\d?|m|mobile|amp", labels[0]):
        labels = labels[1:]
    if len(labels) > 3 and labels[1] == "m":  # en.m.wikipedia.org
        del labels[1]
    return ".".join(labels)


def _plain_path(path: str) -> str:
    """The path with dots resolved, escapes in one form, no AMP ending and no final slash."""
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in ("", "."):
            segments.append(segment if _PLAIN_SEGMENT.match(segment) else _plain_escapes(segment))
    text = "/" + "/".join(segments)
    if len(segments) > 1 or "." in text:
        text = _AMP_END.sub("", _AMP_HTML.sub(".html", text)) or "/"
    return text.rstrip("/")


def _plain_escapes(segment: str) -> str:
    """A path segment with escapes only where they are needed."""
    plain = unquote(segment, errors="surrogateescape")
    return quote(plain, safe="!$&'()*+,;=:@~", errors="surrogateescape")


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=200, errors="replace")
    except ValueError:
        return [("", query)]


def _tracks(host: str, name: str, value: str) -> bool:
    """True if the parameter only tells how the reader came."""
    name = name.lower()
    if name.startswith(_TRACKING_PREFIXES) or name in _TRACKING:
        return True
    if host == "news.google.com" and name in ("oc", "hl", "gl", "ceid"):
        return True
    return name in _AMBIGUOUS and value.lower() in _TRACKING_VALUES


def _unwrapped(host: str, path: str, query: str) -> str:
    """The address inside one of Google's wrappers (AMP viewer or cache, alert redirect), or ""."""
    if re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host):
        if path == "/url":
            values = dict(_pairs(query))
            target = values.get("url") or values.get("q") or ""
            return target if target.startswith(("http://", "https://")) else ""
        found = re.match(r"/amp/(s/)?(.+)", path)
    elif host.endswith(".cdn.ampproject.org"):
        found = re.match(r"/[a-z]/(s/)?(.+)", path)
    else:
        return ""
    if not found or "." not in found.group(2).partition("/")[0]:
        return ""
    return "https://" + found.group(2) + (f"?{query}" if query else "")
