"""Whom a sentence introduces as an envoy: the name beside the role, or that a verb gives it to."""

from typing import NamedTuple

from transforms.tagging.clauses import SUBJECTS, subject
from transforms.tagging.english import words
from transforms.tagging.inflect import forms
from transforms.tagging.names import (
    in_name,
    is_region,
    name_end,
    name_ending,
    name_from,
    past_honorifics,
)
from transforms.tagging.senses import Candidate
from transforms.tagging.sentence import Sentence

_REGION = words("regions")
_ROLE_VERBS = {form: verb for verb in words("role_verbs") for form in forms(verb)}
_FOLLOWS = {form for verb in words("follows") for form in forms(verb)}
_ROLE_STATES = {form: verb for verb in words("role_states") for form in forms(verb)}
_FAR = 9
_ENDS = (",", ".", ")", "-", "–", "—")
_OPENS = (",", "(", "–", "—")
_DASHES = frozenset("-–—")
_STYLES = ("his", "her", "h", "h.e", "h.e.")
"""What begins "His Excellency", which is said of an envoy and not of whoever is told of next."""
_AUXILIARIES = (
    "was",
    "were",
    "is",
    "are",
    "has",
    "have",
    "had",
    "been",
    "be",
    "being",
    "to",
    "newly",
    "will",
    "who",
)
_LINKS = (
    "as",
    "to",
    "be",
    "become",
    "for",
    "the",
    "a",
    "an",
    "his",
    "her",
    "its",
    "their",
    "and",
    ",",
)
"""Words between a name and the role that a verb gives it: "names Ann Berg and Bo Lind as its envoys"."""
_KIN = words("kin")


class Introduction(NamedTuple):
    """A person introduced as an envoy.

    Attributes:
        name: the full name as introduced.
        surname: what later sentences call the person.
        mention: index of the introducing mention among the article's.
        sentence: index of its sentence in the article.
    """

    name: str
    surname: str
    mention: int
    sentence: int


def person(s: Sentence, c: Candidate, taken: set[int]) -> str:
    """The name of the person whom the trigger introduces; empty if the sentence names none.

    Args:
        s: the sentence.
        c: an envoy trigger in it.
        taken: tokens that are place names, which no person's name may use.
    """
    if _kin(s, c):
        return ""
    behind = _after_complement(s, c)
    for i in (c.last + 1, behind):
        found = name_from(s, past_honorifics(s, i), taken, 1)
        if found and not is_region(found):
            return found
    comma = behind if behind > 0 else c.last + 1
    if comma < len(s) and s.low[comma] in (*_OPENS, ":", "-"):
        if s.low[comma] in (
            "-",
            "–",
            "—",
        ):  # in a list the next begins: "A, nominee for envoy - B, nominee"
            listed = _name_before(s, c, taken) or _nominee(s, c, taken)
            if listed:
                return listed
        begin = past_honorifics(s, comma + 1)
        end = name_end(s, begin, taken, 2)
        styled = begin > comma + 1 and s.low[comma + 1] in _STYLES
        if end > 0 and (styled or end >= len(s) or s.low[end] in _ENDS):
            return s.span(begin, end - 1)
    return (
        _name_before(s, c, taken)
        or _named_to_role(s, c, taken)
        or _holder(s, c, taken)
        or _nominee(s, c, taken)
    )


def _kin(s: Sentence, c: Candidate) -> bool:
    """As in "the envoy's son": what follows is about somebody else."""
    after = s.low[c.last + 1 : c.last + 4]
    return after[:1] in (["'s"], ["'"]) and not _KIN.isdisjoint(after)


def _after_complement(s: Sentence, c: Candidate) -> int:
    """The token after "for Iran", "to the United Nations", "of Norway in Kabul" or "at large" behind the trigger."""
    end = _after_phrase(s, c)
    while 0 < end < len(s) and s.low[end] in ("in", "to", "at"):
        k = end + 1
        while (
            k < len(s)
            and (s.low[k] == "the" or s.words[k][:1].isupper())
            and past_honorifics(s, k) == k
        ):
            k += 1
        if not s.words[k - 1][:1].isupper():
            break
        end = k
    return end


def _after_phrase(s: Sentence, c: Candidate) -> int:
    j = c.last + 1
    if j >= len(s) or s.low[j] not in ("for", "to", "on", "in", "of", "at"):
        return -1
    for kid in s.children[c.head]:
        if kid == j:
            hi = j
            for k in range(j + 1, min(len(s), j + 8)):
                if past_honorifics(s, k) > k:
                    break
                if s.words[k][:1].isupper() or s.low[k] in (
                    "the",
                    "and",
                    "of",
                    "climate",
                    "hostage",
                    "affairs",
                ):
                    if s.low[k - 1] in _REGION and s.low[k] not in _REGION and in_name(s, k):
                        break  # "for Hostage Affairs Roger Carstens"
                    hi = k
                else:
                    break
            # "for Iran Robert Malley": the complement ends where place tokens end
            return hi + 1 if s.low[hi] not in ("the", "and", "of") else hi
    k = j + 1
    while k < len(s) and (s.low[k] in ("the", "of") or s.words[k][:1].isupper()):
        if past_honorifics(s, k) > k:
            break
        k += 1
    return k


def complement_name(s: Sentence, c: Candidate, taken: set[int]) -> str:
    """A name that directly follows the place in "envoy for Iran Robert Malley"."""
    j = c.last + 1
    if j >= len(s) or s.low[j] not in ("for", "to", "on", "in", "of", "at"):
        return ""
    k = j + 1
    while k < len(s) and (
        s.low[k] == "the" or k in taken or (s.low[k] in ("to", "in") and k + 1 in taken)
    ):
        k += 1
    if taken.isdisjoint(range(j + 1, k)):
        return ""  # "to the Red Sea talks" names no person
    found = name_from(s, past_honorifics(s, k), taken, 2)
    return "" if is_region(found) else found


