"""Sides of a strike that its sentence leaves out, and guards against sides that cannot be."""

import re
from collections import Counter

from transforms.tagging.article import EDGE, Article, only, side_of
from transforms.tagging.clauses import points_back
from transforms.tagging.fill import Filled
from transforms.tagging.forces import LAND, NO_FORCES, War, at_home, holder, wars
from transforms.tagging.groups import answers, by_group, fired_at
from transforms.tagging.homeland import strikes_at_home
from transforms.tagging.places import find_places
from transforms.tagging.voice import strangers
from transforms.tagging.work import NEAR, Found, Work

_BASE = re.compile(r"\b(?:air)?bases?\b|\btroops\b|\boutposts?\b", re.IGNORECASE)


def fill_strike(work: Work, item: Found, article: Article) -> None:
    """Sides of a strike: guards first, then where people suffer, the article's war, its title."""
    f = item.filled = _hosted(_felt(_sides(item.filled, work, item), work, item), article)
    if f.stateless or (f.actor_country and f.target_country):
        return
    f = item.filled = strikes_at_home(_pointed_at(f, work, item), work, item, article)
    if f.actor_country and f.target_country:
        return
    if f.actor_country:
        target = article.opponent(f.actor_country) or _titled(article, f.actor_country)
        item.filled = f = f._replace(target_country=target)
    elif f.target_country and not f.actor:
        other = article.opponent(f.target_country)
        item.filled = f = f._replace(actor_country="" if other in NO_FORCES else other)
    if not f.actor_country or not f.target_country:
        item.filled = fired_at(_at_war(f, work, item, article), work, item, article)


def share_sides(work: Work, group: list[Found]) -> None:
    """Where every strike that says who made it, or on whom, says the same, the bare ones near them mean it too."""
    actor = only(Counter(f.filled.actor_country for f in group if f.filled.actor_country))
    target = only(Counter(f.filled.target_country for f in group if f.filled.target_country))
    groups = any(
        by_group(work, f) or (f.filled.actor and not f.filled.actor_country) for f in group
    )
    if groups or (actor == target != "" and actor not in at_home(work.article.published)):
        return
    for f in group:
        old = f.filled
        here = {p.iso3 for p in work.places[f.sentence].places if p.kind != "leader"}
        if old.stateless or answers(work, f) or not here <= {"", actor, target}:
            continue
        if actor and not old.actor and not old.actor_country and old.target_country in ("", target):
            f.filled = f.filled._replace(actor_country=actor)
        bare = not old.target_country and not _names(old.target)
        if target and bare and old.actor_country in ("", actor):
            f.filled = f.filled._replace(target_country=target)


def _pointed_at(f: Filled, work: Work, item: Found) -> Filled:
    """Sides of the mention just before that "the strike" points back to, where its own sentence gives it none."""
    s, c = work.parsed[item.sentence], item.candidate
    if (
        f.actor
        or _names(f.target)
        or f.place
        or c.part != "noun"
        or not points_back(s, c.first, c.head)
    ):
        return f
    before = [
        o
        for o in work.found
        if o.candidate.counted
        and o.candidate.trigger.category == "strike"
        and o.candidate.start < c.start
        and item.sentence - o.sentence <= NEAR
    ]
    told = before[-1].filled if before else f
    return f._replace(actor_country=told.actor_country, target_country=told.target_country)


def _at_war(f: Filled, work: Work, item: Found, article: Article) -> Filled:
    """The other side of the one known war that the article names this side of; both sides of some if it names none."""
    if f.actor and not f.actor_country:
        return f
    here = [p.iso3 for p in work.places[item.sentence].places if p.kind != "force"]
    rockets = by_group(work, item)
    sides = list(wars(work.article.published))
    if f.actor_country:
        sides = [w for w in sides if w.by == f.actor_country]
    else:
        sides = [w for w in sides if not (w.groups and rockets)]
        if f.target_country:
            beside = [w for w in sides if w.by in here and w.on in here]
            sides = [w for w in sides if w.on == f.target_country and (w.bare or w in beside)]
        else:
            sides = [
                w
                for w in sides
                if not _names(f.target) and _most_likely(work, w, here, article.text)
            ]
    if not sides or _BLAME.search(article.text):
        return f
    acting = article.acting()
    told = {w for w in sides if {w.by, w.on} <= acting and article.guest(w.on) != w.by}
    fits = {w for w in told if w.by in here and w.on in here} or told
    if len(fits) != 1:
        return f
    war = fits.pop()
    disputed = not f.actor_country and _DISPUTED.search(article.text)
    return f._replace(actor_country="" if disputed else war.by, target_country=war.on)


def _names(words: str) -> bool:
    """Whether a phrase holds a name."""
    return any(word[:1].isupper() for word in words.split())


def _most_likely(work: Work, war: War, here: list[str], text: str) -> bool:
    """Whether a strike without sides is of this war: nothing tells of one the other way, or somewhere else."""
    first = here[:1] == [war.on] and war.by in here
    elsewhere = war.on not in here and not {war.by, ""}.issuperset(here)
    if not war.bare or elsewhere or (first and not war.groups):
        return False
    if not war.groups and any(side_of(found[1]) == war.on for found in _WEAPONS.finditer(text)):
        return False
    return not any(
        f.candidate.counted
        and f.candidate.trigger.category == "strike"
        and (f.filled.actor_country == war.on or f.filled.target_country == war.by)
        and not (war.groups and by_group(work, f))
        for f in work.found
    )


