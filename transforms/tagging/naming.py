"""Carry-over: the later sentences that name a person introduced as an envoy."""

import re
from collections.abc import Mapping

from transforms.tagging.english import words
from transforms.tagging.envoys import Introduction
from transforms.tagging.lexicon import Lexicon
from transforms.tagging.mentions import mention_id
from transforms.tagging.names import core_of, surname_of
from transforms.tagging.places import find_places
from transforms.tagging.senses import Candidate, locate
from transforms.tagging.status import StatusReader
from transforms.tagging.unnamed import names_apart
from transforms.tagging.work import Found, Work

_TITLES, _OPENERS, _KIN = words("titles"), words("openers"), words("kin")
_COURTESY = r"(?:(?:Mr|Ms|Mrs|Dr|Sir|Amb|Ambassador|Special Envoy|Envoy)\.? )"
_BEFORE = re.compile(r"([A-Z][\w'’.-]*) $")
_AFTER = re.compile(r" ([A-Z][a-z]+)")
_GIVEN = r"(?<![\w-])([A-Z][\w'’-]+(?: [A-Z]\.)?) "
_ANOTHER = re.compile(
    r",? (?:the|his|her|an?) (?:[\w-]+ )?(?:envoy|negotiator|mediator|ambassador)['’]s (\w+)"
)
_FAMILY_FIRST = ("CHN", "TWN", "HKG", "KOR", "PRK", "VNM", "KHM", "HUN")


def introduce(work: Work) -> None:
    """Find the later sentences (and the title) that name a person introduced as an envoy."""
    intros: dict[str, Introduction] = {}
    for n, item in enumerate(work.found):
        if item.person and item.candidate.counted:
            name = _full_name(work, item)
            for surname in _called(item, name):
                intros.setdefault(surname, Introduction(name, surname, n, item.sentence))
    taken = {
        (f.sentence, name)
        for f in work.found
        if f.candidate.counted and f.person
        for name in _called(f, f.person)
    }
    apart = {intro.surname: intro for intro in names_apart(work)}
    for surname, intro in (*intros.items(), *apart.items()):
        for i in work.sentences_with(core_of(surname)):
            if i == intro.sentence or 0 < i < intro.sentence or (i, surname) in taken:
                continue
            spans = namings(work.text_of(i), intro)
            if spans:
                a = work.spans[i][0]
                work.named.append((i, (a + spans[0][0], a + spans[0][1]), intro))


def _full_name(work: Work, item: Found) -> str:
    """The person's name; where the introduction gives the surname alone, as the body first gives it in full."""
    if " " in item.person:
        return item.person
    text, body = work.clean.text, work.spans[0][1]
    if item.filled.actor_country in _FAMILY_FIRST:
        family_first = re.search(rf"(?<![\w-]){re.escape(item.person)} [A-Z][a-z]+", text[body:])
        if family_first and not _opens("x", family_first[0].split()[1]):
            return family_first[0]
    for found in re.finditer(_GIVEN + re.escape(item.person) + r"(?![\w-])", text):
        if found.start() < body or _opens(text[: found.start()], found[1]):
            continue
        kin = _ANOTHER.match(text, found.end())
        return item.person if kin and kin[1] in _KIN else found[0]
    return item.person


def _called(item: Found, name: str) -> list[str]:
    """What later sentences may call the person: the surname, and where families are named first, that name."""
    surname, first = surname_of(name), name.split()[0]
    family = item.filled.actor_country in _FAMILY_FIRST and first != surname
    return [*([surname] if len(surname) > 2 else []), *([first] if family else [])]


def namings(text: str, intro: Introduction) -> list[tuple[int, int]]:
    """Spans of the text (a sentence) that name the introduced person, with the courtesy title.

    A surname after another first name is somebody else.
    """
    first, core = intro.name.split()[0], core_of(intro.surname)
    article = rf"(?:{re.escape(intro.surname[: -len(core)])})?" if core != intro.surname else ""
    pattern = re.compile(
        rf"(?<![\w-]){_COURTESY}?(?:{re.escape(intro.name)}|{re.escape(intro.surname)}"
        rf"|(?i:{article}){re.escape(core)})(?![\w-])"
    )
    spans = []
    for found in pattern.finditer(text):
        if intro.name not in found[0] and core in found[0]:
            before = _BEFORE.search(text, max(0, found.start() - 30), found.start())
            if before and before[1] != first and not _opens(text[: before.start()], before[1]):
                continue
            after = _AFTER.match(text, found.end())
            if after and " " not in intro.surname and after[1].lower() not in _TITLES:
                continue
        spans.append(found.span())
    return spans


def _opens(text: str, word: str) -> bool:
    """Whether the capitalised word before a surname is no first name but a title, date, place or opening."""
    low = word.lower().strip(".")
    if low in _TITLES or low in _OPENERS or word.endswith(("'s", "’s")):
        return True
    return bool(text.strip(" \"'“‘")) and bool(find_places(word))


def carry_over(work: Work, lexicons: Mapping[str, Lexicon], status: StatusReader) -> None:
    """Make a mention of each later naming; participants are those of the introduction, the status its own."""
    for i, (start, end), intro in work.named:
        origin = work.found[intro.mention]
        c = Candidate(origin.candidate.trigger, start, end, counted=True)
        s = work.parsed[i]
        locate(s, c)
        if " " not in intro.name and not origin.person and s.tags[c.head] not in ("NNP", "NN"):
            continue  # what opens a title is no name
        c.part = "noun"
        lexicon = lexicons[c.trigger.category]
        item = Found(c, i, origin.filled, person=intro.name, rule="named_before")
        item.status = status.read(s, c, lexicon)
        if origin.status == "planned" and item.status == "occurred":
            item.status = "planned"  # a nominee is one in later sentences too
        item.resolved_from = mention_id(work, origin.candidate)
        work.found.append(item)
