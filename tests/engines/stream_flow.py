"""The unbounded flow over given articles: ``python stream_flow.py OUTPUT SECONDS [Beam options]``.

A clock ticks ten times for each second asked for; each tick brings some articles, half of them again later, one
in eight edited. The articles follow from the tick alone, so every run and every retry brings the same.
"""

import sys
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.transforms.periodicsequence import PeriodicImpulse
from apache_beam.transforms.window import GlobalWindows
from apache_beam.utils.timestamp import Timestamp

from pipeline.build import Inputs, Settings, build
from schemas.ids import content_id
from schemas.records import Article
from transforms.store.folder import open_folder

START = 1_772_409_600_000_000  # 2026-03-02T00:00:00Z
MINUTE = 60_000_000
NOW = START + 86_400_000_000
WINDOW = (3600, 3600)
TEXTS = (
    "Israel strikes Gaza\nIsraeli jets carried out airstrikes on Gaza City.",
    "Russia shells Kharkiv\nRussian forces shelled Kharkiv overnight.",
    "EU imposes sanctions\nThe European Union imposed sanctions on Belarus.",
    "Envoy in Cairo\nThe U.S. special envoy met Egyptian officials in Cairo.",
    "Rain\nIt will rain in the north.",
)


def article(number: int, edited: bool) -> Article:
    """Article `number`, as first published or as edited."""
    text = TEXTS[(number + edited) % len(TEXTS)]
    url = f"https://news.example/{number}"
    published = START + number * 7 * MINUTE
    return Article(
        article_id=content_id("stream", str(number)),
        version=1,
        url=url,
        canonical_url=url,
        title=text.partition("\n")[0],
        publisher=f"Paper {number % 3}",
        feed="stream",
        author="",
        language="en",
        published=published,
        published_origin="feed",
        updated=published + 60 * MINUTE if edited else None,
        fetched=None,
        content_hash=content_id(text),
        story_id=content_id("story", text),
        signature=b"",
        withdrawn=False,
        text=text,
    )


def tick(number: int) -> list[Article]:
    """What a tick brings: one article, an older one again, sometimes an edit."""
    found = [article(number, False), article(number // 2, False)]
    return [*found, article(number // 4, True)] if number % 8 == 0 else found


def bounded(pipeline: Any, ticks: int) -> Any:
    """All ticks at once."""
    return pipeline | beam.Create([tick(n) for n in range(ticks)])


def unbounded(pipeline: Any, ticks: int) -> Any:
    """A tick each 100 ms, from now on."""
    begin = Timestamp.now()
    return (
        pipeline
        | PeriodicImpulse(begin, begin + ticks / 10, 0.1)
        | "Number" >> beam.Map(lambda time, begin: round((time - begin) * 10), begin.micros / 1e6)
        | "Only asked for" >> beam.Filter(lambda n, ticks: n < ticks, ticks)
        | "Globally" >> beam.WindowInto(GlobalWindows())
        | "Articles" >> beam.Map(tick)
    )


def main(output: str, seconds: int, arguments: list[str]) -> None:
    """Run to the end."""
    options = PipelineOptions(arguments)
    store = open_folder(Path(output), WINDOW, NOW)
    pipeline = beam.Pipeline(options=options)
    source = bounded if "--bounded" in sys.argv else unbounded
    chunks = source(pipeline, seconds * 10)
    none = chunks | "No rejects" >> beam.FlatMap(lambda chunk: [])
    build(Inputs(chunks, none), store, Settings(*WINDOW, NOW))
    pipeline.run().wait_until_finish()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [a for a in sys.argv[3:] if a != "--bounded"])
