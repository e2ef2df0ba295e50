"""What the rest of the article says about participants that a sentence leaves out. Empty beats guessed."""

import re
from collections import Counter

from transforms.tagging.article import Article, only
from transforms.tagging.counterparts import fill_envoy
from transforms.tagging.forces import NO_FORCES
from transforms.tagging.groups import answered, answers
from transforms.tagging.places import find_places
from transforms.tagging.sanctioned import by_many, fill_sanction
from transforms.tagging.struck import fill_strike, share_sides
from transforms.tagging.voice import said_by, speaker, speaks_of_itself
from transforms.tagging.work import Found, Work

_GROUP = re.compile(
    r"\b(?:militants?|rebels?|fighters?|gunm[ae]n|insurgents?|militias?|jihadists?|group)\b",
    re.IGNORECASE,
)


def settle(work: Work, found: list[Found], title_end: int) -> None:
    """Fill countries that sentences leave out from the article's other mentions, its title and its war."""
    counted = [f for f in found if f.candidate.counted]
    if not counted:
        return
    article = Article(work.clean.text, title_end)
    for category in {f.candidate.trigger.category for f in counted}:
        group = [f for f in counted if f.candidate.trigger.category == category]
        if category in _FILLERS:
            for item in group:
                _FILLERS[category](work, item, article)
        if category == "strike":
            answered(work, group)
            share_sides(work, group)
        if category == "sanction":
            group = [f for f in group if not by_many(work, f)]
        if category == "envoy":
            for between in (True, False):  # a mediator is of neither side
                _one_side([f for f in group if _mediates(f) == between])
        _speak(work, group, title_end)
        _agree(work, group)


def _speak(work: Work, group: list[Found], title_end: int) -> None:
    """In a government's own text, what "we" impose and "our" envoy are that government's."""
    ours = [
        f
        for f in group
        if not f.filled.actor_country
        and speaks_of_itself(work.parsed[f.sentence], f.candidate.first, f.filled.actor)
    ]
    voice = speaker(work.clean.text[:title_end], work.clean.text) if ours else ""
    for f in ours if voice else ():
        whose = said_by(work.clean.text, f.candidate.start) or voice
        if whose != f.filled.target_country:
            f.filled = f.filled._replace(actor_country=whose)


def _one_side(group: list[Found]) -> None:
    """Where every envoy whose country is told is of one, the bare ones are too: "the ambassador added"."""
    told = Counter(f.filled.actor_country for f in group if f.filled.actor)
    actor = only(told)
    for f in group:
        if actor and not f.filled.actor and not f.filled.actor_country:
            f.filled = f.filled._replace(actor_country=actor)


def _mediates(f: Found) -> bool:
    return f.candidate.trigger.subtype == "mediator"


def _agree(work: Work, group: list[Found]) -> None:
    """Where all complete mentions name one pair, the incomplete ones that do not contradict it mean it too."""
    group = [f for f in group if f.rule not in _RETURNS]
    full = {
        (f.filled.actor_country, f.filled.target_country)
        for f in group
        if f.filled.actor_country and f.filled.target_country
    }
    if len(full) != 1:
        return
    actor, target = next(iter(full))
    told = [f.sentence for f in group if f.filled.actor_country and f.filled.target_country]
    for f in group:
        if min(abs(f.sentence - i) for i in told) > _FAR:
            continue
        if (f.filled.actor_country, f.filled.target_country) == (target, ""):
            if (
                f.candidate.trigger.subtype == "ambassador"
            ):  # "Israel ambassador", said of whom the US sends there
                f.filled = f.filled._replace(actor="", actor_country=actor, target_country=target)
            continue
        a, t = f.filled.actor_country, f.filled.target_country
        if not a and not t and answers(work, f):
            continue
        if actor == target or _GROUP.search(f.filled.actor):
            continue
        strikes = f.candidate.trigger.category == "strike"
        if any(
            p.kind == "group" or (p.iso3 in NO_FORCES if strikes else p.kind == "body")
            for p in find_places(f.filled.actor)
        ):
            continue
        if a in ("", actor) and t in ("", target) and not f.filled.stateless:
            f.filled = f.filled._replace(actor_country=actor, target_country=target)


_RETURNS = ("hit_back",)
"""Triggers of what goes the other way."""
_FAR = 6
"""Sentences beyond which a long text may have turned to something else."""
_FILLERS = {"strike": fill_strike, "sanction": fill_sanction, "envoy": fill_envoy}
