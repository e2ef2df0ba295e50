"""Vega-Lite to inline SVG whose colours and links are the page's own.

Vega checks colours and a page has a light and a dark theme, so charts are drawn in placeholder colours, each of
which stands for a class of the page's style sheet.
"""

import re
from html import escape
from typing import Any

import vl_convert

from schemas.records import CATEGORIES, STATUSES

_CLASSES = (
    "ink",
    "rule",
    "hatch",
    "articles",
    "none",
    *(f"{c}-{s.replace('_', '-')}" for c in CATEGORIES for s in STATUSES),
)
_COLOURS = {name: f"#a1b2{number:02x}" for number, name in enumerate(_CLASSES)}
_NAME_OF = {colour: name for name, colour in _COLOURS.items()}
_FILL = re.compile(r'fill="(#a1b2..)"')
_STROKE = re.compile(r'stroke="(#a1b2..)" stroke-width="1"')
_EMPTY = re.compile(
    r'<path class="(?:back|fore)ground" aria-hidden="true" d="[^"]*"[^>]*/>| opacity="1"'
    r'| aria-roledescription="[^"]*"| font-family="sans-serif"| font-size="11px"'
    r'| pointer-events="none"| class="mark-[^"]*"'
)
_LONG = re.compile(r"(\d+\.\d)\d+")
_BASE = "https://vega.github.io/vega-datasets/"  # what Vega takes relative links to be relative to

CONFIG = {
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": _COLOURS["ink"],
        "labelFontSize": 11,
        "gridColor": _COLOURS["rule"],
        "domainColor": _COLOURS["rule"],
        "tickColor": _COLOURS["rule"],
        "title": None,
    },
}


def colour(category: str, status: str) -> str:
    """The placeholder colour of a status within a category."""
    return _COLOURS[f"{category}-{status.replace('_', '-')}"]


def plain(name: str) -> str:
    """The placeholder colour of a class that is not a category's."""
    return _COLOURS[name]


def draw(chart: dict[str, Any], label: str) -> str:
    """A chart as SVG to put into the page; it shrinks with its box.

    Args:
        chart: a Vega-Lite specification without data or links from elsewhere, in placeholder colours.
        label: what it shows, for those who do not see it.
    """
    spec = {"background": "transparent", "padding": 2, **chart, "config": CONFIG}
    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    svg = _FILL.sub(lambda m: f'class="f-{_NAME_OF[m[1]]}"', _LONG.sub(r"\1", svg))
    svg = _EMPTY.sub("", _STROKE.sub(lambda m: f'class="s-{_NAME_OF[m[1]]}"', svg))
    svg = svg.replace(' fill-opacity="0"', "").replace(
        f'<a xlink:href="{_BASE}', '<a tabindex="-1" href="'
    )
    size = re.search(r'width="(\d+)" height="(\d+)" viewBox', svg)
    assert size, "vl-convert always gives the size"
    return (
        f'<svg class="chart" role="group" aria-label="{escape(label)}" '
        f'viewBox="0 0 {size[1]} {size[2]}">{svg.partition(">")[2]}'
    )
