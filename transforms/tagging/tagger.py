"""The tagger: scan, split, parse what matters, judge, read status and participants, carry names over."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.ids import content_id
from schemas.records import Article, Mention
from transforms.tagging import envoys
from transforms.tagging.acts import one_a_clause
from transforms.tagging.context import Surroundings, TopicScanner
from transforms.tagging.countries import settle
from transforms.tagging.fill import Filled, PlaceMap, fill
from transforms.tagging.gate import Line, Surface, settle_on_words
from transforms.tagging.language import detect_language
from transforms.tagging.lexicon import Lexicon, Lexicons, load
from transforms.tagging.parse import Parser
from transforms.tagging.participants import Roles, of_misread_verb, of_noun, of_verb
from transforms.tagging.places import Place, find_places
from transforms.tagging.scan import Clean, Hit, Scanner, clean
from transforms.tagging.senses import Candidate, Slot, judge, locate
from transforms.tagging.sentence import Sentence
from transforms.tagging.sentences import split
from transforms.tagging.status import StatusReader

Judged = tuple[Candidate, int, Lexicon, Roles]
_WORD = re.compile(r"[\w'.]*\w")

MOST_TRIGGERS = 2_000
"""Trigger words tagged in one article; beyond that it is no article, and its rest is told as a problem."""


class Tagged(NamedTuple):
    """What the tagger says of one article.

    Attributes:
        mentions: triggers counted and not counted, in the order of the text.
        problem: a reason of `schemas.records.REJECT_REASONS` and what exactly; None if all went well.
    """

    mentions: list[Mention]
    problem: tuple[str, str] | None


@dataclass
class Found:
    """A candidate on its way to a mention."""

    candidate: Candidate
    sentence: int
    filled: Filled = Filled()
    status: str = "occurred"
    person: str = ""
    resolved_from: str = ""
    rule: str = ""


@dataclass
class Work:
    """One article while it is being tagged."""

    article: Article
    clean: Clean
    hits: list[Hit]
    spans: list[tuple[int, int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    parsed: dict[int, Sentence] = field(default_factory=dict)
    places: dict[int, PlaceMap] = field(default_factory=dict)
    named_places: dict[int, list[Place]] = field(default_factory=dict)
    topics: frozenset[str] = frozenset()
    title: Slot = field(default_factory=Slot)
    found: list[Found] = field(default_factory=list)
    senders: tuple[str, ...] = ()
    often: tuple[str, ...] = ()
    named: list[tuple[int, tuple[int, int], envoys.Introduction]] = field(default_factory=list)

    def text_of(self, sentence: int) -> str:
        a, b = self.spans[sentence]
        return self.clean.text[a:b]


class Tagger:
    """Tags articles. One a process is enough (`shared_tagger`); not for several threads at once."""

    def __init__(self, lexicons: Path | None = None) -> None:
        """Read the lexicons; the language model is loaded by the first text that needs it.

        Args:
            lexicons: folder of TOML lexicons; the package's own if None.

        Raises:
            LexiconError: a lexicon cannot be used.
        """
        self.lexicons: Lexicons = load(lexicons)
        self._scanner = Scanner(self.lexicons)
        self._topics = TopicScanner(self.lexicons)
        self._status = StatusReader(self.lexicons.status)
        self._plans = frozenset(
            w
            for name in ("planned_nouns", "threatened_nouns")
            for w in self.lexicons.status[name].single
        )
        self._senders = self._listed("senders")
        self._often = self._listed("often_sanctioned")
        self._parser = Parser(w for w in self.lexicons.vocabulary() if not find_places(w.title()))

    def _listed(self, role: str) -> tuple[str, ...]:
        return tuple(
            c for lex in self.lexicons.categories.values() for c in lex.roles.get(role, [])
        )

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories that the lexicons define."""
        return tuple(self.lexicons.categories)

    def has_trigger(self, text: str) -> bool:
        """The raw scan alone: False only where `tag` yields no mention at all, counted or not."""
        return self._scanner.any(clean(text).low)

    def tag(self, articles: Sequence[Article]) -> list[Tagged]:
        """Find the mentions of each article; for any text, without raising.

        Args:
            articles: any number; parsing is batched across them.

        Returns:
            One `Tagged` an article, in order. Offsets index `article.text`.
        """
        works = [self._scan(a) for a in articles]
        live: list[Work] = []
        problems: list[tuple[str, str] | None] = []
        for work in works:
            problem = self._problem(work)
            problems.append(problem)
            if work.hits:
                live.append(work)
        for work in live:
            self._gate(work)
        self._parse(live, [sorted({self._index(w, h) for h in w.hits}) for w in live])
        for work in live:
            self._judge(work)
        self._parse(live, [sorted({n[0] for n in w.named}) for w in live])
        for work in live:
            self._carry_over(work)
        return [Tagged(self._mentions(w), p) for w, p in zip(works, problems, strict=True)]

    def _scan(self, article: Article) -> Work:
        seen = clean(article.text)
        work = Work(
            article, seen, self._scanner.hits(seen.low), senders=self._senders, often=self._often
        )
        if any(h.trigger.company for h in work.hits):
            self._drop_lonely(work)
        return work

    def _drop_lonely(self, work: Work) -> None:
        """Leave out everyday words whose sentence holds none of the company that they need."""
        slots: dict[int, Slot] = {}
        kept = []
        for hit in work.hits:
            if hit.trigger.company:
                i = self._index(work, hit)
                if i not in slots:
                    a, b = work.spans[i]
                    words = _WORD.findall(work.clean.low, a, b)
                    slots[i] = Slot(frozenset(words), f" {' '.join(words)} ")
                if not slots[i].holds(hit.trigger.company):
                    continue
            kept.append(hit)
        work.hits = kept

    def _problem(self, work: Work) -> tuple[str, str] | None:
        if not work.hits:
            return None
        language = detect_language(work.clean.text, work.article.language)
        if language not in ("", "en"):
            work.hits = []
            return "wrong_language", f"no lexicon for {language!r}"
        if len(work.hits) > MOST_TRIGGERS:
            more = len(work.hits) - MOST_TRIGGERS
            work.hits = work.hits[:MOST_TRIGGERS]
            return "too_large", f"{more} trigger words beyond the first {MOST_TRIGGERS} not tagged"
        return None

    def _index(self, work: Work, hit: Hit) -> int:
        return self._sentence_at(work, hit.start)

    def _sentence_at(self, work: Work, offset: int) -> int:
        """Number of the sentence that holds the character."""
        if not work.spans:
            work.spans = split(work.clean.text)
            work.ends = [end for _, end in work.spans]
        return min(bisect_right(work.ends, offset), len(work.spans) - 1)

    def _parse(self, works: list[Work], wanted: list[list[int]]) -> None:
        asked = [
            (w, i) for w, rows in zip(works, wanted, strict=True) for i in rows if i not in w.parsed
        ]
        sentences = self._parser.parse([w.text_of(i) for w, i in asked])
        for (work, i), s in zip(asked, sentences, strict=True):
            work.parsed[i] = s.at(work.spans[i][0])
            self._place(work, i, s)

    def _place(self, work: Work, i: int, s: Sentence) -> None:
        places = work.named_places.get(i)
        work.places[i] = PlaceMap(s, find_places(work.text_of(i)) if places is None else places)

    def _gate(self, work: Work) -> None:
        """Settle the triggers that no parse could make count; the others stay in `hits`."""
        work.topics = self._topics.topics(work.clean.low)
        title = work.clean.low.split("\n", 1)[0]
        bases = self._parser.bases
        work.title = Line(title, find_places(work.clean.text[: len(title)]), bases).whole
        topics = Slot(work.topics)
        lines: dict[int, Line] = {}
        kept = []
        for hit in work.hits:
            i = self._index(work, hit)
            a, b = work.spans[i]
            if i not in lines:
                work.named_places[i] = find_places(work.text_of(i))
                lines[i] = Line(work.clean.low[a:b], work.named_places[i], bases)
            around = Surface(
                lines[i], *lines[i].index(hit.start - a, hit.end - a), work.title, topics
            )
            settled = settle_on_words(hit, self.lexicons.categories[hit.trigger.category], around)
            if settled is None:
                kept.append(hit)
            else:
                work.found.append(Found(settled, i, rule=hit.trigger.name))
        work.hits = kept

    def _judge(self, work: Work) -> None:
        found: list[Judged] = []
        for hit in work.hits:
            i = self._index(work, hit)
            c = Candidate(hit.trigger, hit.start, hit.end)
            s, lexicon = work.parsed[i], self.lexicons.categories[hit.trigger.category]
            locate(s, c)
            found.append((c, i, lexicon, self._roles(s, c, lexicon, work.places[i])))
        found = _one_a_span(found)
        self._weigh(work, found)
        self._weigh_again(work, found)
        one_a_clause([(c, work.parsed[i]) for c, i, *_ in found])
        for c, i, lexicon, roles in found:
            work.found.append(self._finish(work, c, i, lexicon, roles))
        settle(work, work.found, len(work.clean.low.split("\n", 1)[0]))
        self._introduce(work)

    def _weigh_again(self, work: Work, found: list[Judged]) -> None:
        """Weigh the doubtful once more, knowing that the article names the thing elsewhere."""
        sure = {c.trigger.category: (c.start, i) for c, i, *_ in found if c.counted}
        doubtful = [f for f in found if not f[0].counted and f[0].trigger.category in sure]
        if doubtful:
            work.topics |= {f"{category}_named" for category in sure}
            self._weigh(work, doubtful)

    def _weigh(self, work: Work, found: Iterable[Judged]) -> None:
        kinds = work.title.kinds.union(*(k for p in work.places.values() for k in p.kinds.values()))
        article = Slot(kinds=kinds)
        for c, i, lexicon, roles in found:
            c.signs = []
            around = Surroundings(
                work.parsed[i], c, roles, work.places[i].kinds, work.title, article, work.topics
            )
            judge(c, lexicon, around.slot)

    def _roles(self, s: Sentence, c: Candidate, lexicon: Lexicon, places: PlaceMap) -> Roles:
        if c.part == "verb" and s.tags[c.head].startswith("NN"):
            return of_misread_verb(s, c.first, c.last)
        if c.part == "noun":
            return of_noun(s, c.head, lexicon.roles, places.by_token, self._plans)
        return of_verb(s, c.head, lexicon.roles)

    def _finish(self, work: Work, c: Candidate, i: int, lexicon: Lexicon, roles: Roles) -> Found:
        s, places = work.parsed[i], work.places[i]
        item = Found(c, i, rule=c.trigger.name)
        own = range(c.first, c.last + 1)
        item.filled = fill(s, roles, places, own, work.article.published, lexicon.roles)
        if c.counted:
            item.status = self._status.read(s, c, lexicon)
            if c.trigger.category == "envoy":
                taken = set(places.by_token)
                item.person = envoys.complement_name(s, c, taken) or envoys.person(s, c, taken)
        return item

    def _introduce(self, work: Work) -> None:
        """Find the later sentences (and the title) that name a person introduced as an envoy."""
        intros: dict[str, envoys.Introduction] = {}
        for n, item in enumerate(work.found):
            if item.person and item.candidate.counted:
                surname = envoys.surname_of(item.person)
                if len(surname) > 2 and surname not in intros:
                    intros[surname] = envoys.Introduction(item.person, surname, n, item.sentence)
        taken = {
            (f.sentence, envoys.surname_of(f.person))
            for f in work.found
            if f.candidate.counted and f.person
        }
        for surname, intro in intros.items():
            for i in self._sentences_with(work, surname):
                if i == intro.sentence or 0 < i < intro.sentence or (i, surname) in taken:
                    continue
                spans = envoys.namings(work.text_of(i), intro)
                if spans:
                    a = work.spans[i][0]
                    work.named.append((i, (a + spans[0][0], a + spans[0][1]), intro))

    def _sentences_with(self, work: Work, word: str) -> list[int]:
        """Numbers of the sentences that hold a word."""
        out: list[int] = []
        at = work.clean.text.find(word)
        while at >= 0:
            i = self._sentence_at(work, at)
            if not out or out[-1] != i:
                out.append(i)
            at = work.clean.text.find(word, max(at + 1, work.spans[i][1]))
        return out

    def _carry_over(self, work: Work) -> None:
        for i, (start, end), intro in work.named:
            origin = work.found[intro.mention]
            c = Candidate(origin.candidate.trigger, start, end, counted=True)
            s = work.parsed[i]
            locate(s, c)
            c.part = "noun"
            lexicon = self.lexicons.categories[c.trigger.category]
            item = Found(c, i, origin.filled, person=intro.name, rule="named_before")
            item.status = self._status.read(s, c, lexicon)
            item.resolved_from = self._id(work, origin.candidate)
            work.found.append(item)

    def _id(self, work: Work, c: Candidate) -> str:
        start, end = work.clean.original(c.start, c.end)
        a = work.article
        return content_id(a.article_id, a.content_hash, c.trigger.category, str(start), str(end))

    def _mentions(self, work: Work) -> list[Mention]:
        return [self._mention(work, f) for f in _one_a_trigger(work.found)]

    def _mention(self, work: Work, item: Found) -> Mention:
        a, c = work.article, item.candidate
        start, end = work.clean.original(c.start, c.end)
        first, last = work.clean.original(*work.spans[item.sentence])
        filled = item.filled
        return Mention(
            mention_id=self._id(work, c),
            article_id=a.article_id,
            version=a.version,
            published=a.published,
            category=c.trigger.category,
            subtype=_subtype(
                c, work.parsed.get(item.sentence), self.lexicons.categories[c.trigger.category]
            ),
            status=item.status,
            counted=c.counted,
            reason=c.reason,
            trigger=a.text[start:end],
            start=start,
            end=end,
            sentence=a.text[first:last],
            actor=filled.actor,
            actor_country=filled.actor_country,
            target=filled.target,
            target_country=filled.target_country,
            person=item.person,
            resolved_from=item.resolved_from,
            place=filled.place,
            place_country=filled.place_country,
            rule=item.rule,
            publisher=a.publisher,
            story_id=a.story_id,
            url=a.url,
        )


