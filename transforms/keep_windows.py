"""Count windows of an unbounded stream: early, on time and late, and never dropped.

Beam drops what comes later than the allowed lateness, without a counter, and its pane labels cannot
be relied on. So each window is a key in the global window, where nothing is too late, and its life
is told by timers:

    contributions arrive      early statement, at most one each `early` seconds
    watermark passes the end  on-time statement
    later                     a statement at each arrival
    end + lateness            state is forgotten; who comes after finds the window in the store

Nothing is forgotten within an hour of the clock, though, however far the watermark has run ahead: an
engine may hand a contribution on before the rows behind it are in the store (Flink does), and who
forgets it meanwhile finds it nowhere.

A window first seen, or forgotten since, begins from what the store holds of it, so a statement is
right whatever ran before. So does a window whose state an engine has set back to a checkpoint: rows
that were written after it stand in the store with revisions that the state no longer knows. The
clock of the last statement tells: the process keeps it, and the state keeps it.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
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

IN_FLIGHT_SECONDS = 3600
"""By the clock, how long a window is kept after it was last stated: much longer than an engine takes to finish
the bundles that brought its contributions, and to repeat them if a worker dies."""


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
        forget: Any = beam.DoFn.TimerParam(FORGET),
    ) -> Iterator[list[MentionCount]]:
        span, share = element
        last, late = stated.read(), closed.read()
        if last is None:
            end.set(Timestamp(micros=span[1]))
        shares.add(share)
        if late:
            forget.set(self._forgotten(span))
        if late or clock() - (last or 0) >= self.early:
            yield from self._state(span, shares, standing, stated, closed)
        else:
            soon.set(Timestamp(micros=last + self.early))

    @on_timer(END)
    def close(
        self,
        key: Any = beam.DoFn.KeyParam,
        shares: Any = beam.DoFn.StateParam(SHARES),
        standing: Any = beam.DoFn.StateParam(STANDING),
        stated: Any = beam.DoFn.StateParam(STATED),
        closed: Any = beam.DoFn.StateParam(CLOSED),
        forget: Any = beam.DoFn.TimerParam(FORGET),
        soon: Any = beam.DoFn.TimerParam(EARLY),
    ) -> Iterator[list[MentionCount]]:
        """The watermark has passed the window: state it, and keep it for the lateness.

        No early statement is due any more. Left set, its timer would hold the watermark, for which
        an engine waits at the end of its input (Flink does, for ever: clocks stand still then).
        """
        forget.set(self._forgotten(key))
        soon.clear()
        yield from self._state(key, shares, standing, stated, closed)
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
        yield from self._state(key, shares, standing, stated, closed)

    @on_timer(FORGET)
    def forget(
        self,
        key: Any = beam.DoFn.KeyParam,
        shares: Any = beam.DoFn.StateParam(SHARES),
        standing: Any = beam.DoFn.StateParam(STANDING),
        stated: Any = beam.DoFn.StateParam(STATED),
        closed: Any = beam.DoFn.StateParam(CLOSED),
    ) -> None:
        """The store remembers the window, the state need not."""
        _STATED.pop(key, None)
        for state in (shares, standing, stated, closed):
            state.clear()

    def _forgotten(self, span: Span) -> Timestamp:
        """The watermark at which a window that is stated now is forgotten."""
        in_store = clock() + IN_FLIGHT_SECONDS * SECOND
        return Timestamp(micros=max(span[1] + self.lateness, in_store))

    def _state(
        self, span: Span, shares: Any, standing: Any, stated: Any, closed: Any
    ) -> Iterator[list[MentionCount]]:
        """The rows that make the window right; the state then holds what stands."""
        now, last = clock(), stated.read()
        merged: Contributions = {}
        for share in shares.read():
            merge(merged, share)
        stands: dict[Series, Standing] = dict(standing.read() or {})
        if last is None or _STATED.get(span) != last:
            base = self.store.current()
            merge(merged, base.contributions(*span))
            newest(stands, base.standing(*span))
        rows = restate(span, merged, stands, now, bool(closed.read()))
        for row in rows:
            stands[Series(*row[2:6])] = Standing(row[6:10], row.revision)
        shares.clear()
        shares.add(merged)
        standing.write(stands)
        stated.write(now)
        _STATED[span] = now
        if rows:
            yield rows


_STATED: dict[Span, Micros] = {}
"""The clock of the last statement that this process made of each window."""


def clock() -> Micros:
    """Now, microseconds UTC."""
    return time.time_ns() // 1000


def newest(into: dict[Series, Standing], other: Mapping[Series, Standing]) -> None:
    """Take over what has the higher revision."""
    for series, stands in other.items():
        if series not in into or into[series].revision < stands.revision:
            into[series] = stands


def spans_of(micros: Micros, length: int, period: int) -> Iterable[Span]:
    """The half-open windows that hold an instant, by seconds of length and period, epoch aligned.

    >>> list(spans_of(5_000_000, 4, 2))
    [(2000000, 6000000), (4000000, 8000000)]
    """
    size, step = length * SECOND, period * SECOND
    first = (micros - size) // step + 1
    return [(n * step, n * step + size) for n in range(first, micros // step + 1)]
