"""Measure what the simulation of `docs/scale.md` begins from: ``python tests/benchmarks/bench_scale.py``.

Prints the fields of `Measured` in ``deploy/scale_load.py``. CPU seconds are of whole processes; the least of three.
"""

import argparse
import gzip
import json
import os
import pickle
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench_run import ROOT, TOCSIN, cost

sys.path.insert(0, str(ROOT))

from pipeline.tables import open_tables
from transforms.feeds.parse import parse_feed
from transforms.store.folder import open_folder

SHARED = Path(os.environ.get("TOCSIN_SHARED", ROOT.parent / "shared")) / "data"
NEWS = SHARED / "news-2023-10.jsonl.gz"
"""A month of 53 feeds."""

KNOWN = (
    "article_id, version, content_hash, published, published_origin, updated, withdrawn, publisher"
)
"""What a run reads back of each stored article."""

WORKER = """import sys
import apache_beam.runners.worker.sdk_worker_main
import apache_beam.io.gcp.gcsio, google.cloud.bigquery
from pipeline.cli import main
main(["tag", sys.argv[1]])"""
"""What a worker on an engine does before it is of use: import all of Beam and Google's clients, then
words and language model."""


def runs(folder: Path, rounds: int) -> dict[str, float]:
    """CPU seconds to start and an article, from the month of news."""
    lines = gzip.decompress(NEWS.read_bytes()).splitlines(keepends=True)
    least = {}
    for name, every in (("few", 16), ("all", 1)):
        (folder / f"{name}.jsonl").write_bytes(b"".join(lines[::every]))
    (folder / "one.jsonl").write_bytes(lines[0])
    start = [sys.executable, "-c", WORKER, folder / "one.jsonl"]
    least["one"] = min(cost(start).cpu for _ in range(rounds))
    for name in ("few", "all"):
        found = []
        for _ in range(rounds):
            shutil.rmtree(folder / name, ignore_errors=True)
            source = folder / f"{name}.jsonl"
            run = [*TOCSIN, "run", source, "--output", folder / name, "--quiet"]
            found.append(cost(run).cpu)
        least[name] = min(found)
    items = [json.loads(line) for line in lines]
    told = sum(len(i["title"].encode()) + len(i["text"].encode()) for i in items) / len(items)
    slope = (least["all"] - least["few"]) / (len(lines) - len(lines[::16]))
    return {"start_cpu": least["one"], "article_cpu": slope, "article_bytes": told}


FOREVER = 4_000_000_000_000_000
"""Microseconds: the year 2096."""


def rows(output: Path) -> dict[str, float]:
    """Bytes a row in memory, and mentions an article."""
    db = open_tables(str(output))
    sizes, numbers = {}, {}
    for table in ("articles", "mentions", "mention_counts"):
        data = db.sql(f"SELECT * FROM {table}").to_arrow_table()
        sizes[table], numbers[table] = data.nbytes / data.num_rows, data.num_rows
    known = db.sql(f"SELECT {KNOWN} FROM articles").to_arrow_table()
    store = open_folder(output, (3600, 3600), 0)
    index = store.known()
    ids = [row[0] for row in db.execute("SELECT DISTINCT article_id FROM articles").fetchall()]
    versions = sum(
        len(article) + len(pickle.dumps(k))
        for article, k in zip(ids, index.lookup(ids), strict=True)
    )
    shares = store.contributions(0, FOREVER)
    held = sum(v.nbytes for v in vars(index).values() if hasattr(v, "nbytes"))
    return {
        "mentions_an_article": numbers["mentions"] / numbers["articles"],
        "articles_row": sizes["articles"],
        "mentions_row": sizes["mentions"],
        "counts_row": sizes["mention_counts"] * numbers["mention_counts"] / numbers["mentions"],
        "known_row": known.nbytes / known.num_rows,
        "index_row": held / len(index),
        "state_row": versions / len(ids),
        "sharing": len(shares) / len(ids),
        "share_row": len(pickle.dumps(shares)) / len(shares),
    }


def feeds() -> dict[str, float]:
    """CPU seconds and bytes of one answer of a real feed."""
    answers = [p.read_bytes() for p in sorted((SHARED / "feeds").rglob("*")) if p.is_file()]
    begin, parsed = time.process_time(), 0
    for body in answers:
        parsed += bool(parse_feed(body).entries)
    if not parsed:
        return {}
    used = time.process_time() - begin
    return {"feed_cpu": used / len(answers), "feed_bytes": sum(map(len, answers)) / len(answers)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = {**runs(Path(name), args.rounds), **rows(Path(name) / "all"), **feeds()}
    for field, value in found.items():
        print(f"    {field} = {value:.3g}" if value < 1 else f"    {field} = {value:,.1f}")


if __name__ == "__main__":
    main()
