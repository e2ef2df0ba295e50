"""How the parts of a sentence hang together: subjects, objects, governing verbs, noun phrases."""

from transforms.tagging.english import words
from transforms.tagging.sentence import Sentence

SUBJECTS = ("nsubj", "csubj")
_RELATIVE = ("who", "whom", "which", "that")
_PRONOUNS = ("PRP", "PRP$", "WP", "WDT", "WP$", "DT", "EX")
_MODIFIERS = (
    "amod",
    "compound",
    "nmod",
    "poss",
    "nummod",
    "det",
    "advmod",
    "case",
    "punct",
    "quantmod",
    "npadvmod",
)


def is_pronoun(s: Sentence, i: int) -> bool:
    """Whether the token stands for a name ("it", "their", "which") and is none itself ("US" is)."""
    return s.tags[i] in _PRONOUNS and s.words[i] != "US"


def subject(s: Sentence, verb: int, depth: int = 0) -> int:
    """The token that does what the verb says, also across coordination, control and relative clauses."""
    kids = s.children[verb]
    for kid in kids:
        if s.deps[kid] == "agent":
            return _object_of(s, kid)
    if any(s.deps[k] in ("nsubjpass", "auxpass") for k in kids):
        return -1
    for kid in kids:
        if s.deps[kid] in SUBJECTS:
            return _antecedent(s, _first_listed(s, _after_colon(s, kid, verb)), verb)
    if depth > 5:
        return -1
    return _inherited(s, verb, depth)


def _after_colon(s: Sentence, subj: int, verb: int) -> int:
    """A headline's label is no subject: in "Syria: US and UK launch strikes" it is the first name after the colon."""
    for i in range(subj + 1, verb):
        if s.low[i] == ":":
            named = [k for k in range(i + 1, verb) if s.tags[k].startswith("NN")]
            return next((k for k in named if k + 1 not in named), subj)
    return subj


def _first_listed(s: Sentence, subj: int) -> int:
    """Of several subjects that a headline lists with a comma the first: "Israel, Iran trade strikes"."""
    listed = subj == _THIRD and s.low[1] == "," and s.tags[0].startswith("NNP")
    return 0 if listed and s.tags[subj].startswith("NNP") and s.deps[0] != "appos" else subj


_CALLS = ("call", "appeal")
_THIRD = 2
_USES = words("uses")


def _inherited(s: Sentence, verb: int, depth: int) -> int:
    dep, head = s.deps[verb], s.heads[verb]
    if head == verb:
        return _nominal_subject(s, verb)
    if dep in ("acl", "relcl") and s.tags[verb] in ("VBG", "VB"):
        noun = head
        if s.tags[verb] == "VB" and not s.tags[noun].startswith("NNP"):
            return subject(s, s.heads[noun], depth + 1) if s.heads[noun] != noun else -1
        return noun
    if dep in ("acl", "relcl"):
        return -1
    if dep == "acomp" and depth:
        return subject(s, head, depth + 1)  # "is likely to start imposing"
    if dep in ("conj", "xcomp", "advcl", "ccomp", "dep", "pcomp", "prep", "aux"):
        if (
            dep == "xcomp"
            and (obj := child(s, head, ("dobj",))) >= 0
            and obj < verb
            and s.tags[verb] == "VB"
        ):
            return subject(s, head, depth + 1) if s.low[head] in _USES else obj
        if (
            dep in ("xcomp", "advcl") and s.tags[verb] == "VB" and s.lemmas[head] in _CALLS
        ):  # "calls on Israel to stop"
            asked = prepositional(s, head, frozenset({"on", "to", "upon"}))
            if asked >= 0:
                return asked
        raised = child(s, head, ("nsubjpass",)) if dep == "xcomp" else -1
        if raised >= 0 and s.low[head] not in _USES:
            return raised  # "Israel is expected to strike"
        if dep == "pcomp":
            above = s.heads[head]
            if (
                s.low[head] in ("of", "for", "from", "after", "against")
                and (obj := child(s, above, ("dobj",))) >= 0
            ):
                return obj
            return subject(s, above, depth + 1) if above != head else -1
        if s.tags[head].startswith("NN") and dep != "conj":
            return head
        return subject(s, head, depth + 1)
    return -1


def _nominal_subject(s: Sentence, verb: int) -> int:
    """A headline's subject that the parser took for a modifier: the noun just left of the verb."""
    left = [k for k in s.children[verb] if k < verb and s.tags[k].startswith(("NN", "PRP"))]
    left = [k for k in left if s.deps[k] not in ("dobj", "npadvmod", "nsubjpass", "nummod", "pobj")]
    return left[-1] if left else -1


def _antecedent(s: Sentence, subj: int, verb: int) -> int:
    if s.low[subj] in _RELATIVE and s.deps[verb] in ("relcl", "acl"):
        near = subj - 2 if subj and s.low[subj - 1] == "," else subj - 1
        joined = near >= 0 and s.deps[near] == "conj" and s.tags[near].startswith("NN")
        return near if joined else s.heads[verb]  # "both Israel and Gaza, which Israel bombs"
    if s.low[subj] in ("he", "it", "they", "she", "we", "i"):
        above = s.heads[verb]
        if s.deps[verb] == "acl" and s.tags[above].startswith("NN"):
            above = s.heads[above]  # "rejects the claim that it fired"
        if s.lemmas[above] in ("condemn", "denounce"):  # "condemned Israel's raid after it hit"
            act = child(s, above, ("dobj",))
            if act >= 0 and (owner := child(s, act, ("poss",))) >= 0:
                return owner
        if above != verb and s.tags[above].startswith("VB"):
            return_to = child(s, above, SUBJECTS)
            if return_to >= 0 and return_to != subj:
                return return_to
    return subj


