"""What stands around a trigger: the places to look that the signs of a lexicon name."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import ahocorasick_rs

from transforms.tagging import english
from transforms.tagging.clauses import governor, phrase, points_back, prepositional
from transforms.tagging.lexicon import Lexicons
from transforms.tagging.participants import Roles
from transforms.tagging.senses import Candidate
from transforms.tagging.sentence import Sentence
from transforms.tagging.signs import Slot

_ENOUGH_WORDS = 2
"""Distinct words of a topic before an article is taken to be about it."""
_AIM = 12
_TURNS = english.words("turns")
_NO_KINDS: frozenset[str] = frozenset()
_NOTHING, _BACK = Slot(), Slot(words=frozenset({"back_named"}))


class TopicScanner:
    """Tells what an article is about by the topic words in it."""

    def __init__(self, lexicons: Lexicons) -> None:
        """Build one automaton over all topics' words."""
        self._topics: list[tuple[str, ...]] = []
        by_word: dict[str, list[str]] = {}
        for topic, words in lexicons.topics.items():
            for word in (*words.single, *words.phrases):
                by_word.setdefault(word, []).append(topic)
        self._topics = [tuple(t) for t in by_word.values()]
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(by_word), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )

    def topics(self, low: str) -> frozenset[str]:
        """Topics with enough words that no other topic beats."""
        seen: dict[str, set[int]] = {}
        size = len(low)
        for index, start, end in self._automaton.find_matches_as_indexes(low):
            if (start and low[start - 1].isalnum()) or (end < size and low[end].isalnum()):
                continue
            for topic in self._topics[index]:
                seen.setdefault(topic, set()).add(index)
        if not seen:
            return frozenset()
        most = max(len(s) for s in seen.values())
        return frozenset(t for t, s in seen.items() if len(s) >= max(_ENOUGH_WORDS, most))


class Surroundings:
    """Slots of one candidate, built when a sign asks for them."""

    def __init__(
        self,
        s: Sentence,
        c: Candidate,
        roles: Roles,
        kinds: dict[int, frozenset[str]],
        inside: set[int],
        title: Slot,
        article: Slot,
        topics: frozenset[str],
        *,
        follows: bool = False,
    ) -> None:
        """Hold what the slots are made of; `kinds` gives the kinds of place name that cover each token.

        `inside` are tokens inside names of several words, which are no words by themselves; `follows` tells that a
        counted mention of the category stands not far before.
        """
        self._s, self._c, self._roles, self._kinds = s, c, roles, kinds
        low, lemmas = s.low, s.lemmas
        if inside:
            low = ["" if i in inside else w for i, w in enumerate(low)]
            lemmas = ["" if i in inside else w for i, w in enumerate(lemmas)]
        self._alone, self._bases = low, lemmas
        self._made: dict[str, Slot] = {
            "title": title,
            "article": article,
            "topic": Slot(words=topics),
        }
        back = follows and points_back(s, c.first, c.head)
        self._made["pointer"] = _BACK if back else _NOTHING

    def slot(self, name: str) -> Slot:
        """What stands in the named place."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._makers[name](self)
        return made

    def _of(self, tokens: Sequence[int]) -> Slot:
        size = len(self._s)
        chosen = [i for i in tokens if 0 <= i < size]
        if not chosen:
            return Slot()
        low, alone, bases = self._s.low, self._alone, self._bases
        words = frozenset([alone[i] for i in chosen]).union([bases[i] for i in chosen])
        joined = " ".join([low[i] for i in chosen if low[i] != "-"])
        return Slot(words, f" {joined} ", self._kinds_of(chosen))

    def _between(self, start: int, stop: int) -> Slot:
        """The tokens from start to before stop, clipped to the sentence."""
        start, stop = max(0, start), min(len(self._s), stop)
        if start >= stop:
            return Slot()
        words = frozenset(self._alone[start:stop]).union(self._bases[start:stop])
        joined = " ".join([w for w in self._s.low[start:stop] if w != "-"])
        return Slot(words, f" {joined} ", self._kinds_of(range(start, stop)))

    def _kinds_of(self, tokens: Sequence[int]) -> frozenset[str]:
        kinds = self._kinds
        return _NO_KINDS.union(*[kinds[i] for i in tokens if i in kinds]) if kinds else _NO_KINDS

    def _own(self) -> Slot:
        return self._between(self._c.first, self._c.last + 1)

    def _before(self) -> Slot:
        s, c = self._s, self._c
        tokens = set(range(max(0, c.first - 2), c.first))
        for kid in s.children[c.head]:
            if kid < c.first and s.deps[kid] in ("amod", "compound", "nmod", "poss", "nummod"):
                lo, hi = s.subtree(kid)
                tokens.update(range(lo, min(hi + 1, c.first)))
        return self._of(sorted(tokens))

    def _next(self) -> Slot:
        i = self._c.last + 1
        if i < len(self._s) and self._s.low[i] in ("-", "–"):
            i += 1
        return self._of([i])

    def _left(self) -> Slot:
        return self._between(self._c.first - 5, self._c.last + 1)

    def _reach(self) -> Slot:
        return self._between(self._c.first - 9, self._c.last + 1)

    def _agent(self) -> Slot:
        """The phrase behind "by": of the trigger itself or of the verb that it hangs on."""
        s, c = self._s, self._c
        by = prepositional(s, c.head, frozenset({"by"}))
        return self._phrase(by) if by >= 0 else Slot()

    def _after(self) -> Slot:
        return self._between(self._c.first, self._c.last + 5)

    def _aimed(self) -> Slot:
        """What the trigger is aimed at: the words behind it, up to where the sentence turns to when, where or why."""
        s, start = self._s, self._c.last + 1
        stop = min(len(s), start + _AIM)
        turn = next((i for i in range(start, stop) if s.low[i] in _TURNS), stop)
        return self._between(start, turn)

    def _doer(self) -> Slot:
        return self._phrase(self._roles.actor)

    def _done_to(self) -> Slot:
        return self._phrase(self._roles.target if self._roles.target >= 0 else self._roles.place)

    def _phrase(self, head: int) -> Slot:
        if head < 0:
            return Slot()
        lo, hi = phrase(self._s, head, wide=True)
        return self._of([i for i in range(lo, hi + 1) if not self._c.first <= i <= self._c.last])

    def _governor(self) -> Slot:
        s, c = self._s, self._c
        if c.part == "verb":
            head = s.heads[c.head]
            return self._of([head] if head != c.head else [])
        verb, _, between = governor(s, c.head)
        tokens = [*between, verb, s.heads[c.head]]
        tokens += [
            k for k in s.children[c.head] if s.deps[k] in ("acl", "relcl") or s.tags[k] == "VBN"
        ]
        return self._of([i for i in tokens if i != c.head])

    def _sentence(self) -> Slot:
        """Words beside the trigger; phrases may run through it ("hunger strike")."""
        first, behind = self._c.first, self._c.last + 1
        words = frozenset(self._alone[:first]).union(
            self._alone[behind:], self._bases[:first], self._bases[behind:]
        )
        beside = [*range(first), *range(behind, len(self._s))]
        return Slot(words, self._s.joined, self._kinds_of(beside))

    _makers: ClassVar[dict[str, Callable[["Surroundings"], Slot]]] = {
        "own": _own, "before": _before, "next": _next, "left": _left, "reach": _reach, "agent": _agent,
        "after": _after, "aimed": _aimed, "doer": _doer, "done_to": _done_to, "governor": _governor,
        "sentence": _sentence,
    }  # fmt: skip
