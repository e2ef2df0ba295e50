"""English names of countries, from the CLDR data that Babel carries."""

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
