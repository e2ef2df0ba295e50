"""Sides of sanctions that their sentence leaves out, and guards against sides that cannot be."""

import re
from collections import Counter

from transforms.tagging.article import Article, only
from transforms.tagging.clauses import subject
from transforms.tagging.coerced import guarded
from transforms.tagging.english import words
from transforms.tagging.fill import Filled
from transforms.tagging.places import find_places
from transforms.tagging.work import Found, Work

_MANY = re.compile(
    r"\b(?:companies|firms|people|individuals|entities|persons|tankers)\b", re.IGNORECASE
)
_FOR_DOING = re.compile(
    r"\bfor (?:\w+ly )?(?:\w+ing|violations?|breach(?:es)?|breaking)\b|\baccused of\b|\bin violation of\b",
    re.IGNORECASE,
)
_STEPS = 6


def fill_sanction(work: Work, item: Found, article: Article) -> None:
    """The target that the sentence, else the title, else the article names: first among the often sanctioned."""
    f = _unlabelled(item.filled, work, item)
    places, at = work.places[item.sentence].places, work.spans[item.sentence][0]
    span = (item.candidate.start - at, item.candidate.end - at)
    f = guarded(f, work.text_of(item.sentence), places, span, work.senders)
    if f.target_country and f.target_country == f.actor_country:
        f = f._replace(target="", target_country="")
    if f.target_country == "PSE" and "settler" in f.target.lower():
        f = f._replace(target_country="ISR")  # who settles in the West Bank is Israel's
    if not f.target_country:
        whose = _based(work, item) or _traded_with(work, item) or _again(f.target, article.title)
        f = f._replace(target_country=whose)
    if f.actor_country and f.actor_country not in work.senders:
        f = _without_asker(work, item, f)
    if not f.target_country and not f.stateless and not _unnamed_many(f.target):
        senders = (*work.senders, *_bystanders(work, item), f.actor_country)
        upto = _reason(work, item)
        aside = _aside(work, item, upto)
        here = Counter(
            p.iso3
            for p in work.places[item.sentence].places
            if p.iso3
            and p.start < aside
            and p.iso3 not in senders
            and (p.kind != "leader" or p.iso3 in work.often)
        )
        titled = article.countries(title=True, without=senders)
        rest = article.countries(without=senders)
        target = ""
        told = upto < len(work.text_of(item.sentence))
        for counts in (here,) if told else (here, titled, rest):
            often = Counter({c: n for c, n in counts.items() if c in work.often})
            if often:
                target = only(often)
                break
        else:
            named = f.target.split(" ")[-1][:1].isupper()  # "Patriarch Kirill" is no one else's
            clear = not named and (not titled or titled.keys() == here.keys())
            target = only(here) if clear else ""
            bare = not (named or here or told) and f.actor_country in work.senders
            if bare and item.candidate.trigger.name in _PLAIN:
                target = only(titled)  # "US-sanctioned general's fall", under "shock in China"
        target = _first_behind(work, item, aside, senders) or target
        f = f._replace(target_country=target)
    if not f.actor_country and not f.actor and not by_many(work, item):
        sender = _sender(work, item, f.target_country) or _titled(work, article, f.target_country)
        f = f._replace(actor_country=sender)
    item.filled = f


def _based(work: Work, item: Found) -> str:
    """Whose firms are hit where the text says what they are based in: "sanctions on a China-based network"."""
    at = item.candidate.end - work.spans[item.sentence][0]
    found = _BASED.search(work.text_of(item.sentence), at, at + _AHEAD)
    return next((p.iso3 for p in find_places(found[1]) if p.iso3), "") if found else ""


_AHEAD = 80
_BASED = re.compile(
    r"\b([A-Z][\w.]+)-based (?:[\w'’-]+ ){0,3}(?:network|compan|firm|entit|bank|trader|individual|supplier|manufactur"
    r"|maker|refiner|business|ship)"
)


def _again(target: str, title: str) -> str:
    """Whose firms the title says they are: "Chinese firms named in drug case // The US put sanctions on firms"."""
    many = _MANY.search(target)
    if not many:
        return ""
    same = re.compile(rf" (?:\w+ )?{many[0]}\b", re.IGNORECASE)
    return next((p.iso3 for p in find_places(title) if same.match(title, p.end)), "")


def _traded_with(work: Work, item: Found) -> str:
    """Whom a ban on goods hits: "bans exports to Japan", "suspends all trade with Israel"."""
    a = work.spans[item.sentence][0]
    start, end = item.candidate.start - a, item.candidate.end - a
    text = work.text_of(item.sentence)
    if not _OF_TRADE.search(text[start:end]):
        return ""
    found = _TRADED.search(text, start, end + _AHEAD)
    named = find_places(found[1]) if found else []
    return named[0].iso3 if named and named[0].start < _AT_ONCE else ""


_OF_TRADE = re.compile(r"\b(?:ban|curb|export|trade|restrict|chip)", re.IGNORECASE)
_TRADED = re.compile(
    r"\b(?:exports?|sales?|shipments|trade|deliveries|supplies|imports)\b(?:(?! by | over | after )[^.,;:]){0,40}?"
    r" (?:to|with|from) (?:the )?([A-Z].{1,30})"
)
_AT_ONCE = 8
_PLAIN = ("sanctions", "sanction")


