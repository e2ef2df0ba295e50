"""What armed groups fire, and whom it hits where the text leaves that to what everybody knows."""

import re

from transforms.tagging.article import Article
from transforms.tagging.english import words
from transforms.tagging.fill import Filled
from transforms.tagging.forces import wars
from transforms.tagging.places import find_places
from transforms.tagging.work import Found, Work

_ANSWERS = words("answers")
_FIRED = re.compile(
    r"\brockets?\b|\bmortars?\b|\bby (?:\w+ )?(?:militants|terrorists|extremists|fighters)",
    re.IGNORECASE,
)
_GROUP_FIRES = re.compile(
    r"\b(?:militants?|fighters|gunmen|terrorists|insurgents|rebels)\b[^.;:]{0,50}"
    r"\b(?:fir(?:e|es|ed|ing)|launch\w*|lob\w*|rain\w*)\b[^.;:]{0,25}$"
)
_FROM = re.compile(r"\b(?:fired|launched|lobbed|sent|came)\b[^.;:]{0,30}? from (?:the )?([A-Z]\w+)")
_STRAY = re.compile(
    r"\b(?:hospital|peacekeepers?|faulty|misfir\w+|errant|stray|veer\w*|fell short|failed|tests?)\b",
    re.IGNORECASE,
)


def by_group(work: Work, item: Found) -> bool:
    """Whether it is likely what armed groups fire: rockets, or what the sentence says that they did."""
    text, at = work.text_of(item.sentence), work.spans[item.sentence][0]
    start, end = item.candidate.start - at, item.candidate.end - at
    if _FIRED.search(text, max(0, start - 20), end + 40) or _GROUP_FIRES.search(text[:start]):
        return True
    source = _FROM.search(text, start, end + 60)
    land = find_places(source[1]) if source else []
    return any(w.groups and w.on == p.iso3 for w in wars(work.article.published) for p in land)


def fired_at(f: Filled, work: Work, item: Found, article: Article) -> Filled:
    """Sides where a group fires without a word at whom: the one state that strikes its land, if it is named."""
    if f.actor_country or f.target or f.target_country or f.stateless or not _groups(f, work, item):
        return f
    if _STRAY.search(work.text_of(item.sentence)):
        return f
    named, sides = article.countries(), wars(work.article.published)
    if any(not w.groups and w.by in named and w.on in named for w in sides):
        return f  # who else has rockets there
    near = [w for w in sides if w.groups and w.bare]
    hit, lands = {w.by for w in near} & named.keys(), {w.on for w in near} & named.keys()
    return f._replace(target_country=hit.pop()) if len(hit) == 1 and (lands or f.actor) else f


def _groups(f: Filled, work: Work, item: Found) -> bool:
    """Whether the text has a group do it, or rockets fall that nobody is said to have fired."""
    return any(p.kind == "group" for p in find_places(f.actor)) or by_group(work, item)


def answered(work: Work, group: list[Found]) -> None:
    """What a state's strikes respond to has hit that state: "US strikes Syria in response to drone attacks"."""
    for f in group:
        old = f.filled
        if old.target_country or old.actor_country or old.stateless or not answers(work, f):
            continue
        told = [
            o.filled.actor_country
            for o in group
            if o.sentence == f.sentence and o is not f and not answers(work, o)
        ]
        if told and told[0] and (not old.target or not any(map(str.isupper, old.target))):
            f.filled = old._replace(target_country=told[0])


def answers(work: Work, f: Found) -> bool:
    """Whether a strike is what another one answers: "Israel strikes Syria following rocket attacks"."""
    s, i = work.parsed[f.sentence], f.candidate.head
    for step in range(6):
        i = s.heads[i]
        if step and s.tags[i].startswith("VB"):
            return False
        if s.low[i] in ("following", "after", "over"):
            return True
        if s.lemmas[i] in _ANSWERS:
            return True
    return False