def _one_a_span(found: list[Judged]) -> list[Judged]:
    """Of several triggers that share a word and a category, the one whose part of speech fits stands."""
    best: dict[tuple[int, int, str], Judged] = {}
    for item in found:
        c = item[0]
        key = (c.start, c.end, c.trigger.category)
        fits = c.trigger.part in ("any", c.part)
        if key not in best or (
            fits and best[key][0].trigger.part not in ("any", best[key][0].part)
        ):
            best[key] = item
    return list(best.values())


def _one_a_trigger(found: list[Found]) -> list[Found]:
    """In the order of the text, one of those that share a category and a span: the counted, else the first."""
    best: dict[tuple[int, int, str], Found] = {}
    for item in found:
        c = item.candidate
        key = (c.start, c.end, c.trigger.category)
        if key not in best or (c.counted and not best[key].candidate.counted):
            best[key] = item
    return [best[key] for key in sorted(best)]


def _subtype(c: Candidate, s: Sentence | None, lexicon: Lexicon) -> str:
    if c.trigger.subtype or s is None:
        return c.trigger.subtype or lexicon.default_subtype
    near = {
        w
        for i in range(max(0, c.first - 6), min(len(s), c.last + 7))
        for w in (s.low[i], s.lemmas[i])
    }
    for name, words in lexicon.subtype_words.items():
        if not words.single.isdisjoint(near):
            return name
    return lexicon.default_subtype


@cache
def shared_tagger() -> Tagger:
    """The process's one tagger with the package's lexicons."""
    return Tagger()
