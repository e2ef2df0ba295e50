"""Rows a second into BigQuery: staged Parquet and one transaction, beside one JSON load job a table.

    BIGQUERY_EMULATOR_HOST=http://127.0.0.1:9050 STORAGE_EMULATOR_HOST=http://127.0.0.1:9023 \
        python tests/benchmarks/bench_bigquery.py bq://PROJECT.DATASET gs://BUCKET/FOLDER [ROWS]

The dataset must exist; it gets ROWS mentions and a tenth as many articles from each way.
"""

import sys
import time

from google.cloud import bigquery

from schemas.arrow import rows_to_table
from schemas.bigquery import bigquery_schema
from schemas.ids import content_id
from schemas.jsonrows import to_bigquery
from schemas.records import TABLES
from transforms.bigquery.store import open_dataset
from transforms.bigquery.target import bigquery_client, parse_target

WINDOW = (3600, 3600)
NOW = 1_774_000_000_000_000
EMPTY = {"string": "word " * 4, "int": 1, "float": 1.0, "bool": True, "bytes": b"x" * 64}


def rows(table: str, number: int) -> list[tuple]:
    """Made-up rows of about the size of real ones, over ten days."""
    spec = TABLES[table]
    plain = [NOW if f.kind == "timestamp" else EMPTY[f.kind] for f in spec.fields]
    base = spec.record(*plain)
    day = 86_400_000_000
    key = spec.fields[0].name
    return [
        base._replace(**{key: content_id(str(n)), spec.partition: NOW - n % 10 * day})
        for n in range(number)
    ]


def staged(target, data) -> None:
    store = open_dataset(target, WINDOW, NOW)
    files = []
    for table, records in data.items():
        for day in range(10):
            part = [r for n, r in enumerate(records) if n % 10 == day]
            files.append(store.stage_table(table, str(day), rows_to_table(table, part)))
    store.commit(files, {}, WINDOW)


def plain(target, data) -> None:
    client = bigquery_client(target)
    for table, records in data.items():
        config = bigquery.LoadJobConfig(schema=bigquery_schema(table))
        bodies = [to_bigquery(r) for r in records]
        client.load_table_from_json(
            bodies, f"{target.path}.plain_{table}", job_config=config
        ).result()


def main() -> None:
    target = parse_target(sys.argv[1], sys.argv[2])
    number = int(sys.argv[3]) if len(sys.argv) > 3 else 20_000
    data = {"mentions": rows("mentions", number), "articles": rows("articles", number // 10)}
    open_dataset(target, WINDOW, NOW)  # creating tables is not what is measured
    total = sum(map(len, data.values()))
    for name, way in (("staged, one transaction", staged), ("load_table_from_json", plain)):
        started = time.perf_counter()
        way(target, data)
        seconds = time.perf_counter() - started
        print(f"{name}: {total} rows in {seconds:.1f} s, {total / seconds:.0f} rows/s")


if __name__ == "__main__":
    main()
