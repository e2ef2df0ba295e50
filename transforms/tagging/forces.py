"""Who has forces where and strikes whom, as far as names of places do not tell; read from `data/forces.toml`."""

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from transforms.tagging.places import MICROS_A_DAY

EPOCH = date(1970, 1, 1).toordinal()
_TABLE: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("data").joinpath("forces.toml").read_text("utf-8")
)

NO_FORCES: tuple[str, ...] = tuple(_TABLE["no_forces"]["states"])
"""States whose code is never the attacker's."""
LAND: tuple[str, ...] = tuple(_TABLE["no_forces"]["land"])
"""Names that stand for their land and for nobody who acts."""


class War(NamedTuple):
    """Who strikes whom.

    Attributes:
        by, on: codes of the two.
        bare: hardly anybody else strikes there.
        groups: armed groups fire rockets there.
    """

    by: str
    on: str
    bare: bool
    groups: bool


def holder(owner: str, place: str) -> str:
    """Who holds a place of the owner's: another state where that is known, else the owner.

    >>> holder("UKR", "Sevastopol harbour"), holder("UKR", "Odesa")
    ('RUS', 'UKR')
    """
    held = (row for row in _TABLE["held"] if row["of"] == owner)
    return next((row["by"] for row in held if any(p in place for p in row["places"])), owner)


def wars(published: int) -> tuple[War, ...]:
    """The wars that went on when an article was published (microseconds, UTC); none for a time that is no date."""
    rows = _rows("war", published)
    return tuple(War(r["by"], r["on"], r.get("bare", False), r.get("groups", False)) for r in rows)


def at_home(published: int) -> frozenset[str]:
    """The states whose forces struck on their own land when an article was published."""
    return frozenset(row["state"] for row in _rows("at_home", published))


def _rows(table: str, published: int) -> tuple[dict[str, Any], ...]:
    try:
        return _on(table, EPOCH + published // MICROS_A_DAY)
    except (ValueError, OverflowError):
        return ()


@cache
def _on(table: str, ordinal: int) -> tuple[dict[str, Any], ...]:
    day = date.fromordinal(ordinal)
    return tuple(r for r in _TABLE[table] if r["from"] <= day <= r.get("to", date.max))
