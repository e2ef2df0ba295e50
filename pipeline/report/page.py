"""The page of a report: one HTML file that asks for nothing, with every text from a feed escaped."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.report import charts
from pipeline.report.facts import Facts, Row
from pipeline.report.gather import COUNTRIES
from pipeline.report.names import country_name, is_known, many
from pipeline.report.parties import butterfly, matrix, sanction_pairs, unnamed
from pipeline.report.period import stretches
from pipeline.report.sentences import asking_for, fitting
from schemas.records import CATEGORIES, REJECT_REASONS, STATUSES

HERE = Path(__file__).parent
SENTENCE = 280
FIRST_SIGNALS = 10
ROOM = 900_000  # bytes of the page that sentences may fill up
ABOUT = (
    *("country", "actor", "target", "whose", "counterpart"),
    *("actor_country", "target_country", "place_country"),
)
"""The columns of any row that name a country."""
STAGES = (
    "threatened",
    "planned",
    "imposed",
    "in_force",
    "enforced",
    "evaded",
    "easing_discussed",
    "eased",
    "denied",
)


def render(facts: Facts) -> str:
    """The page as HTML: complete without script, the same for the same facts."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": lambda n: f"{n:,}",
        "many": many,
        "when": _when,
        "clock": lambda when: f"{when.astimezone(UTC):%H:%M}",
        "day": _day,
        "short": _short,
        "country": _country,
        "linkable": linkable,
        "meaning": charts.status_words,
        "words": lambda text: str(text).replace("_", " "),
    }
    script = (HERE / "report.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    template = environment.get_template("report.html")
    given = {
        "facts": facts,
        "style": Markup((HERE / "report.css").read_text("utf-8")),  # noqa: S704 (our own file)
        "script": Markup(script),  # noqa: S704 (our own file)
        "script_hash": f"sha256-{digest}",
        "categories": CATEGORIES,
        "statuses": STATUSES,
        "stages": STAGES,
        "reject_reasons": REJECT_REASONS,
        "title": title_of(facts),
        "version": _version(),
        "first_signals": FIRST_SIGNALS,
        **_prepared(facts),
    }
    bare = template.render(given, sentences={}, codes=())
    sentences = fitting(facts.sentences, ROOM - len(bare.encode()))
    codes = sorted(_codes(facts, given, sentences), key=country_name)
    return template.render(given, sentences=sentences, codes=codes)


def _prepared(facts: Facts) -> dict[str, Any]:
    unheard = facts.unheard
    silent = [b for b in facts.buckets if b.key in unheard]
    return {
        "sanction_pairs": sanction_pairs(facts.sanctions, facts.unnamed),
        "butterfly": butterfly(facts.countries),
        "figures": _figures(facts, unheard) if facts.buckets else {},
        "silent": silent,
        "stretches": stretches(silent),
        "unheard": unheard,
        "matrices": {
            c: matrix(pairs) | {"unnamed": unnamed(facts.unnamed, c)}
            for c, pairs in facts.pairs.items()
            if pairs
        },
        "butterfly_top": max(
            (max(r["strike_stories"], r["envoy_stories"]) for r in facts.countries), default=1
        ),
        "asking_for": {b.key: asking_for(facts, b) for b in facts.buckets},
        "unknown_codes": sorted(
            r["country"] for r in facts.countries if not is_known(r["country"])
        ),
        "by_bucket": {
            (b.key, c): sum(facts.series.get((b.key, c, s), 0) for s in STATUSES)
            for b in facts.buckets
            for c in CATEGORIES
        },
    }


def _codes(facts: Facts, shown: dict[str, Any], sentences: dict[str, list[Row]]) -> set[str]:
    """The countries that something on the page is about: to choose another would leave nothing."""
    rows = (
        *facts.signals,
        *facts.envoys,
        *chain.from_iterable(sentences.values()),
        *shown["sanction_pairs"],
        *shown["butterfly"],
    )
    codes = {row.get(column) for row in rows for column in ABOUT}
    codes.update(code for story in facts.top for code in story["countries"])
    codes.update(shown["figures"].get("countries", ()))
    return {code for code in codes if code}


def _figures(facts: Facts, unheard: set[str]) -> dict[str, Any]:
    """All charts as SVG; those over the whole width are drawn twice, for wide and for narrow screens."""
    buckets = facts.buckets

    def both(draw: Any, *given: Any) -> list[Markup]:
        widths = (charts.WIDE, charts.NARROW)
        return [Markup(draw(buckets, *given, width)) for width in widths]  # noqa: S704 (escaped by svg)

    return {
        "coverage": both(charts.coverage, facts.coverage, unheard),
        "force": both(charts.force_and_diplomacy, facts.stories, unheard),
        **{c: both(charts.over_time, facts.series, c, unheard) for c in CATEGORIES},
        "countries": {
            r["country"]: Markup(  # noqa: S704 (escaped by svg)
                charts.of_country(
                    buckets, facts.country_series, r["country"], country_name(r["country"]), unheard
                )
            )
            for r in facts.countries[:COUNTRIES]
        },
    }


def title_of(facts: Facts) -> str:
    """The period in words: "1 – 31 Oct 2023"."""
    first = facts.since or facts.first
    last = facts.until - timedelta(microseconds=1) if facts.until else facts.last
    if first is None or last is None:
        return "nothing read yet" if not (facts.since or facts.until) else "a period without news"
    first, last = first.astimezone(UTC), last.astimezone(UTC)
    if first.date() == last.date():
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} – {_day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%b} – {_day(last)}"
    return f"{_day(first)} – {_day(last)}"


def linkable(url: str) -> bool:
    """True for an address that may become a link; a feed could send ``javascript:``."""
    return url.startswith(("https://", "http://"))


def _day(when: datetime) -> str:
    when = when.astimezone(UTC)
    return f"{when.day} {when:%b} {when.year}"


def _when(when: datetime) -> str:
    return f"{_day(when)}, {when.astimezone(UTC):%H:%M}"


def _short(text: str, length: int = SENTENCE) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _country(code: str, unnamed: str = "unnamed") -> str:
    return country_name(code) if code else unnamed


def _version() -> str:
    try:
        return version("tocsin")
    except PackageNotFoundError:
        return "of unknown version"
