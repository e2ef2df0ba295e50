"""Sides of an envoy that his sentence leaves out: whose he is by his name, and whom he deals with."""

import re
from collections import Counter

from transforms.tagging.article import Article, leading, only
from transforms.tagging.fill import Filled
from transforms.tagging.hosts import beside
from transforms.tagging.places import find_places, leader_country
from transforms.tagging.work import Found, Work

_AMERICAN_OFFICE = "Special Presidential Envoy"
"""An office of no other state, when it is written so."""
_NOMINATES = re.compile(r"\b(?:nomin|appoint|intent to)", re.IGNORECASE)
_ASIDE = re.compile(
    r"\b(?:said|says|believes?|insists?|calls? for|called for|backs|backed|condemn\w*|slams?)\b"
    r"|\b(?:that|after|since|as|amid|over|about|despite|following|by|for|against|born in)\b|[:,]",
)
"""Behind these a sentence speaks of other things than whom the envoy deals with."""


def fill_envoy(work: Work, item: Found, article: Article) -> None:
    """A long article names the country of its own envoy more than any other; who is known is his country's."""
    f = beside(
        item.filled,
        work.text_of(item.sentence),
        work.places[item.sentence].places,
        _span(work, item),
    )
    f = _by_name(f, work, item)
    bare = not f.actor and not f.actor_country
    if bare and work.clean.text.startswith(_AMERICAN_OFFICE, item.candidate.start):
        f = f._replace(actor_country="USA")
    if item.status == "planned" and not f.actor and not f.actor_country:
        f = f._replace(actor_country=_nominator(article))
    if item.person and not f.actor_country and not f.actor:
        f = f._replace(actor_country=leading(article.countries(without=(f.target_country,))))
    if not f.target_country:
        f = f._replace(target_country=_met(f, work, item, article))
    if not f.target_country and work.clean.low[item.candidate.end - 1] != "s":
        f = f._replace(target_country=_of_body(f, article))
    item.filled = f


def _span(work: Work, item: Found) -> tuple[int, int]:
    at = work.spans[item.sentence][0]
    return item.candidate.start - at, item.candidate.end - at


def _by_name(f: Filled, work: Work, item: Found) -> Filled:
    """Whose a known envoy is: "Iran envoy Robert Malley" is America's, and deals with Iran."""
    known = leader_country(item.person, work.article.published) if item.person else ""
    if not known or f.actor_country == known:
        return f
    if not f.actor and not f.actor_country:
        return f._replace(actor_country=known)
    if not f.actor_country or f.target_country not in ("", known):
        return f
    return f._replace(actor="", actor_country=known, target=f.actor, target_country=f.actor_country)


def _met(f: Filled, work: Work, item: Found, article: Article) -> str:
    """The one other country that the envoy's clause names, else the one that the title does."""
    if not f.actor_country and not f.actor:
        return ""
    text, at = work.text_of(item.sentence), work.spans[item.sentence][0]
    start = item.candidate.end - at
    aside = _ASIDE.search(text, start)
    end = aside.start() if aside else len(text)
    places = [p for p in work.places[item.sentence].places if p.iso3 != f.actor_country]
    first = [p for p in places if not text[: p.start].endswith((" and ", " & "))]
    near = Counter(p.iso3 for p in first if p.iso3 and start <= p.start < end)
    if near:
        return only(near) if f.actor_country else ""  # where groups meet is on nobody
    owns = text[start : start + 1] in ("'", "’")
    if owns and places and places[0].start == 0 and places[0].iso3 and start > places[0].end:
        return places[0].iso3 if item.status != "planned" else ""  # "Hanoi weighs the envoy's plan"
    if any(p.iso3 for p in places) or _AT_BODY.search(text, max(0, start - 40), start + 40):
        return ""
    titled = article.countries(title=True)
    return (
        only(Counter({c: n for c, n in titled.items() if c != f.actor_country}))
        if f.actor_country in titled
        else ""
    )


def _of_body(f: Filled, article: Article) -> str:
    """The one country that an article names with the envoy of a body: "UN envoy says that Haitians go hungry"."""
    if not f.actor or f.actor_country or f.target:
        return ""
    if all(p.kind != "body" for p in find_places(f.actor)):
        return ""
    lands = [p for p in article.places if p.iso3 and p.kind in ("country", "demonym")]
    titled = Counter(p.iso3 for p in lands if p.end <= len(article.title))
    return only(titled or Counter(p.iso3 for p in lands))


_AT_BODY = re.compile(r"United Nations|\bU\.?N\b")


def _nominator(article: Article) -> str:
    """Whose leader the title says nominates: "President Biden Announces Key Nominees"."""
    if not _NOMINATES.search(article.title):
        return ""
    leaders = {p.iso3 for p in article.places if p.kind == "leader" and p.end <= len(article.title)}
    return leaders.pop() if len(leaders) == 1 else ""
