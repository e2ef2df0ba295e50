"""One bounded increment: build the flow, run it, count what it did. Runs and streams are made of these."""

import argparse
import logging
import sys
from contextlib import nullcontext
from typing import Any

import apache_beam as beam

from pipeline.beam_options import is_local, many_workers
from pipeline.build import Settings, build
from pipeline.local_workers import watch_workers
from pipeline.options import RunFailed
from pipeline.progress import show_progress
from pipeline.sources import Sources, read_sources
from transforms.store import Store


def increment(
    store: Store, sources: Sources, settings: Settings, options: Any, args: argparse.Namespace
) -> dict[str, int]:
    """One bounded run of the flow; returns its counters, "articles.read" and so on.

    Raises:
        RunFailed: the pipeline raised. Nothing is committed then.
        KeyboardInterrupt: Ctrl-C, wherever it met the pipeline.
    """
    local = is_local(options)
    progress = (
        show_progress() if local and not args.quiet and sys.stderr.isatty() else nullcontext()
    )
    pipeline = beam.Pipeline(options=options)
    build(read_sources(pipeline, sources, store, settings), store, settings)
    with progress, watch_workers() if local and many_workers(options) else nullcontext():
        return counters_of(finish(pipeline))


def finish(pipeline: beam.Pipeline) -> Any:
    """Run a pipeline to its end; returns its result.

    Raises:
        RunFailed: the pipeline raised. Nothing is committed then.
        KeyboardInterrupt: Ctrl-C, wherever it met the pipeline.
    """
    try:
        result = pipeline.run()
        result.wait_until_finish()
    except RunFailed:
        raise
    except Exception as error:  # whatever a runner raises, the user gets the cause in one line
        if _interrupted(error):
            raise KeyboardInterrupt from error
        logging.getLogger(__name__).debug("the pipeline failed", exc_info=True)
        raise RunFailed(cause_of(error)) from error
    return result


def counters_of(result: Any) -> dict[str, int]:
    """The counters of a run, "articles.read" and so on; none from a launch that only describes a job."""
    if not getattr(result, "has_job", True):
        return {}
    try:
        counters = result.metrics().query()["counters"]
    except NotImplementedError:  # a dry run
        return {}
    totals: dict[str, int] = {}
    for c in counters:
        name = f"{c.key.metric.namespace}.{c.key.metric.name}"
        totals[name] = totals.get(name, 0) + (
            c.committed if c.committed is not None else c.attempted
        )
    return totals


def cause_of(error: BaseException) -> str:
    """The innermost cause, in one line, without Beam's note of the step."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = str(error).split(" [while running")[0].strip() or type(error).__name__
    return text.splitlines()[0]


def _interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is at the root; Beam raises another error in its place, with it as the context."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
