"""`tocsin run`: choose sources and store, run the flow once, commit, tell what happened."""

import argparse
import time
from typing import Any

from pipeline.beam_options import beam_options, is_local, shards_for, spread_much
from pipeline.bigquery_options import bigquery_settings
from pipeline.build import Settings
from pipeline.home import home_of
from pipeline.increment import increment
from pipeline.inputs import expand
from pipeline.launch_checks import check_launch
from pipeline.options import UsageError
from pipeline.sources import Sources
from pipeline.stream import follow, stream
from pipeline.summary import VIEWS, print_summary, summarise
from transforms.store import StoreError


def command(args: argparse.Namespace) -> int:
    """Run once: 0 if it committed (or had nothing to).

    Raises:
        RunFailed: it began and could not finish, and committed nothing.
        UsageError: for what the user can mend: options, inputs, the output.
    """
    started = time.monotonic()
    window = windows_of(args)
    if args.stream_for and not args.stream:
        raise UsageError("--for ends a --stream: add --stream")
    options = beam_options(args.beam_args, args.own_options)
    check_launch(options, args.output, args.inputs)
    sources = Sources.of(expand(args.inputs, args.stream), args, args.stream)
    if not args.stream:
        spread_much(options, args.beam_args, sources.paths)
    home = home_of(args.output, staging_of(options), bigquery_settings(args))
    try:
        if args.stream:
            return (stream if is_local(options) else follow)(home, window, args, options)
        now = args.now if args.now is not None else time.time_ns() // 1000
        with home.held(args.lock_wait):
            store = home.open(window, now)
            settings = Settings(*window, now, args.keep_text, shards_for(options))
            metrics = increment(store, sources, settings, options, args)
            home.tidy(window, now)
    except StoreError as error:
        raise UsageError(str(error)) from error
    if metrics and not args.quiet:
        tables = home.tables(views=VIEWS)
        summary = summarise(args.output, tables, metrics, time.monotonic() - started)
        print_summary(summary, as_json=args.json)
    return 0


def staging_of(options: Any) -> str:
    """Where files for BigQuery wait for their commit: ``--temp_location``."""
    return str(options.get_all_options()["temp_location"] or "")


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
