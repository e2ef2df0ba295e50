"""Finds the names that tell a country.

Countries, demonyms, capitals, seats, forces, bodies, leaders, groups and cities. The names are
data: `data/countries.json` (written by `data/build_countries.py`), `data/places.toml` and
`data/leaders.toml`, the latter two by hand and to be edited. Precision comes first: a name that is
more often something else is left out, or asks for company in the text (`[needs]`), or is dropped
where it looks like a person's.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

DATA = Path(__file__).with_name("data")
GRACE = timedelta(days=90)  # a leader who has left is still named for what his office did
CAPS_SAMPLE = 60  # characters of a line that decide whether it is all capitals
CAPS_SHARE = 0.8
MICROS_A_DAY = 86_400_000_000

_KINDS = ("country", "demonym", "capital", "seat", "force", "city")
_SAME_LENGTH = (("\n", " "), ("\u00a0", " "), ("\u202f", " "), ("’", "'"), ("ʼ", "'"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_NEXT_WORD = re.compile(r" ([A-Z][\w'’.-]*)")
_PREVIOUS_WORD = re.compile(r"(\w+)\.? $")
_LOWER_WORD = re.compile(r"\b[a-z]{4,}")
_TITLE = re.compile(
    r"^(?:(?:Mr|Mrs|Ms|Dr|Gen|Sen|Gov)\.?|(?:Vice )?President|Prime Minister|Premier|Chancellor"
    r"|(?:Foreign |Defen[cs]e )?Minister|Secretary(?: of State)?|General|King|(?:Crown )?Prince"
    r"|Sheikh|Ayatollah|Supreme Leader)\s+"
)
_PRONOUN_BEFORE = re.compile(
    r"\b(?:TELL|TELLS|TOLD|LET|GIVE|GIVES|HELP|HELPS|JOIN|ALL OF|SHOW|SHOWS|MAKES?|LEAVES?) $"
)


_Match = tuple[int, int, str]  # start, minus end (so that sorting puts the longest first), name


class Place(NamedTuple):
    """A name in the text: ``text[start:end]``. `iso3` is empty for bodies and armed groups.

    `kind` is one of country, demonym, capital, seat, force, body, leader, group, city; `city`
    covers towns, provinces, states of a federation and bases. A capital may stand for its
    government.
    """

    start: int
    end: int
    iso3: str
    kind: str


class _Named(NamedTuple):
    place: Place
    surface: str  # the gazetteer's spelling of it


class _Leader(NamedTuple):
    iso3: str
    since: date
    until: date


class _Engine(NamedTuple):
    automaton: AhoCorasick
    surfaces: list[str]  # the name that each pattern stands for


class _Gazetteer(NamedTuple):
    mixed: _Engine  # names as written
    upper: _Engine  # the same names in capitals
    meaning: Mapping[
        str, tuple[str, str]
    ]  # surface to code and kind; an empty kind hides what it covers
    last: frozenset[str]
    first: frozenset[str]
    given: frozenset[str]
    titles: frozenset[str]
    needs: Mapping[str, tuple[str, ...]]
    unless: Mapping[str, tuple[str, ...]]


def find_places(text: str, context: str = "") -> list[Place]:
    """The names in the text, left to right, without overlaps, the longest where several begin.

    Case matters ("US" is a country, "us" is not) except on lines in all capitals, where the names are
    matched in capitals. Both sides must be word boundaries; possessives and hyphens are ("Iran-backed"
    holds Iran). Offsets index `text` itself.

    Args:
        text: an article, a sentence, a phrase.
        context: the article that `text` is part of, where company for doubtful names is looked for.
    """
    names = _gazetteer()
    plain = text
    for odd, usual in _SAME_LENGTH:
        plain = plain.replace(odd, usual)
    if not plain.isascii():
        plain = _SURROGATE.sub("?", plain)  # the scanner works in UTF-8
    found = _matches(names.mixed, plain, 0)
    for begin, end in _capital_lines(text):
        found = [m for m in found if not begin <= m[0] < end]
        found += _matches(names.upper, plain[begin:end], begin)
    places: list[_Named] = []
    for start, end, surface in _longest(found, plain):
        iso3, kind = names.meaning[surface]
        if kind and _is_place(names, plain, start, end, surface, kind):
            places.append(_Named(Place(start, end, iso3, kind), surface))
    doubtful = names.needs.keys() | names.unless.keys()
    if not doubtful.isdisjoint(named.surface for named in places):
        places = [n for n in places if _in_company(names, context or plain, n, places)]
    return [named.place for named in places]


def standing_alone(text: str, places: list[Place]) -> list[Place]:
    """The places that stand for themselves: in "Iran-backed militias", "UK-made missiles" they only tell of what kind.

    So they do before "proxy" and "proxies", who act for a state and are none.

    Args:
        text: what the offsets of the places index.
        places: from `find_places`.
    """
    return [p for p in places if not _ONLY_KIND.match(text, p.end)]


_ONLY_KIND = re.compile(
    r"[-\u2010\u2011\u2013](?:backed|linked|aligned|allied|affiliated|supported|controlled|made|built|supplied|provided"
    r"|based|born|held|occupied|run|ruled|trained|funded|friendly|related|connected)\b|(?:['\u2019]s)? prox(?:y|ies)\b",
    re.IGNORECASE,
)


def leader_country(name: str, when_micros: int) -> str:
    """ISO 3166-1 alpha-3 code of the country that the named leader led at that time, else empty.

    Args:
        name: full name or surname, with or without a title: "Vladimir Putin", "Mr. Maduro",
            "Zelenskiy's".
        when_micros: microseconds since the Unix epoch, UTC; usually the article's publication time.

    Empty also when two countries' leaders of the time share the name. A leader counts for 90 days
    after leaving.
    """
    name = re.sub(r"['’]s?$", "", name.strip())
    bare = name
    while (shorter := _TITLE.sub("", bare)) != bare and name not in _leaders():
        bare = shorter
    try:
        day = date.fromordinal(date(1970, 1, 1).toordinal() + when_micros // MICROS_A_DAY)
    except (ValueError, OverflowError):
        return ""
    terms = [*_leaders().get(name, ()), *(_leaders().get(bare, ()) if bare != name else ())]
    countries = {t.iso3 for t in terms if t.since <= day <= t.until}
    return countries.pop() if len(countries) == 1 else ""


def _is_place(names: _Gazetteer, text: str, start: int, end: int, surface: str, kind: str) -> bool:
    if surface == "US" and (
        text[end : end + 1] == "$" or _PRONOUN_BEFORE.search(text[max(0, start - 12) : start])
    ):
        return False
    if surface in names.last:
        before = _PREVIOUS_WORD.search(text[max(0, start - 20) : start])
        if before and before[1] in names.given:
            return False
    if surface in names.first:
        after = _NEXT_WORD.match(text, end)
        around = text[max(0, start - 80) : end + 80]
        return not after or after[1] in names.titles or len(_LOWER_WORD.findall(around)) < 2
    return True


def _in_company(names: _Gazetteer, text: str, named: _Named, places: list[_Named]) -> bool:
    if any(c in text for c in names.unless.get(named.surface, ())):
        return False
    company = names.needs.get(named.surface)
    if company is None or any(c in text for c in company):
        return True
    return any(o.place.iso3 == named.place.iso3 and o.surface != named.surface for o in places)


def _matches(engine: _Engine, text: str, offset: int) -> list[_Match]:
    hits = engine.automaton.find_matches_as_indexes(text, overlapping=True)
    return [(s + offset, -(e + offset), engine.surfaces[which]) for which, s, e in hits]


def _longest(found: list[_Match], text: str) -> Iterator[tuple[int, int, str]]:
    """Of the matches at word boundaries: leftmost first, longest of those, none overlapping."""
    size, last = len(text), 0
    for start, negative_end, surface in sorted(found):
        end = -negative_end
        if start < last or (start and _in_word(text[start - 1])):
            continue
        if end < size and text[end - 1] != "." and _in_word(text[end]):
            continue
        yield start, end, surface
        last = end


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _capital_lines(text: str) -> list[tuple[int, int]]:
    """Spans of lines in capitals, as four fifths of the letters at the line's start tell."""
    spans, begin = [], 0
    for line in text.split("\n"):
        sample = line[:CAPS_SAMPLE]
        if len(line) > 8 and not _LOWER_WORD.search(sample):
            upper, lower = sum(map(str.isupper, sample)), sum(map(str.islower, sample))
            if upper > 6 and upper >= CAPS_SHARE * (upper + lower):
                spans.append((begin, begin + len(line)))
        begin += len(line) + 1
    return spans


