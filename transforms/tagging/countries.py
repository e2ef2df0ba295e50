"""What the rest of the article says about participants that a sentence leaves out. Empty beats guessed."""

import re
from collections import Counter

from transforms.tagging.article import Article, only
from transforms.tagging.clauses import subject
from transforms.tagging.counterparts import fill_envoy
from transforms.tagging.english import words
from transforms.tagging.fill import Filled
from transforms.tagging.forces import NO_FORCES
from transforms.tagging.places import find_places
from transforms.tagging.struck import answers, fill_strike
from transforms.tagging.voice import said_by, speaker, speaks_of_itself
from transforms.tagging.work import Found, Work

_MANY = re.compile(
    r"\b(?:companies|firms|people|individuals|entities|persons|tankers)\b", re.IGNORECASE
)
_GROUP = re.compile(
    r"\b(?:militants?|rebels?|fighters?|gunm[ae]n|insurgents?|militias?|jihadists?|group)\b",
    re.IGNORECASE,
)
_FOR_DOING = re.compile(
    r"\bfor (?:\w+ly )?(?:\w+ing|violations?|breach(?:es)?|breaking)\b|\baccused of\b|\bin violation of\b",
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
        if category == "sanction":
            group = [f for f in group if not _by_many(work, f)]
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
            p.kind == "group" or (strikes and p.iso3 in NO_FORCES)
            for p in find_places(f.filled.actor)
        ):
            continue
        if a in ("", actor) and t in ("", target) and not f.filled.stateless:
            f.filled = f.filled._replace(actor_country=actor, target_country=target)


_RETURNS = ("hit_back",)
"""Triggers of what goes the other way."""
_FAR = 6
"""Sentences beyond which a long text may have turned to something else."""


def _sanction(work: Work, item: Found, article: Article) -> None:
    """The target that the sentence, else the title, else the article names: first among the often sanctioned."""
    f = item.filled
    if f.target_country and f.target_country == f.actor_country:
        f = f._replace(target="", target_country="")
    if not f.target_country:
        f = f._replace(target_country=_based(work, item))
    if f.actor_country and f.actor_country not in work.senders:
        f = _without_asker(work, item, f)
    if not f.target_country and not f.stateless and not _unnamed_many(f.target):
        senders = (*work.senders, f.actor_country)
        upto = _reason(work, item)
        here = Counter(
            p.iso3
            for p in work.places[item.sentence].places
            if p.iso3
            and p.start < upto
            and p.iso3 not in senders
            and (p.kind != "leader" or p.iso3 in work.often)
        )
        titled = article.countries(title=True, without=senders)
        rest = article.countries(without=senders)
        target = ""
        told = upto < len(work.text_of(item.sentence))
        for counts in (here,) if told else (here, titled, rest):
            often = Counter({c: n for c, n in counts.items() if c in work.often})
            if often:
                target = only(often)
                break
        else:
            named = f.target.split(" ")[-1][:1].isupper()  # "Patriarch Kirill" is no one else's
            clear = not named and (not titled or titled.keys() == here.keys())
            target = only(here) if clear else ""
        f = f._replace(target_country=target)
    if not f.actor_country and not f.actor and not _by_many(work, item):
        f = f._replace(actor_country=_sender(work, item, f.target_country))
    item.filled = f


def _based(work: Work, item: Found) -> str:
    """Whose firms are hit where the text says what they are based in: "sanctions on a China-based network"."""
    at = item.candidate.end - work.spans[item.sentence][0]
    found = _BASED.search(work.text_of(item.sentence), at, at + _AHEAD)
    return next((p.iso3 for p in find_places(found[1]) if p.iso3), "") if found else ""


_AHEAD = 80
_BASED = re.compile(
    r"\b([A-Z][\w.]+)-based (?:[\w'’-]+ ){0,3}(?:network|compan|firm|entit|bank|trader|individual|supplier|manufactur"
    r"|maker|refiner|business|ship)"
)


def _without_asker(work: Work, item: Found, f: Filled) -> Filled:
    """Who asks for sanctions imposes none; who asks to be freed of them is whom they hit."""
    s, here = work.parsed[item.sentence], item.candidate.head
    for _ in range(_FAR):
        above = s.heads[here]
        if above == here:
            return f
        if s.tags[above].startswith("VB") and s.lemmas[above] in _ASKS:
            break
        here = above
    else:
        return f
    place = work.places[item.sentence].by_token.get(subject(s, above))
    if place is None or place.iso3 != f.actor_country:
        return f
    freed = not f.target_country and place.iso3 in work.often
    return f._replace(
        actor="", actor_country="", target_country=place.iso3 if freed else f.target_country
    )


def _reason(work: Work, item: Found) -> int:
    """Where the sentence begins to say what the sanctions are for; its end if it does not."""
    text = work.text_of(item.sentence)
    found = _FOR_DOING.search(text, item.candidate.end - work.spans[item.sentence][0])
    return found.start() if found else len(text)


def _unnamed_many(target: str) -> bool:
    """As in "two shipping companies": a plural whose country the text would have told."""
    return _MANY.search(target) is not None


def _by_many(work: Work, item: Found) -> bool:
    """Measures that the text leaves to several or to nobody: attributes, the price cap, assets frozen long ago."""
    s, head = work.parsed[item.sentence], item.candidate.head
    attribute = s.deps[head] == "amod" or s.hyphen_after(head)
    return (
        attribute
        or item.candidate.trigger.name in work.shared_measures
        or any(p.kind == "body" for p in work.places[item.sentence].places)
        or not _JOINT.isdisjoint(s.low)
    )


def _sender(work: Work, item: Found, target: str) -> str:
    """The one state that the sentence names beside the target, if it is known to impose sanctions."""
    places = work.places[item.sentence].places
    named = only(Counter(p.iso3 for p in places if p.iso3 and p.iso3 not in (target, *work.often)))
    return named if named in work.senders else ""


_JOINT, _ASKS = words("joint"), words("asks")


_FILLERS = {"strike": fill_strike, "sanction": _sanction, "envoy": fill_envoy}
