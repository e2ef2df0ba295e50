"""Whose envoy it is by the words beside him, and who summons, receives or sends him away."""

import re
from itertools import pairwise

from transforms.tagging.fill import Filled
from transforms.tagging.places import Place

_STATES = ("country", "capital", "seat", "leader")
_OF_MISSION = re.compile(r"['’]s? (?:U\.?N\.?|EU|NATO) (?:special |top )?$")
_MEDIATOR = re.compile(r"(?:mediators?|intermediar(?:y|ies))$", re.IGNORECASE)
_PICKS = re.compile(
    r"(?:['’]s (?:nomination|appointment|nominee|pick|choice)\b)"
    r"| (?:has |will |to )?(?:names?|named|picks?|picked|taps|tapped|nominates?d?|appoints?|appointed|chooses?|chose"
    r"|selects?|selected|dismiss(?:es|ed)|sacks|sacked|fires|fired)\b"
)
_HOSTS = re.compile(
    r"(?:['’]s)?(?: foreign (?:ministry|minister|office)| government| junta| leaders?)?(?: has| had| also)?"
    r" (?:summon\w*|calls? in|called in|hauls? in|hauled in|expel\w*|reprimand\w*|rebuke[sd]?|kicks? out|kicked out"
    r"|(?P<leave>declare[sd]?|asks?|asked|orders?|ordered|tells?|told|gives?|gave))\b"
)
_LEAVE = re.compile(r"persona non grata|to leave|\d+ (?:hours|days)|to go\b")
_BY = re.compile(
    r"(?:['’]s)?(?:,? [\w'’-]+){0,3}? (?:summoned|called in|hauled in|expelled|ordered|received|hosted|reprimanded"
    r"|rebuked|dismissed|greeted|welcomed|declared persona non grata)(?: [\w]+){0,2}? by (?:the )?"
)
_SENT_FROM, _LISTED = re.compile(r" from (?:the )?"), re.compile(r",|, (?:and )?| and | & ")
_BORN = re.compile(r"\bborn in (?:the )?$")


def beside(f: Filled, text: str, places: list[Place], span: tuple[int, int]) -> Filled:
    """The sides of an envoy as the words right beside him give them.

    Args:
        f: what the sentence's structure gives.
        text: the sentence; `places` and `span`, the trigger's, index it.
        places: its place names.
        span: start and end of the trigger.
    """
    start, end = span
    if f.target_country and any(
        p.iso3 == f.target_country and _BORN.search(text[: p.start]) for p in places
    ):
        f = f._replace(target="", target_country="")
    if not f.actor_country:
        f = _owned(f, text, places, start, end)
    f = _first_of_several(f, text, places, start)
    if not f.target_country and not _MEDIATOR.search(text[start:end]):
        f = _met_between(f, text, places, end)
    if not f.target_country:
        host = _host(f, text, places, start, end)
        f = f._replace(target=text[host.start : host.end], target_country=host.iso3) if host else f
    return f


def _owned(f: Filled, text: str, places: list[Place], start: int, end: int) -> Filled:
    """As in "mediator Qatar", "Turkish mediators", "Iran's UN envoy", "Trump picks her as"."""
    owner = next(
        (p for p in places if p.iso3 and p.end < start and _OF_MISSION.match(text[p.end : start])),
        None,
    )
    owner = owner or next(
        (p for p in places if p.iso3 and _SENT_FROM.fullmatch(text[end : p.start])), None
    )
    owner = owner or next(
        (p for p in places if p.kind == "demonym" and p.iso3 and p.end == start - 1), None
    )
    if owner is None and not f.actor and _MEDIATOR.search(text[start:end]):
        owner = next(
            (p for p in places if p.start == end + 1 and p.iso3 and p.kind in _STATES), None
        )
    if owner is None and not f.actor:
        owner = next(
            (
                p
                for p in places
                if p.iso3 and p.kind in _STATES and p.end < start and _PICKS.match(text, p.end)
            ),
            None,
        )
    if owner is None or owner.iso3 == f.target_country:
        return f
    return f._replace(actor=text[owner.start : owner.end], actor_country=owner.iso3)


def _first_of_several(f: Filled, text: str, places: list[Place], start: int) -> Filled:
    """Of several whose envoys they are the first named: "Kyrgyz, Maltese and Thai ambassadors"."""
    chain = [p for p in places if p.end < start and p.iso3]
    several = text[start : start + 40].split(" ")[0].rstrip(".,:;").endswith("s")
    if not several or not chain or chain[-1].end != start - 1 or chain[-1].iso3 != f.actor_country:
        return f
    first = len(chain) - 1
    while first and _LISTED.fullmatch(text[chain[first - 1].end : chain[first].start]):
        first -= 1
    p = chain[first]
    if p is chain[-1] or p.kind not in ("country", "demonym") or p.iso3 == f.target_country:
        return f
    return f._replace(actor=text[p.start : p.end], actor_country=p.iso3)


def _met_between(f: Filled, text: str, places: list[Place], end: int) -> Filled:
    """Whom the envoys of the first named meet: "envoys from Paris and Tunis held talks"."""
    for a, b in pairwise(places):
        joined = _SENT_FROM.fullmatch(text[end : a.start]) and text[a.end : b.start] == " and "
        if joined and a.iso3 == f.actor_country and b.iso3 not in ("", a.iso3):
            return f._replace(target=text[b.start : b.end], target_country=b.iso3)
    return f


def _host(f: Filled, text: str, places: list[Place], start: int, end: int) -> Place | None:
    """As in "summoned by Israel", "the Polish foreign ministry summons", "asked Pakistan's envoy to leave"."""
    by = _BY.match(text, end)
    for p in places:
        if not p.iso3 or p.iso3 == f.actor_country:
            continue
        if by and p.start == by.end():
            return p
        does = _HOSTS.match(text, p.end) if p.end < start else None
        if does and does.end() <= start and (not does["leave"] or _LEAVE.search(text, end)):
            return p
    return None
