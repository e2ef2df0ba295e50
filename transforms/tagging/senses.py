"""Does this trigger mean what the category means? Signs for and against are weighed; the lexicon holds them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from transforms.tagging.lexicon import Lexicon, Sign, Trigger
from transforms.tagging.sentence import Sentence
from transforms.tagging.signs import Signs, Slot

_AFTER_NOUN = ("on", "against", "near", "in", "at", "kill", "hit", "into", "inside", "")
_OPENS_OBJECT = ("DT", "CD", "JJ", "NNP", "NNPS", "PRP$", "NNS")
_FINITE = ("VBZ", "VBP", "VBD", "MD")
ENOUGH = 1.0
"""A trigger counts if its prior and the weights of its signs add up to this."""


@dataclass
class Candidate:
    """A trigger in its parsed sentence.

    Attributes:
        trigger: the lexicon entry.
        first, last: tokens of the trigger; `head` the one that the rest hangs on.
        part: "noun", "verb" or "adjective" as it stands here.
        start, end: span in the clean text of the article.
    """

    trigger: Trigger
    start: int
    end: int
    first: int = 0
    last: int = 0
    head: int = 0
    part: str = "noun"
    counted: bool = False
    reason: str = ""
    score: float = 0.0
    signs: list[str] = field(default_factory=list)


def locate(s: Sentence, c: Candidate) -> None:
    """Find the tokens, head and part of speech of a candidate in its sentence."""
    c.first = s.token_at(c.start - s.start)
    c.last = s.token_at(c.end - s.start - 1)
    heads = [
        i
        for i in range(c.first, c.last + 1)
        if not c.first <= s.heads[i] <= c.last or s.heads[i] == i
    ]
    c.head = heads[-1] if heads else c.last
    c.part = _part(s, c)


def _part(s: Sentence, c: Candidate) -> str:
    i = c.head
    tag = s.tags[i]
    following = s.low[c.last + 1] if c.last + 1 < len(s) else ""
    if c.trigger.part == "noun":
        return "noun"
    if tag == "VBG" and s.deps[i] == "amod":
        return "adjective"
    if tag == "VBG" and _is_named(s, i):
        return "noun"
    if (
        tag == "VBZ"
        and following in _AFTER_NOUN
        and not any(s.deps[k] == "dobj" for k in s.children[i])
    ):
        return "noun"
    if tag in ("NNS", "NN", "NNP", "NNPS") and (_reads_as_verb(s, c) or _only_a_verb(s, c)):
        return "verb"
    if (
        tag.startswith("NN")
        and i
        and s.low[i - 1] == "to"
        and i + 1 < len(s)
        and s.tags[i + 1] in _OPENS_OBJECT
    ):
        return "verb"
    if tag.startswith("VB") or s.low[i].endswith("ed"):
        return "verb"
    return "adjective" if tag.startswith("JJ") else "noun"


def _is_named(s: Sentence, i: int) -> bool:
    """A gerund used as a noun: "Russian shelling kills", "the bombing of Dresden"."""
    if s.deps[i] in ("nsubj", "nsubjpass", "compound", "dobj") or s.deps[i] == "pobj":
        return not any(s.deps[k] == "dobj" for k in s.children[i])
    return any(s.deps[k] in ("det", "amod", "poss", "compound") and k < i for k in s.children[i])


def _reads_as_verb(s: Sentence, c: Candidate) -> bool:
    """A headline's verb tagged as noun: "US sanctions man accused of ..."; nothing finite before it."""
    i = c.head
    if not s.low[i].endswith("s") or i == 0 or i + 1 >= len(s) or c.first != c.last:
        return False
    if any(t in ("VBZ", "VBP", "VBD", "MD") for t in s.tags[:i]):
        return False
    if s.deps[i] in ("pobj", "conj", "dobj") or any(
        s.deps[k] in ("poss", "case") for k in s.children[i]
    ):
        return False
    if s.tags[i - 1] not in ("NNP", "NN", "NNS", "NNPS"):
        return False
    if s.deps[i] == "compound" and s.deps[s.heads[i]] in ("nsubj", "nsubjpass"):
        return False  # "the EU's Russia sanctions package is"
    return s.tags[i + 1] in ("NNP", "DT", "CD", "JJ", "PRP$", "NNPS", "VBN", "VBG") or (
        s.tags[i + 1] in ("NN", "NNS") and s.deps[i + 1] not in ("ROOT",) and s.heads[i + 1] >= i
    )


def _only_a_verb(s: Sentence, c: Candidate) -> bool:
    """A trigger that only counts as a verb, taken for a part of the name of its object.

    As in "India bombs camps", "US forces sink ship": of one number with the subject before it, an object behind it.
    """
    i = c.head
    if c.trigger.part == "verb" and s.deps[i] == "ROOT" and i > 0 and c.last + 1 < len(s):
        opens = s.tags[c.last + 1] in (*_OPENS_OBJECT, "VBN") or c.first != c.last
        before = s.tags[i - 1].startswith(("NN", "CD"))
        if opens and before and not any(t in _FINITE for t in s.tags[:i]):
            return True  # "Thai F-16 bombs Cambodian targets"
    listed = i > 2 and s.low[i - 2] in (",", "and") and s.tags[i - 3].startswith("NNP")
    if listed and s.tags[i] == "NN" and s.tags[i - 1].startswith("NNP") and s.heads[i] > i:
        return s.tags[i + 1] in ("JJ", "NNP")  # "US, Canada sanction Iranian generals"
    if c.trigger.part != "verb" or c.first != c.last or not 0 < i < len(s) - 1:
        return False
    subject = s.tags[i - 1]
    agrees = subject in ("NNS", "NNPS") if s.tags[i] == "NN" else subject in ("NNP", "NN")
    head = s.heads[i]
    finite = any(t in ("VBZ", "VBP", "VBD", "MD") for t in s.tags[:i])
    return (
        agrees
        and not finite
        and s.deps[i] == "compound"
        and s.deps[head] == "ROOT"
        and head <= i + 3
    )


def judge(c: Candidate, lexicon: Lexicon, signs: Signs, slot: Callable[[str], Slot]) -> None:
    """Weigh the signs; sets `counted`, `reason`, `score` and the names of the signs that spoke.

    Args:
        c: the candidate, located.
        lexicon: its category.
        signs: those of the lexicon.
        slot: gives what stands in a named place for this candidate.
    """
    score = c.trigger.prior
    worst: Sign | None = None
    own = signs.of(c.trigger.name)
    spoke = own.speaking(slot, signs, own.parts[c.part])
    for sign in signs.spoken(spoke ^ own.absent & own.parts[c.part]):
        score += sign.weight
        c.signs.append(sign.name)
        if sign.weight < 0 and (worst is None or sign.weight < worst.weight):
            worst = sign
    c.score = score
    if c.trigger.part not in ("any", c.part):
        c.counted, c.reason = False, "other_use"
        return
    c.counted = score >= ENOUGH
    c.reason = "" if c.counted else (worst.reason if worst else lexicon.otherwise)
