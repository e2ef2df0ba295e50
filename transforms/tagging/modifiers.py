"""Place names before a noun: is it "Israeli strikes" or "Gaza strikes"?"""

from collections.abc import Mapping
from typing import Any

from transforms.tagging.clauses import child
from transforms.tagging.english import words
from transforms.tagging.lexicon import NOTHING
from transforms.tagging.places import Place
from transforms.tagging.sentence import Sentence

_DATES = words("dates")


_BARE = ("country", "capital", "city")
_NEXT = 2
_ADJECTIVES = ("US", "U.S.", "U.S", "UK", "U.K.")
"""Names that serve as adjectives: "a U.S. attack" is by them, "the Israel attack" on it."""


def names_before(
    s: Sentence,
    chain: list[int],
    roles: dict[str, Any],
    places: Mapping[int, Place],
    aimed: bool,
    bare: bool,
) -> tuple[int, int]:
    """Place names before the noun: the actor, unless the category says that such a name is the target.

    `aimed`: the target stands after the noun already. `bare`: a bare country name is never the actor.
    """
    actor = target = -1
    upon = roles.get("name_before_is_target", [])
    possessed = roles.get("owned_by_target", NOTHING).single
    for n in chain:
        poss = child(s, n, ("poss",))
        if poss >= 0 and s.low[poss] in _DATES:
            poss = -1  # "Tuesday's Israeli attack"
        if poss >= 0 and s.lemmas[n] in possessed:
            target = poss if target < 0 else target  # "Russia's frozen assets"
        elif poss >= 0 and actor < 0:
            actor = poss
        owned = range(s.subtree(poss)[0], poss + 1) if poss >= 0 else range(0)
        for i in _before(s, n):
            place = places.get(i)
            if place is None or i in owned or (actor >= 0 and _same(places.get(actor), place)):
                continue
            if _does(s, i + 1, n, roles):
                actor = i  # "Israel intensifies attacks", read as one name
                continue
            if (
                (
                    not aimed
                    and (place.iso3 in upon or place.kind in upon)
                    and place.kind != "demonym"
                )
                or (
                    bare
                    and place.kind in _BARE
                    and not (s.words[i] in _ADJECTIVES and n - i <= _NEXT)
                )
                or ("*" in upon and place.kind in ("country", "capital", "body") and actor >= 0)
                or ("demonym*" in upon and place.iso3 in upon and not aimed)
            ):
                target = i if target < 0 else target
            elif actor < 0 and place.kind != "city":
                actor = i
    return actor, target


def _same(a: Place | None, b: Place) -> bool:
    """Whether two names are one, or name one state: "Blinken and US envoy"."""
    return a is b or (a is not None and a.iso3 == b.iso3 != "")


def _does(s: Sentence, i: int, noun: int, roles: dict[str, Any]) -> bool:
    """Whether a word between a name and a noun is a verb that a headline made look like a noun."""
    light = roles.get("light", NOTHING).single
    return i < noun and s.tags[i] == "NNS" and s.lemmas[i] != s.low[i] and s.lemmas[i] in light


def _before(s: Sentence, noun: int) -> list[int]:
    """Tokens of the modifiers before a noun, nearest last."""
    out: list[int] = []
    for kid in s.children[noun]:
        if kid < noun and s.deps[kid] in (
            "amod",
            "compound",
            "nmod",
            "poss",
            "npadvmod",
            "nsubj",
            "dep",
        ):
            lo, hi = s.subtree(kid)
            out.extend(range(lo, min(hi + 1, noun)))
    return sorted(set(out))


def fires_before(s: Sentence, noun: int, roles: dict[str, Any], places: Mapping[int, Place]) -> int:
    """Who does it in a headline whose quotes mislead the parser: "US launches 'large scale strike'"; -1 if nobody."""
    light = roles.get("light", NOTHING).single
    i = noun - 1
    while i > 0 and s.tags[i] in _BETWEEN and s.lemmas[i] not in light:
        i -= 1
    misread = s.deps[i] in ("poss", "compound", "nmod", "amod") and s.tags[i] in ("VBZ", "NNS")
    fires = i > 0 and misread and s.lemmas[i] in light and s.low[i] != s.lemmas[i]
    return i - 1 if fires and i - 1 in places else -1


_BETWEEN = ("JJ", "NN", "CD", "DT", "POS", "``", "''", "NNP", "HYPH", "JJR", "RB")


def hits_another(s: Sentence, noun: int, places: Mapping[int, Place]) -> bool:
    """Whether a country before "attack" makes it, as another behind it is hit: "Ukraine attack on Russian port"."""
    before = {
        places[k].iso3 for k in s.children[noun] if k in places and places[k].kind == "country"
    }
    end = next((i for i in range(noun, len(s)) if s.low[i] in (":", "as", "after")), len(s))
    hit = (places[i] for i in range(noun + 1, end) if i in places)
    return any(p.iso3 not in ("", *before) and p.kind in _LAND for p in hit)


_LAND = ("country", "capital", "city", "demonym")
