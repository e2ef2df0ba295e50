"""Cues of verbs that the parser took for nouns, as it does in headlines."""

from transforms.tagging.auxiliaries import Auxiliaries
from transforms.tagging.cues import CueWords
from transforms.tagging.sentence import Sentence


def infinitive(s: Sentence, here: int, cues: CueWords, auxiliaries: Auxiliaries) -> list[str]:
    """As in "allow ministers to sanction people": what governs the trigger stands before its "to"."""
    if not here or s.low[here - 1] != "to":
        return []
    if here > 1 and (cue := cues.of_noun(here - 2)):  # "a measure to sanction"
        return [cue]
    for i in range(here - 2, max(-1, here - 9), -1):
        if s.tags[i].startswith("VB"):
            cue = "planned" if s.lemmas[i] in cues.words("lets") else cues.listed(cues.name(i))
            return [*([cue] if cue else []), *auxiliaries.cues(i)]
    return ["planned"]


def headline_verb(s: Sentence, noun: int, cues: CueWords) -> list[str]:
    """As in "Taiwan names a founder as envoy": the head of a headline."""
    cue = cues.of_verb(s.lemmas[noun])
    return [cue] if cue and s.lemmas[noun] != s.low[noun] else []


def verb_before(s: Sentence, first: int, cues: CueWords) -> list[str]:
    """As in "Trump halts strikes": the word before the trigger, whose first token is given."""
    i = first - 1
    while i > 0 and first - i < 5 and s.tags[i] in ("JJ", "NNP", "CD", "DT", "``", "''", "POS"):
        i -= 1
    loose = s.tags[i] == "VBZ" and s.heads[i] >= first
    if i > 0 and (s.tags[i] in ("NNS", "NNPS") or loose) and s.lemmas[i] != s.low[i]:
        cue = cues.listed(s.lemmas[i])
        return [cue] if cue else []
    return []


def appointed_as(s: Sentence, first: int, cues: CueWords) -> list[str]:
    """As in "Trump taps a financier as peace envoy": a verb of appointing before the "as"."""
    if "as" not in s.low[max(0, first - 5) : first]:
        return []
    for i in range(first):
        if s.lemmas[i] != s.low[i] and s.low[i].endswith("s") and cues.of_verb(s.lemmas[i]):
            return [cues.of_verb(s.lemmas[i])]
    return []
