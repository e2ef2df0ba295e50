"""Each record of Tocsin, once: field names, types, units and meaning.

Arrow, BigQuery and Beam schemas, the data dictionary and the columns that the SQL views may name
are all derived from these classes (`schemas.arrow`, `schemas.bigquery`, `schemas.beam`,
`schemas.dictionary`).

Conventions, said once: times are whole microseconds since 1970-01-01T00:00:00Z (`Micros`), UTC
everywhere; windows are half open, ``window_start <= t < window_end``; ids are hashes of content
(`schemas.ids`), never random; an unknown string is empty, so that grouping never has to tell NULL
from "".
"""

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

Micros = int
"""Microseconds since the Unix epoch, UTC.

An alias for readers; `TIME` marks it for the schemas.
"""

TIME = "timestamp"

CATEGORIES = ("strike", "envoy", "sanction")
STATUSES = ("occurred", "planned", "threatened", "called_off", "denied")
PUBLISHED_ORIGINS = ("feed", "page", "file", "header", "first_seen")
COUNT_REASONS = ("first", "late", "edited", "withdrawn", "replayed")

REJECT_STAGES = ("read", "parse", "date", "tag", "poll", "write")
REJECT_REASONS = {
    "unreadable": "the file or its bytes could not be read",
    "not_recognised": "neither content nor name tells a known kind of input",
    "malformed": "the record or document breaks its own format",
    "truncated": "the input ends in the middle of a record or a compressed stream",
    "too_large": "larger than the stated cap, on disk or inflated",
    "hostile": "built to exhaust memory or time (entity bombs, thousands of attributes)",
    "not_a_feed": "a feed was expected and something else (often HTML) came",
    "empty": "nothing to read: no bytes, or an article without any text",
    "no_identity": "an entry without URL, id, title and date: it cannot be told from others",
    "wrong_language": "no lexicon for the article's language",
    "bad_field": "a field has a type or value that the record does not allow",
    "tagger_failed": "the tagger raised on this article",
    "write_refused": "the table refused the row",
}

FEED_OUTCOMES = {
    "ok": "answered with a feed that has entries",
    "unchanged": "answered 304, or the same body as before",
    "empty": "answered with a feed without entries",
    "not_a_feed": "answered with something that is not a feed",
    "malformed": "answered with a feed too broken to read",
    "redirected_away": "redirected in a loop, too often, or to a refused address",
    "refused_address": "the address is not public, or the scheme is not http(s)",
    "not_found": "404 and its like",
    "gone": "410: muted",
    "forbidden": "401, 403, 451",
    "throttled": "429, or 503 with Retry-After: asked to come back later",
    "server_error": "5xx",
    "http_error": "another status that is not a success",
    "dns_error": "the name does not resolve",
    "connect_error": "no connection",
    "tls_error": "no trustworthy TLS connection",
    "timeout": "a deadline passed",
    "too_large": "the body passed a cap, on the wire or inflated",
    "protocol_error": "the answer was not HTTP as promised (length, encoding, headers)",
    "not_due": "not asked: its next poll lies in the future",
    "internal_error": "our own code failed; a defect to report",
}


@dataclass(frozen=True)
class Of:
    """What a schema must know of a field beyond its Python type.

    Attributes:
        doc: one sentence, with units; becomes the column's description everywhere.
        kind: overrides the type, `TIME` for microsecond timestamps.
        values: the closed set of values, if there is one.
    """

    doc: str
    kind: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """One field of a record, as the schema writers see it."""

    name: str
    kind: str  # "string" | "int" | "float" | "bool" | "bytes" | "timestamp"
    nullable: bool
    doc: str
    values: tuple[str, ...] = ()


