"""Named envoys: the name at the introduction, and each later sentence that names the person again."""

import re
from typing import NamedTuple

from transforms.tagging.clauses import SUBJECTS
from transforms.tagging.english import words
from transforms.tagging.places import find_places
from transforms.tagging.senses import Candidate
from transforms.tagging.sentence import Sentence

_PARTICLES = words("particles")
_TITLES = words("titles")
_SUFFIXES = words("suffixes")
_COURTESY = r"(?:(?:Mr|Ms|Mrs|Dr|Sir|Amb|Ambassador|Special Envoy|Envoy)\.? )"
_VERBS_OF_ROLE = words("role_verbs")


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
    for i in (c.last + 1, _after_complement(s, c)):
        found = _name_from(s, i, taken, 1)
        if found and not _is_region(found):
            return found
    comma = _after_complement(s, c) if _after_complement(s, c) > 0 else c.last + 1
    if comma < len(s) and s.low[comma] in (",", "(", ":", "-", "–", "—"):
        found = _name_from(s, comma + 1, taken, 2)
        if found and (
            comma + 1 + len(found.split()) >= len(s)
            or s.low[comma + 1 + len(found.split())] in (",", ".", ")", "-", "–", "—")
        ):
            return found
    return _name_before(s, c, taken) or _name_by_verb(s, c, taken) or _appointed(s, c, taken)


_REGION = words("regions")


def _is_region(name: str) -> bool:
    return not _REGION.isdisjoint(name.lower().split())


def surname_of(name: str) -> str:
    """The part of a full name that later sentences use.

    >>> surname_of("Staffan de Mistura")
    'de Mistura'
    """
    words = [w for w in name.split() if w.lower().strip(",.") not in _SUFFIXES]
    if len(words) >= 3 and words[-2].lower() in _PARTICLES:
        return " ".join(words[-2:])
    return words[-1] if words else ""


def namings(text: str, intro: Introduction) -> list[tuple[int, int]]:
    """Spans of the text (a sentence) that name the introduced person, with the courtesy title.

    A surname after another first name is somebody else.
    """
    first = intro.name.split()[0] if " " in intro.name else ""
    surname = re.escape(intro.surname)
    if intro.surname[:1].islower():  # "Al-Hayya" opens a sentence
        surname = f"(?i:{surname[0]}){surname[1:]}"
    pattern = re.compile(rf"(?<![\w-]){_COURTESY}?(?:{re.escape(intro.name)}|{surname})(?![\w-])")
    spans = []
    for found in pattern.finditer(text):
        if first and found[0].startswith((intro.surname, intro.surname.title())):
            before = _BEFORE.search(text, max(0, found.start() - 30), found.start())
            if before and before[1] != first and not _opens(text[: before.start()], before[1]):
                continue
            after = _AFTER.match(text, found.end())
            if after and " " not in intro.surname and after[1].lower() not in _TITLES:
                continue
        spans.append(found.span())
    return spans


_BEFORE = re.compile(r"([A-Z][\w'’.-]*) $")
_AFTER = re.compile(r" ([A-Z][a-z]+)")
_OPENERS = words("openers")


def _opens(text: str, word: str) -> bool:
    """Whether the capitalised word before a surname is no first name but a title, date, place or opening."""
    low = word.lower().strip(".")
    if low in _TITLES or low in _OPENERS or word.endswith(("'s", "’s")):
        return True
    return bool(text.strip(" \"'“‘")) and bool(find_places(word))


def _in_name(s: Sentence, i: int) -> bool:
    """Whether the token may be part of a person's name, also where the parser reads it as something else."""
    word = s.words[i]
    if not word[:1].isupper():
        return False
    if s.tags[i].startswith("NN") and any(ch.islower() for ch in word):
        return True
    return (
        s.tags[i] in ("JJ", "VBG", "VBD", "VBN", "FW", "UH", "RB")
        and s.deps[i] in ("compound", "amod", "appos", "nmod")
        and i + 1 < len(s)
        and s.tags[i + 1] == "NNP"
    )


def _name_from(s: Sentence, i: int, taken: set[int], least: int) -> str:
    """A run of capitalised name tokens from token i."""
    if i < 0:
        return ""
    j = i
    while j < len(s) and j - i < 5 and j not in taken:
        if s.low[j] in _PARTICLES and (j > i or (j + 1 < len(s) and s.tags[j + 1] == "NNP")):
            j += 1
            continue
        if j > i and s.low[j] == "-" and s.low[j - 1] in _PARTICLES:
            j += 1  # "Khalil al-Hayya"
            continue
        if not _in_name(s, j):
            break
        if s.low[j].strip(".") in _TITLES:
            break
        j += 1
    while j > i and (s.low[j - 1] in _PARTICLES or s.low[j - 1] == "-"):
        j -= 1
    if j - i < least or (j < len(s) and j in taken and j - i < 2):
        return ""
    return s.span(i, j - 1)


