"""Guards on the sides of sanctions: who only vetoes them, why they come, and whose name another only shares."""

import re

from transforms.tagging.english import words
from transforms.tagging.fill import Filled
from transforms.tagging.places import Place

_TITLES = words("titles")
_NO_SENDERS = re.compile(
    r"\b(?:veto|allies|partners|friends|neighbou?rs|fall|plea|calls?|demand|request|objections?|officials?['’]? plea)$",
    re.IGNORECASE,
)
_OFFICIAL = re.compile(r" (?:commissioner|tsar|czar|coordinator|ombudsman|expert|lawyer)s?\b")
_MANY = re.compile(
    r"\b(?:companies|firms|people|individuals|entities|banks|officials|groups)\b", re.IGNORECASE
)
_WHY = re.compile(r"\b(?:over|after|amid|because of)\b")
_SETTLERS = re.compile(r"^[^.;:]{0,60}\bsettlers?\b")
_LIST = re.compile(r"list\b", re.IGNORECASE)
_OWNER = re.compile(r"(?:['’]s?)? $")
_NAME = re.compile(r"([A-Z][\w'’-]*[a-z]) $")
_CHAIN = re.compile(r"(?:,| and|, and) (?:the )?$")


def guarded(
    f: Filled, text: str, places: list[Place], span: tuple[int, int], senders: tuple[str, ...]
) -> Filled:
    """The sides without those that the words beside them rule out.

    Args:
        f: the sides as the sentence's structure gives them.
        text: the sentence, which `places` and `span` index.
        places: its place names.
        span: start and end of the trigger.
        senders: states that impose sanctions by themselves.
    """
    start, end = span
    f = _no_sender(f, text, end, senders)
    f = _first_of_several(f, text, places, start)
    if _LIST.search(text[start:end]) and _MANY.search(f.actor) and not f.target_country:
        doer = next((p for p in places if p.end < text.find(f.actor)), None)
        f = f._replace(
            actor=text[doer.start : doer.end] if doer else "",
            actor_country=doer.iso3 if doer else "",
            target=f.actor,
            target_country=f.actor_country,
        )
    return _target(f, text, places, start, end)


def _target(f: Filled, text: str, places: list[Place], start: int, end: int) -> Filled:
    """The target, but for a country that is only the reason or the namesake."""
    owner = next(
        (p for p in places if p.iso3 and p.end <= start and _OWNER.fullmatch(text[p.end : start])),
        None,
    )
    if (
        text[start:end].lower() == "sanctioned"
        and owner
        and text[owner.end : start].strip()
        and not f.actor
    ):
        return f._replace(target_country=owner.iso3)  # "Iran's sanctioned oil"
    if f.target_country in ("", "PSE") and _SETTLERS.match(text[end:]):
        named = {p.iso3 for p in places}
        return f._replace(target_country="ISR") if named & {"PSE", "ISR"} else f
    at = text.find(f.target, end) if f.target and f.target_country else -1
    if at < 0:
        return f
    own = [p for p in places if at <= p.start < at + len(f.target)]
    if any(p.kind == "body" or (p.kind == "leader" and _namesake(text, p)) for p in own):
        return f._replace(target_country="", stateless=True)
    first = next((p for p in places if p.iso3 == f.target_country and p.start > at), None)
    if not own and first and _WHY.search(text[at + len(f.target) : first.start]):
        return f._replace(target_country="")  # "two firms over Russian drones"
    return f


def _namesake(text: str, leader: Place) -> bool:
    """Whether another first name stands before a leader's surname: "Francesca Albanese"."""
    if " " in text[leader.start : leader.end]:
        return False
    before = _NAME.search(text, max(0, leader.start - 20), leader.start)
    return before is not None and before[1].lower() not in _TITLES and before[1] not in _RANKS


_RANKS = (
    "Prime",
    "Premier",
    "Chancellor",
    "King",
    "Prince",
    "Leader",
    "Ayatollah",
    "General",
    "Russian",
    "Israeli",
    "Former",
)


def _no_sender(f: Filled, text: str, end: int, senders: tuple[str, ...]) -> Filled:
    """Whose veto, fall or allies it is imposes nothing; nor does the home of a "sanctions commissioner"."""
    owns = f.actor_country not in senders and _OFFICIAL.match(text[end:])
    if f.actor and (_NO_SENDERS.search(f.actor) or owns):
        return f._replace(actor="", actor_country="")
    return f


def _first_of_several(f: Filled, text: str, places: list[Place], start: int) -> Filled:
    """Of several who impose, the first named: "Australia, New Zealand sanction judges"."""
    before = [p for p in places if p.end <= start]
    if (
        not f.actor_country
        or not before
        or before[-1].iso3 not in (f.actor_country, f.target_country)
    ):
        return f
    first = before[-1]
    for p in reversed(before[:-1]):
        if not _CHAIN.fullmatch(text[p.end : first.start]) or not p.iso3:
            break
        first = p
    if first is before[-1] or text[before[-1].end : start].strip():
        return f
    chain = {p.iso3 for p in before if p.start >= first.start}
    hit = "" if f.target_country in chain else f.target_country
    return f._replace(
        actor=text[first.start : first.end], actor_country=first.iso3, target_country=hit
    )
