"""Everyday trigger words ("hit") are seen only in a sentence that holds the company which their lexicon asks for."""

import re

from transforms.tagging.english import words
from transforms.tagging.scan import Hit
from transforms.tagging.signs import WORD, Slot
from transforms.tagging.work import Work

_FAR = 800
"""Characters behind a trigger word in which "the attack" may point back to it."""
_POINTER = re.compile(rf"\b(?:{'|'.join(sorted(words('pointers')))}) (?:\w+ )?$|\w'?s' $|\w's $")
_LONGEST = 24


def drop_lonely(work: Work) -> None:
    """Leave out of `work.hits` the everyday words whose sentence holds none of the company that they need."""
    if not any(h.trigger.company for h in work.hits):
        return
    low = work.clean.low
    article = _slot(
        low, 0, len(low)
    )  # what the article lacks no sentence has; cheaper than to cut it up
    slots: dict[int, Slot] = {}
    kept: list[Hit] = []
    for hit in work.hits:
        wanted = hit.trigger.company
        if wanted and not _points_back(low, hit, kept):
            if not article.holds(wanted):
                continue
            i = work.sentence_at(hit.start)
            if i not in slots:
                slots[i] = _slot(low, *work.spans[i])
            if not slots[i].holds(wanted):
                continue
        kept.append(hit)
    work.hits = kept


def _points_back(low: str, hit: Hit, before: list[Hit]) -> bool:
    """Whether a word may name again what one of those before it names: "the attack" behind "air strike"."""
    if not hit.trigger.follows:
        return False
    category = hit.trigger.category
    near = (h for h in reversed(before) if hit.start - h.end < _FAR)
    return any(h.trigger.category == category for h in near) and (
        _POINTER.search(low, max(0, hit.start - _LONGEST), hit.start) is not None
    )


def _slot(low: str, start: int, end: int) -> Slot:
    words = WORD.findall(low, start, end)
    return Slot(frozenset(words), f" {' '.join(words)} ")
