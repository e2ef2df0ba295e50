"""Poll one feed: ask only for what changed, yield only what is new, remember, say when next."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.records import FeedHealth
from transforms.feeds.entry import Entry, ParsedFeed
from transforms.feeds.fetch import Fetched, FetchOptions, fetch
from transforms.feeds.identity import canonical_url, strip_credentials
from transforms.feeds.parse import ERROR_CHARS, parse_feed
from transforms.feeds.remember import remember
from transforms.feeds.state import (
    SIGHTINGS_TO_MOVE,
    FeedState,
    learned_interval,
    next_poll,
    rests,
)

# What a parser's problem means for the poll, when no entry could be read.
_PARSE_OUTCOMES = {
    "not_a_feed": "not_a_feed",
    "empty": "empty",
    "too_large": "too_large",
}
_NOT_FAILURES = frozenset(("ok", "unchanged", "empty"))
# Elements that change with each answer though no entry did.
_RESTLESS = re.compile(rb"<(lastBuildDate|ttl|generator)\b[^>]*>[^<]*</\1>|<!--.*?-->", re.S)


@dataclass(frozen=True)
class PollOptions:
    """How to poll.

    Attributes:
        fetch: limits of each request.
        force: ask feeds that are not due too, but for those whose server asked to wait.
        threads: feeds asked at once.
        per_host: feeds of one host asked at once.
        host_seconds: least time between two requests to one host.
        full_text: fetch the page where an entry is only a teaser.
    """

    fetch: FetchOptions = field(default_factory=FetchOptions)
    force: bool = False
    threads: int = 50
    per_host: int = 2
    host_seconds: float = 5.0
    full_text: bool = False


class Poll(NamedTuple):
    """One poll of one feed.

    Attributes:
        health: the row for the table.
        entries: new ones, and those whose content changed, in the feed's order.
        state: to remember; commit it together with the entries, never before.
        feed: what was parsed; None if nothing was.
    """

    health: FeedHealth
    entries: list[Entry]
    state: FeedState
    feed: ParsedFeed | None = None


Fetch = Callable[..., Fetched]


def poll_feed(
    feed: str, state: FeedState, options: PollOptions, now: int, *, get: Fetch = fetch
) -> Poll:
    """Ask a feed for what is new. Never raises; the outcome tells everything.

    Given the same answers and clock it gives the same result. Each entry comes once over any number
    of polls, and again only when its title or text changed.

    Args:
        feed: address, possibly with credentials.
        state: what the last poll returned; `FeedState()` for a feed never polled.
        options: how.
        now: microseconds UTC.
        get: does the request.
    """
    name = strip_credentials(feed)
    if rests(state, now, options.force):
        health = _health(name, now, "not_due", state)
        return Poll(health, [], state)
    try:
        address = state.moved_to or feed
        fetched = get(
            address,
            options=options.fetch,
            now=now,
            etag=state.etag,
            last_modified=state.last_modified,
        )
        if name != feed:  # the new address would be stored, hence without the credentials it needs
            fetched = fetched._replace(moved_to="")
        return _judged(name, state, fetched, now)
    except Exception as error:  # a defect of ours must not end the other feeds' polls
        return failed_poll(name, state, error, now)


def failed_poll(name: str, state: FeedState, error: Exception, now: int) -> Poll:
    """The poll that a defect of ours ended: nothing of it is remembered but that it failed."""
    after = state._replace(failures=state.failures + 1, outcome="internal_error")
    after = after._replace(next_poll=next_poll(after, name, now))
    words = f"{type(error).__name__}: {error}"[:ERROR_CHARS]
    return Poll(_health(name, now, "internal_error", after, error=words), [], after)


def _judged(name: str, state: FeedState, fetched: Fetched, now: int) -> Poll:
    """Turn an answer into a poll."""
    outcome, error, parsed = fetched.outcome, fetched.error, None
    body_hash = state.body_hash
    if fetched.body and outcome in ("ok", "protocol_error"):
        body_hash = _body_hash(fetched.body)
        if outcome == "ok" and body_hash == state.body_hash:
            outcome = "unchanged"
        else:
            parsed = parse_feed(
                fetched.body,
                url=fetched.url,
                content_type=fetched.headers.get("Content-Type", ""),
                now=now,
            )
            outcome, error = _outcome(outcome, parsed, error)
            error = noted(error, _bad_dates(parsed))
    elif outcome == "ok":
        outcome, error = "empty", "an answer without content"
    elif outcome == "unchanged" and not (state.etag or state.last_modified):
        outcome, error = "http_error", "304 to a question without condition"
    entries: list[Entry] = []
    after = state
    if parsed is not None and (outcome in _NOT_FAILURES or parsed.entries):
        entries, after = remember(name, state, parsed, now)
    good = outcome in _NOT_FAILURES
    after = after._replace(
        outcome=outcome,
        failures=0 if good else state.failures + 1,
        last_ok=now if good else state.last_ok,
    )
    if good:
        after = _confirmed(state, after, fetched, body_hash, outcome, len(entries))
    elif state.moved_to and fetched.status not in (429, 503):
        after = after._replace(moved_to="", sightings=0)  # ask the listed address again
    throttling = fetched.retry_after if fetched.status in (429, 503) else None
    asked = max(throttling or 0, (fetched.max_age or 0) if good else 0)
    hints = parsed.hints if parsed else None
    after = after._replace(next_poll=next_poll(after, name, now, asked=asked, hints=hints))
    health = _health(name, now, outcome, after, fetched, len(entries), error)
    if parsed is None and outcome != "unchanged":
        health = health._replace(entries=0, newest=None)
    return Poll(health, entries, after, parsed)


def _outcome(outcome: str, parsed: ParsedFeed, error: str) -> tuple[str, str]:
    """What a parsed body makes of the fetch's outcome."""
    if (
        outcome == "protocol_error"
    ):  # a wrong length or an early end matters if something is missing
        return ("ok" if parsed.entries and not parsed.problem else outcome), error
    if not parsed.problem:
        return "ok", parsed.mended
    if parsed.entries and parsed.problem == "too_large":
        return "ok", parsed.error
    return _PARSE_OUTCOMES.get(parsed.problem, "malformed"), parsed.error


