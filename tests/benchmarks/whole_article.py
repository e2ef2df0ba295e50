"""The tagger without its cascade: every article parsed whole by the full model, the same rules on top.

Used to show that the cascade changes nothing. `python tests/benchmarks/whole_article.py FILE.jsonl[.gz] [N]` compares
N articles that hold a trigger and prints each mention that only one of the two counts, or counts differently.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import spacy

from schemas.records import Article, Mention
from transforms.tagging import Tagger
from transforms.tagging.model import MODELS
from transforms.tagging.parse import recase
from transforms.tagging.sentence import Sentence
from transforms.tagging.work import Work

SAME = (
    "category",
    "start",
    "end",
    "status",
    "actor_country",
    "target_country",
    "person",
    "subtype",
)


class WholeArticleTagger(Tagger):
    """Parses whole articles with every component of the model; settles nothing before the parse."""

    def __init__(self) -> None:
        super().__init__()
        self._full = spacy.load(next(m for m in MODELS if spacy.util.is_package(m)))

    def _gate(self, work: Work) -> None:
        hits = list(work.hits)
        super()._gate(
            work
        )  # topics and title are needed; what it settled goes to the parse all the same
        work.hits, work.found = hits, []

    def _parse(self, works: list[Work], wanted: list[list[int]]) -> None:
        for work, rows in zip(works, wanted, strict=True):
            if not rows or all(i in work.parsed for i in rows):
                continue
            # Sentences keep their place: each is recased alone, as the cascade does, at the same length.
            pieces, at = [], 0
            for a, b in work.spans:
                pieces += [work.clean.text[at:a], recase(work.clean.text[a:b], self._parser._small)]
                at = b
            doc = self._full("".join([*pieces, work.clean.text[at:]]))
            for i in rows:
                s = _cut(doc, *work.spans[i], self._parser.bases)
                work.parsed[i] = s
                self._place(work, i, s)


def _cut(doc: Any, start: int, end: int, bases: dict[str, str]) -> Sentence:
    tokens = [t for t in doc if start <= t.idx < end and not t.is_space]
    place = {t.i: n for n, t in enumerate(tokens)}
    rows = []
    for n, t in enumerate(tokens):
        head, dep = t.head, t.dep_
        while head.is_space and head.head.i != head.i:
            head = head.head
        if head.i not in place:
            head, dep = t, "ROOT"
        rows.append((t.text, t.tag_, dep, place.get(head.i, n), t.idx - start))
    return Sentence(doc.text[start:end], start, rows, bases)


def key(m: Mention) -> tuple[Any, ...]:
    """What must be the same of a mention."""
    return tuple(getattr(m, name) for name in SAME)


def compare(articles: list[Article]) -> tuple[int, int, list[str]]:
    """Mentions found by both alike, mentions whose span both count, and the differences in words."""
    cascade, whole = Tagger().tag(articles), WholeArticleTagger().tag(articles)
    alike = spans = 0
    told = []
    for article, one, other in zip(articles, cascade, whole, strict=True):
        mine = {(m.category, m.start): m for m in one.mentions if m.counted}
        full = {(m.category, m.start): m for m in other.mentions if m.counted}
        for where in sorted(mine.keys() | full.keys()):
            a, b = mine.get(where), full.get(where)
            if a and b:
                spans += 1
                if key(a) == key(b):
                    alike += 1
                    continue
                what = [
                    f"{n}: {getattr(a, n)!r} / {getattr(b, n)!r}"
                    for n in SAME
                    if getattr(a, n) != getattr(b, n)
                ]
            else:
                what = ["cascade only" if a else "whole only"]
            m = a or b
            assert m
            told.append(
                f"{article.article_id} {m.category} {m.trigger!r} {'; '.join(what)} | {m.sentence[:200]}"
            )
    return alike, spans, told


def main() -> int:
    """Compare the articles of a file."""
    from bench_tagging import read

    tagger = Tagger()
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    articles = [a for a in read(Path(sys.argv[1])) if tagger.has_trigger(a.text)]
    articles = articles[:: max(1, len(articles) // most)][:most]
    alike, spans, told = compare(articles)
    print("\n".join(told))
    kinds = Counter("span" if t.split("|")[0].strip().endswith("only") else "field" for t in told)
    print(
        f"{len(articles)} articles, {spans} mentions counted by both, {alike} alike in every field; {dict(kinds)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
