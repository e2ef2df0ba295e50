"""Who has forces where, as far as names of places do not tell; read from `data/forces.toml`."""

import tomllib
from pathlib import Path

_TABLE = tomllib.loads(Path(__file__).with_name("data").joinpath("forces.toml").read_text("utf-8"))

NO_FORCES: tuple[str, ...] = tuple(_TABLE["no_forces"]["states"])
"""States whose code is never the attacker's."""
LAND: tuple[str, ...] = tuple(_TABLE["no_forces"]["land"])
"""Names that stand for their land and for nobody who acts."""


def holder(owner: str, place: str) -> str:
    """Who holds a place of the owner's: another state where that is known, else the owner.

    >>> holder("UKR", "Sevastopol harbour"), holder("UKR", "Odesa")
    ('RUS', 'UKR')
    """
    held = (row for row in _TABLE["held"] if row["of"] == owner)
    return next((row["by"] for row in held if any(p in place for p in row["places"])), owner)
