"""DropToldRejects: a file that was broken yesterday is not news today."""

from typing import Protocol

import apache_beam as beam
from apache_beam.metrics.metric import Metrics
from apache_beam.pvalue import PCollection

from schemas.records import Reject


class RemembersRejects(Protocol):
    """A store that knows what was rejected before."""

    def known_rejects(self) -> frozenset[tuple[str, ...]]:
        """Stage, reason, error and source of the stored rejects."""


class DropToldRejects(beam.PTransform):  # type: ignore[type-arg]
    """Pass on rejects that no earlier run stored.

    In and out: chunks of `Reject`. Two rejects are the same if stage, reason, error and source are. Each is
    counted first (metrics `rejects.<stage>.<reason>`), told before or not.
    """

    def __init__(self, store: RemembersRejects) -> None:
        """Args: the store; picklable."""
        super().__init__()
        self.store = store

    def expand(self, rejects: PCollection[list[Reject]]) -> PCollection[list[Reject]]:
        """Filter each chunk."""
        return rejects | "New rejects" >> beam.ParDo(_DropTold(self.store))


class _DropTold(beam.DoFn):
    def __init__(self, store: RemembersRejects) -> None:
        self.store = store

    def process(self, chunk: list[Reject]) -> list[list[Reject]]:
        told = self.store.known_rejects()
        for row in chunk:
            Metrics.counter("rejects", f"{row.stage}.{row.reason}").inc()
        fresh = [row for row in chunk if tuple(row[:4]) not in told]
        return [fresh] if fresh else []
