"""One article on its way through the tagger."""

from bisect import bisect_right
from dataclasses import dataclass, field

from schemas.records import Article
from transforms.tagging.envoys import Introduction
from transforms.tagging.fill import Filled
from transforms.tagging.placemap import PlaceMap
from transforms.tagging.places import Place
from transforms.tagging.scan import Clean, Hit
from transforms.tagging.senses import Candidate
from transforms.tagging.sentence import Sentence
from transforms.tagging.sentences import split
from transforms.tagging.signs import Slot

NEAR = 4
"""Sentences behind a mention in which "the attack" may still point back to it."""


@dataclass
class Found:
    """A candidate on its way to a mention."""

    candidate: Candidate
    sentence: int
    filled: Filled = field(default_factory=Filled)
    status: str = "occurred"
    person: str = ""
    resolved_from: str = ""
    rule: str = ""


@dataclass
class Work:
    """One article while it is being tagged.

    Attributes:
        article, clean: as it came, and as the scan sees it.
        hits: trigger words still to be judged.
        spans, ends: its sentences, once split.
        parsed, places: by number of sentence, where parsed; `named_places` where only looked up.
        topics, title: what the judge asks of the whole article.
        found: candidates judged. `named`: sentence, span and introduction of each later naming of an envoy.
        senders, often, seldom: states that impose sanctions, on whom often and on whom not, as the lexicon lists them.
        shared_measures: triggers whose measure several states share.
    """

    article: Article
    clean: Clean
    hits: list[Hit]
    spans: list[tuple[int, int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    parsed: dict[int, Sentence] = field(default_factory=dict)
    places: dict[int, PlaceMap] = field(default_factory=dict)
    named_places: dict[int, list[Place]] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()
    title: Slot = field(default_factory=Slot)
    found: list[Found] = field(default_factory=list)
    senders: tuple[str, ...] = ()
    often: tuple[str, ...] = ()
    seldom: tuple[str, ...] = ()
    shared_measures: tuple[str, ...] = ()
    named: list[tuple[int, tuple[int, int], Introduction]] = field(default_factory=list)

    def text_of(self, sentence: int) -> str:
        """The clean text of a sentence by its number."""
        a, b = self.spans[sentence]
        return self.clean.text[a:b]

    def sentence_at(self, offset: int) -> int:
        """Number of the sentence that holds the character; splits the article when first asked."""
        if not self.spans:
            self.spans = split(self.clean.text)
            self.ends = [end for _, end in self.spans]
        return min(bisect_right(self.ends, offset), len(self.spans) - 1)

    def sentences_with(self, word: str) -> list[int]:
        """Numbers of the sentences that hold a word."""
        out: list[int] = []
        at = self.clean.text.find(word)
        while at >= 0:
            i = self.sentence_at(at)
            if not out or out[-1] != i:
                out.append(i)
            at = self.clean.text.find(word, max(at + 1, self.spans[i][1]))
        return out
