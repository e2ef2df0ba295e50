"""Countries and numbers in English words; the names are those of the CLDR data that Babel carries."""

from functools import cache

from babel import Locale
from babel.core import get_global

_OWN = {"XKX": "XK"}  # Kosovo has no ISO code; this one is used by custom


@cache
def country_name(code: str) -> str:
    """The name of an ISO 3166-1 alpha-3 code; the code itself if nobody knows it.

    >>> country_name("PSE"), country_name("QQQ")
    ('Palestinian Territories', 'QQQ')
    """
    territories: dict[str, str] = dict(Locale("en").territories)
    short = _OWN.get(code) or (get_global("territory_aliases").get(code) or [""])[0]
    return territories.get(short, code)


def is_known(code: str) -> bool:
    """False for a code that names no country."""
    return country_name(code) != code


def many(n: int, noun: str) -> str:
    """A number with its noun.

    >>> many(1, "copy"), many(1200, "copy")
    ('1 copy', '1,200 copies')
    """
    if n == 1:
        return f"1 {noun}"
    return f"{n:,} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{n:,} {noun}s"
