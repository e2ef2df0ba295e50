"""XML that almost is: the mistakes of real feeds, undone before any parser sees them."""

import html
import re
from html.entities import html5

from lxml import etree  # type: ignore[import-untyped]

from transforms.feeds.decode import BODY_BYTES
from transforms.feeds.slim import Slim, slim

MAX_ENTITY_CHARS = 1_000
DOCTYPE_CHARS = 16_384
MAX_LINES = 200_000
_EXPANSION = 1_000_000  # characters that a document's own entities may add
_START = re.compile(
    r"<\?xml[\s?]|<(?:[\w.-]+:)?(?:rss|rdf|feed|urlset|sitemapindex|opml)[\s>/]|<!doctype|<!--|<html[\s>]",
    re.IGNORECASE,
)
_PROLOG = re.compile(r"\s*(?:<\?(?:(?!\?>).)*\?>\s*|<!--(?:(?!-->).)*-->\s*)*", re.DOTALL)
_DOCTYPE = re.compile(
    r"""<!DOCTYPE(?>[^\[\]<>"']|"[^"]*"|'[^']*')*+
        (?>\[(?P<subset>(?><!--.*?-->|<\?.*?\?>|"[^"]*"|'[^']*'|[^\]"'])*+)\]\s*)?>""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ENTITY = re.compile(
    r"""<!ENTITY\s+(?P<parameter>%\s+)?(?P<name>[\w:.-]+)\s+
        (?:(?P<external>SYSTEM|PUBLIC)\b|"(?P<a>[^"]*)"|'(?P<b>[^']*)')""",
    re.VERBOSE,
)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(
    r"(?P<keep><!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))|\]\]>|"
    r"<(?![A-Za-z_/!?:])|&(?:#(?P<code>[0-9]{1,8}|[xX][0-9a-fA-F]{1,8});|(?P<name>[\w:.-]{1,64});)?",
    re.DOTALL,
)
_ESCAPES = {"]]>": "]]&gt;", "<": "&lt;"}
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_PREFIX = re.compile(
    r"<(?P<prefix>[A-Za-z_][\w.-]*):[A-Za-z_]|[\s\"'](?P<attribute>[A-Za-z_][\w.-]*):[\w.-]+\s*="
)
# Begins with letters, which are found 40 times faster than a group or a boundary.
_NAMESPACE = re.compile(r"""xmlns((?::[\w.-]{1,60})?\s*=\s*["'])([^"'<>]*\s[^"'<>]*)(["'])""")
_DECLARED = re.compile(r"xmlns:([\w.-]+)\s*=")
_KNOWN_PREFIXES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "media": "http://search.yahoo.com/mrss/",
    "atom": "http://www.w3.org/2005/Atom",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}


def prepare(text: str) -> tuple[str, str, str]:
    """The document alone: no junk before it, no XML declaration, no DOCTYPE, no illegal characters.

    Entities that the document itself defines are put in place where that is harmless; external ones
    are never fetched and read as nothing.

    Returns:
        Document, problem ("" or "hostile") and the problem in words.
    """
    text = _ILLEGAL.sub("", text.replace("\r\n", "\n"))
    # expat separates names by spaces, so a namespace with one in it breaks every name
    text = _NAMESPACE.sub(lambda m: f"xmlns{m[1]}{''.join(m[2].split())}{m[3]}", text)
    if (
        text.count("\n") > MAX_LINES
    ):  # expat reports each line on its own: 9 µs a line in feedparser
        text = text.replace("\n", " ")
    if start := _START.search(text, 0, 65_536):
        text = text[start.start() :]
    position = _PROLOG.match(text).end()  # type: ignore[union-attr]  # it matches the empty string
    doctype = _DOCTYPE.match(text, position, position + DOCTYPE_CHARS)
    if not doctype:
        declared = text[position : position + 9].upper() == "<!DOCTYPE"
        error = f"a document type of over {DOCTYPE_CHARS} characters"
        return ("", "hostile", error) if declared else (text[position:], "", "")
    text, subset = text[doctype.end() :], doctype["subset"] or ""
    position = _PROLOG.match(text).end()  # type: ignore[union-attr]
    text = text[position:]
    entities: dict[str, str] = {}
    for found in _ENTITY.finditer(subset):
        value = "" if found["external"] else (found["a"] or found["b"] or "")
        if len(value) > MAX_ENTITY_CHARS:
            return "", "hostile", f"an entity of {len(value)} characters"
        if re.search(r"[&%](?!#|(?:amp|lt|gt|quot|apos);)", value) or found["parameter"]:
            return "", "hostile", "entities made of entities"
        entities.setdefault(found["name"], value)
    return _expanded(text, entities)


