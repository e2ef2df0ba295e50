"""How real the text says it is: the words that govern a trigger, read from the inside out."""

from transforms.tagging.lexicon import Lexicon, Words
from transforms.tagging.parse import Sentence
from transforms.tagging.senses import Candidate

_STOP_PREPOSITIONS = frozenset(
    [
        "after",
        "amid",
        "amidst",
        "following",
        "since",
        "despite",
        "during",
        "over",
        "because",
        "as",
        "in",
        "from",
        "before",
        "under",
        "given",
        "like",
        "through",
        "than",
        "alongside",
        "without",
        "notwithstanding",
        "until",
        "via",
    ]
)
_FUTURE = frozenset(["will", "'ll", "shall", "wo", "gonna"])
_POSSIBLE = frozenset(
    ["could", "may", "might", "would", "should", "can", "must", "ca", "'d", "ought"]
)
_SAY = frozenset(
    [
        "say",
        "tell",
        "announce",
        "report",
        "claim",
        "state",
        "add",
        "confirm",
        "insist",
        "believe",
        "think",
        "know",
        "note",
        "argue",
        "reveal",
        "show",
    ]
)
_NOTHING = Words(frozenset(), (), frozenset())


class StatusReader:
    """Reads the status of counted candidates with the shared cues and those of a category."""

    def __init__(self, cues: dict[str, Words]) -> None:
        """`cues` are the shared cue words: planned, threatened, called_off, denied, happen, refuse."""
        self._cues = cues

    def read(self, s: Sentence, c: Candidate, lexicon: Lexicon) -> str:
        """One of `schemas.records.STATUSES`."""
        found = _Climb(s, c, lexicon, self._cues).cues()
        status = c.trigger.status or _said_anywhere(s, lexicon) or "occurred"
        for cue in found:
            status = _combine(status, cue, lexicon.roles.get("asked_end", "threatened"))
        return status


def _said_anywhere(s: Sentence, lexicon: Lexicon) -> str:
    """A status that the category ties to words anywhere in the sentence ("placed on leave")."""
    for name in ("called_off", "planned"):
        words = lexicon.status.get(f"{name}_anywhere", _NOTHING)
        if not words.single.isdisjoint(s.vocabulary) or any(
            f" {p} " in s.joined for p in words.phrases
        ):
            return name
    work = lexicon.status.get("work", _NOTHING).single
    stops = lexicon.status.get("work_stops", _NOTHING).single
    if work and not stops.isdisjoint(s.lemmas) and not work.isdisjoint(s.lemmas):
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


def _combine(status: str, cue: str, asked_end: str) -> str:
    """What an outer cue makes of the status found so far.

    A refused end goes on ("refused to halt"); an end asked for or possible is what the category says: relief from
    sanctions that may come is `threatened`, strikes whose end is called for are under way.
    """
    if cue == "denied":
        return (
            "occurred"
            if status == "called_off"
            else "threatened"
            if status == "denied"
            else "denied"
        )
    if status == "denied":
        return status
    if cue == "called_off":
        return "called_off"
    if cue in ("planned", "threatened") and status == "called_off":
        return "planned" if cue == "planned" and asked_end == "threatened" else asked_end
    if cue == "planned":
        return "planned" if status in ("occurred", "called_off") else status
    return "threatened" if cue == "threatened" else status


