"""What has not come yet: ends that are only wanted, ways that are only opened, acts that are only bills."""

from transforms.tagging.auxiliaries import Auxiliaries
from transforms.tagging.clauses import child
from transforms.tagging.cues import CueWords
from transforms.tagging.sentence import Sentence

_FINITE = ("will", "is", "are", "was", "were", "has", "have", "did", "does", "be", "been")
_AIMS = ("in", "of", "to", "at", "toward", "towards", "for")
_SIGNED = frozenset({"sign", "signs", "signed"})


def only_wanted(s: Sentence, verb: int, cues: CueWords, auxiliaries: Auxiliaries) -> bool:
    """Whether a verb of ending is only spoken of: "urged it to halt", "no closer to halting".

    Args:
        s: the sentence.
        verb: the verb that ends something.
        cues: the words of status.
        auxiliaries: reads the verb's own small words.

    Returns:
        False if it is finite, or hangs on those in charge ("agreed to halt", "the decision to halt").
    """
    above = s.heads[verb]
    if s.tags[verb] == "VBG" and s.deps[verb] == "pcomp" and s.low[above] in _AIMS:
        above = s.heads[above]
        return not _settled(s, above, cues, ("planned_nouns", "granted_nouns"))
    if s.tags[verb] == "VBN" and s.deps[verb] in ("ccomp", "xcomp"):
        # "wants it lifted", "demands that it be lifted"
        small = {s.low[k] for k in s.children[verb] if s.deps[k] in ("aux", "auxpass")}
        return small <= {"be", "to"} and cues.listed(cues.name(above)) == "threatened"
    asks = cues.listed(cues.name(above)) == "threatened"
    if s.tags[verb] == "VBP" and s.deps[verb] == "ccomp" and asks:
        return True  # "demand that it stop"
    refused = s.deps[verb] == "xcomp" and cues.listed(cues.name(above)) == "denied"
    if s.tags[verb] != "VB" or refused:
        return False
    kids = [s.low[k] for k in s.children[verb] if s.deps[k] in ("aux", "neg")]
    if any(k in _FINITE for k in kids) or auxiliaries.headline_future(verb):
        return False
    return not (s.lemmas[above] in cues.words("planned_nouns") or _settled(s, above, cues, ()))


def _settled(s: Sentence, above: int, cues: CueWords, nouns: tuple[str, ...]) -> bool:
    if any(s.lemmas[above] in cues.words(name) for name in nouns):
        return True
    return s.tags[above].startswith("VB") and (
        cues.listed(cues.name(above)) == "planned" or s.lemmas[above] in cues.words("settled")
    )


def opens_way(s: Sentence, verb: int, cues: CueWords) -> bool:
    """As in "paves the way for relief", "opens the door to strikes": possible now, and no more."""
    way = child(s, verb, ("dobj", "nsubjpass"))
    return way >= 0 and s.lemmas[way] in cues.words("ways")


def pending_act(s: Sentence, verb: int, cues: CueWords) -> str:
    """What a bill says it does: `planned` if the sentence has it signed, else `threatened`; empty if it is no bill.

    As in "a bill that imposes sanctions", "signed into law a bill banning imports".
    """
    bill = s.heads[verb]
    tells = s.tags[verb] in ("VBZ", "VBP") or (
        s.tags[verb] == "VBG" and child(s, verb, ("nsubj",)) < 0
    )
    if not tells or s.deps[verb] not in ("relcl", "acl"):
        return ""
    if s.lemmas[bill] not in cues.words("bills"):
        return ""
    return "threatened" if _SIGNED.isdisjoint(s.low) else "planned"


