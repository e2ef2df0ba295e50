"""Scores the tagger against labelled items: precision, recall and F1 a category, status, participants.

Usage: python tests/benchmarks/eval_tagging.py [--errors] FILE.jsonl ...

Reads two formats. News items: ``id, title, text, mentions``, a list of ``{category, trigger, where, status, actor,
target, unsure}``. Sentences: ``id, text, context?`` and for each category null or ``[status, actor, target]`` with
words for the latter two (or a list of these). A news item may lack `title`, and its mentions `where`: then all is text;
mentions may say `actor_country` and `target_country`, and those with ``counted`` false are no labels.
An item counts for a category if it holds a mention of it. Items, and categories of an item whose only labels are
marked `unsure`, are left out. ``happened`` and ``eased`` are older names of `occurred` and `called_off`.
Status and countries are compared mention by mention where the spans overlap, else with the first of that category.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas.records import Article, Mention
from transforms.tagging import shared_tagger
from transforms.tagging.places import find_places

OLD_NAMES = {"happened": "occurred", "eased": "called_off"}


@dataclass
class Gold:
    """One labelled mention; `start` is -1 if the label gives no span."""

    category: str
    status: str
    actor: str
    target: str
    start: int = -1
    end: int = -1


@dataclass
class Item:
    """A labelled item: what to tag and what to find."""

    article: Article
    gold: list[Gold] = field(default_factory=list)
    skip: set[str] = field(default_factory=set)
    begin: int = 0


def article(name: str, title: str, text: str, published: int = 1_696_118_400_000_000) -> Article:
    """An article with nothing known but its text."""
    whole = f"{title}\n{text}" if title else text
    return Article(
        name, 1, "", "", title, "", "", "", "en", published, "file", None, None, name, "", b"", False, whole
    )  # fmt: skip


def items(path: Path, categories: tuple[str, ...]) -> Iterator[Item]:
    """The labelled items of a file, in either format."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row.get("unsure"):
            continue
        yield _news(row, categories) if "mentions" in row else _sentence(row, categories)


def _news(row: dict[str, Any], categories: tuple[str, ...]) -> Item:
    title = row.get("title", "")
    item = Item(article(row["id"], title, row["text"], _micros(row.get("published", ""))))
    text, body = item.article.text, len(title) + 1 if title else 0
    sure: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    reached: dict[tuple[str, str, str], int] = {}
    for m in row["mentions"]:
        if m.get("unsure"):
            unsure[m["category"]] += 1
        if m.get("unsure") or not m.get("counted", True):
            continue
        sure[m["category"]] += 1
        where = m.get("where", "text")
        key = (m["category"], where, m["trigger"])
        lo, hi = (0, body) if where == "title" else (body, len(text))
        start = text.lower().find(m["trigger"].lower(), max(lo, reached.get(key, 0)), hi)
        reached[key] = start + 1
        item.gold.append(
            Gold(
                m["category"],
                m["status"],
                m.get("actor", m.get("actor_country", "")),
                m.get("target", m.get("target_country", "")),
                start,
                start + len(m["trigger"]),
            )
        )
    item.skip = {c for c in categories if unsure[c] and not sure[c]}
    return item


def _micros(stamp: str) -> int:
    from datetime import datetime

    return int(datetime.fromisoformat(stamp).timestamp() * 1e6) if stamp else 1_696_118_400_000_000


def _sentence(row: dict[str, Any], categories: tuple[str, ...]) -> Item:
    context = row.get("context", "")
    text = f"{context}\n{row['text']}" if context else row["text"]
    item = Item(article(row["id"], "", text), begin=len(context))
    for category in categories:
        labels = row.get(category)
        if not labels:
            continue
        for label in labels if isinstance(labels[0], list) else [labels]:
            status, actor, target = (*label, None, None)[:3]
            item.gold.append(
                Gold(category, OLD_NAMES.get(status, status), _iso(actor), _iso(target))
            )
    return item


def _iso(words: str | None) -> str:
    return next((p.iso3 for p in find_places(words or "") if p.iso3), "")


