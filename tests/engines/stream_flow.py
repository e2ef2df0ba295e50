"""The unbounded flow over given articles: ``python stream_flow.py OUTPUT [INPUT …] [Beam options]``.

Articles are those of the files INPUT, else some that are made up, one in eight edited later. A source hands them out
in small steps, half of them again later, with a watermark that runs through their days; what it brings follows
from the step alone, so every retry brings the same. After two thirds it waits until the file named by the
environment variable GATE exists, if it is set: time to kill or stop something meanwhile. ``--bounded`` hands out
everything at once.
"""

import os
import sys
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from stream_source import NOW, STEPS, Hand, step

from pipeline.beam_options import set_streaming
from pipeline.build import Inputs, Settings, build
from pipeline.home import home_of
from pipeline.inputs import expand

WINDOW = (3600, 3600)


class Flow(PipelineOptions):
    """Our own option."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument("--bounded", action="store_true")


def main(output: str, words: list[str]) -> None:
    """Run to the end."""
    given = [word for word in words if not word.startswith("--")]
    paths = tuple(expand(given).paths) if given else ()
    options = PipelineOptions([word for word in words if word.startswith("--")])
    store = home_of(output).open(WINDOW, NOW)
    bounded = options.view_as(Flow).bounded
    if not bounded:
        set_streaming(options)
    pipeline = beam.Pipeline(options=options)
    if bounded:
        chunks = pipeline | beam.Create([step(n, paths) for n in range(STEPS)])
    else:
        begin = pipeline | "Begin" >> beam.Impulse()
        chunks = begin | "Hand out" >> beam.ParDo(Hand(paths, os.environ.get("GATE", "")))
    none = chunks | "No rejects" >> beam.FlatMap(lambda chunk: [])
    build(Inputs(chunks, none), store, Settings(*WINDOW, NOW))
    pipeline.run().wait_until_finish()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
