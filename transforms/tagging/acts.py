"""One trigger for each clause: the noun that names the act before its verb, the act before the weapon."""

from transforms.tagging.english import words
from transforms.tagging.senses import Candidate
from transforms.tagging.sentence import Sentence

_USES = words("uses")
_CLAUSES = frozenset(
    ("ROOT", "advcl", "relcl", "ccomp", "acl", "parataxis", "xcomp", "conj", "pcomp")
)


def one_a_clause(found: list[tuple[Candidate, Sentence]]) -> None:
    """Take from the count each trigger whose act a better-ranked trigger of its clause already names.

    Nouns of the act (rank 1) never fold into each other: "sanctions and a travel ban" are two.
    """
    by_sentence: dict[int, list[tuple[Candidate, Sentence]]] = {}
    for c, s in found:
        if c.counted:
            by_sentence.setdefault(s.start, []).append((c, s))
    for group in by_sentence.values():
        for c, s in group:
            if any(_names_its_act(s, c, other) for other, _ in group):
                c.counted, c.reason = False, "same_act"


def _names_its_act(s: Sentence, c: Candidate, other: Candidate) -> bool:
    return (
        other is not c
        and other.counted
        and other.trigger.category == c.trigger.category
        and (
            (other.trigger.rank < _rank(c) and _same_act(s, c.head, other.head, _rank(c)))
            or (_rank(c) == other.trigger.rank == 3 and _joined(s, other.head, c.head))
        )
    )


def _joined(s: Sentence, first: int, second: int) -> bool:
    """As in "rockets and shells": weapons of one salvo."""
    return s.deps[second] == "conj" and s.heads[second] == first


def _rank(c: Candidate) -> int:
    if c.part == "verb" and c.trigger.rank == 1:
        return 2
    return c.trigger.rank


def _same_act(s: Sentence, one: int, other: int, rank: int) -> bool:
    if rank >= 3:
        here, there = _clause(s, one), _clause(s, other)
        used = s.heads[there] == here and s.lemmas[here] in _USES  # "used missiles to strike"
        return here == there or used or _hangs(s, one, other) or _hangs(s, other, one)
    return _hangs(s, other, one)


def _hangs(s: Sentence, low: int, high: int) -> bool:
    """Whether `low` hangs on `high` as its subject, object or instrument."""
    here = low
    for _ in range(5):
        if here == high:
            return True
        dep, head = s.deps[here], s.heads[here]
        if head == here or dep in ("advcl", "relcl", "ccomp", "parataxis"):
            return False
        if here != low and s.tags[here].startswith("VB"):
            return False
        if dep == "prep" and s.low[here] not in ("by", "with", "in", "of", "from"):
            return False
        here = head
    return here == high


def _clause(s: Sentence, i: int) -> int:
    for _ in range(20):
        if s.heads[i] == i or (s.deps[i] in _CLAUSES and s.tags[i].startswith("VB")):
            return i
        i = s.heads[i]
    return i
