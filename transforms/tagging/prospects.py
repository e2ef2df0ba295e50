"""What measures come to where nothing that governs their word tells it: wanted, supposed, granted, gone, to come."""

from transforms.tagging.clauses import child
from transforms.tagging.cues import CueWords
from transforms.tagging.english import words
from transforms.tagging.sentence import Sentence

_DOING, _MORE, _WAIVERS, _ASKS_FOR = (words(n) for n in ("doing", "more", "waivers", "asks_for"))
_ENDS = (
    "end",
    "revoke",
    "cancel",
    "scrap",
    "withdraw",
    "rescind",
    "lapse",
    "expire",
    "let",
    "terminate",
)
_PERHAPS = ("would", "could", "might", "may", "'d")
_COMING = (
    " take effect on ", " takes effect on ", " take effect from ", " takes effect from ", " take effect in ",
    " take effect next ", " takes effect next ", " enter into force on ", " enters into force on ",
    " come into force on ", " comes into force on ",
)  # fmt: skip
_FOR_RELIEF = (" in exchange for ", " in return for ")
_NOT_NOW = (" not on agenda ", " not on the agenda ", " not on the table ", " off the table ")
_UP = ("dobj", "pobj", "prep", "compound", "amod", "nsubj", "csubj", "nsubjpass")
_STEPS = 5


def prospect(s: Sentence, head: int, status: str, cues: CueWords) -> str:
    """The status of a measure, given what the words that govern it make of it.

    Args:
        s: the sentence.
        head: head of the trigger.
        status: as read so far.
        cues: the words of status of the category.
    """
    if status in ("occurred", "planned", "called_off") and (told := _denied(s, head)):
        return told
    if status in ("occurred", "planned", "called_off") and _supposed(s, head):
        return "threatened"
    if status == "called_off":
        return _relief(s, head)
    if status == "planned" and s.low[s.heads[head]] == "work" and s.deps[head] == "compound":
        return "occurred"  # "Sanctions work"
    if status != "occurred":
        return status
    if _asked(s, head):
        return "threatened"
    if _gone(s, head):
        return "called_off"
    behind = f" {' '.join(s.low[head:])} "
    if any(phrase in behind for phrase in _COMING) or _package_to_come(s, head):
        return "planned"
    return _participle(s, head, cues) or status


def _package_to_come(s: Sentence, head: int) -> bool:
    """As in "consultations on a package of sanctions", "the sanctions package is almost ready"."""
    here = head
    for _ in range(_STEPS):
        if s.lemmas[here] in _PACKAGES and here != head:
            break
        here = s.heads[here]
    else:
        return False
    before, after = s.low[max(0, here - _NEAR) : here], s.low[here + 1 : here + _NEAR]
    if not _PREPARING.isdisjoint(before) or not _UNREADY.isdisjoint(after):
        return True
    part = s.heads[s.heads[here]]  # "as part of the package, the council will ban"
    return s.low[part] == "part" and "will" in after


_PACKAGES, _PREPARING, _UNREADY = (words(n) for n in ("packages", "preparing", "unready"))
_NEAR = 10


def _denied(s: Sentence, head: int) -> str:
    """As in "denies easing sanctions", "deny that it was placed under sanctions", "relief not on the agenda"."""
    near = f" {' '.join(s.low[head : head + 10])} "
    if any(phrase in near for phrase in _NOT_NOW):
        return "denied"
    here = head
    for _ in range(_STEPS):
        above, dep = s.heads[here], s.deps[here]
        if above == here or dep not in (*_UP, "ccomp", "xcomp"):
            return ""
        rules_out = s.lemmas[above] == "rule" and "out" in s.low[above : above + 3]
        if dep in ("ccomp", "xcomp") and (s.lemmas[above] == "deny" or rules_out):
            return "denied"
        here = above
    return ""


