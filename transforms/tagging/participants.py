"""Who does it and to whom: the phrases of a sentence that fill a trigger's roles."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from transforms.tagging.clauses import (
    by_agent,
    child,
    direct_object,
    governor,
    is_pronoun,
    prepositional,
    subject,
)
from transforms.tagging.english import words
from transforms.tagging.governed import counterpart, from_verb, in_infinitive, put_on_list, single
from transforms.tagging.inflect import forms
from transforms.tagging.modifiers import fires_before, hits_another, names_before
from transforms.tagging.places import Place
from transforms.tagging.sentence import Sentence


class Roles(NamedTuple):
    """Token indexes of the heads of the participants' phrases; -1 if the sentence names none."""

    actor: int = -1
    target: int = -1
    place: int = -1


def of_verb(s: Sentence, verb: int, roles: dict[str, Any]) -> Roles:
    """Participants of a trigger that is a verb, or an adjective made of one ("sanctioned oil")."""
    if s.deps[verb] == "amod":
        return Roles(_by_hyphen(s, verb), s.heads[verb])
    actor, target = subject(s, verb), direct_object(s, verb)
    if child(s, verb, ("agent",)) >= 0 and target < 0:  # "Kyiv pounded by drones"
        target = child(s, verb, ("nsubj",))
    if target < 0:
        target = prepositional(s, verb, single(roles, "target_prepositions"))
    passive = s.tags[verb] in ("VBN", "VBD") and target < 0 and actor >= 0 and roles.get("passive")
    active = any(s.lemmas[k] == "have" or s.low[k] in ("back", "again") for k in s.children[verb])
    passive = passive and not active  # "Israel has struck back"
    if passive and child(s, verb, ("prt",)) < 0 and s.tags[actor].startswith("NN"):
        actor, target = prepositional(s, verb, frozenset({"by"})), actor
    if actor < 0 and s.deps[verb] in ("acl", "relcl") and s.lemmas[s.heads[verb]] in _WORDS:
        actor = child(s, s.heads[verb], ("amod", "poss", "compound"))  # "an Israeli threat that"
    place = prepositional(s, verb, single(roles, "place_prepositions"))
    return Roles(actor, target, place)


_WORDS = words("means_it")


def of_misread_verb(s: Sentence, first: int, last: int) -> Roles:
    """Participants beside a verb that the parser took for a noun: the nouns before and after it."""
    actor = first - 1
    while actor >= 0 and not s.tags[actor].startswith("NN"):
        actor -= 1
    while actor > 1 and s.low[actor - 1] in (",", "and") and s.tags[actor - 2].startswith("NN"):
        actor -= 2  # of several the first named
    target = last + 1
    while target < len(s) and s.tags[target] in _OPENING:
        target += 1
    while (
        target + 1 < len(s)
        and s.tags[target + 1].startswith("NN")
        and s.tags[target].startswith("NN")
    ):
        target += 1
    found = target if target < len(s) and s.tags[target].startswith("NN") else -1
    return Roles(actor, found, prepositional(s, last if first == last else first, _WHERE))


_OPENING = frozenset(["DT", "JJ", "CC", "CD", "PRP$", "VBN", "HYPH", "JJS", "JJR", "``"])


def _by_hyphen(s: Sentence, verb: int) -> int:
    """As in "US-sanctioned": the modifier that names who does it."""
    found = child(s, verb, ("npadvmod", "compound", "nmod", "nsubj", "agent"))
    if found < 0 and verb > 1 and s.low[verb - 1] == "-":
        return verb - 2
    return found


