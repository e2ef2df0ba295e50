"""The words of status: which cue a verb, a noun or a modifier is, for one sentence and category."""

from transforms.tagging.lexicon import NOTHING, Lexicon, Words
from transforms.tagging.sentence import Sentence

CUES = ("denied", "called_off", "threatened", "planned")
_PARTICLES = ("off", "out", "for", "against", "up", "back", "away", "down", "on", "upon", "short")


class CueWords:
    """Looks cues up; those of the category come before those that all share."""

    def __init__(self, s: Sentence, lexicon: Lexicon, shared: dict[str, Words]) -> None:
        """`shared` are the lists of `status.toml`."""
        self._s, self._shared, self._own = s, shared, lexicon.status
        self._siren = "siren" in s.low or "sirens" in s.low  # which warns of what is on its way
        self._never = lexicon.status.get("never", NOTHING)

    def words(self, name: str) -> frozenset[str]:
        """The single words of a shared list; empty if there is none of the name."""
        return self._shared.get(name, NOTHING).single

    def own(self, name: str) -> frozenset[str]:
        """Words and phrases of a list that only the category has; none if it has no such list."""
        words = self._own.get(name, NOTHING)
        return words.single.union(words.phrases)

    def name(self, verb: int, below: int = -1) -> str:
        """Lemma with its particle, if that is listed: "call off", "rule out"; "call for X to" with `below`."""
        s = self._s
        name = s.lemmas[verb]
        clause = s.children[below] if below >= 0 else []
        for kid in (*s.children[verb], *(k for k in clause if s.deps[k] == "mark")):
            if verb < kid <= verb + 4 and (s.deps[kid] == "prt" or s.low[kid] in _PARTICLES):
                whole = f"{name} {s.low[kid]}"
                if self.listed(whole) or whole in self.own("leaves"):
                    return whole
        return name

    def listed(self, name: str) -> str:
        """The cue that the verb is, whatever stands around it; empty if none."""
        for lists in (self._own, self._shared):
            for cue in CUES:
                words = lists.get(cue, NOTHING)
                if name in words.single or name in words.phrases:
                    return cue
        return ""

    def of_verb(self, name: str) -> str:
        """The cue that the verb is in this category, where some verbs never are one."""
        never = name in self._never.single or name in self._never.phrases
        never = never or (name == "warn" and self._siren)
        return "" if never else self.listed(name)

    def of_noun(self, noun: int) -> str:
        """The cue of a noun that heads a phrase: "a threat of", "plans for"."""
        s = self._s
        if self._siren and s.lemmas[noun] in ("warning", "warn"):
            return ""
        for cue in CUES:
            words = self.words(f"{cue}_nouns") | self._own.get(f"{cue}_nouns", NOTHING).single
            if s.lemmas[noun] in words or s.low[noun] in words:
                return cue
        return ""

    def of_predicate(self, verb: int) -> str:
        """The cue of what a thing is said to be: "on the table", "in the works"."""
        after = f" {' '.join(self._s.low[verb + 1 : verb + 6])} "
        for cue in CUES:
            told = self._shared.get(f"{cue}_predicates", NOTHING).phrases
            if any(f" {phrase} " in after for phrase in told):
                return cue
        return ""

    def of_modifier(self, i: int) -> str:
        """The cue of a word before a noun: "planned strikes", "U.S. weighing sanctions"."""
        if self._s.tags[i] == "VBG" and self._s.words[i - 1 : i] in (["U.S."], ["U.K."]):
            return self.of_verb(self._s.lemmas[i])
        for cue in ("planned", "threatened", "called_off", "denied"):
            words = self.words(f"{cue}_modifiers")
            if self._s.low[i] in words or self._s.lemmas[i] in words:
                return cue
        return ""