def _supposed(s: Sentence, head: int) -> bool:
    """As in "imposing sanctions on India would backfire", "the removal of sanctions could help"."""
    here, doing = head, s.tags[head] == "VBG" or s.low[head] == "sanctioning"
    doing = doing or (head > 0 and s.tags[head - 1] == "VBG" and s.lemmas[head - 1] in _DOING)
    for _ in range(_STEPS):
        doing = doing or (s.lemmas[here] in _DOING and here != head)
        doing = doing or any(s.deps[k] == "amod" and s.tags[k] == "VBG" for k in s.children[here])
        above, dep = s.heads[here], s.deps[here]
        if above == here or dep not in _UP:
            return False
        if dep in ("nsubj", "csubj", "nsubjpass"):
            return doing and any(s.low[k] in _PERHAPS for k in s.children[above] if k < above)
        here = above
    return False


def _relief(s: Sentence, head: int) -> str:
    """Relief that is wanted, possible, or taken away again."""
    noun = s.heads[head]
    before = f" {' '.join(s.low[max(0, head - 7) : head])} "
    if any(phrase in before for phrase in _FOR_RELIEF) and not _past(s, head):
        return "threatened"
    if s.tags[noun].startswith("NN"):
        if s.deps[noun] == "nsubj" and s.low[s.heads[noun]] in (
            "possible",
            "likely",
            "conceivable",
        ):
            return "threatened"
        if s.lemmas[noun] in _WAIVERS and s.lemmas[s.heads[noun]] in _ENDS:
            return "occurred"  # "ends the sanctions waiver"
    return "called_off"


def _past(s: Sentence, head: int) -> bool:
    """Whether what stands before is told as done: "freed prisoners in exchange for"."""
    finite = next((i for i in range(head) if s.tags[i] in ("VBD", "VBZ", "VBP", "MD")), -1)
    return finite >= 0 and s.tags[finite] == "VBD" and s.lemmas[finite] not in _ASKS_FOR


def _asked(s: Sentence, head: int) -> bool:
    """As in "needs more sanctions", "time for sanctions", "wants Rosatom sanctioned"."""
    above, dep = s.heads[head], s.deps[head]
    wanted = any(s.low[k] in _MORE for k in s.children[head])
    if (
        s.lemmas[above] in ("need", "support", "back")
        and s.tags[above].startswith("VB")
        and dep in ("dobj", "nsubjpass")
    ):
        return wanted
    if s.low[above] == "for" and s.low[s.heads[above]] == "time":
        return True
    participle = s.tags[head] in ("VBN", "VBD") and dep in ("advcl", "ccomp", "xcomp")
    told = any(
        s.deps[k] in ("mark", "aux") and s.low[k] not in ("for", "to") for k in s.children[head]
    )
    return participle and not told and s.lemmas[above] in _ASKS_FOR


def _gone(s: Sentence, head: int) -> bool:
    """As in "the sanctions were gone", "sanctions are over, he said"."""
    verb = s.heads[head]
    if s.deps[head] not in ("nsubj", "nsubjpass"):
        return False
    if s.low[verb] == "gone":
        return child(s, verb, ("auxpass", "aux")) >= 0
    if s.lemmas[verb] == "be" and s.low[verb + 1 : verb + 2] == ["gone"]:
        return True
    over = s.lemmas[verb] == "be" and s.low[verb + 1 : verb + 2] == ["over"]
    return over and s.low[verb + 2 : verb + 3] in ([","], ["."], [])


def _participle(s: Sentence, head: int, cues: CueWords) -> str:
    """A headline's verb read as a word before the noun: "U.S. weighing sanctions", "EU, UK ready sanctions"."""
    for k in s.children[head]:
        if s.deps[k] != "amod" or not k or not s.tags[k - 1].startswith("NN"):
            continue
        if s.tags[k] == "VBG" or (s.low[k] == "ready" and s.tags[k - 1] == "NNP"):
            return cues.listed(s.lemmas[k])
    return ""
