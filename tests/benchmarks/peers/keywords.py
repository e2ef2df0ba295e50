"""Keyword matching alone: JSON, one regular expression, Arrow. The floor: no sense, no status, no actor.

python keywords.py ITEMS.jsonl COUNTS.parquet
"""

import json
import re
import sys
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq

WORD = re.compile(r"\b(strik|envoy|emissar|sanction)\w*", re.IGNORECASE)
CATEGORIES = {"strik": "strike", "envoy": "envoy", "emissar": "envoy", "sanction": "sanction"}


def main(source: str, target: str) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    seen = set()
    with open(source, encoding="utf-8") as lines:  # noqa: PTH123
        for item in map(json.loads, lines):
            if item["id"] in seen:
                continue
            seen.add(item["id"])
            for found in WORD.finditer(f"{item['title']}\n{item['text']}"):
                counts[item["published"][:13], CATEGORIES[found[1].lower()]] += 1
    rows = [{"window": w, "category": c, "n": n} for (w, c), n in counts.items()]
    pq.write_table(pa.Table.from_pylist(rows), target)


if __name__ == "__main__":
    main(*sys.argv[1:])
