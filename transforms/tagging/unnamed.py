"""Envoys whose role stands in one sentence and whose name in the next, or in the title."""

import re
import tomllib
from functools import cache

from transforms.tagging.english import words
from transforms.tagging.envoys import Introduction
from transforms.tagging.names import surname_of
from transforms.tagging.places import DATA, find_places
from transforms.tagging.work import Found, Work

_NAME = r"[A-Z][\w'’-]*[a-z](?: (?:[A-Z]\.|al-|bin|de|van|von|der|[a-z]{2,3}(?= [A-Z])))*(?: ?[A-Z][\w’-]*[a-z]){1,2}"
_BARE_NAME = re.compile(
    rf"({_NAME})(?: (?:will|would|has|had|is|was|last|also|then|later|[a-z]+ed|met|told|said|flew|held|left|led"
    r"|says|tells|warns|urges|calls|meets|adds|accuses|insists)\b"
    r"|, an? [^.;:]{0,40}\b(?:diplomat|politician|banker|lawyer|general)\b)"
)
_TITLE_NAME = re.compile(r"([A-Z][a-z][\w-]*[a-z])(?:['’]s [a-z]| [a-z]+s )")
_ROLE_FIRST = re.compile(r"(?:The|[A-Z][\w.]+['’]s) (?:[\w.'’-]+ ){0,3}$|$")
_TITLES, _OPENERS = words("titles"), words("openers")


def names_apart(work: Work) -> list[Introduction]:
    """The names of the one envoy that an article introduces without one, as the next sentence or the title gives them.

    News describes whom it names for the first time; a bare name behind a role is whose role it is: "The US envoy
    arrived on Monday. Steve Witkoff last met him in April."
    """
    envoys = [
        (n, f)
        for n, f in enumerate(work.found)
        if f.candidate.counted and f.candidate.trigger.category == "envoy"
    ]
    if not envoys or any(f.person for _, f in envoys):
        return []
    first, item = envoys[0]
    if item.sentence > 1 or work.clean.low[item.candidate.end - 1] == "s":
        return []
    if any(f.sentence == item.sentence for _, f in envoys[1:]):
        return []
    again = next((f for _, f in envoys[1:] if f.sentence == item.sentence + 1 == 1), item)
    same = again.filled.actor_country == item.filled.actor_country
    name = (
        _next_name(work, item)
        or _title_name(work, item)
        or (_next_name(work, again) if same else "")
    )
    if not name:
        return []
    surname = surname_of(name)
    return [Introduction(name, surname, first, item.sentence)] if len(surname) > 2 else []


def _next_name(work: Work, item: Found) -> str:
    """The bare full name that the sentence behind the role opens with."""
    if item.sentence + 1 >= len(work.spans):
        return ""
    found = _BARE_NAME.match(work.text_of(item.sentence + 1))
    if not found or not _personal(found[1]) or surname_of(found[1]) in work.text_of(item.sentence):
        return ""
    return found[1]


def _title_name(work: Work, item: Found) -> str:
    """The surname that opens the title, where the body begins with the role: "Grenell flies home // The envoy had"."""
    text = work.text_of(item.sentence)
    before = text[: item.candidate.start - work.spans[item.sentence][0]]
    found = _TITLE_NAME.match(work.text_of(0))
    if item.sentence != 1 or not found or not _ROLE_FIRST.match(before):
        return ""
    return found[1] if _personal(found[1]) and found[1] not in text else ""


def _personal(name: str) -> bool:
    first = name.split()[0].lower()
    if first in _TITLES or first in _OPENERS:
        return False
    return name in _known() or not find_places(name)


@cache
def _known() -> frozenset[str]:
    """Envoys who stand among the leaders."""
    table = tomllib.loads((DATA / "leaders.toml").read_text("utf-8"))
    return frozenset(table["envoys"])