def child(s: Sentence, i: int, deps: tuple[str, ...]) -> int:
    """The first dependent of token i with one of the relations; -1 without one."""
    for kid in s.children[i]:
        if s.deps[kid] in deps:
            return kid
    return -1


def _object_of(s: Sentence, prep: int) -> int:
    for kid in s.children[prep]:
        if s.deps[kid] in ("pobj", "pcomp"):
            return kid
    return -1


def direct_object(s: Sentence, verb: int) -> int:
    """What the verb is done to: its object, its passive subject, the noun that a participle describes."""
    kids = s.children[verb]
    for kid in kids:
        if s.deps[kid] in ("dobj", "nsubjpass", "obj"):
            relative = s.low[kid] in _RELATIVE  # "the bank, which Washington sanctioned"
            return _antecedent(s, kid, verb) if relative or s.deps[kid] == "nsubjpass" else kid
    if s.tags[verb] == "VBN" and s.deps[verb] in ("acl", "relcl") and s.heads[verb] != verb:
        return s.heads[verb]
    if s.deps[verb] == "amod" and s.tags[verb] in ("VBN", "VBD", "JJ"):
        return s.heads[verb]
    if s.deps[verb] == "acomp" and s.lemmas[s.heads[verb]] == "be":  # "assets to be frozen"
        return child(s, s.heads[verb], SUBJECTS)
    if (
        s.deps[verb] == "conj"
        and s.tags[verb] in ("VBN", "VBD")
        and not child(s, verb, SUBJECTS) >= 0
    ):
        first = s.heads[verb]
        return child(s, first, ("nsubjpass",))
    return -1


def points_back(s: Sentence, first: int, head: int) -> bool:
    """Whether a noun points back to what has been named: "the attack", "these raids", "Friday's attack".

    Args:
        s: the sentence.
        first: first token of the trigger that the noun is.
        head: the noun.
    """
    if not s.tags[head].startswith("NN"):
        return False
    for kid in s.children[head]:
        if kid < first and (s.low[kid] in _POINTERS or s.low[kid].rstrip(".") in _DATES):
            return True
    return first > 0 and s.low[first - 1] in _POINTERS


_POINTERS = words("pointers")
_DATES = words("dates")


def prepositional(s: Sentence, i: int, prepositions: frozenset[str], after: int = -1) -> int:
    """Object of the first preposition from the list that hangs on token i and stands behind `after`."""
    for kid in s.children[i]:
        if kid < after:
            continue
        if s.deps[kid] in ("prep", "dative", "prt", "acl", "advmod") and s.low[kid] in prepositions:
            found = _object_of(s, kid)
            if found < 0 and s.tags[kid] == "VBG":
                found = direct_object(s, kid)
            if found < 0:  # "against" read as a particle: the noun beside it
                for grand in s.children[kid]:
                    if s.deps[grand] == "prep":
                        found = _object_of(s, grand)
            if found >= 0 and s.low[found].rstrip(".") not in _DATES and s.tags[found] != "CD":
                return found
    return -1


def by_agent(s: Sentence, verb: int) -> int:
    """Who a passive verb says it was done by; -1 if it does not say."""
    found = prepositional(s, verb, frozenset({"by"}))
    by = child(s, verb, ("agent",)) if found < 0 else -1
    return _object_of(s, by) if by >= 0 else found


def governor(s: Sentence, noun: int) -> tuple[int, str, list[int]]:
    """The verb that a noun hangs on, through "plans for a wave of strikes", and by which relation.

    Returns:
        Index of the verb (-1 without one), the relation ("nsubj", "dobj", "pobj:in", ...) and the nouns between.
    """
    here, via = noun, ""
    between: list[int] = []
    for _ in range(8):
        head, dep = s.heads[here], s.deps[here]
        if head == here:
            return -1, via, between
        if s.tags[head].startswith("VB") and dep not in ("pobj", "pcomp"):
            return head, via if via and dep == "prep" else dep, between
        if dep in ("pobj", "pcomp"):
            via = f"pobj:{s.low[head]}"
        elif dep == "prep":
            if s.low[here] in _MEANS and s.deps[head] == "dobj":
                return s.heads[head], via, between  # "kills six in strike", read as one phrase
            if s.low[here] not in ("of", "for", "to"):
                return -1, via, between
            via = ""
        if s.tags[head].startswith("NN"):
            between.append(head)
        here = head
    return -1, via, between


_MEANS = ("in", "by", "with")


def phrase(s: Sentence, head: int, *, wide: bool = False) -> tuple[int, int]:
    """First and last token of the noun phrase around its head.

    Args:
        s: the sentence.
        head: the head noun.
        wide: with what follows it in the phrase ("school in Gaza City"), up to a clause or a comma.
    """
    lo = hi = head
    for kid in reversed([k for k in s.children[head] if k < head]):
        if s.deps[kid] in _MODIFIERS and kid >= lo - (s.subtree(kid)[1] - kid) - 1:
            lo = min(lo, s.subtree(kid)[0])
        elif s.deps[kid] not in _MODIFIERS:
            break
    while lo < head and (s.deps[lo] in ("det", "punct", "cc") or s.low[lo] in ("the", "a", "an")):
        lo += 1
    for kid in [k for k in s.children[head] if k > head]:
        word = s.low[kid]
        if s.deps[kid] == "prep" and (
            word == "of"
            or (wide and word in ("in", "near", "at", "on", "inside", "from", "outside"))
        ):
            hi = max(hi, s.subtree(kid)[1])
        elif s.deps[kid] in ("case", "compound", "nmod") or (
            wide and s.deps[kid] in ("appos", "flat")
        ):
            hi = max(hi, kid)
    return lo, min(hi, lo + 14)