def of_noun(
    s: Sentence,
    noun: int,
    roles: dict[str, Any],
    places: Mapping[int, Place],
    plans: Collection[str],
) -> Roles:
    """Participants of a trigger that is a noun.

    Args:
        s: the sentence.
        noun: head of the trigger.
        roles: the category's prepositions and verbs.
        places: place name by token, to tell "Israeli strike" from "border strike".
        plans: nouns that pass a role on: who has a plan for strikes is their actor.
    """
    chain = _nouns_around(s, noun)
    verb, how, between = governor(s, noun)
    if any(s.lemmas[n] in _ANSWERS for n in between):
        verb = -1  # who strikes in response to it has not made it
    place = -1
    target = prepositional(s, noun, single(roles, "own_prepositions"))
    if target < 0 and "goes" in roles and s.low[noun + 1 : noun + 2] == ["to"]:
        target = child(s, noun + 1, ("pobj",))  # "appoints a judge as envoy to Haiti"
    if target < 0:
        target = next(
            (
                t
                for n in chain
                if (t := prepositional(s, n, single(roles, "target_prepositions"), noun)) >= 0
            ),
            -1,
        )
    if target < 0 and roles.get("place_is_target") and s.tags[noun] == "VBZ":
        target = direct_object(s, noun)  # "Missile strikes Egyptian town"
    if target < 0 and "senders" in roles:  # "travel bans for Algerian officials"
        people = prepositional(s, noun, _FOR)
        target = people if people >= 0 and s.low[people] in _WHOM else target
    agent = prepositional(s, noun, frozenset({"by"}))
    if target >= 0 and s.low[target] in single(roles, "carriers"):
        target = -1
    bare = s.lemmas[noun] in roles.get("names_are_targets", [])
    bare = agent >= 0 or (bare and not hits_another(s, noun, places))
    actor, named = names_before(s, chain, roles, places, target >= 0, bare)
    actor = agent if agent >= 0 else actor
    target = target if target >= 0 else named
    if verb >= 0 and s.lemmas[verb] in single(roles, "recalled"):
        actor = subject(s, verb) if actor < 0 else actor
        target = prepositional(s, noun, _FROM) if target < 0 else target
    for n in chain:
        by, near = single(roles, "actor_prepositions"), single(roles, "place_prepositions")
        actor = actor if actor >= 0 else prepositional(s, n, by, noun)
        place = place if place >= 0 else prepositional(s, n, near, noun)
    portfolio = prepositional(s, noun, _FOR) == target
    if portfolio and "goes" in roles and (met := counterpart(s, noun)) >= 0:
        target = met  # what he is for, unless the text tells whom he meets
    if target < 0 and "goes" in roles:
        target = next((t for n in chain if (t := in_infinitive(s, n, roles)) >= 0), -1)
    hit = -1
    for kid in s.children[noun]:
        if kid > noun and s.deps[kid] in ("acl", "relcl") and s.tags[kid] in ("VBN", "VBD"):
            if actor < 0 and s.low[kid] not in _TELLS_OF:
                actor = by_agent(s, kid)
            target = (
                target
                if target >= 0
                else prepositional(s, kid, single(roles, "target_prepositions"))
            )
            place = (
                place if place >= 0 else prepositional(s, kid, single(roles, "place_prepositions"))
            )
            if s.deps[kid] == "relcl" and s.lemmas[kid] in single(roles, "harm"):
                hit = direct_object(s, kid)  # "the strike that hit a wedding in Kandahar"
        elif kid > noun and s.deps[kid] == "relcl" and actor < 0 and s.lemmas[kid] in _FIRES:
            doer = child(s, kid, ("nsubj",))  # "drones that Russia launched"
            actor = doer if doer in places else actor
    if actor >= 0 and is_pronoun(s, actor):
        actor = _owner(s, actor, verb, places)
    if actor < 0 and roles.get("place_is_target"):
        actor = _accused(s, noun, places)
    if actor < 0 and roles.get("place_is_target"):
        actor = fires_before(s, noun, roles, places)
    if actor < 0 and "goes" in roles:
        actor = _bearer(s, noun, verb, how, between, places)
    if "puts" in roles:
        actor, target = put_on_list(s, noun, roles, (actor, target))
    if verb >= 0:
        planned = any(s.lemmas[n] in plans for n in between)
        actor, target = from_verb(s, verb, how, roles, (actor, target), planned=planned)
        place = place if place >= 0 else prepositional(s, verb, single(roles, "place_prepositions"))
    return Roles(actor, target if target >= 0 else hit, place)


_NAMES = words("names")
_FROM, _FOR = frozenset({"from"}), frozenset({"for"})
_WHERE = frozenset({"in", "near", "inside", "off", "outside"})
_FIRES = words("fires")
_TELLINGS = words("tellings")
_WHOM = words("whom")
_PARTS, _ANSWERS = words("parts"), words("answers")
_TELLS_OF = {form for verb in words("tells_of") for form in forms(verb)}


