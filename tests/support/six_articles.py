"""Six made-up articles of four days, four of which tell of something, and how to run them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

ARTICLES = [
    {
        "id": str(n),
        "title": title,
        "text": text,
        "published": f"2026-03-{day:02d}T{hour:02d}:10:00Z",
        "url": f"https://news.example/{n}",
        "publisher": f"Paper {n % 3}",
    }
    for n, (day, hour, title, text) in enumerate(
        [
            (
                2,
                8,
                "Israel strikes Gaza",
                "Israeli jets carried out airstrikes on Gaza City on Monday.",
            ),
            (
                2,
                8,
                "Nurses strike over pay",
                "Nurses went on strike on Monday in a dispute over pay.",
            ),
            (
                2,
                9,
                "EU imposes sanctions on Russia",
                "The European Union imposed sanctions on Russia.",
            ),
            (
                3,
                9,
                "U.S. envoy arrives in Cairo",
                "The U.S. special envoy met Egyptian officials in Cairo.",
            ),
            (
                3,
                23,
                "Russia shells Kharkiv",
                "Russian forces shelled Kharkiv overnight, killing two people.",
            ),
            (5, 1, "Rain in the north", "It will rain in the north of the country until Friday."),
        ]
    )
]


Run = Callable[..., int]


def write_jsonl(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records))
    return path


def fixed(output: Path) -> list[str]:
    return ["--output", str(output), "--now", "2026-03-20", "--lock-wait", "1s"]