def _expanded(text: str, entities: dict[str, str]) -> tuple[str, str, str]:
    """Put the document's own entities in place, unless that makes it much longer."""
    if not entities:
        return text, "", ""
    growth = 0

    def put(found: re.Match[str]) -> str:
        nonlocal growth
        value = entities.get(found[1])
        if value is None:
            return found[0]
        growth += len(value)
        return value if growth <= _EXPANSION else ""

    text = re.sub(r"&([\w:.-]{1,64});", put, text)
    if growth > _EXPANSION:
        return "", "hostile", f"entities that add {growth} characters"
    return text, "", ""


def root_name(text: str) -> str:
    """Local name of a document's first element, lower case; "" if there is none near its start."""
    found = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)").search(text, 0, 65_536)
    return found[1].lower() if found else ""


def mend(text: str, *, whole: bool = False) -> tuple[Slim, str]:
    """Read a prepared document, mending as little as it takes.

    First as it is; then with bare ampersands, HTML entities and bad character references repaired,
    missing namespace declarations added and whatever follows the root removed; at last through
    libxml2's recovery, which keeps the elements that can be told apart.

    Returns:
        The slimmed document with its problem, and what was mended ("" if nothing).
    """
    data = text.encode()
    found, mended = slim(data, whole=whole), ""
    for _ in range(3):
        if found.problem != "malformed":
            return found, mended
        if found.junk:
            data, mended = data[: found.offset], mended or "what follows the document was ignored"
        elif not mended:
            data, mended = _bind(_references(data.decode())).encode(), f"repaired: {found.error}"
            if len(data) > 2 * BODY_BYTES:
                return found._replace(problem="too_large"), ""
        else:
            break
        found = slim(data, whole=whole)
    if found.problem != "malformed":
        return found, mended
    rest, error = _recovered(data), found.error
    if rest is None:
        return found, ""
    again = slim(rest, whole=whole)
    return (again if again.problem else again._replace(problem="malformed", error=error)), ""


def _references(text: str) -> str:
    """Every reference one that XML knows, everything else outside CDATA escaped."""

    def fix(found: re.Match[str]) -> str:
        if found["keep"]:
            return found[0]
        if found[0] in _ESCAPES:
            return _ESCAPES[found[0]]
        if code := found["code"]:
            number = int(code[1:], 16) if code[0] in "xX" else int(code)
            good = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE
            return f"&#{number};" if good or 0x10000 <= number <= 0x10FFFF else "\ufffd"
        name = found["name"]
        if name in _XML_NAMES:
            return found[0]
        if name and name + ";" in html5:
            return html.escape(html5[name + ";"])
        return "&amp;" + found[0][1:]

    return _REFERENCE.sub(fix, text)


def _bind(text: str) -> str:
    """Declare on the root the namespace prefixes that nobody declared."""
    used = {m["prefix"] or m["attribute"] for m in _PREFIX.finditer(text)} - {"xml", "xmlns"}
    missing = sorted(used - set(_DECLARED.findall(text)))[:50]
    root = re.search(r"<[A-Za-z_][\w.:-]*", text)
    if not missing or not root:
        return text
    declared = "".join(
        f' xmlns:{p}="{_KNOWN_PREFIXES.get(p, "urn:undeclared:" + p)}"' for p in missing
    )
    return text[: root.end()] + declared + text[root.end() :]


def _recovered(data: bytes) -> bytes | None:
    """What libxml2 makes of broken XML, as XML; None if nothing."""
    parser = etree.XMLParser(
        recover=True, no_network=True, load_dtd=False, encoding="utf-8", remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
        return None if root is None else etree.tostring(root, encoding="utf-8")
    except (etree.LxmlError, ValueError):
        return None
