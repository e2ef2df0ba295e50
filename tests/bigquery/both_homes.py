"""Runs of the flow into several stores at once, news to be run in parts, and rows to be found again."""

import json

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipeline.build import Inputs, Settings, build
from schemas.arrow import rows_to_table
from schemas.records import Reject
from transforms.read_files import ReadFiles

HOUR = (3600, 3600)
"""Windows: length and period, seconds."""

TEXTS = (
    "Israeli jets bombed {place} on {day}.",
    "Nurses in {place} went on strike over pay on {day}.",
    "The European Union imposed sanctions on Russia on {day}, officials in {place} said.",
    "The U.S. special envoy met officials in {place} on {day}.",
    "Russian forces shelled {place} on {day}. Moscow denied that it struck {place}.",
    "It rained in {place} on {day}.",
)
PLACES = ("Kharkiv", "Gaza City", "Cairo", "Beirut")


class Flow(beam.PTransform):
    """The whole flow over files, from reading to the commit, as one step."""

    def __init__(self, store, paths, now):
        super().__init__()
        self.store, self.paths, self.now = store, [str(p) for p in paths], now

    def expand(self, begin):
        found = begin | "Read files" >> ReadFiles(self.paths, self.now)
        inputs = Inputs(found.articles, found.rejects)
        return build(inputs, self.store, Settings(*HOUR, self.now))


def run(stores, paths, now):
    """One bounded run over the same files into each of the stores."""
    with beam.Pipeline("FnApiRunner", options=PipelineOptions([])) as pipeline:
        for number, store in enumerate(stores):
            _ = pipeline | f"Into {number}" >> Flow(store, paths, now)


def news(number):
    """Records of articles over two days: copies, edits to another text, and some that mean nothing."""
    for n in range(number):
        day, story = 2 + n % 2, n % 7 if n % 5 else n
        record = {
            "url": f"https://news.example/{n}",
            "title": f"News {story}",
            "text": TEXTS[story % len(TEXTS)].format(place=PLACES[story % 4], day=f"{day} March"),
            "publisher": f"Paper {n % 3}",
            "published": f"2026-03-0{day}T{n % 4 + 8:02d}:10:00Z",
            "updated": f"2026-03-0{day}T12:00:00Z",
        }
        yield record
        if n % 6 == 0:
            text = TEXTS[(story + 1) % len(TEXTS)].format(place=PLACES[n % 4], day="Monday")
            yield {**record, "text": text, "updated": f"2026-03-0{day}T15:00:00Z"}


def write(path, records):
    """Records as a file of JSON lines; the path."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def reject(name):
    """A row that is quickly made and found again."""
    return Reject("parse", "malformed", "", name, "", 1_767_225_600_000_000)


def stage(store, *names):
    """A staged file for each of these rejects."""
    return [
        store.stage_table("rejects", "2026-01-01", rows_to_table("rejects", [reject(n)]))
        for n in names
    ]


def rows(result):
    """Rows in an order of their own, since SQL promises none; times as plain text."""
    return sorted(tuple(str(value) for value in row.values()) for row in result)


def in_duckdb(connection, query):
    """The rows of a query as dictionaries."""
    return connection.sql(query).to_arrow_table().to_pylist()
