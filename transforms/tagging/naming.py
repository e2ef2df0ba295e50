"""Carry-over: the later sentences that name a person introduced as an envoy."""

import re
from collections.abc import Mapping

from transforms.tagging.envoys import Introduction, namings, surname_of
from transforms.tagging.lexicon import Lexicon
from transforms.tagging.mentions import mention_id
from transforms.tagging.places import find_places
from transforms.tagging.senses import Candidate, locate
from transforms.tagging.status import StatusReader
from transforms.tagging.work import Found, Work


def introduce(work: Work) -> None:
    """Find the later sentences (and the title) that name a person introduced as an envoy."""
    intros: dict[str, Introduction] = {}
    for n, item in enumerate(work.found):
        if item.person and item.candidate.counted:
            for surname in _called(item):
                intros.setdefault(surname, Introduction(item.person, surname, n, item.sentence))
    if not intros and (beside := _named_beside(work)):
        intros[beside.surname] = beside
    taken = {
        (f.sentence, name)
        for f in work.found
        if f.candidate.counted and f.person
        for name in _called(f)
    }
    for surname, intro in intros.items():
        for i in work.sentences_with(surname.rsplit("-", 1)[-1]):
            if 0 < i < intro.sentence or (i, surname) in taken or i == intro.sentence:
                continue
            spans = namings(work.text_of(i), intro)
            if spans:
                a = work.spans[i][0]
                work.named.append((i, (a + spans[0][0], a + spans[0][1]), intro))


def _named_beside(work: Work) -> Introduction | None:
    """The name that the sentence beside the one unnamed envoy of an article gives him.

    As in "US envoy visits Beirut // Morgan Ortagus met", "Grenell flies home // Trump's envoy had met": the role is in
    the title and the body opens with a name, or the title opens with a surname and the body with the role.
    """
    roles = [
        (n, f)
        for n, f in enumerate(work.found)
        if f.candidate.counted and f.candidate.trigger.category == "envoy"
    ]
    if len(roles) != 1 or len(work.spans) < 2:
        return None
    n, item = roles[0]
    c, s = item.candidate, work.parsed[item.sentence]
    if s.low[c.last].endswith("s") or item.status == "planned":
        return None
    found = None
    if item.sentence == 0:
        found = _OPENS.match(work.text_of(1))
    elif item.sentence == 1 and c.last <= _SOON:
        found = _HEADS.match(work.text_of(0))
    if found is None:
        return None
    name = found[1]
    places = find_places(name)
    if any(p.kind != "leader" or p.iso3 != item.filled.actor_country for p in places):
        return None
    return Introduction(name, surname_of(name), n, item.sentence)


_SOON = 6
"""Tokens within which the body names the role of its title's subject."""
_OPENS = re.compile(
    r"([A-Z][\w'’]+(?: (?:[a-z]{2,3}[ -])?[A-Z][\w'’-]+){1,2}) (?:last |also |later )?"
    r"(?:said|told|met|will|arrived|landed|visited|warned|held|left|flew|spoke|urged|began|has|had|was)\b"
)
_HEADS = re.compile(r"([A-Z][a-z][\w'’-]+) (?:to )?[a-z]+")


def _called(item: Found) -> list[str]:
    """What later sentences may call the person: the surname, and where families are named first, that name."""
    surname, first = surname_of(item.person), item.person.split()[0]
    family = item.filled.actor_country in _FAMILY_FIRST and first != surname
    return [*([surname] if len(surname) > 2 else []), *([first] if family else [])]


_FAMILY_FIRST = ("CHN", "TWN", "HKG", "KOR", "PRK", "VNM", "KHM", "HUN")


def carry_over(work: Work, lexicons: Mapping[str, Lexicon], status: StatusReader) -> None:
    """Make a mention of each later naming; participants are those of the introduction, the status its own."""
    for i, (start, end), intro in work.named:
        origin = work.found[intro.mention]
        c = Candidate(origin.candidate.trigger, start, end, counted=True)
        s = work.parsed[i]
        locate(s, c)
        c.part = "noun"
        lexicon = lexicons[c.trigger.category]
        item = Found(c, i, origin.filled, person=intro.name, rule="named_before")
        item.status = status.read(s, c, lexicon)
        if origin.status == "planned" and item.status == "occurred":
            item.status = "planned"  # a nominee is one in later sentences too
        item.resolved_from = mention_id(work, origin.candidate)
        work.found.append(item)
