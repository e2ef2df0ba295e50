"""Participants that the verb above a noun gives it."""

from typing import Any

from transforms.tagging.clauses import child, direct_object, prepositional, subject
from transforms.tagging.lexicon import Words
from transforms.tagging.sentence import Sentence


def single(roles: dict[str, Any], name: str) -> frozenset[str]:
    """The single words of a list of roles; none if the category has no such list."""
    words = roles.get(name)
    return words.single if isinstance(words, Words) else frozenset()


def from_verb(
    s: Sentence,
    verb: int,
    how: str,
    roles: dict[str, Any],
    so_far: tuple[int, int],
    *,
    planned: bool,
) -> tuple[int, int]:
    """Participants that the governing verb gives a noun: "imposed sanctions", "faces sanctions", "the envoy met X".

    Args:
        s: the sentence.
        verb: the verb; `how` the noun hangs on it.
        how: the relation, as `clauses.governor` tells it.
        roles: the category's verbs.
        so_far: actor and target as the noun's own phrase tells them, -1 where it does not.
        planned: the noun hangs on a plan, whose owner is the actor.

    Returns:
        Actor and target.
    """
    actor, target = so_far
    name = s.lemmas[verb]
    as_object = how in ("dobj", "nsubjpass", "obj", "conj")
    received = name in single(roles, "receive") or _phrasal(s, verb, roles.get("receive"))
    received = received and not (how == "pobj:with" and name in single(roles, "with"))
    if received and (as_object or how in _RECEIVED) and (as_object <= (name not in _STATES)):
        target = subject(s, verb) if target < 0 else target
    elif as_object and (
        name in single(roles, "light") or planned or _phrasal(s, verb, roles.get("light"))
    ):
        actor = _doer_of(s, verb) if actor < 0 else actor
    elif how in ("pobj:with", "pobj:in", "pobj:by") and actor < 0 and name in single(roles, "with"):
        actor, hit = subject(s, verb), direct_object(s, verb)
        if hit < 0 and s.tags[verb] in ("VBN", "VBD") and name in single(roles, "harm"):
            actor, hit = -1, actor  # "the town hammered with airstrikes"
        target = hit if target < 0 else target
    if how == "pobj:of" and name == "warn" and target < 0:
        target = direct_object(s, verb)  # "warned Helsinki of an embargo"
        actor = subject(s, verb) if actor < 0 and "senders" in roles else actor
    if name in _SHIELDS and how in ("pobj:against", "pobj:from") and target < 0:
        target = direct_object(s, verb)  # "defend Ukraine against air attacks"
    if how == "pobj:to" and name in single(roles, "puts"):
        actor = _doer_of(s, verb) if actor < 0 else actor
        target = direct_object(s, verb) if target < 0 else target
    if target < 0 and as_object:
        target = prepositional(s, verb, single(roles, "target_prepositions"))
        start = child(s, verb, ("prep",))
        if target < 0 and start >= 0 and s.low[start] == "from":  # "from Tyre towards Haifa"
            below = child(s, start, ("pobj",))
            nested = (start, *((below,) if below >= 0 else ()))
            target = next((t for n in nested if (t := prepositional(s, n, _TOWARDS)) >= 0), -1)
    if target < 0 and name in single(roles, "harm") and how in _DOES:
        target = direct_object(s, verb)
        if target < 0 and how == "agent":  # "Gaza hit by airstrikes"
            target = child(s, verb, ("nsubj",))
    unsaid = how == "nsubj" and child(s, verb, ("dobj",)) < 0
    fired = s.tags[verb] in ("VBD", "VBN") and name in single(roles, "light")
    if target < 0 and unsaid and fired:  # "Rockets fired into Haifa"
        target = prepositional(s, verb, single(roles, "target_prepositions"))
    if target < 0 and unsaid and name in _LANDS:  # "Missiles fell on Kyiv"
        target = prepositional(s, verb, _WHERE)
        if target >= 0 and any(s.low[k] == "its" for k in s.children[target]):
            target = -1
    if target < 0 and how == "nsubj" and "goes" in roles:
        target = _counterpart(s, verb, roles)
    return actor, target


