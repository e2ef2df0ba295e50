"""Lists of feeds: OPML, TOML, CSV, or one address a line. Nothing is ever fetched."""

import csv
import io
import re
import tomllib
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from transforms.feeds import repair
from transforms.feeds.decode import decode, inflate
from transforms.feeds.identity import canonical_url, strip_credentials
from transforms.feeds.text import clean_line

MAX_FEEDS = 100_000
_SCHEMES = ("http", "https")
_URL_COLUMNS = ("url", "xmlurl", "feed", "feed_url", "address", "link", "rss")


class Feed(NamedTuple):
    """One feed of a list.

    Attributes:
        url: address to ask, credentials included; never stored in a table.
        title: name that the list gives; "" if none.
        category: folder or tag that the list gives; "" if none.
        line: line in the list, from 1; 0 if unknown.
    """

    url: str
    title: str = ""
    category: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        """The address without credentials: how tables, logs and messages call the feed."""
        return strip_credentials(self.url)


class ListProblem(NamedTuple):
    """A line of a feed list that is not a feed: where, what it says, and why it does not count."""

    line: int
    text: str
    error: str

    def __str__(self) -> str:
        """One line for a terminal."""
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.text!r}: {self.error}" if self.text else f"{where}{self.error}"


class FeedList(NamedTuple):
    """The feeds of a list in its order, each once, and what was wrong with the other lines."""

    feeds: list[Feed]
    problems: list[ListProblem]
    kind: str  # "opml" | "toml" | "csv" | "urls" | ""


def read_feed_list(data: bytes, name: str) -> FeedList:
    """Read a list of feeds, recognised by content. Never raises.

    TOML holds ``[[feeds]]`` tables with ``url``, optionally ``title`` and ``category``, or an
    array ``feeds`` of addresses. CSV has a header with a column url (or xmlUrl, feed, …). In a plain
    list ``#`` begins a comment; a name may follow the address.

    Args:
        data: the file's bytes, gzip or not.
        name: its name, for messages and to tell TOML from a plain list.
    """
    data, cut = inflate(data)
    if cut:
        return _nothing(f"{name}: the compressed data are {cut.replace('_', ' ')}")
    text = decode(data).strip("\ufeff\0 \t\r\n")
    if not text:
        return _nothing(f"{name} is empty")
    try:
        if text[0] == "<":
            return _opml(data, text, name)
        if name.lower().endswith(".toml") or re.search(r"(?m)^\s*(?:\[\[?feed|feeds\s*=)", text):
            return _checked(_toml(text), "toml")
        first = text.splitlines()[0]
        if "," in first and not re.search(r"://", first):
            return _csv(text, name)
    except (tomllib.TOMLDecodeError, csv.Error, RecursionError) as error:
        return _nothing(f"{name}: {error}")
    return _checked(_lines(text), "urls")


def _nothing(error: str) -> FeedList:
    return FeedList([], [ListProblem(0, "", error)], "")


def _opml(data: bytes, text: str, name: str) -> FeedList:
    """Feeds of an OPML document; the lines are those on which the addresses stand."""
    document, problem, error = repair.prepare(text)
    root = repair.root_name(document)
    if problem or root != "opml":
        what = error or (f"<{root}>" if root else "no XML element")
        return _nothing(f"{name} is not a list of feeds: {what}")
    found, _ = repair.mend(document, whole=True)
    if not found.data:
        return _nothing(f"{name} cannot be read: {found.error}")
    import listparser  # with its web client, a third of a second that most runs need not wait for

    parsed = listparser.parse(found.data)
    lines = _line_numbers(text)
    feeds = []
    for item in [*parsed.feeds, *parsed.lists]:
        url = str(item.get("url", ""))
        tags = [*item.get("tags", []), *(c for path in item.get("categories", []) for c in path)]
        feeds.append(
            Feed(
                url,
                clean_line(item.get("title", "")),
                ", ".join(dict.fromkeys(tags)),
                lines.get(url, 0),
            )
        )
    checked = _checked(feeds, "opml")
    if found.problem:
        checked.problems.append(ListProblem(found.line, "", found.error))
    return checked


