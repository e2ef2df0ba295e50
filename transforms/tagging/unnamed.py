"""Envoys whose role stands in one sentence and whose name in the next, or in the title."""

import re
import tomllib
from functools import cache

from transforms.tagging.english import words
from transforms.tagging.envoys import Introduction, person
from transforms.tagging.names import surname_of
from transforms.tagging.places import DATA, find_places
from transforms.tagging.work import Found, Work

_NAME = r"[A-Z][\w'’-]*[a-z](?: (?:[A-Z]\.|al-|bin|de|van|von|der|[a-z]{2,3}(?= [A-Z])))*(?: ?[A-Z][\w’-]*[a-z]){1,2}"
_BARE_NAME = re.compile(
    rf"({_NAME})(?:(?: on [A-Z]\w+day)? (?:will|would|has|had|is|was|last|also|then|later|[a-z]+ed|met|told|said"
    r"|flew|held|left|led|says|tells|warns|urges|calls|meets|adds|accuses|insists)\b"
    r"|, who (?:took|assumed|has served|was appointed|was named|replaced|succeeded)\b"
    r"|, an? [^.;:]{0,40}\b(?:diplomat|politician|banker|lawyer|general)\b)"
)
_DOUBTS = ("ceremonial", "no_diplomacy")
"""Why a role may not count by itself although the person has it."""
_TELLS = r"(?:told|tells|said|says|stated|added|warned|stressed|noted|insisted|argued|wrote)\b"
_SAID = re.compile(rf"(?:^|[,”\"’'] )({_NAME}) {_TELLS}")
_SAID_BY = re.compile(rf"{_TELLS} ({_NAME})(?=[,.]|$)")
_ENDS_TITLE = re.compile(r"(?:[:–—] |(?: -|,) |(?:says|warns) )(?:[\w.’'-]+ ){0,3}$")
_SPEAKS = re.compile(
    r"(?: (?:to|at|in|for) (?:the )?[A-Z][\w.]+(?: [A-Z]\w+)*)?"
    r"(?::|,? (?:says|warns|slams|urges|calls|tells|vows|denies|rejects|accuses|hails|condemns|insists|blasts"
    r"|praises)\b)"
)
_TITLE_NAME = re.compile(r"([A-Z][a-z][\w-]*[a-z])(?:['’]s [a-z]| [a-z]+s )")
_ROLE_FIRST = re.compile(r"(?:The|[A-Z][\w.]+['’]s) (?:[\w.'’-]+ ){0,3}$|$")
_STATE_FIRST = re.compile(r"(?:[A-Z][\w.’'-]* ){0,4}$")
_AND = re.compile(rf",? (?:and|&) ({_NAME})(?! of\b)")
_TITLES, _OPENERS, _RANKS = words("titles") | words("offices"), words("openers"), words("ranks")


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
        _doubtful_name(work, item)
        or _next_name(work, item)
        or _title_name(work, item)
        or (_next_name(work, again) if same else "")
    )
    if not name:
        return []
    surname = surname_of(name)
    return [Introduction(name, surname, first, item.sentence)] if len(surname) > 2 else []


def second_name(work: Work, item: Found) -> str:
    """The other of two whom a role names together: "envoys Ann Berg and Bo Lind"."""
    c, text = item.candidate, work.clean.text
    at = text.find(item.person, c.end, c.end + 60)
    if text[c.end - 1] != "s" or at < 0:
        return ""
    found = _AND.match(text, at + len(item.person))
    return found[1] if found and _personal(found[1]) else ""


def _doubtful_name(work: Work, item: Found) -> str:
    """The name beside a role that would not count by itself, where the title tells of that state's envoy."""
    for f in work.found:
        c = f.candidate
        doubtful = c.trigger.category == "envoy" and not c.counted and c.reason in _DOUBTS
        if item.sentence or not doubtful or f.sentence != 1 or not f.filled.actor_country:
            continue
        if f.filled.actor_country == item.filled.actor_country:
            taken = {k for k, p in work.places[1].by_token.items() if p.kind != "leader"}
            return person(work.parsed[1], c, taken)
    return ""


def _next_name(work: Work, item: Found) -> str:
    """The bare full name that the sentence behind the role opens with."""
    if item.sentence + 1 >= len(work.spans):
        return ""
    if work.text_of(item.sentence)[_end(work, item) :].startswith(("'s", "’s")):
        return ""  # "after the envoy's plea"
    found = _BARE_NAME.match(work.text_of(item.sentence + 1)) or _speaker(work, item)
    if not found or not _personal(found[1]) or surname_of(found[1]) in work.text_of(item.sentence):
        return ""
    return found[1]


def _speaker(work: Work, item: Found) -> re.Match[str] | None:
    """Who speaks in the body's first sentence, where the title says that the envoy does: "Deal near – Kenyan envoy"."""
    title = work.text_of(0)
    before, after = title[: item.candidate.start], title[_end(work, item) :]
    ends = not after.strip(" .") and _ENDS_TITLE.search(before)
    if item.sentence or not (ends or (_STATE_FIRST.match(before) and _SPEAKS.match(after))):
        return None
    text = work.text_of(1)
    return _SAID.search(text) or _SAID_BY.search(text)


def _end(work: Work, item: Found) -> int:
    """Where in its sentence the trigger ends."""
    return item.candidate.end - work.spans[item.sentence][0]


def _title_name(work: Work, item: Found) -> str:
    """The surname that opens the title, where the body begins with the role: "Grenell flies home // The envoy had"."""
    text = work.text_of(item.sentence)
    before = text[: item.candidate.start - work.spans[item.sentence][0]]
    found = _TITLE_NAME.match(work.text_of(0))
    if item.sentence != 1 or not found or not _ROLE_FIRST.match(before):
        return ""
    return found[1] if _personal(found[1]) and found[1] not in text else ""


def _personal(name: str) -> bool:
    said = name.lower().split()
    if "'s " in name or "’s " in name:
        return False  # "Oxfam's Ann Berg"
    if said[0] in _OPENERS | _RANKS or not _TITLES.isdisjoint(said):
        return False
    return name in _known() or not find_places(name)


@cache
def _known() -> frozenset[str]:
    """Envoys who stand among the leaders."""
    table = tomllib.loads((DATA / "leaders.toml").read_text("utf-8"))
    return frozenset(table["envoys"])
