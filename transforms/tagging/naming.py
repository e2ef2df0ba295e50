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
from transforms.tagging.sentence import Sentence
from transforms.tagging.status import StatusReader
from transforms.tagging.unnamed import names_apart, second_name
from transforms.tagging.work import Found, Work

_TITLES, _SUFFIXES = words("titles"), words("suffixes")
_OPENERS, _KIN, _RANKS = words("openers"), words("kin"), words("ranks") | words("offices")
_TWO_SURNAMES = words("two_surnames")
_COURTESY = (
    r"(?:(?:Mr|Ms|Mrs|Dr|Sir|Lord|Lady|Dame|Prof|Professor|Gen|General|Amb|Ambassador"
    r"|Special Envoy|Envoy|H\.E)\.? )"
)
_BEFORE = re.compile(r"([A-Z][\w'’.-]*) $")
_RANK = re.compile(r"(?<![\w-])([a-z]+) $")
_AFTER = re.compile(r" ([A-Z][a-z]+)")
_GIVEN = r"(?<![\w-])([A-Z][\w'’-]+(?: [A-Z]\.)?) "
_ANOTHER = re.compile(
    r",? (?:the|his|her|an?) (?:[\w-]+ )?(?:envoy|negotiator|mediator|ambassador)['’]s (\w+)"
)
_MEETS = (
    r"-[A-Z][\w’'-]+ (?:meeting|talks?|summit|call|deal|plan|accord|pact|agreement|discussions?)\b"
)
_FAMILY_FIRST = ("CHN", "TWN", "HKG", "KOR", "PRK", "VNM", "KHM", "HUN")


def introduce(work: Work) -> None:
    """Find the later sentences (and the title) that name a person introduced as an envoy."""
    intros: dict[str, Introduction] = {}
    for n, item in enumerate(work.found):
        if item.person and item.candidate.counted:
            name = _full_name(work, item)
            for one in (name, second_name(work, item)):
                for surname in _called(item, one) if one else ():
                    intros.setdefault(surname, Introduction(one, surname, n, item.sentence))
    taken = {
        (f.sentence, name)
        for f in work.found
        if f.candidate.counted and f.person
        for name in _called(f, f.person)
    }
    apart = {
        called: intro._replace(surname=called)
        for intro in names_apart(work)
        for called in _called(work.found[intro.mention], intro.name)
    }
    for surname, intro in (*intros.items(), *apart.items()):
        for i in work.sentences_with(core_of(surname)):
            if i == intro.sentence or 0 < i < intro.sentence or (i, surname) in taken:
                continue
            spans = namings(work.text_of(i), intro)
            if spans and (i, intro.name) not in taken:
                taken.add((i, intro.name))
                a = work.spans[i][0]
                work.named.append((i, (a + spans[0][0], a + spans[0][1]), intro))
    _by_given_name(work, [*intros.values(), *apart.values()])


def _by_given_name(work: Work, intros: list[Introduction]) -> None:
    """The title that says who speaks by the given name alone: "Trade may double: Selim"."""
    title = work.text_of(0)
    for intro in intros:
        first = re.escape(intro.name.split()[0])
        if intro.sentence == 0 or intro.surname in title or len(first) < 3:
            continue
        found = re.search(rf"(?<=: ){first}$|(?<=[–—-] ){first}$|^{first}(?=: )", title)
        if found and not find_places(found[0]):
            work.named.append((0, found.span(), intro))
            return


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
    names = [*([surname] if len(surname) > 2 else []), *([first] if family else [])]
    parts = name.split()
    two = (
        item.filled.actor_country.lower() in _TWO_SURNAMES
        and len(parts) > 2
        and parts[-1] == surname
    )
    if two and parts[-2][:1].isupper() and len(parts[-2]) > 2:
        names.append(parts[-2])
    return names


def namings(text: str, intro: Introduction) -> list[tuple[int, int]]:
    """Spans of the text (a sentence) that name the introduced person, with the courtesy title.

    A surname after another first name is somebody else.
    """
    parts = intro.name.split()
    low = [part.lower() for part in parts]
    core = core_of(intro.surname)
    others = "|".join(_either(part) for part in parts if part not in intro.surname.split())
    given = rf"(?:(?:{others}) (?:[A-Z]\.? )*)*" if others else ""
    article = (
        rf"(?:{re.escape(intro.surname[: -len(core) - 1])}[- ])?" if core != intro.surname else ""
    )
    pattern = re.compile(
        rf"(?<![\w-]){_COURTESY}?(?:{re.escape(intro.name)}|{given}{re.escape(intro.surname)}"
        rf"|(?i:{article}){re.escape(core)})(?:(?![\w-])|(?={_MEETS}))"
    )
    spans = []
    for found in pattern.finditer(text):
        if intro.name not in found[0] and core in found[0]:
            before = _BEFORE.search(text, max(0, found.start() - 30), found.start())
            if (
                before
                and before[1].lower() not in low
                and not _opens(text[: before.start()], before[1])
            ):
                continue
            rank = _RANK.search(text, max(0, found.start() - 30), found.start())
            if rank and rank[1] in _RANKS:
                continue
            after = _AFTER.match(text, found.end())
            if (
                after
                and " " not in intro.surname
                and after[1] not in parts
                and after[1].lower() not in _TITLES | _SUFFIXES
            ):
                continue
        spans.append(found.span())
    return spans


def _either(part: str) -> str:
    """A part of a name as a pattern: a particle may open a sentence."""
    letter, rest = re.escape(part[0]), re.escape(part[1:])
    return f"[{letter}{letter.upper()}]{rest}" if part.islower() else letter + rest


def _opens(text: str, word: str) -> bool:
    """Whether the capitalised word before a surname is no first name but a title, date, place or opening."""
    low = word.lower().strip(".")
    if low in _TITLES or low in _OPENERS or word.endswith(("'s", "’s")):
        return True
    return bool(text.strip(" \"'“‘")) and bool(find_places(word))


def _is_thing(s: Sentence, c: Candidate) -> bool:
    """Whether the name is a ship's or a firm's: "the Berg, a ship", but not "the Berg plan"."""
    if not c.first or s.low[c.first - 1] != "the":
        return False
    bare = s.low[c.last + 1 : c.last + 2] == [","]
    return bare or s.deps[c.head] not in ("compound", "nmod", "poss")


def carry_over(work: Work, lexicons: Mapping[str, Lexicon], status: StatusReader) -> None:
    """Make a mention of each later naming; participants are those of the introduction, the status its own."""
    for i, (start, end), intro in work.named:
        origin = work.found[intro.mention]
        c = Candidate(origin.candidate.trigger, start, end, counted=True)
        s = work.parsed[i]
        locate(s, c)
        if " " not in intro.name and not origin.person and s.tags[c.head] not in ("NNP", "NN"):
            continue  # what opens a title is no name
        if _is_thing(s, c):
            continue
        c.part = "noun"
        lexicon = lexicons[c.trigger.category]
        item = Found(c, i, origin.filled, person=intro.name, rule="named_before")
        item.status = status.read(s, c, lexicon)
        if origin.status == "planned" and item.status == "occurred":
            item.status = "planned"  # a nominee is one in later sentences too
        item.resolved_from = mention_id(work, origin.candidate)
        work.found.append(item)
