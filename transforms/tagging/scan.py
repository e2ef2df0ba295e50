"""The raw scan: one pass over the text for every trigger word of every lexicon, before any parsing."""

import re
from typing import NamedTuple

import ahocorasick_rs

from transforms.tagging.lexicon import Lexicons, Trigger

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN = (("\u2019", "'"), ("\u2018", "'"), ("\u201c", '"'), ("\u201d", '"'), ("\u2013", " "), ("\u2010", " "),
          ("\u2011", " "), ("\u2012", " "), ("\xa0", " "))  # fmt: skip


class Clean(NamedTuple):
    """Text as the scan sees it, and the way back.

    Attributes:
        text: no invisible characters or lone surrogates; same letters and case as the original.
        low: lower case, dashes as spaces, straight quotes; as long as `text`.
        back: original offset of each character of `text`, plus the end; None if nothing was dropped.
    """

    text: str
    low: str
    back: list[int] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original text: first character kept to one past the last character kept."""
        if self.back is None:
            return start, end
        return self.back[start], self.back[end - 1] + 1


class Hit(NamedTuple):
    """A trigger word found, in offsets of the clean text."""

    start: int
    end: int
    trigger: Trigger


def clean(text: str) -> Clean:
    """Drop what nobody sees (zero-width and control marks) and keep the way back to the stored text."""
    back: list[int] | None = None
    if not text.isascii():
        if _INVISIBLE.search(text):
            back, text = _without_invisible(text)
        if _SURROGATE.search(text):
            text = _SURROGATE.sub("\ufffd", text)
    elif "\x00" in text:
        back, text = _without_invisible(text)
    return Clean(text, lower(text), back)


def _without_invisible(text: str) -> tuple[list[int], str]:
    """The text without invisible characters, and the offset each kept character had."""
    back: list[int] = []
    kept: list[str] = []
    start = 0
    for found in _INVISIBLE.finditer(text):
        back.extend(range(start, found.start()))
        kept.append(text[start : found.start()])
        start = found.end()
    back.extend(range(start, len(text) + 1))
    kept.append(text[start:])
    return back, "".join(kept)


def lower(text: str) -> str:
    """Lower case of the same length, dashes as spaces, quotes straight."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    low = low.replace("-", " ")
    if not low.isascii():
        for mark, plain in _PLAIN:
            low = low.replace(mark, plain)
    return low


class Scanner:
    """All trigger words in one automaton."""

    def __init__(self, lexicons: Lexicons) -> None:
        """Build the automaton; takes milliseconds."""
        self._words: list[str] = []
        self._triggers: list[tuple[Trigger, ...]] = []
        by_word: dict[str, list[Trigger]] = {}
        for trigger in lexicons.triggers.values():
            for word in trigger.words:
                by_word.setdefault(lower(word), []).append(trigger)
        for word, triggers in by_word.items():
            self._words.append(word)
            self._triggers.append(tuple(triggers))
        self._automaton = ahocorasick_rs.AhoCorasick(self._words)

    def hits(self, low: str) -> list[Hit]:
        """Whole-word hits in order; where they overlap, the longest stands (all triggers that share it).

        Args:
            low: text from `clean`; offsets refer to it.
        """
        found = self._automaton.find_matches_as_indexes(low, overlapping=True)
        if not found:
            return []
        spans: dict[tuple[int, int], int] = {}
        size = len(low)
        for index, start, end in found:
            if (start and (low[start - 1].isalnum() or low[start - 1] == "_")) or (
                end < size and (low[end].isalnum() or low[end] == "_")
            ):
                continue
            spans[start, end] = index
        hits: list[Hit] = []
        reach = -1
        for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
            if end <= reach:
                continue
            if start < reach:  # overlaps in part: the earlier one stands
                continue
            reach = end
            hits.extend(Hit(start, end, t) for t in self._triggers[spans[start, end]])
        return hits

    def any(self, low: str) -> bool:
        """Whether `hits` would find anything."""
        return bool(self.hits(low))
