"""Count windows of an unbounded stream: early, on time and late, and never dropped.

Beam drops what comes later than the allowed lateness, without a counter, and its pane labels cannot
be relied on. So each window is a key in the global window, where nothing is too late, and its life
is told by timers:

    contributions arrive      early statement, at most one each `early` seconds
    watermark passes the end  on-time statement
    later                     a statement at each arrival
    end + lateness            state is forgotten; who comes after finds the window in the store

A window first seen, or forgotten since, begins from what the store holds of it, so a statement is
right whatever ran before.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.pvalue import PCollection
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import (
    BagStateSpec,
    ReadModifyWriteStateSpec,
    TimerSpec,
    on_timer,
)
from apache_beam.utils.timestamp import Timestamp

from schemas.records import MentionCount, Micros
from transforms.counting import SECOND, Contributions, Series, Standing, merge, restate

Span = tuple[Micros, Micros]


class RestoresCounts(Protocol):
    """A store whose present state can be read while a stream runs."""

    def current(self) -> Any:
        """The store as of its newest commit, with `contributions` and `standing`."""


class KeepWindows(beam.PTransform):  # type: ignore[type-arg]
    """Restate windows as contributions arrive.

    In: (window as its start and end in microseconds UTC, contributions), unbounded. Out: chunks of
    `MentionCount`, all rows of a window in one chunk, revisions ascending. Repeated contributions
    change nothing.
    """

    def __init__(self, store: RestoresCounts, early: int, lateness: int) -> None:
        """Args: the store; seconds between early statements; seconds after its end that a window is kept."""
        super().__init__()
        self.store = store
        self.early = early
        self.lateness = lateness

    def expand(self, shares: PCollection[Any]) -> PCollection[list[MentionCount]]:
        """One state a window."""
        return shares | "Keep each window" >> beam.ParDo(
            _KeepWindow(self.store, self.early, self.lateness)
        ).with_output_types(list[MentionCount])


class _KeepWindow(beam.DoFn):
    SHARES = BagStateSpec("shares", PickleCoder())
    STANDING = ReadModifyWriteStateSpec("standing", PickleCoder())
    STATED = ReadModifyWriteStateSpec("stated", PickleCoder())  # clock of the last statement
    CLOSED = ReadModifyWriteStateSpec("closed", PickleCoder())
    END = TimerSpec("end", TimeDomain.WATERMARK)
    FORGET = TimerSpec("forget", TimeDomain.WATERMARK)
    EARLY = TimerSpec("early", TimeDomain.REAL_TIME)

    def __init__(self, store: RestoresCounts, early: int, lateness: int) -> None:
        self.store = store
        self.early = early * SECOND
        self.lateness = lateness * SECOND

    def process(
        self,
        element: tuple[Span, Contributions],
        shares: Any = beam.DoFn.StateParam(SHARES),
        standing: Any = beam.DoFn.StateParam(STANDING),
        stated: Any = beam.DoFn.StateParam(STATED),
        closed: Any = beam.DoFn.StateParam(CLOSED),
        end: Any = beam.DoFn.TimerParam(END),
        soon: Any = beam.DoFn.TimerParam(EARLY),
    ) -> Iterator[list[MentionCount]]:
        span, share = element
        if standing.read() is None:
            base = self.store.current()
            shares.add(base.contributions(*span))
            standing.write(base.standing(*span))
            end.set(Timestamp(micros=span[1]))
        shares.add(share)
        now = time.time_ns() // 1000
        last = stated.read() or 0
        if closed.read() or now - last >= self.early:
            stated.write(now)
            yield from _state(span, shares, standing, now, bool(closed.read()))
        else:
            soon.set(Timestamp(micros=last + self.early))

    @on_timer(END)
    def close(
        self,
        key: Any = beam.DoFn.KeyParam,
        shares: Any = beam.DoFn.StateParam(SHARES),
        standing: Any = beam.DoFn.StateParam(STANDING),
        closed: Any = beam.DoFn.StateParam(CLOSED),
        forget: Any = beam.DoFn.TimerParam(FORGET),
    ) -> Iterator[list[MentionCount]]:
        """The watermark has passed the window: state it, and keep it for the lateness."""
        forget.set(Timestamp(micros=key[1] + self.lateness))
        yield from _state(key, shares, standing, time.time_ns() // 1000, bool(closed.read()))
        closed.write(True)

    @on_timer(EARLY)
    def refine(
        self,
        key: Any = beam.DoFn.KeyParam,
        shares: Any = beam.DoFn.StateParam(SHARES),
        standing: Any = beam.DoFn.StateParam(STANDING),
        stated: Any = beam.DoFn.StateParam(STATED),
        closed: Any = beam.DoFn.StateParam(CLOSED),
    ) -> Iterator[list[MentionCount]]:
        """State what has arrived since the last early statement."""
        now = time.time_ns() // 1000
        stated.write(now)
        yield from _state(key, shares, standing, now, bool(closed.read()))

    @on_timer(FORGET)
    def forget(
        self,
        shares: Any = beam.DoFn.StateParam(SHARES),
        standing: Any = beam.DoFn.StateParam(STANDING),
        stated: Any = beam.DoFn.StateParam(STATED),
        closed: Any = beam.DoFn.StateParam(CLOSED),
    ) -> None:
        """The lateness is over: the store remembers the window, the state need not."""
        for state in (shares, standing, stated, closed):
            state.clear()


def _state(
    span: Span, shares: Any, standing: Any, now: Micros, closed: bool
) -> Iterator[list[MentionCount]]:
    """The rows that make the window right; the state then holds what stands."""
    merged: Contributions = {}
    for share in shares.read():
        merge(merged, share)
    shares.clear()
    shares.add(merged)
    stands: dict[Series, Standing] = dict(standing.read() or {})
    rows = restate(span, merged, stands, now, closed)
    for row in rows:
        stands[Series(*row[2:6])] = Standing(row[6:10], row.revision)
    standing.write(stands)
    if rows:
        yield rows


def spans_of(micros: Micros, length: int, period: int) -> Iterable[Span]:
    """The half-open windows that hold an instant, by seconds of length and period, epoch aligned.

    >>> list(spans_of(5_000_000, 4, 2))
    [(2000000, 6000000), (4000000, 8000000)]
    """
    size, step = length * SECOND, period * SECOND
    first = (micros - size) // step + 1
    return [(n * step, n * step + size) for n in range(first, micros // step + 1)]
