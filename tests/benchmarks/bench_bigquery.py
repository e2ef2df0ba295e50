"""Rows a second into BigQuery: staged Parquet and one transaction, beside one JSON load job a table.

    python tests/benchmarks/bench_bigquery.py                          # on emulators that it starts
    python tests/benchmarks/bench_bigquery.py --rows 2000,20000,100000
    python tests/benchmarks/bench_bigquery.py --output bq://PROJECT.DATASET --staging gs://BUCKET/FOLDER

Each way writes ROWS mentions and a tenth as many articles over ten days, to a dataset that must exist. The plain
way is `load_table_from_json`: one call a table, no partitions; a reader sees one table before the other, and
a repeat doubles the rows. The split tells what the sink's promises cost: opening (tables, mark), staging
(twenty files), loading into staging tables, the transaction, and clearing up.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from google.cloud import bigquery

from schemas.arrow import rows_to_table
from schemas.bigquery import bigquery_schema
from schemas.ids import content_id
from schemas.jsonrows import to_bigquery
from schemas.records import TABLES
from transforms.bigquery import commit
from transforms.bigquery.store import open_dataset
from transforms.bigquery.target import bigquery_client, parse_target

WINDOW = (3600, 3600)
NOW = 1_774_000_000_000_000
DAY = 86_400_000_000
EMPTY = {"string": "word " * 4, "int": 1, "float": 1.0, "bool": True, "bytes": b"x" * 64}
Data = dict[str, list[Any]]


def rows(table: str, number: int) -> list[Any]:
    """Made-up rows of about the size of real ones, over ten days."""
    spec = TABLES[table]
    base = spec.record(*(NOW if f.kind == "timestamp" else EMPTY[f.kind] for f in spec.fields))
    key = spec.fields[0].name
    return [
        base._replace(**{key: content_id(str(n)), spec.partition: NOW - n % 10 * DAY})
        for n in range(number)
    ]


def staged(target: Any, data: Data, clock: Callable[[str], Any]) -> None:
    """The way of a run: staged files, one transaction."""
    with clock("open"):
        store = open_dataset(target, WINDOW, NOW)
    with clock("stage"):
        files = [
            store.stage_table(table, str(day), rows_to_table(table, records[day::10]))
            for table, records in data.items()
            for day in range(10)
        ]
    for name, step in (("load_all", "load"), ("_send", "transaction"), ("sweep", "clear")):
        setattr(commit, name, timed(getattr(commit, name), clock, step))
    store.commit(files, {}, WINDOW)


def timed(function: Any, clock: Callable[[str], Any], step: str) -> Any:
    """The function, on the clock."""
    function = getattr(function, "plain", function)

    def call(*arguments: Any) -> Any:
        with clock(step):
            return function(*arguments)

    call.plain = function  # type: ignore[attr-defined]
    return call


def plain(target: Any, data: Data, clock: Callable[[str], Any]) -> None:
    """The way that one would write first."""
    client = bigquery_client(target)
    for table, records in data.items():
        with clock("to JSON"):
            bodies = [to_bigquery(record) for record in records]
        config = bigquery.LoadJobConfig(schema=bigquery_schema(table))
        with clock("load"):
            place = f"{target.path}.plain_{table}"
            client.load_table_from_json(bodies, place, job_config=config).result()


def measure(target: Any, number: int, name: str, way: Any) -> None:
    """Print the rate of one way and where its time went."""
    data = {"mentions": rows("mentions", number), "articles": rows("articles", number // 10)}
    split: dict[str, float] = defaultdict(float)

    @contextmanager
    def clock(step: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        split[step] += time.perf_counter() - started

    started = time.perf_counter()
    way(target, data, clock)
    seconds, total = time.perf_counter() - started, sum(map(len, data.values()))
    parts = ", ".join(f"{step} {spent:.2f}" for step, spent in split.items())
    print(
        f"{name:<24} {total:>7,} rows in {seconds:6.2f} s, {total / seconds:>7,.0f} rows/s: {parts}"
    )


@contextmanager
def emulated() -> Iterator[tuple[str, str]]:
    """An output and its staging on emulators of our own."""
    from google.auth.credentials import AnonymousCredentials

    sys.path.insert(0, str(Path(__file__).parents[1] / "bigquery"))
    from bigquery_emulator import BUCKET, PROJECT, Emulator, installed, python313

    python = python313() or sys.exit("needs a Python 3.13 for the emulator")
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        emulator = Emulator("local-bigquery", installed("local-bigquery", python), Path(folder))
        try:
            emulator.start()
            os.environ["BIGQUERY_EMULATOR_HOST"] = emulator.url
            os.environ["STORAGE_EMULATOR_HOST"] = emulator.storage_url
            bigquery.Client(PROJECT, AnonymousCredentials()).create_dataset("bench")
            yield f"bq://{PROJECT}.bench", f"gs://{BUCKET}/staged"
        finally:
            emulator.stop()


def main() -> None:
    """Measure each size both ways."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", default="2000,20000,100000", help="mentions, several with commas")
    parser.add_argument("--output", default="", help="bq://PROJECT.DATASET (default: an emulator)")
    parser.add_argument("--staging", default="", help="gs://BUCKET/FOLDER")
    args = parser.parse_args()
    given = nullcontext((args.output, args.staging))
    with given if args.output else emulated() as (output, staging):
        run(output, staging, args.rows)


def run(output: str, staging: str, sizes: str) -> None:
    """Each size both ways, after one run that creates the tables."""
    target = parse_target(output, staging)
    open_dataset(target, WINDOW, NOW)  # creating tables is not what is measured
    for number in map(int, sizes.split(",")):
        measure(target, number, "staged, one transaction", staged)
        measure(target, number, "load_table_from_json", plain)


if __name__ == "__main__":
    main()
