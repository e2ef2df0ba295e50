"""From roles to the text's own words and countries."""

from typing import NamedTuple

from transforms.tagging.parse import Sentence
from transforms.tagging.participants import Roles, is_pronoun, phrase
from transforms.tagging.places import Place, leader_country

_NOT_COUNTRY_OF = frozenset({"body", "group"})


class Filled(NamedTuple):
    """Participants of a mention in words and codes; empty where the sentence does not say."""

    actor: str = ""
    actor_country: str = ""
    target: str = ""
    target_country: str = ""
    place: str = ""
    place_country: str = ""
    target_is_group: bool = False


class PlaceMap:
    """Which token carries which place name."""

    def __init__(self, s: Sentence, places: list[Place]) -> None:
        """Places are in offsets of the sentence's text."""
        self.places = places
        self.by_token: dict[int, Place] = {}
        self.kinds: dict[int, frozenset[str]] = {}
        for place in places:
            for i in range(s.token_at(place.start), s.token_at(place.end - 1) + 1):
                self.by_token[i] = place
                self.kinds[i] = frozenset((place.kind,))
        self.kind = {i: p.kind for i, p in self.by_token.items()}

    def first_in(self, lo: int, hi: int, skip: range | None = None) -> Place | None:
        """The first place with a country between two tokens, both included."""
        for i in range(lo, hi + 1):
            place = self.by_token.get(i)
            if place and place.iso3 and not (skip and i in skip):
                return place
        return None


def fill(s: Sentence, roles: Roles, places: PlaceMap, own: range, published: int) -> Filled:
    """Words and countries of the roles.

    Args:
        s: the sentence.
        roles: heads of the phrases.
        places: the sentence's place names.
        own: the trigger's tokens, which belong to no participant.
        published: microseconds, to know whose leader a name was.
    """
    actor, actor_country = _side(s, roles.actor, places, own, published, wide=False)
    target, target_country = _side(s, roles.target, places, own, published, wide=True)
    place, place_country = _side(s, roles.place, places, own, published, wide=True)
    if place and not place_country:
        place = ""
    group = bool(target) and not target_country and _names_group(s, roles.target, places)
    return Filled(actor, actor_country, target, target_country, place, place_country, group)


def _names_group(s: Sentence, head: int, places: PlaceMap) -> bool:
    lo, hi = phrase(s, head)
    return any(places.kind.get(i) == "group" for i in range(lo, hi + 1))


def _side(
    s: Sentence, head: int, places: PlaceMap, own: range, published: int, *, wide: bool
) -> tuple[str, str]:
    if head < 0 or head in own:
        return "", ""
    if is_pronoun(s, head):
        return "", ""
    lo, hi = phrase(s, head, wide=wide)
    if lo in own or hi in own or (lo < own.start <= hi):
        lo, hi = (max(lo, own.stop), hi) if head >= own.stop else (lo, min(hi, own.start - 1))
    if lo > hi:
        return "", ""
    words = s.span(lo, hi)
    if wide and _names_group(s, head, places):
        return words, ""
    place = places.first_in(lo, hi)
    if place is None and wide:
        place = places.first_in(lo, min(s.subtree(head)[1], hi + 6), own)
    if place is not None:
        return words, place.iso3
    if any(p.kind in _NOT_COUNTRY_OF for i, p in places.by_token.items() if lo <= i <= hi):
        return words, ""
    return words, leader_country(words, published) if s.tags[head] == "NNP" else ""


def place_as_target(filled: Filled) -> Filled:
    """Where the text names no one hit, the country where it hit is the target's country."""
    if (
        filled.target_country
        or filled.target_is_group
        or not filled.place_country
        or filled.place_country == filled.actor_country
    ):
        return filled
    return filled._replace(
        target=filled.target or filled.place, target_country=filled.place_country
    )
