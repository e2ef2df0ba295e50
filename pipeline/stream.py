"""`tocsin run --stream` on the local runner: committed increments in a loop, warm in one process.

Python's local runners cannot stream (grouped results appear only when a source ends, delays are
ignored), so the bounded increment is the unit: ask the feeds that are due, read the files that are
new or changed, count, commit, wait. Each increment is a run like any other: the same rows, the same
promises.
"""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import apache_beam as beam

from pipeline.beam_options import set_streaming
from pipeline.build import Settings, build
from pipeline.home import Home
from pipeline.increment import cause_of, increment
from pipeline.inputs import Wanted, expand
from pipeline.options import RunFailed, UsageError
from pipeline.sources import Sources, follow_sources
from schemas.records import Micros
from transforms.counting import SECOND

LOOK_SECONDS = 1.0
"""How often folders are looked at and feeds asked whether they are due."""

TICK_SECONDS = 30
"""How often a stream on an engine looks which feeds are due."""

COMPACT_EVERY = 20
"""Increments between two looks for small files to merge."""


@dataclass
class Watch:
    """What a stream reads, again and again; remembers which files it has read in which state.

    What is missing at the first look is a mistake of the caller's. What goes missing later is told, once, and is
    looked for again at each look; a feed list that cannot be read stays as it was.
    """

    args: argparse.Namespace
    _last: Sources | None = None
    _told: set[str] = field(default_factory=set)
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    _pause_until: Micros = 0

    def due(self, feeds: Mapping[str, Any], now: Micros) -> Sources | None:
        """The sources that have something to read now, None if none has.

        Args:
            feeds: state of the feeds as committed.
            now: microseconds UTC.

        Raises:
            UsageError: at the first look, inputs that do not exist.
        """
        self._last = everything = self._everything(self._last)
        changed = tuple(p for p in everything.paths if self._changed(p))
        due = everything.due_feeds(feeds, now) if now >= self._pause_until else ()
        if due and self.args.poll_every:
            self._pause_until = now + self.args.poll_every * SECOND
        return replace(everything, paths=changed, feeds=due) if changed or due else None

    def _everything(self, last: Sources | None) -> Sources:
        told = self._told if last else None
        self._told = set()
        wanted = self._wanted(told)
        try:
            return Sources.of(wanted, self.args, may_be_empty=True)
        except UsageError as error:
            if last is None or told is None:
                raise
            self._tell(error, told)
            return replace(last, paths=tuple(wanted.paths))

    def _wanted(self, told: set[str] | None) -> Wanted:
        """What the words mean now, without those that mean nothing any more unless it is the first look."""
        try:
            return expand(self.args.inputs, may_be_empty=True)
        except UsageError:
            if told is None:
                raise
        there: list[str] = []
        wanted = Wanted()
        for word in self.args.inputs:
            try:
                wanted = expand([*there, word], may_be_empty=True)
                there.append(word)
            except UsageError as error:
                self._tell(error, told)
        return wanted

    def _tell(self, error: UsageError, told: set[str]) -> None:
        """One line on standard error, unless the look before gave the same."""
        self._told.add(str(error))
        if str(error) not in told:
            print(f"tocsin: {error}; going on without it", file=sys.stderr, flush=True)

    def _changed(self, path: str) -> bool:
        if "://" in path:
            state = (0, 0)  # object stores replace whole objects under new names in this use
        else:
            try:
                status = Path(path).stat()
            except OSError:
                return False
            state = (status.st_size, status.st_mtime_ns)
        if self._seen.get(path) == state:
            return False
        self._seen[path] = state
        return True


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C or SIGTERM sets; the second interrupts at once.

    What an increment has not committed when it is interrupted is read again by the next run.
    """
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        print("tocsin: finishing this increment; once more stops at once", file=sys.stderr)

    before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stream(home: Home, window: tuple[int, int], args: argparse.Namespace, options: Any) -> int:
    """Run increments until ``--for`` is over or a signal comes; 0 then, 1 if an increment failed.

    Raises:
        UsageError: inputs that do not exist.
        StoreError: an output that cannot be used, or another run holds it.
    """
    end = time.monotonic() + args.stream_for if args.stream_for else float("inf")
    watch = Watch(args)
    done = 0
    feeds: Mapping[str, Any] | None = None
    with home.held(args.lock_wait), stoppable() as stop:
        while True:
            now = time.time_ns() // 1000
            if feeds is None:  # looking each second would cost calls, and on BigQuery money
                feeds = home.open(window, now).feeds
            sources = watch.due(feeds, now)
            if sources:
                store, feeds = home.open(window, now), None
                try:
                    metrics = increment(
                        store, sources, Settings(*window, now, args.keep_text), options, args
                    )
                except RunFailed as error:
                    print(
                        f"tocsin: an increment failed and committed nothing: {error}",
                        file=sys.stderr,
                    )
                    return 1
                done += 1
                if done % COMPACT_EVERY == 0:
                    home.tidy(window, now)
                if not args.quiet:
                    tell(metrics, now)
            if stop.is_set() or time.monotonic() >= end:
                return 0
            stop.wait(min(LOOK_SECONDS, max(0.0, end - time.monotonic())))


def follow(home: Home, window: tuple[int, int], args: argparse.Namespace, options: Any) -> int:
    """Run the flow unbounded, on a runner that streams; 0 when ``--for`` is over.

    Without ``--for`` this returns when the job is submitted and ends, which it does when it is
    cancelled or drained.

    Raises:
        UsageError: files among the inputs.
    """
    now = time.time_ns() // 1000
    sources = Sources.of(expand(args.inputs), args)
    until = time.time() + args.stream_for if args.stream_for else None
    set_streaming(options)
    pipeline = beam.Pipeline(options=options)
    store = home.open(window, now)
    every = args.poll_every or TICK_SECONDS
    inputs = follow_sources(pipeline, sources, store, every, until)
    build(inputs, store, Settings(*window, now, args.keep_text))
    try:
        pipeline.run().wait_until_finish()
    except Exception as error:  # whatever a runner raises, the user gets the cause in one line
        print(f"tocsin: the stream failed: {cause_of(error)}", file=sys.stderr)
        return 1
    return 0


def tell(metrics: dict[str, int], now: Micros) -> None:
    """One line about an increment, if it brought anything."""
    new, edited = metrics.get("articles.new", 0), metrics.get("articles.edited", 0)
    rejects = sum(v for k, v in metrics.items() if k.startswith("rejects."))
    if not (new or edited or rejects):
        return
    clock = datetime.fromtimestamp(now / 1e6, UTC).strftime("%H:%M:%S")
    counted = metrics.get("mentions.counted", 0)
    print(
        f"{clock}Z  {new} new, {edited} edited, {counted} mentions, {rejects} rejects",
        file=sys.stderr,
        flush=True,
    )