_WEAPONS = re.compile(r"\b([A-Z]\w+)(?:['’]s)? (?:drones?|missiles?|official)\b")
_BLAME = re.compile(
    r"\b(?:trad|exchang)(?:e|es|ed|ing) (?:blame|accusations)\b|\b(?:blam|accus)ed? each other\b"
)

_DISPUTED = re.compile(
    r"\bhospitals?(?: (?:was|is|were))? (?:blast|explosion|bomb|strike|air ?strike|attack)"
    r"|\b(?:strike|bombing|blast|explosion|attack) (?:on|at|of) (?:\w+ ){0,4}hospital\b",
    re.IGNORECASE,
)
"""What hits a hospital each side says that the other has fired: only who is said to have done it has."""


def _felt(f: Filled, work: Work, item: Found) -> Filled:
    """Where the sentence says who suffers, if nobody else: "amid shelling, hospitals in Sudan close"."""
    if _names(f.target) or f.target_country or f.stateless:
        return f
    text = work.text_of(item.sentence)
    named = [p for p in work.places[item.sentence].places if p.iso3 and p.iso3 != f.actor_country]
    named = [p for p in named if p.kind in ("country", "city", "capital", "demonym")]
    named = [p for p in named if not _FROM.search(text[: p.start])]
    named = [p for p in named if text[p.start : p.end] not in f.actor]
    a = work.spans[item.sentence][0]
    first, last = item.candidate.start - a - 2, item.candidate.end - a
    invaded = {w.on for w in wars(work.article.published) if w.bare and not w.groups}
    for p in (p for p in named if p.start == 0):  # "Syria: drone attack on academy"
        if text.startswith(": ", p.end) or (p.iso3 in invaded and _LIVE.match(text, p.end)):
            return f._replace(target_country=p.iso3)
    felt = any(
        _WITHIN.search(text[: p.start]) or (f.actor_country and _OWNS.match(text, p.end))
        for p in named
        if p.kind != "demonym" or not first <= p.end <= last  # "in Israeli shelling"
    )
    return f._replace(target_country=only(Counter(p.iso3 for p in named))) if felt else f


_FROM = re.compile(
    r"\bfrom (?:(?:[\w-]+ ){0,2}(?:militants|fighters|gunmen|groups?|launchers|positions) in (?:\w+ )?)?(?:the )?$",
    re.IGNORECASE,
)
_LIVE = re.compile(r" (?:war|live|latest|recap|crisis|update)[^:]{0,20}: ")
_WITHIN = re.compile(
    r"\b(?:in|inside|across|over|around) (?:the )?(?:(?:north|south|east|west|central|besieged)\w* )?(?:the )?$",
    re.IGNORECASE,
)
_OWNS = re.compile(
    r"['’]s (?:[\w-]+ ){0,2}(?:hospital|health|children|people|residents|civilians|capital|ports?\b|grid|homes|streets"
    r"|families|cities|towns|villages|population|schools|north|south|east|west|journalists|fleet|bakeries)"
)


def _titled(article: Article, actor: str) -> str:
    """The one other country in the title, but for those that it only has speak."""
    edges = {p.iso3 for p in article.places if EDGE.match(article.title, p.end)}
    told = (actor, *edges, *strangers(article.title, article.places))
    named = article.countries(title=True, without=told, leaders=False)
    spoke = strangers(article.title, article.places, condemning=True)
    return only(named) or only(Counter({c: n for c, n in named.items() if c not in spoke}))


def _sides(f: Filled, work: Work, item: Found) -> Filled:
    """Two states at most: land without forces strikes nobody, who answers a strike has not made it.

    A state strikes itself only where the text says so, or where another holds its land.
    """
    if f.actor and work.text_of(item.sentence).startswith(f"{f.actor}: "):  # a headline's label
        f = f._replace(actor="", actor_country="")
    if f.actor_country in NO_FORCES:
        lands = f.actor.startswith(LAND) and not f.target_country
        target, hit = (f.actor, f.actor_country) if lands else (f.target, f.target_country)
        armed = _ARMED.search(f"{f.actor} {item.candidate.trigger.name}")
        f = f._replace(
            actor=f.actor if armed and not lands else "",
            actor_country="",
            target=target,
            target_country=hit,
        )
    if f.actor_country and f.actor_country == f.target_country:
        if answers(work, item):
            return f._replace(actor="", actor_country="")
        if (holds := holder(f.actor_country, f.target)) != f.actor_country:
            return f._replace(target_country=holds)
        own = f.actor_country in at_home(work.article.published)
        if not own and all(p.iso3 != f.target_country for p in find_places(f.target)):
            return f._replace(target="", target_country="")
    return f


_ARMED = re.compile(
    r"militant|rocket|gunm|fighter|group|faction|armed|fired_weapon|missile", re.IGNORECASE
)


def _hosted(f: Filled, article: Article) -> Filled:
    """A base hit is that of the forces there; where another's forces are, a bare place is nobody's code.

    Where nobody is said to have hit it, a base is that of the only forces that the article speaks of.
    """
    host, base = f.target_country, _BASE.search(f.target)
    only_there = host and host == f.place_country and f.target == f.place
    if f.stateless or (not only_there and not base):
        return f
    guest = article.guest(host) or (article.troops() if base and not f.actor_country else "")
    if not guest or any(p.kind == "demonym" for p in find_places(f.target)):
        return f
    if base and guest != f.actor_country:
        return f._replace(target_country=guest)
    return f if f.actor_country else f._replace(target="", target_country="", stateless=True)
