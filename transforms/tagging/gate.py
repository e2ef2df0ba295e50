"""The gate before the parser: triggers that no parse could make count are settled on the words alone.

For each trigger the best possible score is reckoned: every sign in its favour whose words stand where they would have
to is taken to speak, of those against it only the ones that speak in any parse. What stays below the mark then would
stay below it with the parse as well, so the gate changes no count; it saves most of the parser's work.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from transforms.tagging.lexicon import Lexicon, Sign
from transforms.tagging.places import Place, find_places
from transforms.tagging.scan import Hit
from transforms.tagging.senses import ENOUGH, Candidate
from transforms.tagging.signs import WORD, Signs, Slot
from transforms.tagging.work import Found, Work


class Line:
    """The words of a sentence with their offsets, before it is parsed.

    A word inside a name is no word by itself: the "United" States unite nobody, the Arab "League" plays no football.
    """

    def __init__(self, low: str, places: list[Place], bases: Mapping[str, str]) -> None:
        """`low` is the sentence in lower case; places have offsets in it; `bases` gives base forms."""
        found = list(WORD.finditer(low))
        self.words = [f[0] for f in found]
        self._starts = [f.start() for f in found]
        self._alone = self.words
        names = [p for p in places if " " in low[p.start : p.end]]
        if names:
            self._alone = self.words.copy()
            for p in names:
                first, behind = bisect_left(self._starts, p.start), bisect_left(self._starts, p.end)
                self._alone[first:behind] = [""] * (behind - first)
        self._base = list(map(bases.get, self._alone, self._alone))
        self._places = places

    def between(self, first: int, last: int) -> Slot:
        """The slot of words first to last, both included and clipped to the line."""
        first, last = max(0, first), min(len(self.words) - 1, last)
        if first > last:
            return Slot()
        here = slice(first, last + 1)
        lo, hi = self._starts[first], self._starts[last] + len(self.words[last])
        kinds = frozenset([p.kind for p in self._places if p.start < hi and lo < p.end])
        words = frozenset(self._alone[here] + self._base[here])
        joined = f" {' '.join(self.words[here])} "
        if "'s " in joined or " s " in joined:  # either apostrophe: a token of its own to the parse
            joined = joined.replace("'s ", " 's ").replace(" s ", " 's ")
        return Slot(words, joined, kinds)

    def index(self, start: int, end: int) -> tuple[int, int]:
        """First and last word of a span."""
        first = bisect_right(self._starts, start) - 1
        return max(0, first), max(0, bisect_left(self._starts, end) - 1)

    def touches(self, i: int) -> bool:
        """Whether nothing but a space or a hyphen stands between word i and the next."""
        after = self._starts[i] + len(self.words[i]) + 1
        return i + 1 < len(self.words) and self._starts[i + 1] == after

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

    def most(self, name: str) -> Slot:
        """The most that the named place to look may hold in any parse."""
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
        if name == "aimed":
            return line.between(last + 1, last + 12)
        if name == "agent" and "by" not in line.words:
            return Slot()
        return line.whole

    def least(self, name: str) -> Slot:
        """The least that it holds in any parse."""
        line, first, last = self._line, self._first, self._last
        if name == "title":
            return self._title
        if name == "topic":
            return self._topics
        if name == "sentence":
            return _joined(line.between(0, first - 1), line.between(last + 1, len(line.words)))
        if name == "before":
            return line.between(first - 1, first - 1)
        if name == "next":
            return line.between(last + 1, last + 1) if line.touches(last) else Slot()
        if name in ("left", "reach"):
            return line.between(first - 2, last)
        if name == "after":
            return line.between(first, last + 2)
        return line.between(first, last) if name == "own" else Slot()


def _joined(one: Slot, other: Slot) -> Slot:
    return Slot(one.words | other.words, f"{one.joined}{other.joined}", one.kinds | other.kinds)


class Bound(NamedTuple):
    """How far a trigger can get at best.

    Attributes:
        alone: the best score without any other mention in the article.
        among: what more there is if the article names the thing elsewhere.
        reason: why it does not count, should it not.
    """

    alone: float
    among: float
    reason: str


def bound(hit: Hit, lexicon: Lexicon, signs: Signs, around: Surface) -> Bound:
    """The best that any parse could make of a trigger."""
    own = signs.of(hit.trigger.name)
    in_favour = own.positive & ~own.named
    against = own.every & ~own.positive & ~own.absent
    may = own.speaking(around.most, signs, in_favour) | in_favour & (own.absent | own.anywhere)
    must = own.speaking(around.least, signs, against & own.parts["any"])
    best = hit.trigger.prior
    worst: Sign | None = None
    for sign in signs.spoken(may | must):
        best += sign.weight
        if sign.weight <= 0 and (worst is None or sign.weight < worst.weight):
            worst = sign
    if worst is None and best < ENOUGH:  # only a trigger that may be settled needs a reason
        told = own.speaking(around.most, signs, against) | against & own.anywhere
        worst = min(signs.spoken(told), key=lambda s: s.weight, default=None)
    among = sum(s.weight for s in signs.spoken(own.positive & own.named))
    return Bound(best, among, worst.reason if worst else lexicon.otherwise)


def hopeless(bounds: list[tuple[Hit, Bound]]) -> list[bool]:
    """For each trigger whether no parse could make it count.

    What it gains from another mention of its category it can only have if another trigger may count by itself.
    """
    hopeful: dict[str, set[int]] = {}
    for hit, b in bounds:
        if b.alone >= ENOUGH:
            hopeful.setdefault(hit.trigger.category, set()).add(hit.start)
    out = []
    for hit, b in bounds:
        others = hopeful.get(hit.trigger.category, set()) - {hit.start}
        out.append(b.alone + (b.among if others else 0.0) < ENOUGH)
    return out


def gate(
    work: Work,
    lexicons: Mapping[str, Lexicon],
    signs: Mapping[str, Signs],
    bases: Mapping[str, str],
) -> None:
    """Settle the triggers that no parse could make count, as `work.found`; the others stay in `work.hits`.

    Looks up the places that each sentence with a trigger names, and what stands in the title.
    """
    low = work.clean.low
    lines: dict[int, Line] = {}
    work.title = _title(work, lines, bases).whole
    topics = Slot(work.topics)
    bounds: list[tuple[Hit, Bound]] = []
    for hit in work.hits:
        i = work.sentence_at(hit.start)
        if i not in work.named_places:
            work.named_places[i] = find_places(work.text_of(i))
        if hit.trigger.prior > ENOUGH:  # hardly ever means another thing: not worth the reckoning
            bounds.append((hit, Bound(hit.trigger.prior, 0.0, "")))
            continue
        a, b = work.spans[i]
        if i not in lines:
            lines[i] = Line(low[a:b], work.named_places[i], bases)
        around = Surface(lines[i], *lines[i].index(hit.start - a, hit.end - a), work.title, topics)
        category = hit.trigger.category
        bounds.append((hit, bound(hit, lexicons[category], signs[category], around)))
    work.hits = []
    for (hit, best), settled in zip(bounds, hopeless(bounds), strict=True):
        if settled:
            c = Candidate(hit.trigger, hit.start, hit.end, reason=best.reason)
            work.found.append(Found(c, work.sentence_at(hit.start), rule=hit.trigger.name))
        else:
            work.hits.append(hit)


def _title(work: Work, lines: dict[int, Line], bases: Mapping[str, str]) -> Line:
    """The first line of the article; kept with its places where it is the first sentence, too."""
    title = work.clean.low.split("\n", 1)[0]
    places = find_places(work.clean.text[: len(title)])
    line = Line(title, places, bases)
    if work.sentence_at(0) == 0 and work.spans[0] == (0, len(title)):
        work.named_places[0], lines[0] = places, line
    return line
