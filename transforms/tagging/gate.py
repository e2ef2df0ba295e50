"""The gate before the parser: triggers that no parse could make count are settled on the words alone.

For each trigger the best possible score is reckoned: every sign in its favour whose words stand where they would have
to is taken to speak, of those against it only the ones that speak in any parse. What stays below the mark then would
stay below it with the parse as well, so the gate changes no count; it saves most of the parser's work.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import cached_property

from transforms.tagging.lexicon import Lexicon, Sign
from transforms.tagging.places import Place
from transforms.tagging.scan import Hit
from transforms.tagging.senses import ENOUGH, Candidate, Slot

_WORD = re.compile(r"[\w'.]*\w")


class Line:
    """The words of a sentence with their offsets, before it is parsed."""

    def __init__(self, low: str, places: list[Place], bases: Mapping[str, str]) -> None:
        """`low` is the sentence in lower case; places have offsets in it; `bases` gives base forms."""
        found = list(_WORD.finditer(low))
        self.words = [f[0] for f in found]
        self._starts = [f.start() for f in found]
        self._places, self._bases = places, bases

    def between(self, first: int, last: int) -> Slot:
        """The slot of words first to last, both included and clipped to the line."""
        first, last = max(0, first), min(len(self.words) - 1, last)
        if first > last:
            return Slot()
        words = self.words[first : last + 1]
        lo, hi = self._starts[first], self._starts[last] + len(self.words[last])
        kinds = frozenset(p.kind for p in self._places if p.start < hi and lo < p.end)
        bases = (self._bases.get(w, w) for w in words)
        return Slot(frozenset(words).union(bases), f" {' '.join(words)} ", kinds)

    def index(self, start: int, end: int) -> tuple[int, int]:
        """First and last word of a span."""
        first = bisect_right(self._starts, start) - 1
        return max(0, first), max(0, bisect_left(self._starts, end) - 1)

    @cached_property
    def whole(self) -> Slot:
        """All of it."""
        return self.between(0, len(self.words))


class Surface:
    """What stands around one trigger word for word: never less than a parse would find there, or never more."""

    def __init__(self, line: Line, first: int, last: int, title: Slot, topics: Slot) -> None:
        """`first` and `last` are the trigger's words in the line."""
        self._line, self._first, self._last = line, first, last
        self._title, self._topics = title, topics
        self._made: dict[tuple[str, bool], Slot] = {}

    def slot(self, name: str, *, most: bool) -> Slot:
        """The most or the least that the named place to look may hold in any parse."""
        key = (name, most)
        if key not in self._made:
            self._made[key] = self._most(name) if most else self._least(name)
        return self._made[key]

    def _most(self, name: str) -> Slot:
        line, first, last = self._line, self._first, self._last
        if name == "title":
            return self._title
        if name == "topic":
            return self._topics
        if name in (
            "left",
            "reach",
        ):  # tokens are never longer than words: the window holds fewer words than tokens
            return line.between(first - (5 if name == "left" else 9), last)
        if name == "after":
            return line.between(first, last + 4)
        if name == "agent" and "by" not in line.words:
            return Slot()
        return line.whole

    def _least(self, name: str) -> Slot:
        line, first, last = self._line, self._first, self._last
        if name == "title":
            return self._title
        if name == "topic":
            return self._topics
        if name == "sentence":
            return _joined(line.between(0, first - 1), line.between(last + 1, len(line.words)))
        if name in ("before", "next"):
            return line.between(first - 1, first - 1) if name == "before" else Slot()
        if name in ("left", "reach"):
            return line.between(first - 2, last)
        if name == "after":
            return line.between(first, last + 2)
        return line.between(first, last) if name == "own" else Slot()


def _joined(one: Slot, other: Slot) -> Slot:
    return Slot(one.words | other.words, f"{one.joined}{other.joined}", one.kinds | other.kinds)


def settle_on_words(hit: Hit, lexicon: Lexicon, around: Surface) -> Candidate | None:
    """The trigger as not counted, with its reason, if no parse could make it count; else None."""
    best = hit.trigger.prior
    worst: Sign | None = None
    for sign in lexicon.signs_of[hit.trigger.name]:
        if sign.weight > 0:
            best += sign.weight if sign.absent or _may_speak(sign, around) else 0
        elif not sign.absent and sign.part == "any" and _must_speak(sign, around):
            best += sign.weight
            if worst is None or sign.weight < worst.weight:
                worst = sign
    if best >= ENOUGH:
        return None
    reason = worst.reason if worst else lexicon.otherwise
    return Candidate(hit.trigger, hit.start, hit.end, reason=reason, score=best)


def _may_speak(sign: Sign, around: Surface) -> bool:
    return sign.late or any(around.slot(name, most=True).holds(sign.words) for name in sign.slots)


def _must_speak(sign: Sign, around: Surface) -> bool:
    return any(around.slot(name, most=False).holds(sign.words) for name in sign.slots)