@dataclass
class Score:
    """Counts over all items of one run."""

    right: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    status: Counter[bool] = field(default_factory=Counter)
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    sides: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    errors: list[str] = field(default_factory=list)

    def add(self, item: Item, mentions: list[Mention], categories: tuple[str, ...]) -> None:
        """Compare one item's mentions with its labels."""
        counted = [m for m in mentions if m.counted and m.start >= item.begin]
        for category in categories:
            if category in item.skip:
                continue
            gold = [g for g in item.gold if g.category == category]
            ours = [m for m in counted if m.category == category]
            if gold and ours:
                self.right[category] += 1
                self._compare(item, gold, ours)
            elif ours:
                self.extra[category] += 1
                self._error("EXTRA", item, category, [f"{m.trigger} ({m.rule})" for m in ours])
            elif gold:
                self.missed[category] += 1
                seen = [f"{m.trigger}: {m.reason}" for m in mentions if m.category == category]
                self._error("MISSED", item, category, seen)

    def _compare(self, item: Item, gold: list[Gold], ours: list[Mention]) -> None:
        for g in gold:
            near = [m for m in ours if g.start >= 0 and m.start < g.end and g.start < m.end]
            if g.start >= 0 and not near:
                self.sides["span"]["missed"] += 1
                self._error("SPAN", item, g.category, [item.article.text[g.start : g.end]])
                continue
            m = (near or ours)[0]
            self.sides["span"]["right"] += 1
            self.status[m.status == g.status] += 1
            self.statuses[g.status, m.status] += 1
            if m.status != g.status:
                self._error(
                    "STATUS", item, g.category, [f"{m.trigger}: {m.status}, label {g.status}"]
                )
            for side, said, label in (
                ("actor", m.actor_country, g.actor),
                ("target", m.target_country, g.target),
            ):
                self._side(side, said, label)
                if said != label:
                    self._error(
                        side.upper(),
                        item,
                        g.category,
                        [f"{m.trigger}: {said or '-'}, label {label or '-'}"],
                    )

    def _side(self, side: str, said: str, label: str) -> None:
        counts = self.sides[side]
        counts["said"] += bool(said)
        counts["label"] += bool(label)
        counts["right"] += bool(said) and said == label

    def _error(self, kind: str, item: Item, category: str, what: list[str]) -> None:
        text = item.article.text[item.begin :].strip().replace("\n", " / ")
        self.errors.append(
            f"{kind:7} {category:8} {item.article.article_id} {what}\n          {text[:700]}"
        )

    def table(self, categories: tuple[str, ...]) -> str:
        """The figures as text."""
        lines = [f"{'':10}{'P':>8}{'R':>8}{'F1':>8}{'right':>8}{'extra':>8}{'missed':>8}"]
        total = Counter({"right": 0, "extra": 0, "missed": 0})
        for c in categories:
            r, e, m = self.right[c], self.extra[c], self.missed[c]
            total.update(right=r, extra=e, missed=m)
            lines.append(_row(c, r, e, m))
        lines.append(_row("all", total["right"], total["extra"], total["missed"]))
        n = sum(self.status.values())
        lines.append(f"status     {self.status[True] / n if n else 0:.3f} of {n} mentions")
        for side in ("actor", "target"):
            k = self.sides[side]
            lines.append(
                f"{side:10} precision {k['right'] / max(1, k['said']):.3f} ({k['said']} said)"
                f"   recall {k['right'] / max(1, k['label']):.3f} ({k['label']} labelled)"
            )
        k = self.sides["span"]
        lines.append(
            f"spans      {k['right']} of {k['right'] + k['missed']} labelled mentions found"
        )
        return "\n".join(lines)


def _row(name: str, right: int, extra: int, missed: int) -> str:
    p, r = right / max(1, right + extra), right / max(1, right + missed)
    f = 2 * p * r / max(1e-9, p + r)
    return f"{name:10}{p:8.3f}{r:8.3f}{f:8.3f}{right:8}{extra:8}{missed:8}"


def score(paths: list[Path], *, half: int | None = None) -> tuple[Score, tuple[str, ...]]:
    """Tag and score the items of the files; `half` takes every second item from 0 or 1."""
    tagger = shared_tagger()
    categories = tagger.categories
    result = Score()
    rows = [item for path in paths for item in items(path, categories)]
    if half is not None:
        rows = rows[half::2]
    for item, tagged in zip(rows, tagger.tag([r.article for r in rows]), strict=True):
        result.add(item, tagged.mentions, categories)
    return result, categories


def main(argv: list[str] | None = None) -> int:
    """Print the table, with ``--errors`` the wrong items too."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="+", type=Path, help="labelled JSONL")
    parser.add_argument("--errors", action="store_true", help="list what is wrong")
    parser.add_argument("--half", type=int, choices=(0, 1), help="every second item only")
    options = parser.parse_args(argv)
    result, categories = score(options.files, half=options.half)
    if options.errors:
        print("\n".join(sorted(result.errors)))
    print(result.table(categories))
    return 0


if __name__ == "__main__":
    sys.exit(main())
