"""XML of a feed cut down to what is read, before feedparser sees it.

feedparser takes quadratic time on many attributes, categories or namespaces, and raises on some
elements that nobody here needs (licences, geography, image sizes). One linear pass of expat finds
the byte ranges of everything that is not needed, counts what is there and refuses what was built to
exhaust: so feedparser meets few, known elements only, which also makes it faster.
"""

import re
from typing import Any, NamedTuple
from xml.parsers import expat

MAX_DEPTH = 200
MAX_ATTRIBUTES = 100
MAX_NAMESPACES = 200
MAX_ENTRIES = 5_000
MAX_ELEMENTS = 60_000
"""Elements that feedparser is given, at some 60 µs each; a news feed has a dozen an entry."""
MAX_TOTAL = 400_000
"""Elements with those that are cut, 5 µs each."""
MAX_TAG_CHARS = 65_536
"""A longer tag was in none of 238 real feeds; 0.5 MB of attributes cost feedparser a minute."""

_CONTAINERS = frozenset(("rss", "rdf", "channel", "feed", "item", "entry"))
_ENTRY = frozenset(("item", "entry"))
_KEPT = _CONTAINERS | frozenset(
    (
        *("title", "link", "description", "summary", "content", "encoded", "guid", "id", "author"),
        *("pubdate", "published", "updated", "date", "modified", "issued", "created", "creator"),
        *("source", "language", "ttl", "updateperiod", "updatefrequency", "origlink"),
        *(
            "lastbuilddate",
            "abstract",
            "body",
            "fullitem",
            "publicationdate",
            "tagline",
            "subtitle",
        ),
    )
)
# Their elements share names with those above but say other things (media:title is a photograph's).
_FOREIGN = re.compile(
    r"mrss|itunes|podcast|georss|opengis|wgs84_pos|creativecommons|/cc/|slash|comment|image|blogger"
)
_LONG_TAG = re.compile(rb"<(?!!\[CDATA\[|!--)[^<>]{%d,}" % MAX_TAG_CHARS)
_BYLINES = frozenset(("author", "creator"))
_LONG_WORD = re.compile(rb"[A-Za-z0-9_.+@-]{100}")
_TAG = re.compile(rb"<[^<>\"']*(?:\"[^\"]*\"[^<>\"']*|'[^']*'[^<>\"']*)*>")


class Slim(NamedTuple):
    """What one pass over a document found.

    Attributes:
        data: the document without what is not needed; b"" if it cannot be used.
        problem: "", or a reason of `schemas.records.REJECT_REASONS`.
        error: the problem in words.
        root: local name of the root element, lower case; "" if there is none.
        entries: entries kept.
        line: line of the problem, from 1.
        offset: byte of the problem.
        junk: True if the problem is only what follows the end of the root.
    """

    data: bytes
    problem: str
    error: str
    root: str
    entries: int
    line: int = 0
    offset: int = 0
    junk: bool = False


class _StopError(Exception):
    """Ends the pass early: (problem, error)."""


def slim(data: bytes, *, whole: bool = False) -> Slim:
    """Check a UTF-8 document without DOCTYPE and cut what is not read. Linear; never raises.

    Of a document with more than `MAX_ENTRIES` entries or `MAX_ELEMENTS` elements the part before is
    kept, well formed, with the problem "too_large".

    Args:
        data: the document.
        whole: check only, cut nothing: for documents that are not RSS or Atom.
    """
    if _LONG_TAG.search(data):
        return Slim(b"", "hostile", f"a tag of over {MAX_TAG_CHARS} characters", "", 0)
    return _Scan(data, whole).run()


