"""Whose text it is: in the remarks of a government, "we" and "our" are that government."""

import re

from transforms.tagging.places import Place, find_places
from transforms.tagging.sentence import Sentence

_FORM = re.compile(
    r"(?:Joint )?(?:Remarks|Statement|Readout|Letter|Message|Memorandum|Press|Background|On-the-Record|Executive Order"
    r"|Notice|Fact Sheet|What They Are Saying|ICYMI|Interview|Transcript|A? ?Proclamation|Bill Signed|WEEK)\b",
    re.IGNORECASE,
)
_AMERICAN = re.compile(
    r"Senior Administration Official|White House|Press Secretary|National Security Advisor|NSC Spokes"
    r"|Director of Communications|NEC Director|Homeland Security Advisor"
    r"|Speaker of the House|to the (?:House|Senate|Congress)|Executive Order|Vice President|MR\. SINGH:",
    re.IGNORECASE,
)
"""Offices that the texts of no other government name so."""
_FIRST_PERSON = frozenset({"we", "our", "ours", "us", "i", "my"})
_OWN = re.compile(
    r"(?:(?:the|his|her|this|our|my|new|biden|trump|harris)[ -]*)*"
    r"(?:administration|president|(?:department|secretary) of [\w ]+|military|treasury|government|vice president)",
    re.IGNORECASE,
)
"""What a government calls itself in its own texts."""
_NEAR = 14


def speaker(title: str, text: str) -> str:
    """The country whose government the text is by: of several in its title the first; empty if it is a report.

    >>> speaker("Remarks by President Biden on Haiti", "")
    'USA'
    """
    if not _FORM.match(title.strip()):
        return ""
    leaders = [p.iso3 for p in find_places(title) if p.kind == "leader" and p.iso3]
    if leaders:
        return leaders[0]
    return "USA" if _AMERICAN.search(title) or _AMERICAN.search(text[:2_000]) else ""


def said_by(text: str, at: int) -> str:
    """The country of the leader whose words stand at an offset of a transcript; empty if its labels do not tell.

    >>> said_by("PRESIDENT ZELENSKYY: We struck it.", 25)
    'UKR'
    """
    labels = list(_LABEL.finditer(text, max(0, at - _TURN), at))
    places = find_places(labels[-1][1].title()) if labels else []
    return next((p.iso3 for p in places if p.kind == "leader"), "")


_LABEL = re.compile(
    r"((?:PRESIDENT|CHANCELLOR|PRIME MINISTER|PREMIER|SECRETARY|MINISTER) [A-Z’'. -]{3,40}|THE PRESIDENT|Q):? "
)
_TURN = 6_000


def speaks_of_itself(s: Sentence, first: int, actor: str) -> bool:
    """Whether what stands before a trigger is the speaker's own: "we imposed sanctions", "our envoy".

    Args:
        s: the sentence.
        first: first token of the trigger.
        actor: the words of its actor, if any.
    """
    if actor:
        return _OWN.fullmatch(actor) is not None
    near = range(max(0, first - _NEAR), first)
    return any(s.low[i] in _FIRST_PERSON and s.words[i] != "US" for i in near)


def strangers(title: str, places: list[Place], *, condemning: bool = False) -> set[str]:
    """Countries that the title only has speak: "US spies believe", "Egypt urges"; they are no side of what it tells.

    Args:
        title: what the places index.
        places: the title's place names.
        condemning: those that condemn instead, as the victims of a strike do too.
    """
    speaks = _CONDEMNS if condemning else _SPEAKS
    return {p.iso3 for p in places if p.iso3 and speaks.match(title, p.end)}


_CONDEMNS = re.compile(
    r"(?:,? (?:and )?[A-Z]\w+)*(?:['’]s)?(?: [\w.'’-]+){0,2} (?:condemns?|deplores?"
    r"|denounces?|slams?|mourns?|protests?)\b",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"(?:['’]s)?(?: [\w.'’-]+){0,2} (?:believes?|urges?|calls? (?:for|on)|hails|welcomes|resists|backs|weighs|mulls"
    r"|considers|discuss(?:es)?|presses|pushes|rejects)\b"
)
