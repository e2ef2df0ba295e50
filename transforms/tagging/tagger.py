"""The tagger: scan, split, parse what matters, judge, read status and participants, carry names over."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.records import Article, Mention
from transforms.tagging import envoys
from transforms.tagging.acts import one_a_clause
from transforms.tagging.company import drop_lonely
from transforms.tagging.context import Surroundings, TopicScanner
from transforms.tagging.countries import settle
from transforms.tagging.cues import CUES
from transforms.tagging.fill import fill
from transforms.tagging.gate import gate
from transforms.tagging.inflect import forms
from transforms.tagging.language import detect_language
from transforms.tagging.lexicon import NOTHING, Lexicon, Lexicons
from transforms.tagging.lexicon_files import load
from transforms.tagging.mentions import mentions_of
from transforms.tagging.naming import carry_over, introduce
from transforms.tagging.parse import Parser
from transforms.tagging.participants import Roles, of_misread_verb, of_noun, of_verb
from transforms.tagging.placemap import PlaceMap
from transforms.tagging.places import find_places
from transforms.tagging.scan import Clean, Hit, Scanner, clean
from transforms.tagging.senses import Candidate, judge, locate
from transforms.tagging.sentence import Sentence
from transforms.tagging.signs import Signs, Slot
from transforms.tagging.status import StatusReader
from transforms.tagging.work import NEAR, Found, Work

Judged = tuple[Candidate, int, Lexicon, Roles]

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
        self._signs = {name: Signs(lex) for name, lex in self.lexicons.categories.items()}
        self._topics = TopicScanner(self.lexicons)
        self._status = StatusReader(self.lexicons.status)
        self._plans = frozenset(
            w
            for name in ("planned_nouns", "threatened_nouns")
            for w in self.lexicons.status[name].single
        )
        self._senders = self._listed("senders")
        self._often = self._listed("often_sanctioned")
        self._seldom = self._listed("seldom_sanctioned")
        self._shared_measures = self._listed("shared_measures")
        known = [w for w in self.lexicons.vocabulary() if not find_places(w.title())]
        self._parser = Parser(known, verbs=self._headline_verbs())

    def _headline_verbs(self) -> set[str]:
        """Verbs that a headline puts behind a name ("orders"), as they are written there, but for triggers."""
        cues = [self.lexicons.status[c] for c in CUES]
        for lexicon in self.lexicons.categories.values():
            cues += [lexicon.status.get(c, NOTHING) for c in CUES]
            cues.append(lexicon.roles.get("light", NOTHING))
        verbs = {form for words in cues for w in words.single for form in forms(w)}
        triggers = self.lexicons.triggers.values()
        nouns = {w for t in triggers for w in t.words if t.part != "verb"}
        return (verbs | {w for t in triggers if t.part == "verb" for w in t.words}) - nouns

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
        tagged = [Tagged([], None) for _ in articles]
        live = self._scan(articles, tagged)
        works = list(live.values())
        for work in works:
            self._gate(work)
        self._parse(works, [sorted({w.sentence_at(h.start) for h in w.hits}) for w in works])
        for work in works:
            self._judge(work)
        self._parse(works, [sorted({n[0] for n in w.named}) for w in works])
        for work in works:
            carry_over(work, self.lexicons.categories, self._status)
        for i, work in live.items():
            tagged[i] = Tagged(mentions_of(work, self.lexicons.categories), tagged[i].problem)
        return tagged

    def _scan(self, articles: Sequence[Article], tagged: list[Tagged]) -> dict[int, Work]:
        """The articles with triggers to judge, by their place; problems go to `tagged`."""
        live: dict[int, Work] = {}
        for i, article in enumerate(articles):
            seen = clean(article.text)
            hits = self._scanner.hits(seen.low)
            if not hits:  # most: nothing is made for them
                continue
            work = self._work(article, seen, hits)
            problem = self._problem(work)
            if work.hits:
                live[i] = work
            if problem:
                tagged[i] = Tagged([], problem)
        return live

    def _gate(self, work: Work) -> None:
        """Settle the triggers that no parse could make count; the others stay in `hits`."""
        work.topics = self._topics.topics(work.clean.low)
        gate(work, self.lexicons.categories, self._signs, self._parser.bases)

    def _work(self, article: Article, seen: Clean, hits: list[Hit]) -> Work:
        work = Work(
            article,
            seen,
            hits,
            senders=self._senders,
            often=self._often,
            seldom=self._seldom,
            shared_measures=self._shared_measures,
        )
        drop_lonely(work)
        return work

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

    def _judge(self, work: Work) -> None:
        found: list[Judged] = []
        for hit in work.hits:
            i = work.sentence_at(hit.start)
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
        introduce(work)

    def _weigh_again(self, work: Work, found: list[Judged]) -> None:
        """Weigh the doubtful once more, knowing that the article names the thing elsewhere."""
        sure = {c.trigger.category for c, *_ in found if c.counted}
        doubtful = [f for f in found if not f[0].counted and f[0].trigger.category in sure]
        if doubtful:
            work.topics |= {f"{category}_named" for category in sure}
            self._weigh(work, doubtful, [f for f in found if f[0].counted])

    def _weigh(self, work: Work, found: Iterable[Judged], sure: Sequence[Judged] = ()) -> None:
        kinds = work.title.kinds.union(p.kind for row in work.named_places.values() for p in row)
        article = Slot(kinds=kinds)
        for c, i, lexicon, roles in found:
            c.signs = []
            around = Surroundings(
                work.parsed[i],
                c,
                roles,
                work.places[i].kinds,
                work.places[i].inside,
                work.title,
                article,
                work.topics,
                follows=any(
                    o.counted and o.trigger.category == c.trigger.category and 0 < i - k <= NEAR
                    for o, k, *_ in sure
                ),
            )
            judge(c, lexicon, self._signs[lexicon.category], around.slot)

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
                taken = {k for k, p in places.by_token.items() if p.kind != "leader"}
                item.person = envoys.complement_name(s, c, taken) or envoys.person(s, c, taken)
        return item


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


@cache
def shared_tagger() -> Tagger:
    """The process's one tagger with the package's lexicons."""
    return Tagger()


def has_trigger(text: str) -> bool:
    """`Tagger.has_trigger` of the process's one tagger."""
    return shared_tagger().has_trigger(text)