def _after_complement(s: Sentence, c: Candidate) -> int:
    """The token after "for Iran", "to the United Nations" or "at large" behind the trigger."""
    j = c.last + 1
    if j >= len(s) or s.low[j] not in ("for", "to", "on", "in", "of", "at"):
        return -1
    for kid in s.children[c.head]:
        if kid == j:
            hi = j
            for k in range(j + 1, min(len(s), j + 8)):
                if s.words[k][:1].isupper() or s.low[k] in (
                    "the",
                    "and",
                    "of",
                    "climate",
                    "hostage",
                    "affairs",
                ):
                    if s.low[k - 1] in _REGION and s.low[k] not in _REGION and _in_name(s, k):
                        break  # "for Hostage Affairs Roger Carstens"
                    hi = k
                else:
                    break
            # "for Iran Robert Malley": the complement ends where place tokens end
            return hi + 1 if s.low[hi] not in ("the", "and", "of") else hi
    k = j + 1
    while k < len(s) and (s.low[k] in ("the", "of") or s.words[k][:1].isupper()):
        k += 1
    return k


def complement_name(s: Sentence, c: Candidate, taken: set[int]) -> str:
    """A name that directly follows the place in "envoy for Iran Robert Malley"."""
    j = c.last + 1
    if j >= len(s) or s.low[j] not in ("for", "to", "on", "in"):
        return ""
    k = j + 1
    while k < len(s) and (s.low[k] == "the" or k in taken):
        k += 1
    if taken.isdisjoint(range(j + 1, k)):
        return ""  # "to the Red Sea talks" names no person
    found = _name_from(s, k, taken, 2)
    return "" if _is_region(found) else found


def _name_before(s: Sentence, c: Candidate, taken: set[int]) -> str:
    """As in "Richard Grenell, a special presidential envoy": the noun that the trigger stands beside."""
    head = s.heads[c.head]
    if s.deps[c.head] in ("appos", "conj") and head < c.first:
        return _name_ending(s, head, taken) or _surname(s, head, taken)
    i = c.first - 1
    steps = 0
    while i > 0 and s.low[i] not in (",", "–", "—", "(") and steps < 7:
        if s.tags[i].startswith(("VB", "MD")) and s.deps[i] not in ("amod",):
            return ""
        i -= 1
        steps += 1
    if i > 0 and s.low[i] in (",", "–", "—", "("):
        return _name_ending(s, i - 1, taken)
    return ""


def _name_ending(s: Sentence, last: int, taken: set[int]) -> str:
    i = last
    while (
        i >= 0
        and i not in taken
        and last - i < 5
        and (
            (
                s.words[i][:1].isupper()
                and s.tags[i].startswith("NNP")
                and s.low[i].strip(".") not in _TITLES
            )
            or (s.low[i] in _PARTICLES and i < last)
            or (s.low[i] == "-" and i < last and s.low[i - 1] in _PARTICLES)
        )
    ):
        i -= 1
    first = i + 1
    while first <= last and s.low[first] in _PARTICLES:
        first += 1
    return s.span(first, last) if last - first >= 1 else ""


def _surname(s: Sentence, i: int, taken: set[int]) -> str:
    """A surname alone that the sentence is about: "Witkoff, the US envoy, said"."""
    alone = i not in taken and s.tags[i] == "NNP" and s.deps[i] in SUBJECTS
    alone = alone and s.low[i + 1 : i + 2] == [","] and (i == 0 or not s.words[i - 1][:1].isupper())
    return (
        s.words[i] if alone and s.low[i].strip(".") not in _TITLES and len(s.words[i]) > 2 else ""
    )


def _name_by_verb(s: Sentence, c: Candidate, taken: set[int]) -> str:
    """As in "Brahimi was appointed as envoy", "X is the envoy", "named X as envoy"."""
    here, head = c.head, s.heads[c.head]
    if s.low[head] == "as" and head != here:
        here, head = head, s.heads[head]
    if head == here or not s.tags[head].startswith("VB"):
        return ""
    if s.deps[c.head] == "attr" or s.lemmas[head] in _VERBS_OF_ROLE:
        deps = ("nsubjpass", "dobj") if s.lemmas[head] not in ("serve", "act", "be") else SUBJECTS
        for dep in deps:
            for kid in s.children[head]:
                if (
                    s.deps[kid] == dep
                    and kid != c.head
                    and s.tags[kid] == "NNP"
                    and kid not in taken
                ):
                    return _name_ending(s, kid, taken) or s.words[kid]
    return ""


def _appointed(s: Sentence, c: Candidate, taken: set[int]) -> str:
    """As in "names Tom Hale special envoy", "Ana Gor nominated as ambassador", "to succeed Kerry as envoy"."""
    for verb in range(max(1, c.first - _REACH), c.first):
        if s.lemmas[verb] in _FOLLOWS:
            return _name_ending(s, verb - 2 if s.low[verb - 1] == "to" else verb - 1, taken)
        if s.lemmas[verb] not in _VERBS_OF_ROLE or s.lemmas[verb] == s.low[verb]:
            continue
        named = _name_from(s, verb + 1, taken, 2)
        if named and verb + len(named.split()) < c.first:
            return named
        if s.tags[verb] in ("VBN", "VBD"):
            last = verb - 1
            while last > 0 and s.lemmas[last] in ("be", "have"):
                last -= 1
            return _name_ending(s, last, taken)
    return ""


_REACH = 9
_FOLLOWS = words("follows")
