"""The climb from a trigger to what governs it, and the cues of status met on the way."""

from transforms.tagging.auxiliaries import Auxiliaries
from transforms.tagging.clauses import child
from transforms.tagging.cues import CueWords
from transforms.tagging.denials import denied_from_afar
from transforms.tagging.ends import (
    awaited_of,
    behind_noun,
    clause_for_noun,
    does_other,
    gives_up,
    grows,
    indicative,
    may_climb,
    may_never_be,
    only_wanted,
    opens_way,
    pending_act,
    perhaps,
    told_done,
    urged_not,
    would_be,
)
from transforms.tagging.english import words
from transforms.tagging.lexicon import NOTHING, Lexicon, Words
from transforms.tagging.misread import appointed_as, headline_verb, infinitive, verb_before
from transforms.tagging.senses import Candidate
from transforms.tagging.sentence import Sentence

_MOST_STEPS, _SENDS, _STOPS = 12, words("sends"), words("stops")


class Climb:
    """One walk up the tree; `cues` gives what it met, innermost first.

    It ends where the clause ends that makes the trigger real or not: at "after" and its like, at relative clauses, at
    verbs that say nothing of it. Inheriting a cue from further out is the commonest error there is.
    """

    def __init__(
        self, s: Sentence, c: Candidate, lexicon: Lexicon, shared: dict[str, Words]
    ) -> None:
        """`shared` are the cues of all categories; those of the lexicon come first."""
        self._s, self._c = s, c
        self._cues = CueWords(s, lexicon, shared)
        roles = lexicon.roles
        self._light, self._with = roles.get("light", NOTHING), roles.get("with", NOTHING)
        self._acts = bool(roles.get("subject_modals", False))
        modals = "possible_act" if self._acts else "possible"
        we_will = roles.get("we_will", "planned")
        self._auxiliaries = Auxiliaries(s, shared, we_will, modals)
        self._out: list[str] = []

    def cues(self) -> list[str]:
        """planned, threatened, called_off, denied, or asked_off for an end that somebody wants."""
        s, c = self._s, self._c
        if c.part == "verb" and s.tags[c.head].startswith("NN"):
            return infinitive(s, c.head, self._cues, self._auxiliaries)
        if c.part == "verb":
            if any(s.deps[k] == "aux" and s.lemmas[k] in _STOPS for k in s.children[c.head]):
                self._out.append("asked_off")  # "demand that it stop bombing"
            if not c.trigger.status:
                self._modals(c.head, own=True)
        else:
            self._modifiers_of_trigger(c.head)
        none = self._out.count("denied")
        if self._acts or c.part == "verb" or not told_done(s, c.head):
            self._up(c.head)
        if none and s.deps[c.head] in ("nsubj", "nsubjpass") and self._out.count("denied") > none:
            self._out.remove("denied")  # the "no" of "no strikes were carried out" counts once
        self._out = self._out or verb_before(s, c.first, self._cues)
        if not self._out and self._acts:
            self._out += appointed_as(s, c.first, self._cues)
        if not self._out and denied_from_afar(s, c.head, self._cues):
            self._out.append("denied")
        return self._out

    def _up(self, here: int) -> None:
        s = self._s
        preposition = ""
        for _ in range(_MOST_STEPS):
            head, dep = s.heads[here], s.deps[here]
            if head == here:
                return
            if here == self._c.head and clause_for_noun(s, here, self._c.part):
                dep = "dobj"  # "fears Russian missile strikes"
            if act := pending_act(s, here, self._cues):
                self._out.append(act)
            if act or not may_climb(s, here, dep, self._cues, acts=self._acts):
                return
            if self._acts and dep == "poss" and s.lemmas[head] not in self._cues.own("work"):
                return  # what is made of "the envoy's plan" leaves his role what it is
            if s.tags[head].startswith("VB"):
                if dep == "conj":
                    if s.tags[head] == s.tags[here] or s.tags[here] == "VB":
                        self._modals(head)
                elif preposition == "by" or not self._verb(head, here, dep, preposition):
                    return
                preposition = ""
            elif s.tags[head] in ("IN", "TO"):
                preposition = s.low[head]
            elif s.lemmas[head] in self._cues.words("apart"):
                return  # what critics of the strikes do is no part of them
            else:
                if s.tags[head].startswith(("NN", "JJ", "RB")):
                    self._noun(head, dep, preposition)
                preposition = ""
            here = head

    def _verb(self, verb: int, below: int, dep: str, preposition: str) -> bool:
        """Cues of a verb that governs the trigger; False if the climb ends there."""
        s = self._s
        name = self._cues.name(verb, below)
        if would_be(s, verb, below, dep, ended=self._out[-1:] == ["called_off"]):
            self._out.append("threatened")
            return False
        if self._out[-1:] == ["denied"] and urged_not(
            s, verb, below, dep, self._cues, self._auxiliaries
        ):
            self._out[-1] = "threatened"  # "told Israel not to strike"
            return False
        if grown := grows(s, verb, below, self._cues):
            self._out.append(grown)
            return False
        ended = self._out[-1:] == ["called_off"]
        cue = self._cue_of(name, below, dep, ended=ended)
        passive = any(s.deps[k] == "auxpass" for k in s.children[verb])
        if dep in ("dobj", "nsubjpass") and name in self._cues.words("settled"):
            self._modals(verb)
            return True
        if name in self._cues.words("goes_on") and dep in ("dobj", "nsubj", "xcomp"):
            return False
        if dep in ("nsubj", "nsubjpass") and (
            ahead := awaited_of(s, verb, name, self._cues, acts=self._acts)
        ):
            self._out.append(ahead)
            return False
        if dep == "nsubj" and not passive:
            return self._subject_of(verb, name, cue)
        if cue in ("threatened", "called_off") and dep == "ccomp" and indicative(s, below):
            return False  # "fears that Israel struck"
        if name in self._cues.words("perceive") and s.tags[below] in ("VBG", "VB"):
            return False  # "could hear missiles striking the port"
        asks_to = name == "call" and dep == "xcomp" and s.tags[below] == "VB"
        if asks_to or (preposition and opens_way(s, verb, self._cues)):
            self._out.append("threatened")
            return True
        if cue and preposition in (
            ("about", "with", "by", "at") if cue == "called_off" else ("about",)
        ):
            return False
        if cue == "called_off" and self._auxiliaries.negated(verb):
            return True  # "not to lift": it goes on, whatever is asked above
        if cue:
            self._add(verb, cue)
            self._modals(verb)
            return True
        direct = not preposition or preposition in ("of", "to", "on", "against")
        if dep == "dobj" and not cue and (ended or name == "face"):
            self._modals(verb)  # "may get relief"; "will face strikes if", whoever expects it
            return ended
        no = any(s.low[k] == "no" for k in s.children[verb])
        if name == "say" and preposition == "to" and no:
            self._out.append("denied")  # "says no to sanctions"
            return False
        happens = passive and dep == "nsubjpass" and name in self._cues.words("happen")
        hits_with = preposition == "with" and name in self._with.single
        if hits_with or (direct and (name in self._light.single or happens)):
            self._modals(verb)
            return True
        if name in self._cues.words("say"):
            return False
        if dep == "xcomp" and name in self._cues.words("awaited") and s.tags[verb] != "VBZ":
            self._out.append("planned")  # "expected to impose sanctions"
        if (
            dep == "attr"
            and (not self._acts and perhaps(s, verb))
            and child(s, verb, ("expl",)) < 0
        ):
            return True  # "might be the deadliest strike": which one, not whether
        if dep in ("ccomp", "xcomp", "attr", "acomp", "oprd", "aux") or name in ("be", "have"):
            self._modals(verb)
            return dep != "ccomp" or (s.tags[verb] == "VB" and s.tags[below].startswith("VB"))
        return False

    def _cue_of(self, name: str, below: int, dep: str, *, ended: bool) -> str:
        """The cue that a verb is for what hangs on it as `below`."""
        s = self._s
        granted = (ended or self._c.trigger.status) and name in self._cues.words("settled")
        sent = self._acts and s.lemmas[below] in _SENDS and dep != "nsubj"
        look_up = self._cues.listed if sent else self._cues.of_verb
        cue = "" if granted else look_up(name)  # "agreed to lift"
        if ended and not cue and self._cues.listed(name) == "threatened":
            return "threatened"  # "hopes for relief"
        if name in self._cues.words("lets") and not ended and s.tags[below] == "VB":
            return "planned"  # "the order will allow it to impose sanctions"
        return cue

    def _subject_of(self, verb: int, name: str, cue: str) -> bool:
        """The trigger itself does something: only what happens to it tells ("strikes could resume")."""
        s = self._s
        if self._acts and (told := gives_up(verb, name, self._cues, self._auxiliaries)):
            self._out.append(told)
            return False
        does = name not in ("expire", "lapse") and child(s, verb, ("dobj",)) >= 0
        stops_itself = cue == "called_off" and name in _STOPS and not does
        happens = name in self._cues.words("happen") or (
            s.lemmas[verb] == "take" and any(s.low[k] == "place" for k in s.children[verb])
        )
        if name in ("be", "remain", "stay") and (told := self._cues.of_predicate(verb)):
            self._out.append(told)  # "sanctions are on the table"
            return False
        what = child(s, verb, ("attr", "acomp")) if name == "be" else -1
        identified = what >= 0
        if identified and s.low[what] in self._cues.words("likely") and not self._acts:
            self._out.append("threatened")  # "rocket fire was possible"
            return False
        if identified and not self._acts and s.tags[verb] in ("VBD", "VBZ", "VBP"):
            return False  # "may rule that the strike was a crime"
        if identified and (
            (not self._acts and perhaps(s, verb)) or self._auxiliaries.negated(verb)
        ):
            return False  # "the strikes may be a sign", "are no breach"
        apart = any(s.low[k] == ":" for k in range(self._c.last, max(self._c.last, verb)))
        if happens or (self._acts and name not in ("be", "have") and not apart):
            self._modals(verb)
        done_to_it = s.tags[verb] in ("VBD", "VBN") and not any(
            s.deps[k] in ("dobj", "ccomp", "xcomp") for k in s.children[verb]
        )
        if stops_itself:
            self._out.append(cue)
        elif cue and done_to_it:  # "Sanctions lifted", a headline's passive
            self._add(verb, cue)
        return stops_itself or happens

    def _add(self, verb: int, cue: str) -> None:
        """An end that is only spoken of has not come."""
        wanted = cue == "called_off" and only_wanted(self._s, verb, self._cues, self._auxiliaries)
        self._out.append("asked_off" if wanted else cue)

    def _modals(self, verb: int, *, own: bool = False) -> None:
        self._out.extend(self._auxiliaries.cues(verb, own=own))

    def _modifiers_of_trigger(self, noun: int) -> None:
        """Cues among the words around the trigger: "planned strikes", "no strikes", "strikes planned for Friday"."""
        s = self._s
        for kid in s.children[noun]:
            if kid > noun:
                if s.deps[kid] in ("acl", "relcl"):
                    self._after_noun(noun, kid)
                continue
            cue = self._cues.of_modifier(kid)
            if cue:
                self._out.append(cue)
            if s.deps[kid] == "det" and may_never_be(s, kid, s.heads[noun]):
                self._out.append("threatened")  # "any strike would be answered"
            if s.low[kid] == "no" and not self._acts and not does_other(s, noun, self._cues):
                self._out.append("denied")

    def _after_noun(self, noun: int, verb: int) -> None:
        self._out += filter(None, [behind_noun(self._s, noun, verb, self._cues)])

    def _noun(self, noun: int, dep: str, preposition: str) -> None:
        """Cues of a noun that heads the trigger's phrase: "a threat of strikes", "the next round of sanctions"."""
        s = self._s
        if self._out[-1:] == ["called_off"] and s.lemmas[noun] in self._cues.words("granted_nouns"):
            return  # "the decision to lift": what is decided has been granted
        names = preposition == "on" and s.lemmas[noun] in ("order", "call")  # "a call on strikes"
        cue = "" if preposition == "about" or names else self._cues.of_noun(noun)
        if dep == "acl" and s.lemmas[noun] == "pressure":
            cue = "threatened"  # "under pressure to impose sanctions"
        if cue:
            self._out.append(cue)
            if any(s.low[k] == "no" for k in s.children[noun]) and not self._acts:
                self._out.append("denied")  # "no plans for", "no end to"
            return
        if dep == "xcomp" and s.low[noun] in self._cues.words("likely"):
            self._out.append("threatened")  # "likely to impose sanctions"
        if dep == "xcomp" and s.lemmas[noun] in self._cues.words("awaited"):
            self._out.append("planned")
        if s.tags[noun] == "NNS" and s.deps[noun] == "ROOT":
            self._out += headline_verb(s, noun, self._cues)
        for kid in s.children[noun]:
            if kid < noun and (cue := self._cues.of_modifier(kid)):
                self._out.append(cue)
            beside = dep in ("compound", "appos", "nmod")
            if kid > noun and beside and s.deps[kid] in ("acl", "relcl"):
                self._after_noun(noun, kid)
        if any(s.low[k] == "no" for k in s.children[noun]) and dep in ("prep", "acl"):
            self._out.append("denied")
