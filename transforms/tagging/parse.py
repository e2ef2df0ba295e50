"""The parser: spaCy on trigger sentences only, in batches, turned into plain tuples before the memory is freed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from transforms.tagging.english import words
from transforms.tagging.inflect import lemmas
from transforms.tagging.model import MODELS as MODELS
from transforms.tagging.model import load_model
from transforms.tagging.places import find_places
from transforms.tagging.sentence import Sentence

BATCH = 128
ZONE = 4096
"""Sentences between two clearings of the parser's memory: a few MB at most."""
FAMILIAR = 16_384
"""Sentences before the first zone, whose words stay known for good: inside a zone spaCy's tokenizer remembers none, so
unknown ones cost it three times as much. As many again would bring 10,000 rare words and save a tenth."""
EXCLUDE = ["ner", "senter", "lemmatizer", "attribute_ruler"]


class Parser:
    """One spaCy pipeline, loaded at the first sentence that needs it."""

    def __init__(
        self,
        known: Iterable[str] = (),
        exclude: Sequence[str] = tuple(EXCLUDE),
        verbs: Iterable[str] = (),
    ) -> None:
        """Nothing is loaded yet.

        Args:
            known: words of the lexicons, whose inflected forms get base forms; in headlines they are
                written small before parsing, for the parser takes capitals for names.
            exclude: parts of the model not to load.
            verbs: forms that are verbs where they follow a headline's first name ("orders").
        """
        known = set(known)
        self.bases = lemmas(known)
        self._verbs = frozenset(verbs)
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
        docs = self._nlp.pipe([self._readable(t) for t in texts], batch_size=BATCH)
        for text, doc in zip(texts, docs, strict=True):
            yield text, Sentence(text, 0, _rows(doc), self.bases)

    def _readable(self, text: str) -> Any:
        """The text as the parser reads it best: recased, and a headline's first name changed for one it knows.

        It takes "Trump" for a verb, and "orders" for a noun behind most names but for a verb behind "Israel".
        """
        cased = recase(text, self._small)
        first, _, rest = cased.partition(" ")
        known = _better_known(first)
        if not known or known == first:
            return cased
        second = rest.partition(" ")[0]
        if known == STATE and not (second.endswith("s") and second in self._verbs):
            return cased
        doc = self._nlp.make_doc(cased)
        if doc[0].text != first:
            return cased
        words = [known, *(t.text for t in doc[1:])]
        twin = type(doc)(doc.vocab, words=words, spaces=[bool(t.whitespace_) for t in doc])
        twin.user_data["first"] = first
        return twin

    def _renew_zone(self, more: int) -> None:
        """Free the words met so far every `ZONE` sentences: at every batch, new words would cost a third more."""
        self._in_zone += more
        if self._in_zone > (FAMILIAR if self._zone is None else ZONE):
            if self._zone is not None:
                self._zone.__exit__(None, None, None)
            self._zone = self._nlp.memory_zone()
            self._zone.__enter__()
            self._in_zone = more


STATE, LEADER = "Israel", "Putin"
"""Names that the model reads as names whatever follows."""


@cache
def _better_known(first: str) -> str:
    """What to read for a headline's first word; empty if it is no single state, body or leader."""
    if not first[:1].isupper():
        return ""
    place = next(iter(find_places(first)), None)
    if place is None or (place.start, place.end) != (0, len(first)):
        return ""
    if place.kind == "leader":
        return LEADER
    return STATE if place.kind in ("country", "capital", "seat", "body") else ""


def _rows(doc: Any) -> list[tuple[str, str, str, int, int]]:
    """Plain rows of a parsed doc without its space tokens; what hung on them hangs on their head."""
    text = doc.text
    first = doc.user_data.get("first")
    columns = (
        doc.to_array(["IDX", "LENGTH", "TAG", "DEP", "HEAD", "IS_SPACE"]).astype("int64").T.tolist()
    )
    starts, lengths, tags, deps, heads, spaces = columns
    if first is not None:  # give the first word back its own text
        more = len(first) - lengths[0]
        text = first + text[lengths[0] :]
        starts = [0, *(i + more for i in starts[1:])]
        lengths[0] = len(first)
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


_FUNCTION = words("function_words")
_ACRONYMS = words("acronyms")


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