def _name_before(s: Sentence, c: Candidate, taken: set[int]) -> str:
    """As in "Richard Grenell, a special presidential envoy", "Witkoff, the envoy,": what the trigger stands beside."""
    head = s.heads[c.head]
    if s.deps[c.head] in ("appos", "conj") and head < c.first:
        last, comma = head, head + 1
        while comma < c.first and s.low[comma] not in _OPENS:
            comma += 1
        if comma < c.first and s.heads[comma - 1] == head:
            last = comma - 1  # "Witkoff Jr., the envoy"
        least = 1 if s.deps[c.head] == "appos" and _set_off(s, c, head) else 2
        return name_ending(s, last, taken, least)
    i = c.first - 1
    steps = 0
    while i > 0 and s.low[i] not in _OPENS and steps < 7:
        if s.tags[i].startswith(("VB", "MD")) and s.deps[i] not in ("amod",):
            return ""
        i -= 1
        steps += 1
    if i > 0 and s.low[i] in _OPENS:
        return name_ending(s, i - 1, taken, 1 if _set_off(s, c, i - 1) else 2)
    return ""


def _set_off(s: Sentence, c: Candidate, name: int) -> bool:
    """Whether a name and the role behind it stand between marks, so that a surname alone is enough: "X, the envoy,"."""
    if s.low[name + 1 : name + 2] not in ([","], ["–"], ["—"]):
        return False
    end = _after_complement(s, c)
    end = end if end > 0 else c.last + 1
    return end >= len(s) or s.low[end] in _ENDS


def _named_to_role(s: Sentence, c: Candidate, taken: set[int]) -> str:
    """As in "names Tom Berg special envoy", "taps Berg to be", "Berg was appointed as": by a verb that gives a role."""
    for v in range(c.first - 1, max(-1, c.first - _FAR), -1):
        if s.low[v] in (";", ":"):
            return ""
        if s.low[v] in _FOLLOWS:  # "Podesta to succeed Kerry as envoy"
            return name_ending(s, v - 2 if s.low[v - 1] in _AUXILIARIES else v - 1, taken, 1)
        if s.low[v] not in _ROLE_VERBS or s.deps[v] == "amod":
            continue
        end = name_end(s, v + 1, taken, 1)
        if end > 0 and s.low[end : end + 1] != ["'s"]:
            return s.span(v + 1, end - 1) if _leads(s, c, end) else ""
        i = v - 1
        while i > 0 and s.low[i] in _AUXILIARIES:
            i -= 1
        passive = i < v - 1 or s.low[v + 1] in ("as", "to")
        passive = passive or (i > 0 and s.low[i] == ",") or _headline_passive(s, c, v)
        if i >= 0 and passive and s.tags[v] in ("VBN", "VBD") and s.low[v + 1] != "by":
            return name_ending(s, i - 1 if s.low[i] == "," else i, taken, 1)
        return ""
    return ""


def _headline_passive(s: Sentence, c: Candidate, v: int) -> bool:
    """As in "Berg named UN envoy"."""
    return s.tags[v] == "VBN" and s.deps[c.head] == "oprd" and s.heads[c.head] == v


def _leads(s: Sentence, c: Candidate, i: int) -> bool:
    """Whether only small words, and those of the role's own phrase, stand between a name and the trigger."""
    lo = min(c.first, s.subtree(c.head)[0])
    return all(s.low[k] in _LINKS or s.tags[k] == "NNP" for k in range(i, lo))


def _nominee(s: Sentence, c: Candidate, taken: set[int]) -> str:
    """As in "Ann Berg's nomination to be ambassador", "the nomination of Ann Berg", "Ann Berg, nominee to be envoy"."""
    for i in range(c.first - 1, max(1, c.first - _FAR), -1):
        if s.low[i] == "nominee" and s.low[i - 1] in _OPENS:
            return name_ending(s, i - 2, taken, 2)
        if s.low[i] not in _NOMINATIONS:
            continue
        if s.low[i + 1] == "of":
            return name_from(s, i + 2, taken, 1)
        return name_ending(s, i - 2, taken, 1) if s.low[i - 1] in ("'s", "'") else ""
    return ""


_NOMINATIONS = ("nomination", "appointment", "confirmation", "candidacy")


def _holder(s: Sentence, c: Candidate, taken: set[int]) -> str:
    """Whose role it is said to be: "X is the envoy", "X, who serves as envoy", "X emerges as envoy"."""
    here, verb = c.head, s.heads[c.head]
    if s.low[verb] == "as" and verb != here:
        here, verb = verb, s.heads[verb]
    if verb == here:
        return ""
    if any(s.low[k] in _DASHES and not s.hyphen_after(k - 1) for k in range(verb + 1, c.first)):
        return ""  # "The truce holds – envoy"
    if s.deps[c.head] != "attr" and s.low[verb] not in _ROLE_STATES:
        return ""
    found = subject(s, verb)
    if found < 0 or found in taken or s.tags[found] != "NNP" or found == c.head:
        passive = [k for k in s.children[verb] if s.deps[k] in (*SUBJECTS, "nsubjpass", "dobj")]
        found = next((k for k in passive if s.tags[k] == "NNP" and k not in taken), -1)
    return name_ending(s, found, taken, 1) if found >= 0 else ""
