"""`tocsin run`: choose sources and store, run the flow once, commit, tell what happened."""

import argparse
import logging
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import apache_beam as beam

from pipeline.beam_options import LOCAL_RUNNER, beam_options
from pipeline.build import Settings, build
from pipeline.inputs import expand
from pipeline.launch_checks import check_launch
from pipeline.options import UsageError
from pipeline.progress import show_progress
from pipeline.sources import Sources, read_sources
from pipeline.summary import print_summary, summarise
from transforms.store import StoreError
from transforms.store.folder import FolderStore, compact, open_folder, with_base
from transforms.store.locks import locked
from transforms.store.manifest import Manifest

EXIT_FAILED = 1


def command(args: argparse.Namespace) -> int:
    """Run once: 0 if it committed (or had nothing to), 1 if it failed and committed nothing.

    Raises:
        UsageError: for what the user can mend: options, inputs, the output.
    """
    started = time.monotonic()
    window = windows_of(args)
    options = beam_options(args.beam_args, args.own_options)
    check_launch(options, args.output, args.inputs)
    sources = Sources.of(expand(args.inputs, args.stream), args, args.stream)
    now = args.now if args.now is not None else time.time_ns() // 1000
    root = output_folder(args.output)
    try:
        if args.stream:
            from pipeline.stream import stream

            return stream(root, window, args, options)
        with locked(root, args.lock_wait):
            store = open_folder(root, window, now)
            metrics = increment(
                store, sources, Settings(*window, now, args.keep_text), options, args
            )
            manifest = compacted(root, window, now)
    except StoreError as error:
        raise UsageError(str(error)) from error
    except RunFailed as error:
        print(f"tocsin: the run failed and committed nothing: {error}", file=sys.stderr)
        return EXIT_FAILED
    if not args.quiet:
        summary = summarise(args.output, store.base, manifest, metrics, time.monotonic() - started)
        print_summary(summary, as_json=args.json)
    return 0


class RunFailed(Exception):
    """The pipeline raised; the message is its last cause in one line."""


def windows_of(args: argparse.Namespace) -> tuple[int, int]:
    """Length and period of the windows in seconds.

    Raises:
        UsageError: windows that leave gaps, or do not divide evenly.
    """
    every = args.every or args.window
    if every > args.window:
        raise UsageError(
            f"--every {every} s is longer than --window {args.window} s: articles between windows would be lost"
        )
    if args.window % every:
        raise UsageError(f"--window {args.window} s is not a whole number of --every {every} s")
    return args.window, every


def output_folder(output: str) -> Path:
    """The output as a folder.

    Raises:
        UsageError: it is a file, or of a kind that is not supported.
    """
    if "://" in output:
        raise UsageError(f"--output {output}: a folder or bq://PROJECT.DATASET")
    root = Path(output)
    if root.exists() and not root.is_dir():
        raise UsageError(f"--output {output}: a file, not a folder")
    return root


def increment(
    store: FolderStore, sources: Sources, settings: Settings, options: Any, args: argparse.Namespace
) -> dict[str, int]:
    """One bounded run of the flow; returns its counters, "articles.read" and so on.

    Raises:
        RunFailed: the pipeline raised. Nothing is committed then.
    """
    local = options.get_all_options()["runner"] == LOCAL_RUNNER
    progress = (
        show_progress() if local and not args.quiet and sys.stderr.isatty() else nullcontext()
    )
    pipeline = beam.Pipeline(options=options)
    build(read_sources(pipeline, sources, store, settings), store, settings)
    try:
        with progress:
            result = pipeline.run()
            result.wait_until_finish()
    except Exception as error:  # whatever a runner raises, the user gets the cause in one line
        logging.getLogger(__name__).debug("the pipeline failed", exc_info=True)
        raise RunFailed(cause_of(error)) from error
    return counters_of(result)


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


def compacted(root: Path, window: tuple[int, int], now: int) -> Manifest:
    """Merge small files if there are many; returns the commit in force."""
    store = open_folder(root, window, now)
    return compact(with_base(store, store.base), window)
