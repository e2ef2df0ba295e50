"""How real the text says it is: the words that govern a trigger, read from the inside out."""

from transforms.tagging.climb import Climb
from transforms.tagging.cues import CueWords
from transforms.tagging.ends import released
from transforms.tagging.lexicon import NOTHING, Lexicon, Words
from transforms.tagging.posts import post
from transforms.tagging.prospects import prospect
from transforms.tagging.senses import Candidate
from transforms.tagging.sentence import Sentence

_NEAR = 8
"""Tokens on either side of the trigger that count as near it."""


class StatusReader:
    """Reads the status of counted candidates with the shared cues and those of a category."""

    def __init__(self, cues: dict[str, Words]) -> None:
        """`cues` are the lists of `status.toml`."""
        self._cues = cues

    def read(self, s: Sentence, c: Candidate, lexicon: Lexicon) -> str:
        """One of `schemas.records.STATUSES`; an attribute ("sanctioned tanker", "sanctions-hit") is `occurred`."""
        gives = lexicon.status.get("gives_back", NOTHING).single
        if s.low[c.first] == "frozen" and released(s, c.first, c.last, gives):
            return "called_off"
        if _attribute(s, c) or s.hyphen_after(c.last):
            return "occurred"
        status = c.trigger.status or _said_anywhere(s, c, lexicon) or "occurred"
        if status == "called_off" and lexicon.roles.get("subject_modals"):
            return status  # whoever orders or tells the envoy to leave
        asked_end = lexicon.roles.get("asked_end", "threatened")
        for cue in Climb(s, c, lexicon, self._cues).cues():
            if cue == "called_off" and c.trigger.status:
                continue  # the verb that halts exports, or unfreezes, is itself what is meant
            ends = cue == "asked_off" or (
                status == "called_off" and cue in ("threatened", "planned")
            )
            if ends and asked_end == "occurred":
                status = asked_end
                break  # what somebody wants to end is under way, whoever asks for it
            acts = bool(lexicon.roles.get("subject_modals"))
            refuted = acts and cue == "denied" and status == "called_off"  # "denies it expelled"
            status = "denied" if refuted else _combine(status, cue, asked_end)
        if lexicon.roles.get("subject_modals"):
            return post(s, c.first, c.last, c.head, status)
        if lexicon.roles.get("prospects") and not c.trigger.status:
            return prospect(s, c.head, status, CueWords(s, lexicon, self._cues))
        return status


def _attribute(s: Sentence, c: Candidate) -> bool:
    if c.trigger.status or c.trigger.part == "noun":
        return False
    made = s.low[c.first].endswith(("ed", "en")) or c.first == c.last  # but "economic sanctions"
    participle = s.deps[c.first] == "amod" and s.tags[c.first] in ("VBN", "VBD", "JJ") and made
    return participle and (c.first == c.last or s.tags[c.last].startswith("NN"))


def _combine(status: str, cue: str, asked_end: str) -> str:
    """What an outer cue makes of the status found so far.

    A refused end goes on ("refused to halt"); an end asked for or possible is what the category says: relief from
    sanctions that may come is `threatened`, strikes whose end is called for are under way.
    """
    if cue == "denied":
        return {"called_off": "occurred", "denied": "threatened"}.get(status, "denied")
    if cue == "asked_off":
        return asked_end if status == "occurred" else status
    if status == "denied" or cue == "called_off":
        return status if status == "denied" else "called_off"
    if status == "called_off":
        return "planned" if cue == "planned" and asked_end == "threatened" else asked_end
    if cue == "planned":
        return "planned" if status == "occurred" else status
    return "threatened"


def _said_anywhere(s: Sentence, c: Candidate, lexicon: Lexicon) -> str:
    """A status that the category ties to words of the sentence ("placed on leave"), whatever governs the trigger."""
    cues = lexicon.status
    away = cues.get("called_off_anywhere", NOTHING)
    if not away.single.isdisjoint(s.vocabulary) or any(f" {p} " in s.joined for p in away.phrases):
        return "called_off"
    near, others = (cues.get(name, NOTHING).single for name in ("planned_near", "other_posts"))
    for i in range(max(0, c.first - _NEAR), min(len(s), c.last + _NEAR + 1)):
        if s.low[i] in near and (not i or s.low[i - 1] not in others):
            return "planned"
    work, stops = cues.get("work", NOTHING).single, cues.get("work_stops", NOTHING).single
    if not stops.isdisjoint(s.lemmas) and not work.isdisjoint(s.lemmas):
        for i, name in enumerate(s.lemmas):
            if name in work and _stopped(s, i, stops):
                return "called_off"
    return ""


def _stopped(s: Sentence, i: int, stops: frozenset[str]) -> bool:
    """Whether the noun is what a verb of stopping stops: "all outreach was to stop", "suspended the talks"."""
    verb = s.heads[i]
    if s.deps[i] not in ("nsubj", "nsubjpass", "dobj"):
        return False
    return any(
        s.lemmas[v] in stops for v in (verb, *s.children[verb]) if s.tags[v].startswith("VB")
    )