def _bearer(
    s: Sentence, noun: int, verb: int, how: str, between: list[int], places: Mapping[int, Place]
) -> int:
    """The state that is itself the envoy: "Qatar is a mediator", "Oman, an intermediary", "regains the role of"."""
    bearer = _namer(s, noun, verb, how, places)
    if bearer >= 0:
        return bearer
    if s.deps[noun] == "appos":
        bearer = s.heads[noun]
    elif verb >= 0 and (
        how in ("attr", "pobj:as", "oprd") or any(s.lemmas[n] in _PARTS for n in between)
    ):
        bearer = subject(s, verb)
    elif s.low[s.heads[noun]] == "as" and s.heads[s.heads[noun]] != s.heads[noun]:
        above = s.heads[s.heads[noun]]
        if s.lemmas[above] in _PARTS:  # "revisits its role as a mediator"
            owner = child(s, above, ("poss", "compound"))
            if owner >= 0 and not is_pronoun(s, owner):
                return owner if owner in places else -1
            above = s.heads[above]
        bearer = subject(s, above) if s.tags[above].startswith("VB") else -1
    place = places.get(bearer)
    return bearer if place and place.kind in ("country", "capital", "seat", "body") else -1


def _accused(s: Sentence, noun: int, places: Mapping[int, Place]) -> int:
    """Whom somebody says it was: "blamed Ukraine for the strike", "accused it of an attack"; -1 if no state."""
    here = noun
    for _ in range(6):
        above = s.heads[here]
        if above == here:
            return -1
        if s.lemmas[above] in ("accuse", "blame", "suspect") and s.tags[above].startswith("VB"):
            said = child(s, above, ("dobj",))
            return said if said in places and s.low[here] in ("of", "for", "over") else -1
        here = above
    return -1


def _namer(s: Sentence, noun: int, verb: int, how: str, places: Mapping[int, Place]) -> int:
    """The state or leader that names somebody as envoy, also where a headline's verb is read as a noun."""
    to_be = verb >= 0 and s.lemmas[verb] == "be" and s.deps[verb] == "xcomp"
    above = s.heads[verb] if to_be else verb  # "nominates a general to be ambassador"
    if above < 0 and s.low[s.heads[noun]] == "as":
        above = s.heads[s.heads[noun]]
        above = s.heads[above] if s.deps[above] == "dobj" else above
    if above >= 0 and s.tags[above].startswith("VB") and s.lemmas[above] in _NAMES:
        named = subject(s, above) if to_be or how in ("", "pobj:as") else -1
        return named if named in places else -1
    for i in range(1, noun):
        if s.tags[i] in ("VBZ", "VBD", "VBP", "MD") and s.lemmas[i] not in _NAMES:
            break
        if i - 1 in places and s.lemmas[i] in _NAMES and s.tags[i] == "NNS":
            return i - 1  # "Modi taps a retired admiral as envoy"
    return -1


def _owner(s: Sentence, pronoun: int, verb: int, places: Mapping[int, Place]) -> int:
    """Whom "its" or "their" before the trigger means: the subject of the clause, or of the one above.

    A leader is no "it": then the country named last before the pronoun is meant ("Biden tells Israel its bombing").
    """
    here = verb
    for _ in range(4):
        if here < 0:
            break
        found = subject(s, here)
        lo, hi = s.subtree(found) if found >= 0 else (0, 0)
        if found >= 0 and not lo <= pronoun <= hi and not is_pronoun(s, found):
            person = any(i in places and places[i].kind == "leader" for i in range(lo, hi + 1))
            if s.low[pronoun] != "its" or not person:
                return found
        here = s.heads[here] if s.heads[here] != here else -1
    if s.low[pronoun] == "its":
        for i in range(pronoun - 1, -1, -1):
            if i in places and places[i].kind in ("country", "force", "seat", "capital"):
                return i
    return -1


def _nouns_around(s: Sentence, noun: int) -> list[int]:
    """The noun itself and those it is counted by: "wave of strikes", "strikes and bombardments"."""
    out = [noun]
    here = noun
    for _ in range(3):
        head, dep = s.heads[here], s.deps[here]
        above = s.heads[head]
        if dep == "pobj" and s.low[head] == "of" and s.low[above] in _TELLINGS:
            break
        if dep == "pobj" and s.low[head] == "of" and s.tags[above].startswith("NN"):
            here = s.heads[head]
        elif (dep == "conj" and s.tags[head].startswith("NN") and _leans(s, here)) or (
            dep in ("compound", "nmod", "amod")
            and s.tags[head].startswith("NN")
            and head - here <= 2
        ):
            here = head
        else:
            break
        out.append(here)
    return out


def _leans(s: Sentence, noun: int) -> bool:
    """Whether a second noun shares what stands before the first: "Israeli strikes and bombardments"."""
    return not any(s.deps[k] in ("det", "amod", "poss", "compound") for k in s.children[noun])
