"""Does a run cost what is new, or what is stored? Thirty hourly runs over an output of a year.

Fills an output with a year of articles and mentions (made up, staged directly), then runs
`tocsin run` over a few fresh articles once an hour of event time, each in a process of its own, and
prints the CPU seconds of the 3rd to 5th and the last three runs.

    python tests/benchmarks/bench_history.py --articles 400000
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schemas.ids import content_id
from schemas.records import Article, Mention
from transforms.staging import Stager
from transforms.store.folder import open_folder
from transforms.tagging.stories import signature

WINDOW = (3600, 3600)
END = datetime(2026, 3, 1, tzinfo=UTC)


def fill(output: Path, number: int, rng: random.Random) -> None:
    """A year of articles, one in ten with a mention, in one commit."""
    store = open_folder(output, WINDOW, 0)
    articles, mentions = Stager(store, "articles"), Stager(store, "mentions")
    files = []
    year = int(timedelta(days=365).total_seconds())
    for n in range(number):
        at = int((END.timestamp() - rng.randrange(year)) * 1e6)
        identity, text = content_id("bench", str(n)), f"Strike {n}\nJets bombed place {n}."
        article = Article(
            *(identity, 1, f"https://n.example/{n}", f"https://n.example/{n}", f"Strike {n}"),
            *("P", "f", "", "en", at, "file", None, None, content_id(text), identity),
            *(signature(text) if n % 10 == 0 else b"", False, ""),
        )
        files += articles.add([article])
        if n % 10 == 0:
            empty = Mention(**dict.fromkeys(Mention._fields, ""))  # type: ignore[arg-type]
            mention = empty._replace(
                mention_id=content_id(identity, "m"),
                article_id=identity,
                version=1,
                published=at,
                category="strike",
                status="occurred",
                counted=True,
                start=0,
                end=6,
                trigger="Strike",
            )
            files += mentions.add([mention])
    files += [*articles.finish(), *mentions.finish()]
    store.commit(files, {}, WINDOW)


def run_hour(folder: Path, output: Path, hour: int) -> float:
    """One run over fresh articles of an hour; its CPU seconds."""
    at = END + timedelta(hours=hour)
    source = folder / f"{hour}.jsonl"
    source.write_text(
        "".join(
            json.dumps(
                {
                    "title": f"Israel strikes Gaza {hour}.{n}"
                    if n % 10 == 0
                    else f"Rain {hour}.{n}",
                    "text": "Israeli jets bombed Gaza City." if n % 10 == 0 else "It will rain.",
                    "published": at.isoformat(),
                    "url": f"https://n.example/fresh/{hour}/{n}",
                }
            )
            + "\n"
            for n in range(50)
        )
    )
    before = os.times()
    words = ["run", str(source), "--output", str(output), "--quiet"]
    subprocess.run([sys.executable, "-m", "pipeline", *words], check=True)
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=400_000)
    parser.add_argument("--runs", type=int, default=30)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tocsin-history-"))
    fill(folder / "out", args.articles, random.Random(1))
    seconds = [run_hour(folder, folder / "out", hour) for hour in range(args.runs)]
    early, late = statistics.median(seconds[2:5]), statistics.median(seconds[-3:])
    print(
        f"{args.articles:,} articles stored; CPU a run: {early:.2f} s for the 3rd to 5th, "
        f"{late:.2f} s for the last three of {args.runs}; ratio {late / early:.2f}"
    )
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