class Article(NamedTuple):
    """One version of one article.

    Grain: article_id, version.
        `text` is the title, a newline and the body; mention offsets index it. It travels with the article and is
        stored only with ``--keep-text``.
    """

    article_id: Annotated[
        str, Of("Hash of the canonical URL; else of feed and guid; else of title and date.")
    ]
    version: Annotated[
        int, Of("1 for the first content seen, one more for each edit or withdrawal.")
    ]
    url: Annotated[str, Of("Address as published.")]
    canonical_url: Annotated[
        str, Of("Address without tracking parameters, fragment and case differences.")
    ]
    title: Annotated[str, Of("Headline as plain text.")]
    publisher: Annotated[str, Of("Who published it: the source named by the entry, else the feed.")]
    feed: Annotated[str, Of("Feed or file that brought it, without credentials.")]
    author: Annotated[str, Of("Byline, empty if none.")]
    language: Annotated[str, Of("BCP 47 language as declared or detected, lower case.")]
    published: Annotated[Micros, Of("Publication time, UTC: the event time.", TIME)]
    published_origin: Annotated[
        str, Of("Where the publication time came from.", values=PUBLISHED_ORIGINS)
    ]
    updated: Annotated[
        Micros | None, Of("Time of the last edit that the source states, UTC.", TIME)
    ]
    fetched: Annotated[
        Micros | None, Of("When the content was fetched, UTC; null for files.", TIME)
    ]
    content_hash: Annotated[str, Of("Hash of title and text: differs when the content does.")]
    story_id: Annotated[
        str, Of("Hash of the opening words: unchanged copies share it, whoever carries them.")
    ]
    signature: Annotated[
        bytes, Of("Word-shingle sketch of the opening, from which near-copies are folded.")
    ]
    withdrawn: Annotated[bool, Of("True if the source took the article back: it counts no more.")]
    text: Annotated[str, Of("Title, newline, body; stored only with --keep-text, else empty.")]


class Mention(NamedTuple):
    """One trigger in one article version, counted or not.

    Grain: mention_id.
    """

    mention_id: Annotated[str, Of("Hash of article, content, category and span.")]
    article_id: Annotated[str, Of("The article that holds it.")]
    version: Annotated[int, Of("The version of the article.")]
    published: Annotated[Micros, Of("Publication time of the article, UTC: the event time.", TIME)]
    category: Annotated[str, Of("What is mentioned; the codebook defines each.")]
    subtype: Annotated[str, Of("Finer kind within the category.")]
    status: Annotated[str, Of("How real the text says it is.", values=STATUSES)]
    counted: Annotated[bool, Of("False if the trigger was seen and did not count.")]
    reason: Annotated[str, Of("Why it did not count; empty if it did.")]
    trigger: Annotated[str, Of("The word or phrase, exactly as in the text.")]
    start: Annotated[int, Of("First character of the trigger in the article's text, from 0.")]
    end: Annotated[int, Of("One past the last character of the trigger.")]
    sentence: Annotated[str, Of("The sentence that holds the trigger.")]
    actor: Annotated[str, Of("Who does it, in the text's own words.")]
    actor_country: Annotated[str, Of("ISO 3166-1 alpha-3 code of the actor, where one follows.")]
    target: Annotated[str, Of("On whom, in the text's own words.")]
    target_country: Annotated[str, Of("ISO 3166-1 alpha-3 code of the target, where one follows.")]
    person: Annotated[str, Of("The named envoy; envoys only.")]
    resolved_from: Annotated[
        str, Of("mention_id of the introduction that makes a later name an envoy.")
    ]
    place: Annotated[str, Of("Where, when the sentence says so.")]
    place_country: Annotated[str, Of("ISO 3166-1 alpha-3 code of the place.")]
    rule: Annotated[str, Of("Name of the lexicon entry or rule that decided.")]
    publisher: Annotated[str, Of("Publisher of the article.")]
    story_id: Annotated[str, Of("Story of the article.")]
    url: Annotated[str, Of("Address of the article.")]