class _Scan:
    """State of the pass: open elements, ranges to cut, counts."""

    def __init__(self, data: bytes, whole: bool) -> None:
        self.data = data
        self.whole = whole
        self.open: list[str] = []  # raw names, for closing a cut document
        self.locals: list[str] = []
        self.cuts: list[tuple[int, int]] = []
        self.skip_from: int | None = None
        self.skip_depth = 0
        self.byline_from = 0
        self.last_start: int | None = None  # where the last event's start tag is, if it was one
        self.root = ""
        self.entries = self.elements = self.total = self.namespaces = 0
        self.complete = 0  # byte at which the closing tag of the last complete entry begins
        self.complete_open: list[str] = []
        parser = expat.ParserCreate(namespace_separator="\n")
        parser.namespace_prefixes = True
        parser.ordered_attributes = True
        parser.buffer_text = False
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartNamespaceDeclHandler = self.declare
        parser.StartDoctypeDeclHandler = self.doctype
        self.parser = parser

    def run(self) -> Slim:
        try:
            self.parser.Parse(self.data, True)
        except _StopError as stop:
            problem, error = stop.args
            kept = self.cut_short() if problem == "too_large" else b""
            return Slim(kept, problem, error, self.root, self.entries)
        except expat.ExpatError as error:
            junk = error.code == expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
            offset = self.parser.ErrorByteIndex
            text = f"{expat.ErrorString(error.code)}, line {error.lineno}"
            return Slim(b"", "malformed", text, self.root, self.entries, error.lineno, offset, junk)
        return Slim(self.spliced(len(self.data)), "", "", self.root, self.entries)

    def doctype(self, *_: Any) -> None:
        raise _StopError("hostile", "a document type inside the document")

    def declare(self, *_: Any) -> None:
        self.namespaces += 1
        if self.namespaces > MAX_NAMESPACES:
            raise _StopError("hostile", f"more than {MAX_NAMESPACES} namespaces")

    def start(self, name: str, attributes: list[str]) -> None:
        uri, local, raw = _names(name)
        parent = self.locals[-1] if self.locals else ""
        self.root = self.root or local
        self.total += 1
        if self.total > MAX_TOTAL:
            raise _StopError("too_large", f"more than {MAX_TOTAL} elements")
        if len(self.locals) >= MAX_DEPTH:
            raise _StopError("hostile", f"elements nested more than {MAX_DEPTH} deep")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise _StopError("hostile", f"an element with {len(attributes) // 2} attributes")
        if (
            self.skip_from is None
            and not self.whole
            and parent in _CONTAINERS
            and (local not in _KEPT or _FOREIGN.search(uri))
        ):
            self.skip_from, self.skip_depth = self.parser.CurrentByteIndex, len(self.locals)
        if self.skip_from is None:
            self.elements += 1
            if self.elements > MAX_ELEMENTS and not self.whole:
                raise _StopError("too_large", f"more than {MAX_ELEMENTS} elements")
        if local in _BYLINES and parent in _CONTAINERS:
            self.byline_from = self.parser.CurrentByteIndex
        self.last_start = self.parser.CurrentByteIndex
        self.open.append(raw)
        self.locals.append(local)

    def end(self, name: str) -> None:
        self.open.pop()
        local = self.locals.pop()
        at = self.parser.CurrentByteIndex
        if self.skip_from is not None:
            if len(self.locals) == self.skip_depth:
                self.cuts.append((self.skip_from, self.after(at)))
                self.skip_from = None
            self.last_start = None
            return
        if local in _BYLINES and self.locals and self.locals[-1] in _CONTAINERS:
            self.check_byline(at)
        if local in _ENTRY and (not self.locals or self.locals[-1] in _CONTAINERS):
            if self.entries == MAX_ENTRIES:
                raise _StopError("too_large", f"only the first {MAX_ENTRIES} entries are read")
            self.entries += 1
            if not self.is_empty(at):
                self.complete, self.complete_open = at, [*self.open, _names(name)[2]]
        self.last_start = None

    def check_byline(self, at: int) -> None:
        """Cut a byline that no person wrote: feedparser looks for addresses in it, slowly."""
        byline = self.data[self.byline_from : at]
        if len(byline) > 5_000 or _LONG_WORD.search(byline):
            self.cuts.append((self.byline_from, self.after(at)))

    def after(self, at: int) -> int:
        """The byte after the element whose end is reported at `at`.

        Expat reports the end of ``<empty/>`` behind it, any other at its closing tag.
        """
        return at if self.is_empty(at) else self.data.find(b">", at) + 1

    def is_empty(self, at: int) -> bool:
        """True if the element that ends at `at` was written ``<empty/>``."""
        if self.last_start is None or self.data[at - 2 : at] != b"/>":
            return False
        tag = _TAG.match(self.data, self.last_start)
        return tag is not None and tag.end() == at

    def spliced(self, end: int) -> bytes:
        parts, position = [], 0
        for start, stop in self.cuts:
            if start >= end:
                break
            parts.append(self.data[position:start])
            position = stop
        parts.append(self.data[position:end])
        return b"".join(parts)

    def cut_short(self) -> bytes:
        """The document up to its last complete entry, closed."""
        if not self.complete:
            return b""
        closing = "".join(f"</{raw}>" for raw in reversed(self.complete_open))
        return self.spliced(self.complete) + closing.encode()


def _names(name: str) -> tuple[str, str, str]:
    """Namespace, local name in lower case, and the name as written."""
    uri, _, rest = name.rpartition("\n") if name.count("\n") == 1 else ("", "", name)
    if name.count("\n") == 2:
        uri, rest, prefix = name.split("\n")
        return uri.lower(), rest.lower(), f"{prefix}:{rest}"
    local = rest.rpartition(":")[2]
    return uri.lower(), local.lower(), rest
