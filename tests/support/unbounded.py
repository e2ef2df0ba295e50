"""Articles in any order under any watermark, through the unbounded flow and through the bounded one."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.testing.test_stream import TestStream
from apache_beam.utils.timestamp import Timestamp
from standing import standing

from pipeline.beam_options import set_streaming
from pipeline.build import Inputs, Settings, build
from schemas.records import Article
from transforms.store.folder import open_folder

HOUR = 3_600_000_000
CENTURY = 876_600  # hours
START = 1_772_409_600_000_000  # 2026-03-02T00:00:00Z
TEXTS = [
    "Israel strikes Gaza\nIsraeli jets carried out airstrikes on Gaza City.",
    "Russia shells Kharkiv\nRussian forces shelled Kharkiv overnight.",
    "EU imposes sanctions\nThe European Union imposed sanctions on Belarus.",
    "Envoy in Cairo\nThe U.S. special envoy met Egyptian officials in Cairo.",
    "Rain\nIt will rain in the north.",
]


def news(article: Any) -> list[Article]:
    """Articles over six hours, some edited later, one moved to another hour by its edit."""
    first = [
        article(
            str(n), TEXTS[n % len(TEXTS)], published=START + n * HOUR // 3, publisher=f"P{n % 3}"
        )
        for n in range(18)
    ]
    edits = [
        a._replace(
            text=TEXTS[(n + 1) % 5], content_hash=f"{n:024d}", updated=a.published + 5 * HOUR
        )
        for n, a in enumerate(first[::4])
    ]
    moved = edits[1]._replace(
        published=START + 9 * HOUR, updated=START + 10 * HOUR, content_hash="f" * 24
    )
    return [*first, *edits, moved]


def run_bounded(articles: list[Article], output: Path, window: tuple[int, int]) -> None:
    store = open_folder(output, window, START)
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        chunks = pipeline | "Articles" >> beam.Create([articles])
        build(Inputs(chunks, pipeline | "None" >> beam.Create([])), store, Settings(*window, START))


def run_unbounded(
    articles: list[Article],
    output: Path,
    window: tuple[int, int],
    advances: dict[int, int],
    runner: Sequence[str],
) -> None:
    """`advances`: after how many articles the watermark moves to which hour after START."""
    stream = TestStream().advance_watermark_to(Timestamp(micros=START))
    for number, one in enumerate(articles):
        if number in advances:
            stream = stream.advance_watermark_to(Timestamp(micros=START + advances[number] * HOUR))
        stream = stream.add_elements([[one]])
    store = open_folder(output, window, START)
    options = PipelineOptions(runner)
    set_streaming(options)
    with beam.Pipeline(options=options) as pipeline:
        chunks = pipeline | stream.advance_watermark_to_infinity()
        none = chunks | "None" >> beam.FlatMap(lambda chunk: [])
        build(Inputs(chunks, none), store, Settings(*window, START))


def shuffled_and_sorted(
    article: Any, folder: Path, window: tuple[int, int], seed: int, runner: Sequence[str]
) -> tuple[list[Any], list[Any]]:
    """What stands after a stream in some order, some of it twice, under some watermark; and after one sorted run."""
    articles = news(article)
    run_bounded(articles, folder / "once", window)
    rng = random.Random(seed)
    shuffled = articles + rng.sample(articles, 5)
    rng.shuffle(shuffled)
    hours = [*sorted(rng.sample(range(1, 400), 2)), CENTURY]  # in the end all windows are forgotten
    places = sorted(rng.sample(range(1, len(shuffled)), 3))
    advances = dict(zip(places, hours, strict=True))
    run_unbounded(shuffled, folder / "stream", window, advances, runner)
    return standing(folder / "stream"), standing(folder / "once")
