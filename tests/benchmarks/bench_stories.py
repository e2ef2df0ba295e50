"""Measures story folding on a JSONL of real items: recall on copies, pairs folded, time.

Run ``python tests/benchmarks/bench_stories.py ITEMS.jsonl[.gz] [--sample 5000] [--show]``; each line
has `title` and `text`. Pairs among distinct items are printed with --show, to be judged by reading.
"""

import argparse
import gzip
import json
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from transforms.tagging.stories import fold_stories, same_story, signature

BEFORE = "Subscribe to our daily newsletter and never miss a story from our reporters anywhere."
AFTER = "All rights reserved. This material may not be published, broadcast or rewritten."

Item = tuple[str, str]


def read(path: Path) -> list[Item]:
    """Distinct items, by their words."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    seen: dict[str, Item] = {}
    for line in data.decode("utf-8").splitlines():
        row = json.loads(line)
        words = " ".join(re.findall(r"\w+", f"{row['title']} {row['text']}".lower()))
        seen.setdefault(words, (row["title"], row["text"]))
    return list(seen.values())


def recall(items: list[Item], vocabulary: list[str], rng: random.Random) -> dict[str, float]:
    """Share of changed copies that count as the same story as their original."""

    def edit(body: str) -> str:
        words = body.split()
        for i in rng.sample(range(len(words)), len(words) // 10):
            words[i] = rng.choice(vocabulary)
        return " ".join(words)

    changes: dict[str, Callable[[str], str]] = {
        "cut to 60 %": lambda body: " ".join(body.split()[: int(len(body.split()) * 0.6)]),
        "padded": lambda body: f"{BEFORE} {body} {AFTER}",
        "10 % of words edited": edit,
    }
    result = {}
    for name, change in changes.items():
        hits = sum(
            same_story(signature(f"{title}\n{body}"), signature(f"{title}\n{change(body)}"))
            for title, body in items
        )
        result[name] = hits / len(items)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("items", type=Path)
    parser.add_argument("--sample", type=int, default=5000)
    parser.add_argument("--show", action="store_true", help="print the folded groups")
    args = parser.parse_args()
    rng = random.Random(1)
    items = read(args.items)
    vocabulary = " ".join(body for _, body in items[:3000]).split()
    for least, most in ((20, 60), (60, 10**9)):
        pool = [i for i in items if least <= len(i[1].split()) < most]
        chosen = rng.sample(pool, min(1500, len(pool)))
        shares = ", ".join(f"{k} {v:.3f}" for k, v in recall(chosen, vocabulary, rng).items())
        print(f"recall, {least} words and more ({len(chosen)} items): {shares}")
    sample = rng.sample(items, min(args.sample, len(items)))
    begin = time.process_time()
    sketches = {f"{n:06}": signature(f"{t}\n{b}") for n, (t, b) in enumerate(sample)}
    signed = time.process_time()
    folded = fold_stories(sketches)
    done = time.process_time()
    groups = defaultdict(list)
    for member, story in folded.items():
        groups[story].append(sample[int(member)])
    several = [g for g in groups.values() if len(g) > 1]
    print(f"{len(sample)} distinct items: {len(groups)} stories, {len(several)} with several items")
    micros = 1e6 / len(sample)
    print(
        f"signature {(signed - begin) * micros:.0f} us, folding {(done - signed) * micros:.0f} us"
    )
    print(f"an item; mean signature {sum(map(len, sketches.values())) / len(sample):.0f} bytes")
    for group in several if args.show else ():
        print("---", *(f"{t} / {b[:200]}" for t, b in group), sep="\n  ")


if __name__ == "__main__":
    main()
