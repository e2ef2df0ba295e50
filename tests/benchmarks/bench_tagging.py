"""Measures the tagger against spaCy alone over the same texts, in pairs, and where its time goes.

Usage: python tests/benchmarks/bench_tagging.py [--rounds 5] [--memory N] NAME=FILE.jsonl[.gz] ...

One round takes a fresh sample of items and runs this package's tagger over it, then the full `en_core_web_sm` over the
whole texts (tagger, parser, lemmas, entities: what a pipeline without a cascade runs before its rules), both as naive
code calls it, item by item, and batched by `nlp.pipe`, in one process and thread, and notes the ratios of CPU seconds.
The medians are what counts: single rounds move with the machine.
`--memory N` tags N distinct articles and prints the resident memory as it goes.
"""

import argparse
import gzip
import json
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the tagger sets it; read when numpy is imported

import spacy
from eval_tagging import article

from schemas.records import Article
from transforms.tagging import Tagger
from transforms.tagging.model import MODELS

MORE = 5
"""Times more words for ours than for spaCy, whose round would else take minutes; seconds are compared by the word."""
CALL = 1_250
"""Articles a call of the tagger, as a run over 40,000 has them (`DropRepeats` deals them out to 32 shards)."""


def read(path: Path) -> list[Article]:
    """The articles of a JSONL file, plain or gzip."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [article(r["id"], r["title"], r["text"]) for r in rows]


def tag_all(tagger: Tagger, articles: list[Article]) -> int:
    """Tag in calls of `CALL`; the number of mentions counted."""
    counted = 0
    for i in range(0, len(articles), CALL):
        for tagged in tagger.tag(articles[i : i + CALL]):
            counted += sum(m.counted for m in tagged.mentions)
    return counted


def cpu(work: Callable[[], Any]) -> float:
    """CPU seconds of this process that the work takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def full_model() -> Any:
    """The whole English model as it comes."""
    return spacy.load(next(name for name in MODELS if spacy.util.is_package(name)))


class Stages:
    """CPU seconds by stage, by wrapping the tagger's own steps."""

    def __init__(self, tagger: Tagger) -> None:
        """Wrap the steps; the tagger works on as before."""
        self.seconds: dict[str, float] = {}
        for name in ("_scan", "_problem", "_gate", "_parse", "_judge", "_finish"):
            setattr(tagger, name, self._timed(name, getattr(tagger, name)))
        tagger._parser.parse = self._timed("spacy", tagger._parser.parse)  # type: ignore[method-assign]

    def _timed(self, name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any) -> Any:
            begin = time.process_time()
            try:
                return step(*args)
            finally:
                self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - begin

        return timed

    def shares(self) -> str:
        """Each stage's share of the time, spaCy's own taken out of the parse stage."""
        seconds = dict(self.seconds)
        seconds["_parse"] = seconds.get("_parse", 0) - seconds.get("spacy", 0)
        total = sum(seconds.values()) or 1.0
        return ", ".join(f"{k.strip('_')} {v / total:.0%}" for k, v in seconds.items())


def compare(name: str, articles: list[Article], rounds: int, words: int) -> None:
    """Print the paired ratios over samples of about `words` words a round, against spaCy in both ways."""
    nlp, tagger = full_model(), Tagger()
    tag_all(tagger, articles[:CALL])
    ways: dict[str, Callable[[list[str]], Any]] = {
        "one call an item": lambda texts: [nlp(text) for text in texts],
        "batched by nlp.pipe": lambda texts: list(nlp.pipe(texts)),
    }
    for way in ways.values():
        way([a.text for a in articles[:5]])
    stages = Stages(tagger)
    ratios: dict[str, list[float]] = {way: [] for way in ways}
    speeds = []
    for number in range(rounds):
        small = list(_sample(articles, words, number))
        large = list(_sample(articles, words * MORE, number))  # begins with the small one
        texts = [a.text for a in small]
        ours = cpu(lambda s=large: tag_all(tagger, s)) / _words(large)  # type: ignore[misc]
        speeds.append(1 / ours)
        for label, way in ways.items():
            naive = cpu(lambda w=way, t=texts: w(t)) / _words(small)  # type: ignore[misc]
            ratios[label].append(naive / ours)
            print(
                f"  {name} round {number}: spaCy, {label}, {1 / naive:,.0f} words a second over {len(small)} items,"
                f" ours {1 / ours:,.0f} over {len(large)}, {naive / ours:.0f} times"
            )
    told = ", ".join(f"{statistics.median(r):.0f} times {way}" for way, r in ratios.items())
    print(
        f"{name}: as fast as spaCy {told} (medians of {rounds}), {statistics.median(speeds):,.0f} words a second"
    )
    print(f"{name}: {stages.shares()}")


def _words(articles: list[Article]) -> int:
    return sum(len(a.text.split()) for a in articles)


def _sample(articles: list[Article], words: int, seed: int) -> Iterator[Article]:
    rng = random.Random(seed)
    for item in rng.sample(articles, len(articles)):
        if words <= 0:
            return
        words -= len(item.text.split())
        yield item


def memory(articles: list[Article], total: int) -> None:
    """Print resident megabytes while tagging `total` distinct articles (numbered copies after the first pass)."""
    tagger = Tagger()
    for done in range(0, total, CALL):
        batch = []
        for i in range(done, min(done + CALL, total)):
            a = articles[i % len(articles)]
            batch.append(a._replace(article_id=str(i), text=f"{a.text} Item q{i}x."))
        tagger.tag(batch)
        if done % (CALL * 20) == 0:
            print(f"  {done + len(batch):>8} articles  {_resident():7.1f} MB", flush=True)


HOSTILE = (
    "strike ",
    "a",
    "Israel struck Gaza. ",
    "Sanctions\n",
    "</p><p>",
    "(((",
    "envoy, ",
    "The envoy Ann Lee spoke. ",
    "\u200d",
)


def hostile() -> None:
    """Print the seconds for ever longer texts of one piece: in proportion up to 5 MB, by pieces that could hurt."""
    tagger = Tagger()
    tagger.tag([article("", "", "Israel struck Gaza.")])
    for piece in HOSTILE:
        seconds = []
        for size in (50_000, 500_000, 5_000_000):
            whole = article("", "", (piece * (size // len(piece) + 1))[:size])
            seconds.append(cpu(lambda a=whole: tagger.tag([a])))  # type: ignore[misc]
        told = "  ".join(f"{s:7.2f} s" for s in seconds)
        print(f"  {piece!r:32} 50 kB, 500 kB, 5 MB: {told}   {_resident():.0f} MB", flush=True)


def _resident() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--hostile", action="store_true", help="time texts built to hurt")
    parser.add_argument("files", nargs="*", help="NAME=FILE.jsonl[.gz]")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--words", type=int, default=40_000, help="words a round")
    parser.add_argument(
        "--memory", type=int, default=0, metavar="N", help="articles for the memory curve"
    )
    options = parser.parse_args()
    if options.hostile:
        hostile()
    for spec in options.files:
        name, _, file = spec.rpartition("=")
        articles = read(Path(file))
        if options.memory:
            memory(articles, options.memory)
        else:
            compare(name or Path(file).stem, articles, options.rounds, options.words)
    return 0


if __name__ == "__main__":
    sys.exit(main())
