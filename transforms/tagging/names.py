"""Names of people as runs of tokens, and what of them later sentences use."""

import re

from transforms.tagging.english import words
from transforms.tagging.sentence import Sentence

_PARTICLES = words("particles")
_TITLES = words("titles") | words("offices")
_SUFFIXES = words("suffixes")
_REGION = words("regions")
_DATES = words("dates")
_LONGEST = 7
_HONORIFICS = re.compile(
    rf"(?:(?:{'|'.join(w.title() for w in sorted(words('honorifics')))}|H\.? ?E|(?:His|Her) Excellency"
    r"|General(?! Assembly| Secretar| Council))\b\.?,? )+(?=[A-Z])"
)
_INITIAL = re.compile(r"[B-HJ-Z]|[A-Z]\.|(?:[A-Z]\.){2,3}")
_QUOTES = frozenset("\"'‘’“”") | {"``", "''"}
_SYLLABLE = 5
_ARTICLE = re.compile(r"^(?:al|el|ul|as|az|ad)[- ]", re.IGNORECASE)
"""The Arabic article before a surname: "al-Hayya" opens a sentence as "Al-Hayya" and is "Hayya", too."""


def is_region(name: str) -> bool:
    """Whether the capitalised phrase is a region or an office, not a person."""
    return not _REGION.isdisjoint(name.lower().split())


def surname_of(name: str) -> str:
    """The part of a full name that later sentences use.

    >>> surname_of("Staffan de Mistura")
    'de Mistura'
    >>> surname_of("Badr al-Busaidi")
    'al-Busaidi'
    """
    parts = [w for w in name.split() if w.lower().strip(",.") not in _SUFFIXES]
    if len(parts) >= 3 and parts[-2].lower() in _PARTICLES:
        return " ".join(parts[-2:])
    return parts[-1] if parts else ""


def core_of(surname: str) -> str:
    """The surname without the Arabic article.

    >>> core_of("al-Busaidi")
    'Busaidi'
    """
    return _ARTICLE.sub("", surname)


def past_honorifics(s: Sentence, i: int) -> int:
    """The token behind "Mr.", "H.E. Dr." or "His Excellency" that begins with token i; i if none does."""
    if not 0 <= i < len(s):
        return i
    found = _HONORIFICS.match(s.text, s.offsets[i])
    return s.token_at(found.end()) if found else i


def name_from(s: Sentence, i: int, taken: set[int], least: int) -> str:
    """A run of capitalised name tokens from token i, of `least` tokens or more."""
    end = name_end(s, i, taken, least)
    return s.span(i, end - 1) if end > i else ""


def name_end(s: Sentence, i: int, taken: set[int], least: int) -> int:
    """One past the last token of the name that begins with token i; -1 if none does."""
    if i < 0:
        return -1
    j = i
    while j < len(s) and j - i < _LONGEST and j not in taken:
        if s.low[j] in _PARTICLES and (j > i or (j + 1 < len(s) and s.tags[j + 1] == "NNP")):
            j += 1
        elif j > i and ((_ties(s, j) and in_name(s, j + 1)) or _halves(s, j)):
            j += 2
        elif j > i and _nickname(s, j):
            j += 3
        elif _initial(s, j, taken) or (in_name(s, j) and s.low[j].strip(".") not in _TITLES):
            j += 1
        else:
            break
    while j > i and s.low[j - 1] in _PARTICLES:
        j -= 1
    short = j - i < least or (j < len(s) and j in taken and j - i < 2)
    return -1 if short or j == i else j


def name_ending(s: Sentence, last: int, taken: set[int], least: int = 2) -> str:
    """A run of capitalised name tokens that ends with token `last`, of `least` tokens or more."""
    if last > 1 and s.low[last] in _SUFFIXES and s.low[last - 1] == ",":
        last -= 2
    i = last
    while i >= 0 and i not in taken and last - i < _LONGEST and _belongs(s, i, last):
        i -= 1
    first = i + 1
    while first <= last and (s.low[first] in _PARTICLES or s.low[first] == "-"):
        first += 1
    if first > last or last - first + 1 < least:
        return ""
    if first == last and s.low[last].rstrip(".") in _DATES | _REGION:
        return ""
    if first > 1 and s.low[first - 1] == "-" and _ties(s, first - 1):
        first -= 2  # "al-Hayya"
    return s.span(first, last)


def _belongs(s: Sentence, i: int, last: int) -> bool:
    if _names(s, i, last) or _ties(s, i) or (0 < i < last and _halves(s, i)):
        return True
    return i == last and i > 1 and s.words[i].islower() and _halves(s, i - 1)


def _names(s: Sentence, i: int, last: int) -> bool:
    if s.low[i] in _PARTICLES:
        return i < last
    if i < last and s.words[i].endswith(".") and _INITIAL.fullmatch(s.words[i]):
        return s.low[i].strip(".") not in _TITLES
    return (
        s.words[i][:1].isupper()
        and s.tags[i].startswith("NNP")
        and s.low[i].strip(".") not in _TITLES
    )


def _ties(s: Sentence, i: int) -> bool:
    """Whether token i is the hyphen of "al-Hayya"."""
    return s.low[i] == "-" and i > 0 and s.hyphen_after(i - 1) and s.low[i - 1] in _PARTICLES


def _halves(s: Sentence, i: int) -> bool:
    """Whether token i is the hyphen of "Sang-ho" or "Perez-Duarte"."""
    if s.low[i] != "-" or not s.hyphen_after(i - 1):
        return False
    if not s.words[i - 1][:1].isupper() and len(s.words[i - 1]) >= _SYLLABLE:
        return False
    if i + 1 >= len(s) or s.offsets[i + 1] != s.offsets[i] + 1:
        return False
    small = s.words[i + 1].islower() and len(s.words[i + 1]) < _SYLLABLE
    return (
        s.words[i + 1].istitle()
        or in_name(s, i + 1)
        or (small and s.tags[i + 1] in ("NN", "NNP", "FW", "UH"))
    )


def _nickname(s: Sentence, i: int) -> bool:
    """Whether token i opens the quotes of "Ronald 'Ron' Steele"."""
    quotes = s.low[i : i + 3 : 2]
    return (
        len(quotes) == 2 and _QUOTES.issuperset(quotes) and in_name(s, i + 1) and in_name(s, i + 3)
    )


def _initial(s: Sentence, i: int, taken: set[int]) -> bool:
    """Whether token i is an initial before more of a name: "V." in "Oleg V. Garin"."""
    if not _INITIAL.fullmatch(s.words[i]) or s.low[i].strip(".") in _TITLES or i + 1 in taken:
        return False
    return in_name(s, i + 1) or (i + 2 < len(s) and _initial(s, i + 1, taken))


def in_name(s: Sentence, i: int) -> bool:
    """Whether the token may be part of a person's name, also where the parser reads it as something else."""
    if i >= len(s):
        return False
    word = s.words[i]
    if not word[:1].isupper():
        return False
    if s.tags[i].startswith("NN") and any(ch.islower() for ch in word):
        return True
    return (
        s.tags[i] in ("JJ", "VBG", "VBD", "VBN", "VBP", "VB", "FW", "UH", "RB")
        and s.deps[i] in ("compound", "amod", "appos", "nmod")
        and i + 1 < len(s)
        and s.tags[i + 1] == "NNP"
    )
