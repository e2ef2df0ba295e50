"""The charts of a report as Vega-Lite: bars over time, hatched where nothing was heard."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.report.names import many
from pipeline.report.period import Bucket, ticks
from pipeline.report.svg import colour, draw, plain
from schemas.records import CATEGORIES, STATUSES

WIDE, NARROW, SMALL = 985, 320, 250
_WORDS = {
    "occurred": {"strike": "happened", "envoy": "at work", "sanction": "in effect"},
    "called_off": {"envoy": "recalled"},
}

Segments = Mapping[str, Sequence[tuple[str, int, int]]]
"""Bucket key to its bars: (colour, from, to)."""


def status_words(status: str, category: str) -> str:
    """What a status means for a category, in words for readers.

    >>> status_words("called_off", "envoy"), status_words("planned", "envoy")
    ('recalled', 'planned')
    """
    return _WORDS.get(status, {}).get(category, status.replace("_", " "))


def bars(
    buckets: Sequence[Bucket],
    segments: Segments,
    words: Mapping[str, str],
    unheard: Iterable[str],
    size: tuple[int, int],
    label: str,
) -> str:
    """A bar chart over time as SVG.

    Args:
        buckets: all buckets of the axis, in order.
        segments: the bars.
        words: bucket key to its figures in words, for those who point at it; a link to the bucket's sentences.
        unheard: keys of the buckets to hatch.
        size: width and height in pixels.
        label: what the chart shows.
    """
    edges = [edge for parts in segments.values() for _, *ends in parts for edge in ends]
    top, low = max(edges, default=0), min(edges, default=0)
    span = {"low": low, "high": max(top, 1)}
    drawn = [
        {"bucket": key, "low": start, "high": end, "colour": shade}
        for key, parts in segments.items()
        for shade, start, end in parts
    ]
    targets = [{"bucket": k, "text": w, "to": f"#at-{k}", **span} for k, w in words.items()]
    hatched = [{"bucket": key, **span} for key in unheard]
    x = _x(buckets, size[0])
    y2 = {"field": "high"}
    fill = {"field": "colour", "type": "nominal", "scale": None}
    names = {
        "href": {"field": "to", "type": "nominal"},
        "description": {"field": "text", "type": "nominal"},
    }
    encode: dict[str, Any] = {"x": x, "y": _y(top, low, size[1]), "y2": y2}
    layers = [
        _layer(hatched, {"fill": plain("hatch"), "aria": False}, encode),
        _layer(drawn, {"aria": False}, encode | {"fill": fill}),
        _layer(targets, {"fill": plain("none"), "fillOpacity": 0}, encode | names),
    ]
    return draw({"width": size[0], "height": size[1], "layer": layers}, label)


def _layer(values: list[dict[str, Any]], mark: dict[str, Any], encode: dict[str, Any]) -> Any:
    return {"data": {"values": values}, "mark": {"type": "bar", **mark}, "encoding": encode}


def _x(buckets: Sequence[Bucket], width: int) -> dict[str, Any]:
    shown = ticks(list(buckets), width == WIDE)
    names = ", ".join(f"'{key}': {lines}" for key, lines in shown.items())
    return {
        "field": "bucket",
        "type": "ordinal",
        "scale": {
            "domain": [b.key for b in buckets],
            "paddingInner": 0.15,
            "paddingOuter": 0.1,
        },
        "axis": {
            "values": list(shown),
            "labelExpr": f"{{{names}}}[datum.value]",
            "labelAngle": 0,
            "labelBound": True,
            "title": None,
        },
    }


def _y(top: int, low: int, height: int) -> dict[str, Any]:
    kind = "~s" if max(top, -low) >= 10_000 else "d"
    values = whole_steps(low, max(top, 1), 4 if height > 80 else 2)
    axis = {
        "values": values,
        "labelExpr": f"format(abs(datum.value), '{kind}')",
        "title": None,
    }
    scale = {"domain": [min(low, values[0]), max(top, values[-1])], "nice": False}
    return {"field": "low", "type": "quantitative", "axis": axis, "scale": scale, "stack": None}


def whole_steps(low: int, high: int, number: int) -> list[int]:
    """Labels of an axis of counts: whole, even, about `number` of them, from 0 or below to `high` or above.

    >>> whole_steps(0, 1, 4), whole_steps(-3, 16, 4)
    ([0, 1], [-5, 0, 5, 10, 15, 20])
    """
    least = max(1, (high - low) / number)
    steps = (unit * 10**power for power in range(len(str(high - low)) + 1) for unit in (1, 2, 5))
    step = next(s for s in steps if s >= least)
    return list(range(low // step * step, -(-high // step) * step + 1, step))


def over_time(
    buckets: Sequence[Bucket],
    series: Mapping[tuple[str, str, str], int],
    category: str,
    unheard: set[str],
    width: int,
) -> str:
    """Mentions of a category by bucket, its statuses stacked."""
    segments: dict[str, list[tuple[str, int, int]]] = {}
    words = {}
    for bucket in buckets:
        parts, said, low = [], [], 0
        for status in STATUSES:
            if number := series.get((bucket.key, category, status), 0):
                parts.append((colour(category, status), low, low + number))
                said.append(f"{number:,} {status_words(status, category)}")
                low += number
        segments[bucket.key] = parts
        silence = "nothing was read" if bucket.key in unheard else "no mention"
        words[bucket.key] = f"{bucket.label}, {category}: {', '.join(said) or silence}"
    label = f"Mentions of {category} over time, by status"
    return bars(buckets, segments, words, unheard, (width, 130), label)


def force_and_diplomacy(
    buckets: Sequence[Bucket],
    stories: Mapping[tuple[str, str], int],
    unheard: set[str],
    width: int,
) -> str:
    """Stories with strikes upward, stories with envoys downward, on one scale."""
    segments, words = {}, {}
    for b in buckets:
        up, down = (stories.get((b.key, kind), 0) for kind in ("strike", "envoy"))
        segments[b.key] = [
            (colour("strike", "occurred"), 0, up),
            (colour("envoy", "occurred"), -down, 0),
        ]
        words[b.key] = f"{b.label}: {many(up, 'story')} with strikes, {down:,} with envoys"
    label = "Stories with strikes above the line, stories with envoys below it, over time"
    return bars(buckets, segments, words, unheard, (width, 170), label)


def coverage(
    buckets: Sequence[Bucket],
    rows: Mapping[str, Mapping[str, int]],
    unheard: set[str],
    width: int,
) -> str:
    """Articles read by bucket, with the polls of feeds that failed in words."""
    segments, words = {}, {}
    for bucket in buckets:
        row = rows[bucket.key]
        segments[bucket.key] = [(plain("articles"), 0, row["articles"])]
        read = f"{many(row['articles'], 'article')} of {many(row['publishers'], 'publisher')}"
        polls = f"; {row['failed']:,} of {row['polls']:,} polls failed" if row["polls"] else ""
        words[bucket.key] = f"{bucket.label}: {read}{polls}"
    return bars(buckets, segments, words, unheard, (width, 90), "Articles read over time")


def of_country(
    buckets: Sequence[Bucket],
    series: Mapping[tuple[str, str, str], int],
    country: str,
    name: str,
    unheard: set[str],
) -> str:
    """Mentions about one country over time, the three categories stacked."""
    segments, words = {}, {}
    for bucket in buckets:
        parts, said, low = [], [], 0
        for category in CATEGORIES:
            if number := series.get((country, bucket.key, category), 0):
                parts.append((colour(category, "occurred"), low, low + number))
                said.append(f"{number:,} {category}")
                low += number
        segments[bucket.key] = parts
        if said:
            words[bucket.key] = f"{bucket.label}, {name}: {', '.join(said)}"
    return bars(buckets, segments, words, unheard, (SMALL, 70), f"Mentions about {name} over time")