def _without_asker(work: Work, item: Found, f: Filled) -> Filled:
    """Who asks for sanctions imposes none; who asks to be freed of them is whom they hit."""
    s, here = work.parsed[item.sentence], item.candidate.head
    for _ in range(_STEPS):
        above = s.heads[here]
        if above == here:
            return f
        if s.tags[above].startswith("VB") and s.lemmas[above] in _ASKS:
            break
        here = above
    else:
        return f
    place = work.places[item.sentence].by_token.get(subject(s, above))
    if place is None or place.iso3 != f.actor_country:
        return f
    freed = not f.target_country and place.iso3 in work.often
    return f._replace(
        actor="", actor_country="", target_country=place.iso3 if freed else f.target_country
    )


def _reason(work: Work, item: Found) -> int:
    """Where the sentence begins to say what the sanctions are for; its end if it does not."""
    text = work.text_of(item.sentence)
    found = _FOR_DOING.search(text, item.candidate.end - work.spans[item.sentence][0])
    return found.start() if found else len(text)


def _bystanders(work: Work, item: Found) -> set[str]:
    """Who in the sentence asks for sanctions, hails or blocks them; beside a body's, its own members too."""
    s, places = work.parsed[item.sentence], work.places[item.sentence]
    out: set[str] = set()
    joint = any(p.kind == "body" for p in places.places) or not _JOINT.isdisjoint(s.low)
    if joint and item.filled.actor_country not in work.senders:
        out.update(work.seldom)
    for i, name in enumerate(s.lemmas):
        if (name in _ASKS or name in _JUDGES) and s.tags[i].startswith(("VB", "NNS")):
            place = places.by_token.get(subject(s, i)) or places.by_token.get(i - 1)
            if place and (place.iso3 in work.seldom or name in _JUDGES):
                out.add(place.iso3)
    return out


def _aside(work: Work, item: Found, upto: int) -> int:
    """Where the sentence turns to what else happened: "after talks in Geneva", "as blackouts spread"."""
    text = work.text_of(item.sentence)
    start = item.candidate.end - work.spans[item.sentence][0]
    found = _MEANWHILE.search(text, start, upto)
    end = found.start() if found else upto
    why = text.find(" over ", start, end)
    told = any(p.iso3 and start < p.start < why for p in work.places[item.sentence].places)
    return why if told else end


_MEANWHILE = re.compile(r"\b(?:after|as|amid|since|following|despite|while|when|before|held up)\b")


def _first_behind(work: Work, item: Found, upto: int, senders: tuple[str, ...]) -> str:
    """The country where those sanctioned are: "sanctions firms in UAE and Turkey over Iranian drones"."""
    text, at = work.text_of(item.sentence), work.spans[item.sentence][0]
    start = item.candidate.end - at
    for p in work.places[item.sentence].places:
        if p.iso3 and start < p.start < upto and p.iso3 not in senders:
            said = _FIRMS.search(text[start : p.start])
            return p.iso3 if said else ""
    return ""


_FIRMS = re.compile(
    r"^ (?:[\w'’-]+ ){0,3}(?:firms?|compan(?:y|ies)|banks?|refiner(?:y|ies)|terminals?|networks?|traders?|individuals"
    r"|entities|people|ports?|suppliers|businesses|shippers) (?:based )?(?:in|from) (?:the )?$"
)


def _unlabelled(f: Filled, work: Work, item: Found) -> Filled:
    """A headline's label imposes nothing: "Sudan: U.S. to impose sanctions"."""
    text = work.text_of(item.sentence)
    if not f.actor or not text.startswith(f"{f.actor}: "):
        return f
    behind = [p for p in work.places[item.sentence].places if p.start > len(f.actor)]
    doer = behind[0] if behind and behind[0].start <= len(f.actor) + 6 else None
    return f._replace(
        actor=text[doer.start : doer.end] if doer else "",
        actor_country=doer.iso3 if doer else "",
        target_country=f.target_country or f.actor_country,
    )


def _unnamed_many(target: str) -> bool:
    """As in "two shipping companies": a plural whose country the text would have told."""
    return _MANY.search(target) is not None


def by_many(work: Work, item: Found) -> bool:
    """Measures that the text leaves to several or to nobody: attributes, the price cap, assets frozen long ago."""
    s, head = work.parsed[item.sentence], item.candidate.head
    attribute = s.deps[head] == "amod" or s.hyphen_after(head)
    return (
        attribute
        or item.candidate.trigger.name in work.shared_measures
        or any(p.kind == "body" for p in work.places[item.sentence].places)
        or not _JOINT.isdisjoint(s.low[: item.candidate.last + _NEAR])
    )


def _sender(work: Work, item: Found, target: str) -> str:
    """The one state that the sentence names beside the target, else before it, if it is known to impose sanctions."""
    text = work.text_of(item.sentence)
    places = [
        p
        for p in work.places[item.sentence].places
        if p.kind not in ("city", "capital") or not _VENUE.search(text[: p.start])
    ]
    places = [p for p in places if p.iso3 and p.iso3 not in (target, *work.often)]
    start = item.candidate.start - work.spans[item.sentence][0]
    named = only(Counter(p.iso3 for p in places))
    named = named or only(Counter(p.iso3 for p in places if p.start < start))
    return named if named in work.senders else ""


def _titled(work: Work, article: Article, target: str) -> str:
    """The one state that the title names beside the target, if it imposes sanctions and the article names no body."""
    if any(
        p.kind == "body" or (p.kind == "demonym" and p.end <= len(article.title))
        for p in article.places
    ):
        return ""
    named = article.countries(title=True).keys() - {target, *work.often}
    return named.pop() if target and len(named) == 1 and named <= set(work.senders) else ""


_NEAR = 8
_VENUE = re.compile(
    r"\b(?:talks|meetings?|diplomacy|summit|negotiations|conference|round) (?:\w+ )?(?:in|at) $"
)
_JOINT, _ASKS, _JUDGES = words("joint"), words("asks"), words("judges")
