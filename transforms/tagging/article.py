"""What a whole article says of countries: how often it names them, in which war, whose forces are where."""

import re
from collections import Counter

from transforms.tagging.places import Place, find_places, standing_alone

_WAR = re.compile(
    r"\b([A-Z][\w.]+)[-–—/ ](?:and )?([A-Z]\w+) (?:war|conflict|clashes|fighting|truce)\b"
)
_FORCES = re.compile(
    r"\b([A-Z][\w.]+) (?:military )?(?:forces|troops|soldiers|bases?|personnel|outposts?)"
    r" in (?:(?:north|south|east|west)\w*|both)? ?([A-Z]\w+)"
)
_TROOPS = re.compile(
    r"\b([A-Z][\w.]+) (?:military |army |air |naval )?(?:forces|troops|soldiers|bases?|personnel|outposts?"
    r"|service ?members|positions)\b"
)
EDGE = re.compile(r" (?:border|frontier|coast)")
"""What follows a name that only tells where: "near the Syrian border"."""
_SAID = re.compile(r"(?: [a-z]+){1,2} (?:said|says|say|told|reported|reports|wrote|warned)\b")
_SIDES = {"Hamas": "PSE", "Gaza": "PSE"}
"""In the name of a war a group stands for its territory: the "Israel-Hamas war" is in Gaza."""


class Article:
    """Place names of a whole article, found when first asked for."""

    def __init__(self, text: str, title_end: int) -> None:
        """`title_end` is where the title stops."""
        self._text = text[:20_000]
        self._title_end = title_end
        self._places: list[Place] | None = None

    @property
    def title(self) -> str:
        """Its first line."""
        return self._text[: self._title_end]

    @property
    def places(self) -> list[Place]:
        """All of them, in order."""
        if self._places is None:
            self._places = standing_alone(self._text, find_places(self._text))
        return self._places

    def countries(
        self, *, title: bool = False, without: tuple[str, ...] = (), leaders: bool = True
    ) -> Counter[str]:
        """How often each country is named, in the title only if asked, by its leader's name too."""
        return Counter(
            p.iso3
            for p in self.places
            if p.iso3
            and p.iso3 not in without
            and (leaders or p.kind != "leader")
            and (not title or p.start < self._title_end)
        )

    def acting(self) -> set[str]:
        """Countries that it names otherwise than by telling whose people speak ("American officers said")."""
        return {
            p.iso3
            for p in self.places
            if p.iso3
            and not (p.kind == "demonym" and _SAID.match(self._text, p.end))
            and not EDGE.match(self._text, p.end)
        }

    def opponent(self, iso3: str) -> str:
        """The other side of the one war that the article names with this country in it."""
        sides = set()
        for found in _WAR.finditer(self._text):
            pair = [side_of(found[1]), side_of(found[2])]
            if iso3 in pair and all(pair):
                sides.add(pair[1 - pair.index(iso3)])
        return sides.pop() if len(sides) == 1 else ""

    def guest(self, host: str) -> str:
        """Whose forces the article says are stationed in a country: "US troops in Iraq"; empty if nobody's."""
        for found in _FORCES.finditer(self._text):
            whose, where = (side_of(found[i]) for i in (1, 2))
            if where == host and whose not in ("", host):
                return whose
        return ""

    def troops(self) -> str:
        """The one state whose forces, bases or troops it speaks of; empty if of nobody's or of several."""
        return only(Counter(filter(None, (side_of(m[1]) for m in _TROOPS.finditer(self._text)))))

    @property
    def text(self) -> str:
        """All of it, cut where a very long one has told enough."""
        return self._text


def side_of(name: str) -> str:
    """The country that a name stands for in a war: "Kyiv", "Hamas"; empty if none.

    >>> side_of("Gaza"), side_of("Atlantis")
    ('PSE', '')
    """
    return _SIDES.get(name) or next((p.iso3 for p in find_places(name) if p.iso3), "")


def only(counts: Counter[str]) -> str:
    """The one country that is named; empty if there are none or several."""
    return next(iter(counts)) if len(counts) == 1 else ""


def leading(counts: Counter[str]) -> str:
    """The country named five times or more, and at least three times as often as any other."""
    first, second = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    return first[0] if first[1] >= max(_OFTEN, 3 * second[1]) else ""


_OFTEN = 5