def awaited_of(s: Sentence, verb: int, name: str, cues: CueWords, *, acts: bool) -> str:
    """What is awaited of a subject: an envoy "is expected to speak", sanctions "are set to expire".

    Args:
        s: the sentence.
        verb: the verb whose subject it is.
        name: its name, as `CueWords.name` gives it.
        cues: the words of status.
        acts: the subject is somebody who acts, as envoys do.

    Returns:
        The cue; empty if nothing is awaited.
    """
    awaited = cues.words("awaited")
    due, at = name in awaited and s.tags[verb] in ("VBN", "VBD", "VBZ"), verb
    if name == "be":
        at = next((k for k in s.children[verb] if s.low[k] in awaited), -1)
        due = at >= 0
    if not due:
        return ""
    what = [k for k in s.children[at] if s.deps[k] == "xcomp"]
    if any(s.lemmas[k] in ("expire", "lapse") for k in what):
        return "called_off"
    told = what or any(s.low[k] in ("for", "in", "at") for k in s.children[at])
    passive = at == verb and any(s.deps[k] == "auxpass" for k in s.children[verb])
    if (passive or s.low[at] == "due") and not acts and not what:
        return "planned"  # "sanctions are expected on Friday"
    active = s.tags[verb] == "VBZ" and name != "be"
    return "planned" if acts and told and not active else ""


def infinitive_clause(s: Sentence, verb: int) -> bool:
    """As in "to freeze", "to be frozen"."""
    to = any(s.low[k] == "to" and s.deps[k] == "aux" for k in s.children[verb])
    return s.tags[verb] == "VB" or (s.tags[verb] == "VBN" and to)


def may_climb(s: Sentence, i: int, dep: str, cues: CueWords, *, acts: bool) -> bool:
    """Whether what stands above token i, on which it hangs as `dep`, may still make the trigger real or not."""
    stops = cues.words("stop_prepositions")
    if acts and "as" in (s.low[i], s.low[s.heads[i]]):
        return True  # "appointed as envoy"
    source = i if s.low[i] == "from" else s.heads[i]
    if s.low[source] == "from" and cues.listed(s.lemmas[s.heads[source]]) == "called_off":
        return True  # "exempted the firm from sanctions"
    from_doing = dep == "prep" and any(s.deps[k] == "pcomp" for k in s.children[i])
    if (s.low[i] == "from" and from_doing) or (dep == "pcomp" and s.low[s.heads[i]] == "from"):
        return True  # "refrained from striking"
    if (dep == "prep" and s.low[i] in stops) or (
        dep in ("pobj", "pcomp") and s.low[s.heads[i]] in stops
    ):
        return False
    if dep == "advcl":
        return infinitive_clause(s, i) and not any(
            s.deps[k] == "mark" and s.low[k] != "for" for k in s.children[i]
        )
    if dep == "relcl":
        return s.tags[i] == "VB" and any(s.low[k] == "to" for k in s.children[i])
    if dep == "acl":
        return s.tags[i] == "VB" or any(s.low[k] == "that" for k in s.children[i])
    return dep not in ("npadvmod", "parataxis")


def grows(s: Sentence, verb: int, below: int, cues: CueWords) -> str:
    """The cue of a fear, a call or the like that grows: "fears grow of a strike", "pressure mounts to impose"."""
    noun = child(s, verb, ("nsubj",))
    if noun in (-1, below) or s.lemmas[verb] not in cues.words("grows"):
        return ""
    return "threatened" if s.lemmas[noun] == "pressure" else cues.of_noun(noun)


def told_done(s: Sentence, noun: int) -> bool:
    """Whether a noun's own clause tells what it did: "ordered the strikes that hit the port"."""
    for kid in s.children[noun]:
        if kid > noun and s.deps[kid] == "relcl" and s.tags[kid] == "VBD":
            who = child(s, kid, ("nsubj",))
            return who >= 0 and s.low[who] in ("that", "which")
    return False


def indicative(s: Sentence, verb: int) -> bool:
    """Whether a verb tells what is or was."""
    return s.tags[verb] in ("VBD", "VBZ", "VBP", "VBN") and not any(
        s.tags[k] == "MD" for k in s.children[verb]
    )


def may_never_be(s: Sentence, kid: int, verb: int) -> bool:
    """Whether a noun's article and its verb tell of what may never be: "any strike would be answered"."""
    modals = {"any": ("would", "will", "'d"), "a": ("would",), "an": ("would",)}.get(s.low[kid], ())
    small = [k for k in s.children[verb] if s.deps[k] == "aux" or s.tags[k] == "MD"]
    return any(s.low[k] in modals for k in small) and all(s.low[k] != "have" for k in small)


