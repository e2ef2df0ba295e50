"""FollowFeeds: feeds as an unbounded source, for runners that stream.

A tick each `every` seconds reaches the hosts' keys; each key keeps the state of its host's feeds and
asks those that are due. The watermark is the ticks' clock: a window is on time when a tick is past
its end, and what feeds publish later than that restates it. Publication times do not move the
watermark, because a feed may date an entry in any year.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.pvalue import PBegin
from apache_beam.transforms.periodicsequence import PeriodicImpulse
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp

from transforms.counting import SECOND
from transforms.feeds.opml import Feed
from transforms.feeds.poll import PollOptions
from transforms.poll_feeds import by_host, poll_group

OUTPUTS = ("rejects", "feed_health")


class FollowFeeds(beam.PTransform):  # type: ignore[type-arg]
    """Poll feeds for as long as the pipeline runs.

    Out, unbounded: `articles`, `rejects`, `feed_health`, as `PollFeeds` gives them. A feed's state
    is Beam state of its host's key, begun from the stored one; a host meets one polite reader
    however many workers there are, and a retried bundle asks again and finds the same state. Ticks
    that pile up behind a slow host, or while the job was down, are one tick.
    """

    def __init__(
        self,
        feeds: Sequence[Feed],
        states: Mapping[str, Any],
        options: PollOptions,
        every: int,
        until: float | None = None,
    ) -> None:
        """Ask which of `feeds` are due each `every` seconds, until `until` (Unix seconds) if given."""
        super().__init__()
        self.options = options
        self.every = every
        self.until = until
        self.hosts = by_host(feeds, states)

    def expand(self, begin: PBegin) -> Any:
        """The three outputs, as attributes."""
        stop = Timestamp.of(self.until) if self.until is not None else MAX_TIMESTAMP
        return (
            begin
            | "Tick" >> PeriodicImpulse(stop_timestamp=stop, fire_interval=self.every)
            | "To hosts" >> beam.FlatMap(_to_hosts, list(self.hosts))
            | "Poll due feeds"
            >> beam.ParDo(_PollHost(self.hosts, self.options)).with_outputs(
                *OUTPUTS, main="articles"
            )
        )


def _to_hosts(tick: Any, hosts: list[str]) -> list[tuple[str, int]]:
    return [(host, int(float(tick) * SECOND)) for host in hosts]


class _PollHost(beam.DoFn):
    STATES = ReadModifyWriteStateSpec("states", PickleCoder())
    ASKED = ReadModifyWriteStateSpec("asked", PickleCoder())  # clock when the last poll had ended

    def __init__(self, hosts: dict[str, list[tuple[Feed, Any]]], options: PollOptions) -> None:
        self.hosts = hosts
        self.options = options

    def process(
        self,
        element: tuple[str, int],
        stored: Any = beam.DoFn.StateParam(STATES),
        asked: Any = beam.DoFn.StateParam(ASKED),
    ) -> Iterator[Any]:
        host, now = element
        last = asked.read() or 0
        if now < last:
            return
        if (rest := last / SECOND + self.options.host_seconds - time.time()) > 0:
            time.sleep(rest)
        states: dict[str, Any] = stored.read() or {}
        group = [(feed, states.get(feed.name, before)) for feed, before in self.hosts[host]]
        polled = False
        for output in poll_group(group, self.options, now):
            if isinstance(output, beam.pvalue.TaggedOutput) and output.tag == "feeds":
                name, state = output.value
                states[name] = state
                polled = True
            elif not _says_not_due(output):
                yield output
        stored.write(states)
        if polled:
            asked.write(time.time_ns() // 1000)


def _says_not_due(output: Any) -> bool:
    """Most ticks find most feeds not due: no row says so, for there would be millions."""
    if not isinstance(output, beam.pvalue.TaggedOutput) or output.tag != "feed_health":
        return False
    return all(row.outcome == "not_due" for row in output.value)
