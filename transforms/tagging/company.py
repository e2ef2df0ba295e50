"""Everyday trigger words ("hit") are seen only in a sentence that holds the company which their lexicon asks for."""

from transforms.tagging.signs import WORD, Slot
from transforms.tagging.work import Work


def drop_lonely(work: Work) -> None:
    """Leave out of `work.hits` the everyday words whose sentence holds none of the company that they need."""
    if not any(h.trigger.company for h in work.hits):
        return
    low = work.clean.low
    article = _slot(
        low, 0, len(low)
    )  # what the article lacks no sentence has; cheaper than to cut it up
    slots: dict[int, Slot] = {}
    kept = []
    for hit in work.hits:
        if hit.trigger.company:
            if not article.holds(hit.trigger.company):
                continue
            i = work.sentence_at(hit.start)
            if i not in slots:
                slots[i] = _slot(low, *work.spans[i])
            if not slots[i].holds(hit.trigger.company):
                continue
        kept.append(hit)
    work.hits = kept


def _slot(low: str, start: int, end: int) -> Slot:
    words = WORD.findall(low, start, end)
    return Slot(frozenset(words), f" {' '.join(words)} ")
