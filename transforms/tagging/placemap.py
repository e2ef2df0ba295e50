"""The place names of a parsed sentence, by token."""

from collections.abc import Container

from transforms.tagging.places import Place, standing_alone
from transforms.tagging.sentence import Sentence


class PlaceMap:
    """Which token carries which place name; `inside` are those of names of several words."""

    def __init__(self, s: Sentence, places: list[Place]) -> None:
        """Places are in offsets of the sentence's text."""
        self.places = standing_alone(s.text, places)
        self.by_token: dict[int, Place] = {}
        self.kinds: dict[int, frozenset[str]] = {}
        self.inside: set[int] = set()
        for place in places:
            tokens = range(s.token_at(place.start), s.token_at(place.end - 1) + 1)
            if len(tokens) > 1:
                self.inside.update(tokens)
            for i in tokens:
                self.kinds[i] = frozenset((place.kind,))
                if place in self.places:
                    self.by_token[i] = place
        self.kind = {i: p.kind for i, p in self.by_token.items()}

    def first_in(self, lo: int, hi: int, skip: Container[int] = ()) -> Place | None:
        """The first place with a country between two tokens, both included."""
        for i in range(lo, hi + 1):
            place = self.by_token.get(i)
            if place and place.iso3 and i not in skip:
                return place
        return None
