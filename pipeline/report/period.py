"""The span of time a report is about, cut into buckets that fit a chart."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from pipeline.report.names import many

UNITS = ("hour", "day", "week", "month", "year")
LONGEST = {"hour": 72, "day": 93, "week": 80, "month": 84}
"""Most buckets of a unit in one chart; a longer span takes the next unit."""
TICKS = {True: 10, False: 4}


@dataclass(frozen=True)
class Bucket:
    """One bar's worth of time, half open, UTC."""

    start: datetime
    end: datetime
    unit: str

    @property
    def key(self) -> str:
        """A name that sorts by time and can be an HTML id."""
        return self.start.strftime("%Y-%m-%dT%H" if self.unit == "hour" else "%Y-%m-%d")

    @property
    def label(self) -> str:
        """The bucket in words, complete: "7 Oct 2023"."""
        day = f"{self.start.day} {self.start:%b} {self.start.year}"
        names = {
            "hour": f"{day}, {self.start:%H}:00",
            "day": f"{self.start:%a} {day}",
            "week": f"week of {day}",
            "month": f"{self.start:%B} {self.start.year}",
            "year": str(self.start.year),
        }
        return names[self.unit]

    @property
    def tick(self) -> str:
        """The bucket on an axis: short, without what the neighbours say."""
        if self.unit == "hour":
            return f"{self.start:%H}:00"
        if self.unit in ("day", "week"):
            return f"{self.start.day} {self.start:%b}"
        return f"{self.start:%b %Y}" if self.unit == "month" else str(self.start.year)


def buckets_between(first: datetime, last: datetime) -> list[Bucket]:
    """Whole buckets that together hold every instant from `first` to `last`, both included."""
    unit = _unit(first.astimezone(UTC), last.astimezone(UTC))
    edges = [_floor(first.astimezone(UTC), unit)]
    while edges[-1] <= last:
        edges.append(_next(edges[-1], unit))
    return [Bucket(start, end, unit) for start, end in pairwise(edges)]


def span(size: timedelta) -> str:
    """A span of time in words.

    >>> span(timedelta(hours=1)), span(timedelta(days=1)), span(timedelta(minutes=90))
    ('1 hour', '1 day', '90 minutes')
    """
    units = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
    seconds = round(size.total_seconds())
    unit, length = next(u for u in units if seconds % u[1] == 0)
    return many(seconds // length, unit)


def stretches(buckets: list[Bucket]) -> list[str]:
    """Runs of neighbouring buckets in words, in order: one alone by its label, several as "... to ... (3 days)"."""
    runs: list[list[Bucket]] = []
    for bucket in buckets:
        if runs and runs[-1][-1].end == bucket.start:
            runs[-1].append(bucket)
        else:
            runs.append([bucket])
    return [
        run[0].label
        if len(run) == 1
        else f"{run[0].label} to {run[-1].label} ({len(run)} {run[0].unit}s)"
        for run in runs
    ]


def _unit(first: datetime, last: datetime) -> str:
    hours = (last - first) / timedelta(hours=1)
    sizes = {"hour": 1, "day": 24, "week": 168, "month": 730}
    return next((u for u, size in sizes.items() if hours / size < LONGEST[u]), "year")


def _floor(when: datetime, unit: str) -> datetime:
    start = when.replace(minute=0, second=0, microsecond=0)
    if unit == "hour":
        return start
    start = start.replace(hour=0)
    if unit == "week":
        return start - timedelta(days=start.weekday())
    if unit == "month":
        return start.replace(day=1)
    return start.replace(month=1, day=1) if unit == "year" else start


def _next(start: datetime, unit: str) -> datetime:
    if unit == "month":
        return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    if unit == "year":
        return start.replace(year=start.year + 1)
    return start + {"hour": timedelta(hours=1), "day": timedelta(1), "week": timedelta(7)}[unit]


def ticks(buckets: list[Bucket], wide: bool) -> dict[str, list[str]]:
    """Keys of the buckets that carry a label, with its lines: few enough not to touch each other.

    Hours stand at round times; the first of each day says which day it is.
    """
    step = max(1, -(-len(buckets) // TICKS[wide]))
    if buckets and buckets[0].unit == "hour":
        step = next(s for s in (1, 2, 3, 4, 6, 8, 12, 24) if s >= step)
        shown = [b for b in buckets if b.start.hour % step == 0] or buckets[:1]
        days = [None, *(b.start.date() for b in shown)]
        return {
            b.key: [b.tick] if b.start.date() == day else [b.tick, f"{b.start.day} {b.start:%b}"]
            for day, b in zip(days, shown, strict=False)
        }
    if buckets and buckets[0].unit == "day" and step > 1:  # whole weeks read best
        step = -(-step // 7) * 7 if step > 4 else step
    return {b.key: [b.tick] for b in buckets[::step]}
