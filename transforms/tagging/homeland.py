"""Strikes of a state's forces on its own land, as civil wars have them."""

import re
from collections import Counter

from transforms.tagging.article import Article, only
from transforms.tagging.fill import Filled
from transforms.tagging.forces import at_home
from transforms.tagging.work import Found, Work

_UNNAMED = re.compile(
    r"(?:(?:a|an|the|federal|government|regime|junta)[ '’s]+)*"
    r"(?:army|military|junta|air force|airforce|regime|government|troops|soldiers)(?:['’]s)?"
    r"(?: (?:air ?strikes?|planes?|jets?|drones?|helicopters?|gunships?|warplanes?|aircraft|artillery|forces))?",
    re.IGNORECASE,
)


def strikes_at_home(f: Filled, work: Work, item: Found, article: Article) -> Filled:
    """Sides of a strike where the one state that it can be of is at war on its own land."""
    states = at_home(work.article.published)
    if not states or f.stateless or (f.actor and not f.actor_country and not _unnamed(f.actor)):
        return f
    here = {p.iso3 for p in work.places[item.sentence].places if p.iso3 and p.kind != "leader"}
    if f.actor_country in states and not f.target_country and here <= {f.actor_country}:
        return f._replace(target_country=f.actor_country)
    if f.actor and not f.actor_country:
        whose = f.target_country or only(Counter(article.countries().keys() & states))
        if whose in states and f.target_country in ("", whose):
            return f._replace(actor_country=whose, target_country=whose)
    return f


def _unnamed(actor: str) -> bool:
    """Whether an actor is an army that the sentence does not name: "army planes", "the junta"."""
    return _UNNAMED.fullmatch(actor) is not None