class MentionCount(NamedTuple):
    """Counted mentions of one series in one window; restates its window in full.

    Grain: window_start, window_end, category, status, actor_country, target_country, revision.
    The highest revision stands.
    """

    window_start: Annotated[Micros, Of("First instant of the window, UTC, inclusive.", TIME)]
    window_end: Annotated[Micros, Of("End of the window, UTC, exclusive.", TIME)]
    category: Annotated[str, Of("What is counted.")]
    status: Annotated[str, Of("How real the text says it is.", values=STATUSES)]
    actor_country: Annotated[str, Of("ISO 3166-1 alpha-3 code of the actor; empty if unknown.")]
    target_country: Annotated[str, Of("ISO 3166-1 alpha-3 code of the target; empty if unknown.")]
    mention_count: Annotated[int, Of("Mentions in the window.")]
    article_count: Annotated[int, Of("Distinct articles with such a mention.")]
    story_count: Annotated[
        int, Of("Distinct stories: syndicated and near-identical copies are one.")
    ]
    publisher_count: Annotated[int, Of("Distinct publishers.")]
    revision: Annotated[int, Of("1 for the first statement, one more for each restatement.")]
    reason: Annotated[str, Of("Why this revision was written.", values=COUNT_REASONS)]
    emitted: Annotated[Micros, Of("When this revision was written, UTC.", TIME)]


class FeedHealth(NamedTuple):
    """One poll of one feed.

    Grain: feed, polled.
    """

    feed: Annotated[str, Of("Address of the feed as listed, without credentials.")]
    polled: Annotated[Micros, Of("When it was asked, UTC.", TIME)]
    outcome: Annotated[str, Of("What came of it.", values=tuple(FEED_OUTCOMES))]
    http_status: Annotated[int | None, Of("Status of the last answer; null if none came.")]
    entries: Annotated[int, Of("Entries in the feed.")]
    entries_new: Annotated[int, Of("Entries not seen before in this feed.")]
    newest: Annotated[Micros | None, Of("Publication time of the newest entry, UTC.", TIME)]
    bytes: Annotated[int, Of("Bytes received on the wire.")]
    seconds: Annotated[float, Of("Seconds from request to verdict.")]
    next_poll: Annotated[Micros | None, Of("When it is due again, UTC.", TIME)]
    error: Annotated[str, Of("The problem in words; empty if none.")]


class Reject(NamedTuple):
    """Something that could not be read, parsed, dated, tagged or written.

    Grain: one row a failure.
    """

    stage: Annotated[str, Of("Step of the flow that gave up.", values=REJECT_STAGES)]
    reason: Annotated[str, Of("Why, from a closed set.", values=tuple(REJECT_REASONS))]
    error: Annotated[str, Of("What exactly went wrong.")]
    source: Annotated[str, Of("File with line or entry, feed or article; without credentials.")]
    payload: Annotated[str, Of("The start of the offending content, at most 500 characters.")]
    seen: Annotated[Micros, Of("When the run met it, UTC.", TIME)]


PAYLOAD_CHARS = 500


@dataclass(frozen=True)
class Table:
    """A stored table: its record, the time that partitions it by day, and its clustering
    columns."""

    name: str
    record: type[Any]
    partition: str
    cluster: tuple[str, ...]

    @property
    def doc(self) -> str:
        """The record's docstring: grain and meaning."""
        return " ".join((self.record.__doc__ or "").split())

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns, in order."""
        return fields_of(self.record)


TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        Table("articles", Article, "published", ("publisher", "article_id")),
        Table("mentions", Mention, "published", ("category", "status", "actor_country")),
        Table("mention_counts", MentionCount, "window_start", ("category", "status")),
        Table("feed_health", FeedHealth, "polled", ("feed",)),
        Table("rejects", Reject, "seen", ("stage", "reason")),
    )
}


def fields_of(record: type[Any]) -> tuple[Field, ...]:
    """The fields of a record class, in order.

    >>> fields_of(Reject)[0].name, fields_of(Reject)[0].kind
    ('stage', 'string')
    """
    return tuple(
        _field(name, hint) for name, hint in get_type_hints(record, include_extras=True).items()
    )


def _field(name: str, hint: Any) -> Field:
    base, of = get_args(hint)
    nullable = type(None) in get_args(base)
    if nullable:
        base = next(a for a in get_args(base) if a is not type(None))
    assert get_origin(base) is None, f"{name}: only scalar fields"
    kinds = {str: "string", int: "int", float: "float", bool: "bool", bytes: "bytes"}
    return Field(name, of.kind or kinds[base], nullable, of.doc, of.values)
