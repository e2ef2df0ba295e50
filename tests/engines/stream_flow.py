"""The unbounded flow over given articles: ``python stream_flow.py OUTPUT [INPUT …] [Beam options]``.

Articles are those of the files INPUT, else some that are made up, one in eight edited later. A source hands them out
in ``--steps``, half of them again later, with a watermark that runs through the day of the made-up ones (older
articles all come late); what it brings follows from the step alone, so every retry brings the same. After two thirds
it waits until the file named by the environment variable GATE exists, if it is set: time to kill or stop something
meanwhile. ``--bounded`` hands out everything at once.
"""

import os
import sys
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from stream_source import NOW, Hand, step

from pipeline.beam_options import set_streaming
from pipeline.build import Inputs, Settings, build
from pipeline.home import home_of
from pipeline.inputs import expand
from pipeline.run import staging_of

WINDOW = (3600, 3600)


class Flow(PipelineOptions):
    """Our own options."""

    @classmethod
    def _add_argparse_args(cls, parser: Any) -> None:
        parser.add_argument("--bounded", action="store_true")
        parser.add_argument("--steps", type=int, default=150)


def main(output: str, words: list[str]) -> None:
    """Run to the end."""
    given = [word for word in words if not word.startswith("--")]
    paths = tuple(expand(given).paths) if given else ()
    options = PipelineOptions([word for word in words if word.startswith("--")])
    store = home_of(output, staging_of(options)).open(WINDOW, NOW)
    flow = options.view_as(Flow)
    if not flow.bounded:
        set_streaming(options)
    pipeline = beam.Pipeline(options=options)
    if flow.bounded:
        chunks = pipeline | beam.Create([step(n, flow.steps, paths) for n in range(flow.steps)])
    else:
        begin = pipeline | "Begin" >> beam.Create([flow.steps], reshuffle=False)
        chunks = begin | "Hand out" >> beam.ParDo(Hand(paths, os.environ.get("GATE", "")))
    none = chunks | "No rejects" >> beam.FlatMap(lambda chunk: [])
    build(Inputs(chunks, none), store, Settings(*WINDOW, NOW))
    pipeline.run().wait_until_finish()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