def put_on_list(
    s: Sentence, noun: int, roles: dict[str, Any], so_far: tuple[int, int]
) -> tuple[int, int]:
    """Who puts whom on a list or takes them off it: "puts firms on its blacklist", "removed Cuba from the list"."""
    actor, target = so_far
    onto = s.heads[noun]
    verb = s.heads[onto]
    if s.deps[noun] != "pobj" or s.low[onto] not in _ONTO or not s.tags[verb].startswith("VB"):
        return so_far
    if s.lemmas[verb] not in single(roles, "puts"):
        return so_far
    owned = actor >= 0 and s.deps[actor] in ("amod", "compound")
    doer = _doer_of(s, verb)
    return (
        actor if owned or (actor >= 0 and doer < 0) else doer,
        target if target >= 0 else direct_object(s, verb),
    )


_ONTO = ("on", "onto", "off", "from", "to")
_WHERE = frozenset({"on", "onto", "into", "in"})
_LANDS = ("fall", "land", "slam", "crash", "explode", "rain", "hit", "strike", "thud")
_SHIELDS = ("defend", "protect", "shield", "guard")
_STATES = ("place", "be")
"""Verbs that put somebody under what hits him: "placed under sanctions", but "placed sanctions on"."""
_TOWARDS = frozenset({"toward", "towards", "into", "at"})
_NEAR = 9
_RECEIVED = ("pobj:from", "pobj:with", "pobj:under", "pobj:to", "pobj:of", "dative")
_DOES = ("nsubj", "agent", "pobj:by", "pobj:in", "pobj:from")


def in_infinitive(s: Sentence, noun: int, roles: dict[str, Any]) -> int:
    """Whom an envoy is to deal with: "envoy to visit Beirut", read as a phrase."""
    for kid in s.children[noun]:
        if s.deps[kid] in ("acl", "relcl") and s.tags[kid] == "VB":
            found = direct_object(s, kid) if s.lemmas[kid] in single(roles, "harm") else -1
            return found if found >= 0 else _counterpart(s, kid, roles)
    return -1


def counterpart(s: Sentence, noun: int) -> int:
    """Whom the text calls an envoy's counterpart, told by nation: "met his Thai counterpart"; -1 if nobody."""
    for i in range(noun + 1, min(len(s), noun + _NEAR)):
        if s.lemmas[i] == "counterpart" and child(s, i, ("amod", "compound", "nmod")) >= 0:
            return i
    return -1


def _phrasal(s: Sentence, verb: int, words: Any) -> bool:
    """Whether the verb with its particle is listed: "call off"."""
    listed = words.phrases if isinstance(words, Words) else ()
    return any(f"{s.lemmas[verb]} {s.low[k]}" in listed for k in s.children[verb] if k > verb)


def _doer_of(s: Sentence, verb: int) -> int:
    doer = subject(s, verb)
    if doer < 0 and s.deps[verb] in ("acl", "relcl"):
        return prepositional(s, verb, frozenset({"by"}))
    return doer


def _counterpart(s: Sentence, verb: int, roles: dict[str, Any]) -> int:
    """Whom an envoy deals with: "arrived in Kyiv", "led negotiations with Mr. Maduro"."""
    towards = frozenset({"with", "to", "in"})
    if s.lemmas[verb] in single(roles, "goes"):
        return prepositional(s, verb, towards)
    work = child(s, verb, ("dobj",))
    if work >= 0 and s.lemmas[work] in single(roles, "work"):
        found = prepositional(s, work, frozenset({"with"}))
        return found if found >= 0 else prepositional(s, verb, frozenset({"with"}))
    return -1
