"""Which signs of a lexicon speak on a trigger, all asked at once: bit i of a mask stands for the lexicon's sign i.

One look-up a word that stands in a place, instead of one a sign: a lexicon has a hundred signs with thousands of words.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from transforms.tagging.lexicon import Lexicon, Sign, Words

WORD = re.compile(r"[\w'.]*\w")
"""A word of lower-case text that no parser has cut into tokens: "u.s", "israel's"."""
PARTS = ("noun", "verb", "adjective")


class Slot:
    """What stands in one place to look.

    Attributes:
        words: words and base forms, lower case.
        joined: the words in their order, a space before and behind each.
        kinds: kinds of place named there.
    """

    __slots__ = ("_held", "joined", "kinds", "words")

    def __init__(
        self,
        words: frozenset[str] = frozenset(),
        joined: str = "",
        kinds: frozenset[str] = frozenset(),
    ) -> None:
        self.words, self.joined, self.kinds = words, joined, kinds
        self._held: tuple[Signs, int] | None = None

    def holds(self, wanted: Words) -> bool:
        """Whether any wanted word, phrase or kind of place is here."""
        if not wanted.single.isdisjoint(self.words) or not wanted.kinds.isdisjoint(self.kinds):
            return True
        joined = self.joined
        return any(phrase in joined for phrase in wanted.spaced)

    def held(self, signs: "Signs") -> int:
        """The signs that have any of their words here; reckoned once, as long as one lexicon asks."""
        if self._held is None or self._held[0] is not signs:
            self._held = (signs, signs.in_slot(self))
        return self._held[1]


@dataclass(frozen=True)
class TriggerSigns:
    """The signs of one trigger, as masks.

    Attributes:
        looks: for each place that a sign looks at, its name and the signs that do.
        every: all signs of the trigger; of them `absent` speak where their words are missing, `positive` in favour,
            `named` where the article counts another mention, `anywhere` look at the whole article, and
            `parts` gives those that ask for a part of speech or for any.
    """

    looks: tuple[tuple[str, int], ...]
    every: int
    absent: int
    positive: int
    named: int
    anywhere: int
    parts: dict[str, int]

    def speaking(self, slot: Callable[[str], Slot], signs: "Signs", among: int) -> int:
        """Of the signs `among`, those with a word in a place that they look at; `slot` gives a place by its name."""
        spoke = 0
        for name, mask in self.looks:
            if mask & among & ~spoke:
                spoke |= slot(name).held(signs) & mask
        return spoke & among


class Signs:
    """The signs of one lexicon, by word."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Build the index; takes milliseconds."""
        self.all: tuple[Sign, ...] = lexicon.signs
        self._single: dict[str, int] = {}
        self._kinds: dict[str, int] = {}
        phrases: dict[str, int] = {}
        for i, sign in enumerate(self.all):
            for index, listed in (
                (self._single, sign.words.single),
                (self._kinds, sign.words.kinds),
                (phrases, sign.words.spaced),
            ):
                for word in listed:
                    index[word] = index.get(word, 0) | 1 << i
        self._phrases: dict[str, list[tuple[str, int]]] = {}
        for phrase, mask in phrases.items():
            self._phrases.setdefault(phrase.split()[0], []).append((phrase, mask))
        self._of = {t.name: self._of_trigger(t.name) for t in lexicon.triggers}

    def of(self, trigger: str) -> TriggerSigns:
        """The signs of a trigger, by its name."""
        return self._of[trigger]

    def in_slot(self, slot: Slot) -> int:
        """The signs that have any of their words in a place."""
        mask = 0
        for word in self._single.keys() & slot.words:
            mask |= self._single[word]
        for kind in slot.kinds:
            mask |= self._kinds.get(kind, 0)
        joined = slot.joined
        for first in self._phrases.keys() & joined.split():
            for phrase, held in self._phrases[first]:
                if phrase in joined:
                    mask |= held
        return mask

    def spoken(self, mask: int) -> Iterator[Sign]:
        """The signs of a mask, in the lexicon's order."""
        while mask:
            lowest = mask & -mask
            yield self.all[lowest.bit_length() - 1]
            mask ^= lowest

    def _of_trigger(self, trigger: str) -> TriggerSigns:
        def those(picked: Callable[[Sign], bool]) -> int:
            return _mask(i for i, s in enumerate(self.all) if trigger in s.triggers and picked(s))

        names = dict.fromkeys(n for s in self.all if trigger in s.triggers for n in s.slots)
        return TriggerSigns(
            looks=tuple((n, those(lambda s, n=n: n in s.slots)) for n in names),  # type: ignore[misc]
            every=those(lambda s: True),
            absent=those(lambda s: s.absent),
            positive=those(lambda s: s.weight > 0),
            named=those(lambda s: s.named),
            anywhere=those(lambda s: "article" in s.slots),
            parts={
                part: those(lambda s, p=part: s.part in ("any", p))  # type: ignore[misc]
                for part in ("any", *PARTS)
            },
        )


def _mask(bits: Iterable[int]) -> int:
    return sum(1 << i for i in bits)