def _line_numbers(text: str) -> dict[str, int]:
    """On which line each quoted address stands first."""
    numbers: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for url in re.findall(r"""=\s*["']\s*([^"']{4,2048}?)\s*["']""", line):
            numbers.setdefault(url.replace("&amp;", "&"), number)
    return numbers


def _toml(text: str) -> list[Feed]:
    data = tomllib.loads(text)
    items = data.get("feeds", data.get("feed", []))
    feeds = []
    lines = _line_numbers(text)
    for item in items if isinstance(items, list) else []:
        fields: dict[str, Any] = item if isinstance(item, dict) else {"url": item}
        url = str(fields.get("url", ""))
        title, category = str(fields.get("title", "")), str(fields.get("category", ""))
        feeds.append(Feed(url, title, category, lines.get(url, 0)))
    return feeds


def _csv(text: str, name: str) -> FeedList:
    rows = csv.DictReader(io.StringIO(text))
    columns = {(c or "").strip().lower().replace(" ", "_"): c for c in rows.fieldnames or []}
    column = next((columns[c] for c in _URL_COLUMNS if c in columns), None)
    if column is None:
        return _nothing(f"{name}: none of the columns {', '.join(_URL_COLUMNS)} is in its header")
    title, category = columns.get("title", ""), columns.get("category", "")
    feeds = [
        Feed(row.get(column) or "", row.get(title) or "", row.get(category) or "", rows.line_num)
        for row in rows
    ]
    return _checked(feeds, "csv")


def _lines(text: str) -> list[Feed]:
    feeds = []
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if line:
            url, _, title = line.partition(" ")
            feeds.append(Feed(url.strip("<>,;"), title.strip(), "", number))
    return feeds


def _checked(listed: list[Feed], kind: str) -> FeedList:
    """Keep each feed that can be asked, once; tell why the others cannot."""
    feeds: list[Feed] = []
    problems: list[ListProblem] = []
    seen: dict[str, int] = {}
    for feed in listed:
        url = re.sub(r"^feed:(?://)?(?=https?:)", "", feed.url.strip())
        feed = feed._replace(url=re.sub(r"^feed://", "http://", url))
        shown = strip_credentials(feed.url)[:200]
        if error := url_problem(feed.url):
            problems.append(ListProblem(feed.line, shown, error))
            continue
        key = canonical_url(feed.url)
        if key in seen:
            where = f" of line {seen[key]}" if seen[key] else ""
            problems.append(ListProblem(feed.line, shown, f"a repetition{where}"))
        elif len(feeds) >= MAX_FEEDS:
            problems.append(ListProblem(feed.line, shown, f"more than {MAX_FEEDS} feeds"))
            break
        else:
            seen[key] = feed.line
            feeds.append(feed)
    if not feeds and not problems:
        problems.append(ListProblem(0, "", "no feed is in the list"))
    return FeedList(feeds, problems, kind)


def url_problem(url: str) -> str:
    """Why an address cannot be asked for a feed, in words; "" if it can."""
    if not url:
        return "no address"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return f"not an address ({error})"
    scheme = parts.scheme.lower()
    if not scheme or ("." in scheme and not parts.netloc):
        return "not an address: it does not begin with http:// or https://"
    if scheme not in _SCHEMES:
        near = {"htp", "htpp", "http", "https", "htps", "htttp", "htttps", "hhttp", "ttp", "ttps"}
        hint = "; did you mean https:?" if scheme in near else ""
        return f"{scheme}: addresses are not asked{hint}"
    if not host:
        return "the address has no host" + (" (one slash too few?)" if parts.path else "")
    if re.search(r"\s", url):
        return "the address has a space in it"
    if not canonical_url(url):
        return f"{host!r} is not a host name" if len(url) <= 2048 else "the address is too long"
    if "." not in host and ":" not in host and host != "localhost":
        return f"{host!r} is not a full host name"
    return ""