class _Climb:
    def __init__(self, s: Sentence, c: Candidate, lexicon: Lexicon, cues: dict[str, Words]) -> None:
        self.s, self.c, self.lexicon, self.shared = s, c, lexicon, cues
        self.light = lexicon.roles.get("light", _NOTHING)
        self.free_subject = bool(lexicon.roles.get("subject_modals", False))
        self.out: list[str] = []

    def cues(self) -> list[str]:
        s, here = self.s, self.c.head
        if s.tags[here].startswith("VB") and self.c.part == "verb":
            if not self.c.trigger.status:
                self._verb_cues(here, always=True)
        else:
            self._noun_cues(here)
        previous = ""
        for _ in range(12):
            head, dep = s.heads[here], s.deps[here]
            if head == here or not self._may_climb(here, dep):
                break
            if s.tags[head].startswith("VB"):
                if dep == "conj":
                    if s.tags[head] == s.tags[here] or s.tags[here] == "VB":
                        self._modals(head)
                    here = head
                    continue
                if not self._governing(head, dep, previous):
                    break
            elif s.tags[head] in ("IN", "TO"):
                previous = s.low[head]
                here = head
                continue
            elif s.tags[head].startswith(("NN", "JJ", "RB")):
                self._noun(head, here, dep)
            previous = ""
            here = head
        if not self.out:
            self._misread_verb_before()
        return self.out

    def _misread_verb_before(self) -> None:
        """ "Trump halts strikes": a headline's verb that the parser took for a noun."""
        s, i = self.s, self.c.first - 1
        while i > 0 and self.c.first - i < 4 and s.tags[i] in ("JJ", "NNP", "CD", "DT"):
            i -= 1
        if i > 0 and s.tags[i] in ("NNS", "NNPS") and s.lemmas[i] != s.low[i]:
            cue = self._listed(s.lemmas[i])
            if cue:
                self.out.append(cue)

    def _may_climb(self, i: int, dep: str) -> bool:
        s = self.s
        if self.free_subject and (s.low[i] == "as" or s.low[s.heads[i]] == "as"):
            return True  # "appointed as envoy"
        if dep == "pcomp" and s.low[s.heads[i]] == "from":
            return True
        if (
            dep == "prep"
            and s.low[i] == "from"
            and any(s.deps[k] == "pcomp" for k in s.children[i])
        ):
            return True
        if dep == "prep" and s.low[i] in _STOP_PREPOSITIONS:
            return False
        if dep in ("pobj", "pcomp") and s.low[s.heads[i]] in _STOP_PREPOSITIONS:
            return False
        if dep == "advcl":
            return s.tags[i] == "VB" and not any(s.deps[k] == "mark" for k in s.children[i])
        if dep == "relcl":
            return s.tags[i] == "VB" and any(s.low[k] == "to" for k in s.children[i])
        if dep == "acl":
            return s.tags[i] == "VB" or any(s.low[k] == "that" for k in s.children[i])
        return dep not in ("npadvmod", "parataxis")

    def _governing(self, verb: int, dep: str, preposition: str) -> bool:
        """Cues of a verb that governs the trigger; False if the climb ends there."""
        s = self.s
        name = self._name(verb)
        cue = self._cue(name)
        if dep in ("dobj", "nsubjpass") and name in self.shared.get("settled", _NOTHING).single:
            self._modals(verb)
            return True
        if name in self.shared.get("goes_on", _NOTHING).single and dep in ("dobj", "nsubj"):
            return False
        passive = any(s.deps[k] == "auxpass" for k in s.children[verb])
        if dep in ("nsubj",) and not passive:
            if cue in ("called_off", "denied") and name not in ("stop", "end", "cease", "halt"):
                cue = ""  # the trigger acts: "sanctions halted exports"
            elif cue in ("planned", "threatened"):
                cue = ""
            if (
                (self.free_subject and name not in ("be", "have"))
                or name in self._happen
                or self._happen_phrase(verb)
            ):
                self._modals(verb)
                if name not in self._happen and not self.free_subject:
                    return False
            if cue:
                self.out.append(cue)
            return cue != "" or name in self._happen
        if cue:
            self.out.append(cue)
            self._modals(verb)
            return True
        if name in self.light.single or (passive and dep == "nsubjpass" and name in self._happen):
            self._modals(verb)
            return True
        if dep in ("ccomp", "xcomp", "attr", "acomp", "oprd", "aux") or name in ("be", "have"):
            if dep == "ccomp" and name in _SAY:
                return False
            self._modals(verb)
            return dep != "ccomp"
        if name in _SAY:
            return False
        if any(s.deps[k] == "neg" for k in s.children[verb]) and name in ("see", "find", "involve"):
            self.out.append("denied")
        return False

    @property
    def _happen(self) -> frozenset[str]:
        return self.shared.get("happen", _NOTHING).single

    def _happen_phrase(self, verb: int) -> bool:
        s = self.s
        return s.lemmas[verb] == "take" and any(s.low[k] == "place" for k in s.children[verb])

    def _name(self, verb: int) -> str:
        """Lemma with its particle: "call off", "rule out"."""
        s = self.s
        name = s.lemmas[verb]
        for kid in s.children[verb]:
            if (
                (
                    s.deps[kid] == "prt"
                    or s.low[kid] in ("off", "out", "for", "against", "up", "back", "away", "down")
                )
                and kid > verb
                and kid - verb <= 4
            ):
                whole = f"{name} {s.low[kid]}"
                if self._listed(whole):
                    return whole
        return name

    def _listed(self, name: str) -> str:
        for cue in ("denied", "called_off", "threatened", "planned"):
            for words in (self.lexicon.status.get(cue), self.shared.get(cue)):
                if words and (name in words.single or name in words.phrases):
                    return cue
        return ""

    def _cue(self, name: str) -> str:
        return (
            "" if name in self.lexicon.status.get("never", _NOTHING).single else self._listed(name)
        )

    def _verb_cues(self, verb: int, *, always: bool) -> None:
        self._modals(verb, own=always)

    def _modals(self, verb: int, *, own: bool = False) -> None:
        s = self.s
        negated = False
        for kid in s.children[verb]:
            word = s.low[kid]
            if s.deps[kid] in ("aux", "advmod", "mark") or s.tags[kid] == "MD":
                if word in _FUTURE or (word == "would" and self._reported_future(verb)):
                    self.out.append("planned")
                elif (
                    (word in _POSSIBLE and s.tags[kid] == "MD")
                    or word in ("if", "unless", "whether", "should")
                    or (word == "once" and s.deps[kid] == "mark")
                ):
                    self.out.append("threatened")
                elif word == "to" and self._headline_future(verb):
                    self.out.append("planned")
                elif word in ("almost", "nearly") and own:
                    self.out.append("threatened")
            if s.deps[kid] == "neg" or word in ("never", "not", "n't"):
                negated = True
            if s.deps[kid] in ("nsubj", "nsubjpass") and any(
                s.low[g] == "no" for g in s.children[kid]
            ):
                negated = True
        if negated:
            self.out.append("denied")
        if s.tags[verb] == "VBG" and any(s.low[k] in ("going",) for k in s.children[verb]):
            self.out.append("planned")

    def _reported_future(self, verb: int) -> bool:
        s = self.s
        above = s.heads[verb]
        if s.deps[verb] != "ccomp" or any(s.low[k] in ("if", "unless") for k in s.children[verb]):
            return False
        if any(
            s.deps[k] == "advcl" and any(s.low[g] in ("if", "unless") for g in s.children[k])
            for k in s.children[verb]
        ):
            return False
        return s.lemmas[above] in _SAY

    def _headline_future(self, verb: int) -> bool:
        """ "Canada to sanction officials": an infinitive that no verb governs."""
        s = self.s
        above = s.heads[verb]
        if above == verb or s.deps[verb] == "ROOT":
            return True
        if s.deps[verb] in ("acl", "relcl") and not any(
            t in ("VBD", "VBZ", "VBP") for t in s.tags[:verb]
        ):
            return s.tags[above].startswith("NNP")
        if s.deps[verb] == "ccomp" and s.lemmas[above] in _SAY:
            return True
        return s.deps[verb] == "xcomp" and s.lemmas[above] in (
            "be",
            "set",
            "due",
            "poised",
            "about",
            "ready",
        )

    def _noun_cues(self, noun: int) -> None:
        """Cues among the words that modify the trigger: "planned strikes", "no strikes"."""
        s = self.s
        for kid in s.children[noun]:
            if kid > noun:
                if s.deps[kid] in ("acl", "relcl"):
                    self._after_noun(noun, kid)
                continue
            word = s.low[kid]
            cue = self._modifier(word, s.lemmas[kid])
            if cue:
                self.out.append(cue)
            if word == "no" and not self.free_subject:
                self.out.append("denied")

    def _after_noun(self, noun: int, verb: int) -> None:
        """ "sanctions being eased", "strikes planned for Friday", "envoy to visit Beirut"."""
        s = self.s
        if s.tags[verb] == "VBN":
            cue = self._listed(self._name(verb))
            if (
                cue
                and cue != "threatened"
                and not any(s.deps[k] == "agent" for k in s.children[verb])
            ):
                self.out.append(cue)
        elif (
            s.tags[verb] == "VB"
            and s.deps[noun] == "ROOT"
            and any(s.low[k] == "to" for k in s.children[verb])
        ):
            self.out.append("planned")

    def _modifier(self, word: str, name: str) -> str:
        for cue in ("planned", "threatened", "called_off", "denied"):
            words = self.shared.get(f"{cue}_modifiers", _NOTHING)
            if word in words.single or name in words.single:
                return cue
        return ""

    def _noun(self, noun: int, below: int, dep: str) -> None:
        s = self.s
        name = s.lemmas[noun]
        for cue in ("denied", "called_off", "threatened", "planned"):
            words = self.shared.get(f"{cue}_nouns", _NOTHING)
            own = self.lexicon.status.get(f"{cue}_nouns", _NOTHING)
            if name in words.single or name in own.single or s.low[noun] in words.single:
                self.out.append(cue)
                return
        for kid in s.children[noun]:
            if kid < noun and (cue := self._modifier(s.low[kid], s.lemmas[kid])):
                self.out.append(cue)
        if any(s.low[k] == "no" for k in s.children[noun]) and dep in ("prep", "acl"):
            self.out.append("denied")
