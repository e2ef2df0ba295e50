"""Cuts text into sentences without a parser: newlines, and stops that no abbreviation explains."""

import re

from transforms.tagging.english import words

LONGEST = 900
"""Characters of a sentence at most: text without any stop is cut at a space, so the parser's work stays linear."""

_ABBREVIATIONS = words("abbreviations")
_STOP = re.compile(
    r"\n+|[.!?…]+[\"'”’»)\]]*(?=\s)|[.!?]+[\"”»)\]]+(?=[A-Z])|;\s|\s[—|]\s(?=[A-Z])",
)
_LETTERS = re.compile(r"(?:[A-Z]\.)+[A-Z]")
_WORD_BEFORE = re.compile(r"[^\s(\[\"'“‘]{1,12}$")


def split(text: str) -> list[tuple[int, int]]:
    """Sentences as half-open spans that do not overlap and skip blank stretches.

    A stop ends a sentence unless an abbreviation or an initial stands before it, or a lower-case word follows.
    Time and memory grow linearly with the text.

    >>> [("U.S. jets. Then more."[a:b]) for a, b in split("U.S. jets. Then more.")]
    ['U.S. jets.', 'Then more.']
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        if stop[0][0] not in "\n;" and not _ends(text, start, stop):
            continue
        _add(text, start, stop.end(), spans)
        start = stop.end()
    _add(text, start, len(text), spans)
    return spans


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    after = text[stop.end() : stop.end() + 3].lstrip()
    if after[:1].islower():
        return False
    if not stop[0].startswith("."):
        return True
    if stop[0].startswith(".."):
        return True
    found = _WORD_BEFORE.search(text, max(start, stop.start() - 12), stop.start())
    if found is None:
        return True
    word = found[0].lower()
    letters = word in ("a.m", "p.m") or _LETTERS.fullmatch(found[0]) is not None
    if letters or word in _ABBREVIATIONS:
        # "in the U.S. The army ..." ends; "U.S. Navy ..." and "M.K. Sinha" do not: only a function word tells.
        return letters and bool(
            re.match(
                r"\s+(The|A|An|It|He|She|They|But|And|In|On|This|That|We|I)\s",
                text[stop.end() : stop.end() + 8],
            )
        )
    return not (len(word) == 1 and word.isalpha() and text[stop.start() - 1].isupper())


def _add(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        spans.append((start, cut))
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        spans.append((start, end))