def _bad_dates(parsed: ParsedFeed) -> str:
    """How many entries state a date that cannot be read or believed, in words; "" if none."""
    bad = [e.bad_date for e in parsed.entries if e.bad_date]
    return f"{len(bad)} of {len(parsed.entries)} dates not believed: {bad[0]!r}" if bad else ""


def noted(error: str, note: str) -> str:
    """The words of a health row with one more note."""
    return "; ".join(filter(None, (error, note)))[:ERROR_CHARS]


def _confirmed(
    state: FeedState, after: FeedState, fetched: Fetched, body_hash: str, outcome: str, new: int
) -> FeedState:
    """What a good answer teaches: validators, interval, a permanent move seen often enough."""
    interval = learned_interval(state.interval, after.entries, new, state.last_ok is not None)
    sightings = 0
    if fetched.moved_to and canonical_url(fetched.moved_to):
        sightings = state.sightings + 1 if fetched.moved_to == state.moving_to else 1
    if outcome == "empty":
        sightings = 0
    moved = fetched.moved_to if sightings >= SIGHTINGS_TO_MOVE else state.moved_to
    if outcome != "unchanged" or fetched.status != 304:
        after = after._replace(
            etag=fetched.headers.get("ETag", "")[:1000],
            last_modified=fetched.headers.get("Last-Modified", "")[:200],
        )
    else:  # a 304 may bring new validators
        after = after._replace(
            etag=fetched.headers.get("ETag", "")[:1000] or state.etag,
            last_modified=fetched.headers.get("Last-Modified", "")[:200] or state.last_modified,
        )
    return after._replace(
        interval=interval,
        body_hash=body_hash,
        moved_to=moved,
        moving_to=fetched.moved_to,
        sightings=sightings,
    )


def _body_hash(body: bytes) -> str:
    """Hash of a body, blind to what changes although no entry does."""
    return hashlib.blake2b(_RESTLESS.sub(b"", body), digest_size=12).hexdigest()


def _health(
    name: str,
    now: int,
    outcome: str,
    state: FeedState,
    fetched: Fetched | None = None,
    new: int = 0,
    error: str = "",
) -> FeedHealth:
    return FeedHealth(
        feed=name,
        polled=now,
        outcome=outcome,
        http_status=fetched.status if fetched else None,
        entries=state.entries,
        entries_new=new,
        newest=state.newest,
        bytes=fetched.wire if fetched else 0,
        seconds=fetched.seconds if fetched else 0.0,
        next_poll=state.next_poll,
        error=error,
    )
