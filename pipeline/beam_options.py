"""Beam's own options on our command line: passed through if Beam knows them, refused otherwise."""

import argparse
from collections.abc import Sequence
from typing import Any

from apache_beam.options.pipeline_options import (
    DebugOptions,
    DirectOptions,
    PipelineOptions,
    StandardOptions,
)
from apache_beam.runners.runner import create_runner

from pipeline.cli import unknown_option
from pipeline.local_workers import prepare_workers, processes_for
from pipeline.options import UsageError
from transforms.drop_repeats import SHARDS

FLINK = (
    "--checkpointing_interval",
    "--environment_cache_millis",
    "--finish_bundle_before_checkpointing",
    "--max_bundle_time_mills",
    "--savepoint_path",
    "--shutdown_sources_after_idle_ms",
)
"""What Beam's job server for Flink takes and Beam's Python does not list; handed on to it."""

ENGINE_SHARDS = 256
"""Groups of articles on an engine, two workers or tens; each costs a record a chunk."""

LOCAL_RUNNER = "FnApiRunner"
"""Runs in this process, always; `DirectRunner` picks another engine where it can download one."""


def beam_options(arguments: Sequence[str], own: Sequence[str]) -> PipelineOptions:
    """Options for the pipeline from the arguments that are not ours.

    Args:
        arguments: what our parser left over.
        own: our own long options, for suggestions.

    Raises:
        UsageError: an option that Beam does not know either, with the nearest that exists; a value that Beam refuses;
            a runner that does not exist.
    """
    parser: Any = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    for group in PipelineOptions.__subclasses__():
        group._add_argparse_args(parser)
    for name in FLINK:
        if name not in parser._option_string_actions:
            parser.add_argument(name)
    try:
        _, rest = parser.parse_known_args(list(arguments))
    except SystemExit:  # argparse has printed why
        raise UsageError("an option of Beam has a value that it does not take") from None
    if rest:
        known = [o for a in parser._actions for o in a.option_strings]
        raise UsageError(unknown_option(rest[0], [*own, *known]))
    options = PipelineOptions(list(arguments))
    given = options.get_all_options()
    if given["direct_num_workers"] < 0:
        raise UsageError(
            f"--direct_num_workers={given['direct_num_workers']}: a number of processes; 0 is one a core"
        )
    if given["runner"] is None:
        options = PipelineOptions([*arguments, f"--runner={LOCAL_RUNNER}"])
    else:
        _check_runner(given["runner"])
    if is_local(options):
        work_in(options, given["direct_num_workers"])
    return options


def work_in(options: PipelineOptions, processes: int) -> None:
    """Let a local run work in this many processes, 0 for one a core; one is this process itself."""
    direct = options.view_as(DirectOptions)
    direct.direct_num_workers = processes
    if processes != 1:
        direct.direct_running_mode = "multi_processing"
        prepare_workers()


def spread_much(options: PipelineOptions, arguments: Sequence[str], paths: Sequence[str]) -> None:
    """Let a local run over much text use several cores, unless its arguments say how many processes."""
    if is_local(options) and not any(a.startswith("--direct_num_workers") for a in arguments):
        work_in(options, processes_for(paths))


def _check_runner(name: str) -> None:
    try:
        create_runner(name)
    except (ValueError, ImportError, AttributeError) as error:
        reason = str(error).partition(". Valid values")[0]
        raise UsageError(
            f"--runner={name}: {reason}; such as DataflowRunner, FlinkRunner or PrismRunner"
        ) from None


def is_local(options: PipelineOptions) -> bool:
    """Whether the runner is the local one, of this machine."""
    return options.view_as(StandardOptions).runner == LOCAL_RUNNER


def many_workers(options: PipelineOptions) -> bool:
    """Whether more than this process will work: another runner, or ``--direct_num_workers`` on this one."""
    return not is_local(options) or options.view_as(DirectOptions).direct_num_workers != 1


def shards_for(options: PipelineOptions) -> int:
    """Into how many groups a run spreads articles: many on an engine, which then shares them evenly."""
    return SHARDS if is_local(options) else ENGINE_SHARDS


def set_streaming(options: PipelineOptions) -> None:
    """Make these the options of an unbounded run.

    Prism splits any bundle that seems slow, in the middle of a key's elements too, and then runs one
    key in two bundles at once, whose state is the last one's to write (seen with 2.77). It is told
    not to.
    """
    options.view_as(StandardOptions).streaming = True
    if "prism" in str(options.view_as(StandardOptions).runner).lower():
        options.view_as(DebugOptions).add_experiment("prism_disable_sdf_split")
