"""From roles to the text's own words and countries."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from transforms.tagging import english
from transforms.tagging.clauses import is_pronoun, phrase
from transforms.tagging.forces import NO_FORCES
from transforms.tagging.lexicon import Words
from transforms.tagging.participants import Roles
from transforms.tagging.placemap import PlaceMap
from transforms.tagging.places import Place, find_places, leader_country
from transforms.tagging.posting import posting
from transforms.tagging.sentence import Sentence

_BESIDE = ("near", "off", "outside", "around")
_REASONS = ("accused", "suspected", "violating", "for")
"""Names behind these tell why somebody is meant, not who."""
_HELD = re.compile(
    r"\b([A-Z]\w+)-(?i:held|occupied|annexed|controlled (?:territor|area|land|region|part|town|city))"
)
"""Land is of those who hold it, in war."""
_OTHERS = english.words("others")
_PEOPLE = ("force", "troop", "army", "leader", "commander", "chief")
_NOT_COUNTRY_OF = frozenset({"body", "group"})


class Filled(NamedTuple):
    """Participants of a mention in words and codes; empty where the sentence does not say."""

    actor: str = ""
    actor_country: str = ""
    target: str = ""
    target_country: str = ""
    place: str = ""
    place_country: str = ""
    stateless: bool = False


def fill(
    s: Sentence,
    roles: Roles,
    places: PlaceMap,
    own: range,
    published: int,
    words: Mapping[str, Any],
) -> Filled:
    """Words and countries of the roles.

    Args:
        s: the sentence.
        roles: heads of the phrases.
        places: the sentence's place names.
        own: the trigger's tokens, which belong to no participant.
        published: microseconds, to know whose leader a name was.
        words: the category's roles: `actors` says what an actor without a place name may be, `afloat` which
            targets belong to no country for being near one, `place_is_target` that where it hits is whom it hits.
    """
    actor, actor_country = _side(s, roles.actor, places, own, published, wide=False)
    if actor and not actor_country and not _may_act(s, roles.actor, places, words.get("actors")):
        actor = ""
    afloat = words.get("afloat")
    at_sea = roles.target >= 0 and afloat is not None and s.low[roles.target] in afloat.single
    if actor_country and _is_band(s, roles.actor, places, words.get("bands")):
        actor_country = ""  # "Syrian rebels" are not Syria
    taken = _tokens(s, roles.actor)
    named = bool(words.get("named_target"))
    work = words.get("work")
    talks = roles.target >= 0 and work is not None and s.low[roles.target] in work.single
    posted = posting(s, places, own) if named else -1
    if posted >= 0:
        roles = roles._replace(target=posted)
    target, target_country = _side(
        s,
        roles.target,
        places,
        own,
        published,
        wide=talks or not (at_sea or named),
        taken=taken,
        sites=words.get("sites"),
    )
    if target and not target_country and named and not s.tags[roles.target].startswith("NNP"):
        target = ""
    band = roles.target >= 0 and _band(s, roles.target, words.get("bands"))
    if band:
        target_country = ""  # "militants in Syria" are not Syria
    place, place_country = _side(s, roles.place, places, own, published, wide=True)
    if "international waters" in place:
        place_country = ""
    elif place and not place_country:
        place = ""
    group = band or (bool(target) and not target_country and _names_group(s, roles.target, places))
    group = group and not _is_site(s, roles.target, words.get("sites"))
    filled = Filled(
        actor, actor_country, target, target_country, place, place_country, group or at_sea
    )
    hits = words.get("place_is_target") and s.low[s.heads[roles.place]] not in _BESIDE
    return _place_as_target(filled) if hits else filled


def _linked(s: Sentence, hi: int, last: int) -> list[int]:
    """Tokens that tell whom a place serves: in "sites used by Iranian forces in Syria" it is Syria that is hit."""
    out: list[int] = []
    for i in range(hi + 1, last + 1):
        if s.low[i] in _LINKS:
            stop = next((k for k in range(i, last + 1) if s.low[k] in ("in", "near")), last + 1)
            out.extend(range(i, stop))
    return out


_LINKS = english.words("links")


def _beside(s: Sentence, lo: int, last: int) -> range:
    """Tokens that only tell what lies near: "20 civilians near the Algerian border"."""
    for i in range(lo, last + 1):
        if s.low[i] == "near":
            border = next((k for k in range(i, min(len(s), i + 5)) if s.low[k] in _EDGES), -1)
            return range(i, border + 1)
    return range(0)


_EDGES = english.words("edges")


def _turns(s: Sentence, i: int) -> bool:
    """Whether a phrase turns to why, or to what another does: "a commander whom Israel hunted"."""
    other = s.tags[i] in ("WP", "WDT", "WRB") and s.deps[i] not in ("nsubj", "nsubjpass")
    return other or s.low[i] in _REASONS


def _tokens(s: Sentence, head: int) -> range:
    if head < 0:
        return range(0)
    lo, hi = phrase(s, head)
    return range(lo, hi + 1)


def _may_act(s: Sentence, head: int, places: PlaceMap, allowed: Words | None) -> bool:
    """An actor without a country: a body, an armed group, or a word for those who act."""
    if allowed is None:
        return True
    lo, hi = phrase(s, head)
    tokens = range(lo, hi + 1)
    return any(
        i in places.by_token or s.low[i] in allowed.single or s.lemmas[i] in allowed.single
        for i in tokens
    )


def _is_band(s: Sentence, head: int, places: PlaceMap, bands: Words | None) -> bool:
    """Whether the actor is an armed group told by where it comes from."""
    if not _band(s, head, bands):
        return False
    lo, hi = phrase(s, head)
    return all(p.kind == "demonym" for i in range(lo, hi + 1) if (p := places.by_token.get(i)))


def _band(s: Sentence, head: int, bands: Words | None) -> bool:
    """Whether the phrase is an armed group or its people; its positions are where they are."""
    if bands is None or s.low[head : head + 2] == ["group", "of"]:
        return False
    whose = [k for k in s.children[head] if s.deps[k] in ("compound", "poss") and k < head]
    people = whose if s.lemmas[head] in _PEOPLE else []
    return any(s.lemmas[k] in bands.single for k in (head, *people))


def _last_state_before(places: PlaceMap, i: int) -> Place | None:
    """Whom "its forces" belong to: the state or seat of power named last before."""
    for k in range(i - 1, -1, -1):
        place = places.by_token.get(k)
        if place is None or not place.iso3 or place.iso3 in NO_FORCES:
            continue
        if place.kind in ("country", "capital", "seat", "force"):
            return place
    return None


def _is_site(s: Sentence, head: int, sites: Words | None) -> bool:
    return sites is not None and s.low[head] in sites.single


def _names_group(s: Sentence, head: int, places: PlaceMap) -> bool:
    lo, hi = phrase(s, head)
    return any(places.kind.get(i) == "group" for i in range(lo, hi + 1))


def _side(
    s: Sentence,
    head: int,
    places: PlaceMap,
    own: range,
    published: int,
    *,
    wide: bool,
    taken: range = range(0),
    sites: Words | None = None,
) -> tuple[str, str]:
    """Words and country of a role; beyond its own phrase, names among `taken` belong to the other side.

    `sites` are words for what is where it is, whoever's it may be.
    """
    if head < 0 or head in own:
        return "", ""
    if is_pronoun(s, head):
        return "", ""
    lo, hi = phrase(s, head, wide=wide)
    if lo in own or hi in own or (lo < own.start <= hi):
        lo, hi = (max(lo, own.stop), hi) if head >= own.stop else (lo, min(hi, own.start - 1))
    if lo > hi:
        return "", ""
    while (
        lo > 0
        and places.by_token.get(lo - 1) is not None
        and places.by_token.get(lo - 1) is places.by_token.get(lo)
    ):
        lo -= 1
    while (
        hi + 1 < len(s)
        and places.by_token.get(hi + 1) is not None
        and places.by_token.get(hi + 1) is places.by_token.get(hi)
    ):
        hi += 1
    while places.first_in(lo, hi) is None and _adjoins(s, places, lo, own):
        lo -= 1  # "Israeli navy attacks", read as the name of what it attacks
    words = s.span(lo, hi)
    if held := _HELD.search(words):
        return words, next((p.iso3 for p in find_places(held[1]) if p.iso3), "")
    if wide and _names_group(s, head, places) and not _is_site(s, head, sites):
        return words, ""
    apart = _beside(s, lo, s.subtree(head)[1])
    place = places.first_in(lo, hi, (*apart, *taken))
    if place is None and wide:
        end = min(s.subtree(head)[1], hi + 6)
        end = next((i - 1 for i in range(hi + 1, end + 1) if _turns(s, i)), end)
        last = min(end, own.start - 1) if head < own.start else end
        place = places.first_in(lo, last, frozenset((*own, *taken, *apart, *_linked(s, hi, last))))
    if place is None and s.lemmas[head] in _OTHERS:
        return words, ""
    if place is None and "its" in s.low[slice(*phrase(s, head))]:
        place = _last_state_before(places, lo)
    if place is not None:
        return words, place.iso3
    if any(p.kind in _NOT_COUNTRY_OF for i, p in places.by_token.items() if lo <= i <= hi):
        return words, ""
    return words, leader_country(words, published) if s.tags[head] == "NNP" else ""


def _adjoins(s: Sentence, places: PlaceMap, lo: int, own: range) -> bool:
    """Whether an armed force has the name of its country just before it."""
    i = lo - 1
    place = places.by_token.get(i)
    return (
        place is not None
        and i not in own
        and place.kind in ("country", "demonym", "seat")
        and s.lemmas[lo] in _FORCES
    )


_FORCES = english.words("forces")


def _place_as_target(filled: Filled) -> Filled:
    """Where the text names no one hit, the country where it hit is the target's country."""
    if (
        filled.target_country
        or filled.stateless
        or not filled.place_country
        or filled.place_country == filled.actor_country
    ):
        return filled
    return filled._replace(
        target=filled.target or filled.place, target_country=filled.place_country
    )
