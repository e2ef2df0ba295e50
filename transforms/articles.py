"""Make an `Article` of what a file or a feed tells: clean text, a UTC date with its origin, ids
from content."""

from schemas.ids import content_id
from schemas.records import PAYLOAD_CHARS, Article, Micros, Reject
from transforms.feeds.dates import parse_date, plausible
from transforms.feeds.identity import article_id, canonical_url, strip_credentials
from transforms.feeds.text import clean_text, strip_boilerplate
from transforms.files.raw import Found, Problem, RawArticle
from transforms.tagging.stories import story_id

MAX_TEXT = 5_000_000
"""Characters of an article that are read; a longer one is refused as too large."""


def make(found: Found, source: str, now: Micros) -> Article | Reject:
    """The article or the reject that something found in a file is (arguments as `make_article` has)."""
    if isinstance(found, Article):
        return found
    if isinstance(found, Problem):
        return reject("read", found, source, now)
    return make_article(found, source, now)


def make_article(raw: RawArticle, source: str, now: Micros) -> Article | Reject:
    """The article that `raw` tells of, version 1 until `DropRepeats` knows better.

    Args:
        raw: strings uncleaned, dates unparsed.
        source: file or feed, for rejects and as the feed of articles that name none.
        now: the run's clock, UTC; the publication time of articles without one ("first_seen"), and the
            judge of implausible dates. A date that is stated and implausible counts as none; the date of
            the last change, if stated, takes its place, as in a polled feed.

    Returns:
        The article, or a reject: "empty" (no text), "too_large", or "no_identity".
    """
    text = _cleaned(raw)
    if isinstance(text, Problem):
        return reject("read", text, source, now)
    title = text.partition("\n")[0]
    published, updated = _known(raw.published, now), _known(raw.updated, now)
    if published is None and raw.published:  # stated, but not to be believed
        published = updated
    canonical = canonical_url(raw.url)
    feed = strip_credentials(raw.feed) or source
    identity = article_id(canonical, feed, raw.guid, title, published)
    if not identity:
        problem = Problem("no_identity", "no URL, id or title", raw.where, text[1:])
        return reject("read", problem, source, now)
    return Article(
        article_id=identity,
        version=1,
        url=strip_credentials(raw.url),
        canonical_url=canonical,
        title=title,
        publisher=clean_text(raw.publisher) or _host(canonical),
        feed=feed,
        author=clean_text(raw.author),
        language=raw.language.strip().lower(),
        published=now if published is None else published,
        published_origin="first_seen" if published is None else raw.origin,
        updated=updated,
        fetched=raw.fetched,
        content_hash=content_id(text),
        story_id=story_id(text),
        signature=b"",
        withdrawn=False,
        text=text,
    )


def _cleaned(raw: RawArticle) -> str | Problem:
    """Title, newline, body; what cannot be an article's."""
    title = clean_text(raw.title).replace("\n", " ").strip()
    body = strip_boilerplate(clean_text(raw.body)).strip()
    text = f"{title}\n{body}" if title != body else f"{title}\n"
    if len(text) > MAX_TEXT:
        error = f"{len(text)} characters, the cap is {MAX_TEXT}"
        return Problem("too_large", error, raw.where, text[:PAYLOAD_CHARS])
    if not title and not body:
        return Problem("empty", "neither title nor text", raw.where)
    return text


def reject(stage: str, problem: Problem, source: str, now: Micros) -> Reject:
    """A reject row; the source names the file and the line or entry, without credentials."""
    place = f"{source}: {problem.where}" if problem.where else source
    return Reject(stage, problem.reason, problem.error, place, problem.payload[:PAYLOAD_CHARS], now)


def _known(value: str | int | None, now: Micros) -> Micros | None:
    """A stated time as UTC microseconds, None if absent, unreadable or implausible."""
    micros = parse_date(value, now=now) if isinstance(value, str) else value
    return micros if micros is not None and plausible(micros, now) else None


def _host(canonical: str) -> str:
    return canonical.split("/", 3)[2] if canonical.count("/") >= 2 else ""