def does_other(s: Sentence, noun: int, cues: CueWords) -> bool:
    """As in "no attack has broken their will": what is denied is what it did, not that it was."""
    verb = s.heads[noun]
    does = s.deps[noun] == "nsubj" and child(s, verb, ("dobj",)) >= 0
    return does and s.lemmas[verb] not in cues.words("happen")


def released(s: Sentence, first: int, last: int, verbs: frozenset[str]) -> bool:
    """Whether frozen funds are given back: "frozen funds returned to Iran", "released the frozen assets".

    Args:
        s: the sentence.
        first: first token of the trigger.
        last: last token of the trigger.
        verbs: the lemmas that give back.
    """
    noun = last if s.tags[last].startswith("NN") else s.heads[first]
    for _ in range(3):  # "$6 billion in frozen funds": what is said of the sum is said of the funds
        verb = s.heads[noun]
        if s.lemmas[verb] in verbs and s.deps[noun] in ("dobj", "nsubjpass"):
            return s.tags[verb] in ("VBD", "VBN", "VBZ") and not any(
                s.tags[k] == "MD" or s.deps[k] == "neg" for k in s.children[verb]
            )
        if any(s.lemmas[k] in verbs and s.tags[k] == "VBN" for k in s.children[noun] if k > noun):
            return True
        if s.low[verb] not in ("in", "of"):
            return False
        noun = s.heads[verb]
    return False


def gives_up(verb: int, name: str, cues: CueWords, auxiliaries: Auxiliaries) -> str:
    """What it makes of an envoy that he gives up his role: called_off, planned if he will; empty if he does not.

    Args:
        verb: the verb whose subject he is.
        name: its name, as `CueWords.name` gives it.
        cues: the words of status; `leaves` is the category's list for this.
        auxiliaries: reads the verb's own small words.
    """
    if name not in cues.own("leaves"):
        return ""
    return next(iter(auxiliaries.cues(verb)), "called_off")


def perhaps(s: Sentence, verb: int) -> bool:
    """Whether the doubt is about what a thing that happens is."""
    return any(s.low[k] in ("may", "might") for k in s.children[verb])


def behind_noun(s: Sentence, noun: int, verb: int, cues: CueWords) -> str:
    """The cue of a verb that describes a noun: "strikes planned for Friday"; empty if none."""
    kids = s.children[verb]
    if s.tags[verb] == "VBN":
        cue = cues.listed(cues.name(verb))
        purpose = s.lemmas[verb] == "intend" and child(s, verb, ("xcomp",)) >= 0
        done = purpose or cue == "threatened" or any(s.deps[k] == "agent" for k in kids)
        return "" if done else cue
    ahead = s.tags[verb] == "VB" and s.deps[noun] == "ROOT" and any(s.low[k] == "to" for k in kids)
    return "planned" if ahead else ""


def would_be(s: Sentence, verb: int, below: int, dep: str, *, ended: bool) -> bool:
    """Whether doing it, or its end, is only what would have an effect: "easing sanctions would reward"."""
    doing = s.tags[below] == "VBG" or (ended and s.tags[below].startswith("NN"))
    small = {s.low[k] for k in s.children[verb] if s.tags[k] == "MD"}
    return dep in ("csubj", "nsubj") and doing and not small.isdisjoint(("would", "could", "might"))


def urged_not(
    s: Sentence, verb: int, below: int, dep: str, cues: CueWords, auxiliaries: Auxiliaries
) -> bool:
    """Whether somebody is told not to do a thing, which may still be done."""
    told = (
        dep in ("xcomp", "ccomp")
        and s.tags[below] == "VB"
        and s.lemmas[verb] in cues.words("urges")
    )
    return told and auxiliaries.negated(below)


def clause_for_noun(s: Sentence, i: int, part: str) -> bool:
    """Whether a trigger that is a noun was read as the verb of a clause: "fears Russian missile strikes"."""
    misread = part == "noun" and s.tags[i].startswith("VB") and s.deps[i] in ("ccomp", "conj")
    return misread and child(s, i, ("mark", "dobj")) < 0
