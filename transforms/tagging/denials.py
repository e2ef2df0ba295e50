"""Denials that stand further out than the climb goes: "denied that it had", "rejects a claim that", "blamed, but"."""

from transforms.tagging.clauses import child
from transforms.tagging.cues import CueWords
from transforms.tagging.sentence import Sentence

_STEPS = 6
_OPEN = ("ccomp", "xcomp", "acl", "relcl", "prep", "pobj", "pcomp", "dobj", "nsubj", "nsubjpass", "compound", "conj",
         "advcl", "amod", "agent")  # fmt: skip


def denied_from_afar(s: Sentence, head: int, cues: CueWords) -> bool:
    """Whether the sentence says that what the trigger tells is not so.

    Args:
        s: the sentence.
        head: the trigger's head.
        cues: the words of status; `claims`, `untrue` and `blames` are its lists for this.
    """
    if not cues.words("falsely").isdisjoint(s.low[max(0, head - 16) : head]):
        return True  # "falsely blamed the blast on an airstrike"
    claims, untrue = cues.words("claims"), cues.words("untrue")
    here = head
    for _ in range(_STEPS):
        above, dep = s.heads[here], s.deps[here]
        if above == here or dep not in _OPEN or s.low[above] in cues.words("stop_prepositions"):
            break
        if dep in ("ccomp", "xcomp") and _denies(s, above, cues) and here != head:
            return True
        if s.lemmas[above] in claims and s.tags[above].startswith("NN"):
            return _refuted(s, above, cues, untrue)
        here = above
    return _blamed(s, head, cues)


def _denies(s: Sentence, verb: int, cues: CueWords) -> bool:
    return s.tags[verb].startswith("VB") and s.lemmas[verb] in cues.words("denies")


def _refuted(s: Sentence, claim: int, cues: CueWords, untrue: frozenset[str]) -> bool:
    """Whether a claim is rejected or called untrue."""
    verb = s.heads[claim]
    if s.low[verb] in ("as", "of") and s.heads[verb] != verb:
        verb = s.heads[verb]
    if s.deps[claim] in ("dobj", "nsubjpass", "pobj") and s.lemmas[verb] in cues.words("denies"):
        return True
    around = (verb, *s.children[verb])
    return any(s.low[k] in untrue or s.lemmas[k] in untrue for k in around)


def _blamed(s: Sentence, head: int, cues: CueWords) -> bool:
    """Alleged, with the claim rejected behind it: "blamed on a raid, which the army denied"."""
    here = head
    for _ in range(_STEPS):
        here = s.heads[here]
        if s.lemmas[here] in cues.words("blames"):
            break
    else:
        return False
    return any(
        s.lemmas[k] in cues.words("denies")
        and s.tags[k].startswith("VB")
        and child(s, k, ("nsubj", "nsubjpass", "mark")) >= 0
        for k in range(head + 1, len(s))
    )
