"""What is remembered of a feed between polls, and when to ask it again.

All of it is plain data: a state goes to JSON and back, and commits with the run that made it.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from transforms.feeds.entry import Hints

HOUR = 3600
FIRST_INTERVAL = HOUR
SHORTEST = 600
LONGEST = 24 * HOUR
MUTED = 30 * 24 * HOUR
LONGEST_ASKED = 7 * LONGEST
"""Of what a server asks: many call a feed fresh for a year by default."""
LONGEST_WAIT = int(1.1 * MUTED) + 7 * LONGEST
"""Muted, with jitter, and then asleep for as many days as a feed may say."""
KEPT_WAITING = frozenset(("throttled", "gone"))
"""Outcomes whose wait nobody may shorten: the server asked for it."""
SIGHTINGS_TO_MOVE = 3
SEEN_ENTRIES = 2_000
MAX_EDITS = 24
"""Versions of one entry that are believed; more is a page that prints the time (lemon24/reader)."""


class FeedState(NamedTuple):
    """Memory of one feed.

    Attributes:
        etag: validator of the last good answer, stored each time.
        last_modified: the other validator, stored each time.
        body_hash: hash of the last body that was parsed, because servers lie with both.
        next_poll: microseconds UTC before which it is not asked; None if it never was.
        interval: seconds between polls, learned from how much was new.
        failures: polls in a row that failed.
        last_ok: microseconds UTC of the last good poll; None if there was none.
        outcome: of the last poll.
        moved_to: address learned from permanent redirects; "" for the listed one.
        moving_to: address that the last permanent redirect named.
        sightings: good polls in a row that were permanently redirected to `moving_to`.
        seen: entry id to content hash and number of versions, oldest first.
        edited: entry id to the time, microseconds UTC, that its last edit was dated to, oldest first.
        entries: entries in the last good answer.
        newest: publication time of its newest entry, microseconds UTC.
    """

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    next_poll: int | None = None
    interval: int = FIRST_INTERVAL
    failures: int = 0
    last_ok: int | None = None
    outcome: str = ""
    moved_to: str = ""
    moving_to: str = ""
    sightings: int = 0
    seen: tuple[tuple[str, str, int], ...] = ()
    edited: tuple[tuple[str, int], ...] = ()
    entries: int = 0
    newest: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        lists = {"seen": [list(s) for s in self.seen], "edited": [list(e) for e in self.edited]}
        return self._asdict() | lists

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "FeedState":
        """Read back what `to_dict` gave; unknown fields of later versions are left out.

        Raises:
            ValueError: the data are not a state.
        """
        try:
            known = {k: v for k, v in data.items() if k in cls._fields}
            seen = tuple((str(i), str(h), int(n)) for i, h, n in known.pop("seen", ()))
            edited = tuple((str(i), int(when)) for i, when in known.pop("edited", ()))
            state = cls(**known, seen=seen, edited=edited)
        except (TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"not the state of a feed: {error}") from None
        for name, default in cls._field_defaults.items():
            value = getattr(state, name)
            kinds = (int, type(None)) if default is None else (type(default),)
            if not isinstance(value, kinds) or isinstance(value, bool):
                raise ValueError(f"not the state of a feed: {name} is {value!r:.50}")
        return state


def is_ahead(next_poll: int | None, now: int) -> bool:
    """Whether a feed's next poll is yet to come; both in microseconds UTC.

    A time further ahead than any wait that is ever set was written by a clock that ran ahead, and
    would mute the feed for years: it has come.
    """
    return next_poll is not None and now < next_poll <= now + LONGEST_WAIT * 1_000_000


def rests(state: FeedState, now: int, force: bool = False) -> bool:
    """Whether a feed is not to be asked at `now`; forced, only where the server asked to wait."""
    return is_ahead(state.next_poll, now) and (not force or state.outcome in KEPT_WAITING)


def jitter(feed: str, now: int) -> float:
    """A factor from 0.9 to 1.1 that differs by feed and poll, yet is the same in a replay."""
    digest = hashlib.blake2b(f"{feed} {now}".encode("utf-8", "replace"), digest_size=4).digest()
    return 0.9 + 0.2 * int.from_bytes(digest, "big") / 0xFFFFFFFF


def learned_interval(interval: int, entries: int, new: int, known: bool) -> int:
    """The interval after a good poll: shorter if much was new, longer if nothing was.

    A third of the entries new halves it; all of them new, in a feed known before, means that some
    may have been missed and quarters it; none new makes it half as long again.
    """
    if not known:
        return interval
    if entries and new >= entries:
        factor = 0.25
    elif entries and new * 3 >= entries:
        factor = 0.5
    else:
        factor = 1.0 if new else 1.5
    return int(min(max(interval * factor, SHORTEST), LONGEST))


def next_poll(
    state: FeedState,
    feed: str,
    now: int,
    *,
    asked: int | None = None,
    hints: Hints | None = None,
) -> int:
    """When to ask again, microseconds UTC.

    The interval doubles with each failure in a row up to a day (a month after 410), with jitter;
    never sooner than the server asks, of which `LONGEST_ASKED` counts at most, or the feed asks, of
    which a day does; never in hours the feed says it sleeps, unless it says so of a whole week.

    Args:
        state: of the feed, after this poll.
        feed: its name, for the jitter.
        now: microseconds UTC.
        asked: seconds that the server asks to wait (Retry-After, max-age).
        hints: what the feed says.
    """
    wait: float = state.interval
    if state.outcome == "gone":
        wait = MUTED
    elif state.failures:
        wait = min(wait * 2 ** min(state.failures - 1, 10), LONGEST)
    wait *= jitter(feed, now)
    hints = hints or Hints()
    wait = max(wait, min(asked or 0, LONGEST_ASKED), min(hints.interval or 0, LONGEST))
    return _awake(now + int(wait * 1_000_000), hints)


def _awake(moment: int, hints: Hints) -> int:
    """The first moment from this one that is in no hour or day to skip."""
    if len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return moment
    for _ in range(24 * 7):
        when = dt.datetime.fromtimestamp(moment / 1_000_000, dt.UTC)
        if when.hour not in hints.skip_hours and when.weekday() not in hints.skip_days:
            break
        moment += HOUR * 1_000_000
    return moment