@cache
def _gazetteer() -> _Gazetteer:
    """Built once a process from the data files, in about 30 ms."""
    hand = tomllib.loads((DATA / "places.toml").read_text("utf-8"))
    names: dict[str, tuple[str, str]] = {
        surface: (iso3, kind)
        for surface, (iso3, kind) in json.loads(
            (DATA / "countries.json").read_text("utf-8")
        ).items()
        if surface not in set(hand["drop"]["names"])
    }
    for kind in _KINDS:
        for iso3, surfaces in hand[kind].items():
            names |= dict.fromkeys(surfaces, (iso3, kind))
    for kind in ("body", "group"):
        names |= dict.fromkeys(hand[kind]["names"], ("", kind))
    for leader in _leader_rows():
        spoken = {leader["name"], *leader.get("also", ()), *leader.get("plain", ())}
        names |= dict.fromkeys(spoken, (leader["iso3"], "leader"))
    names |= dict.fromkeys(hand["not"]["phrases"], ("", ""))
    in_capitals = {s.upper(): s for s in names if s.isupper() or len(s) > 3}
    person = hand["person"]
    return _Gazetteer(
        _engine({s: s for s in names}),
        _engine(in_capitals),
        names,
        frozenset(person["last"]),
        frozenset(person["first"]),
        frozenset(person["given"]),
        frozenset(person["titles"]),
        {k: tuple(v) for k, v in hand["needs"].items()},
        {k: tuple(v) for k, v in hand["unless"].items()},
    )


def _engine(patterns: Mapping[str, str]) -> _Engine:
    return _Engine(
        AhoCorasick(list(patterns), matchkind=MatchKind.Standard), list(patterns.values())
    )


@cache
def _leader_rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((DATA / "leaders.toml").read_text("utf-8"))["leader"]
    return rows


@cache
def _leaders() -> Mapping[str, list[_Leader]]:
    """Every name form to the terms of office it may stand for."""
    terms: dict[str, list[_Leader]] = {}
    for row in _leader_rows():
        surname = row.get("surname", row["name"].split()[-1])
        until = row["to"] + GRACE if "to" in row else date.max
        for form in {row["name"], surname, *row.get("also", ()), *row.get("plain", ())}:
            terms.setdefault(form, []).append(_Leader(row["iso3"], row["from"], until))
    return terms
