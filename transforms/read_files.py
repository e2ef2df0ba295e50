"""ReadFiles: files of every kind become articles, and what is no article becomes a reject."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.pvalue import PBegin

from schemas.records import Article, Micros, Reject
from transforms.articles import make
from transforms.files.raw import Found, Problem, whole_text
from transforms.files.readers import read_file
from transforms.packing import pack, unpack

CHUNK = 500
"""Articles that travel together.

Beam costs tens of microseconds an element and step; an article is cheaper than that.
"""

Articles = list[Article]


class ReadFiles(beam.PTransform):  # type: ignore[type-arg]
    """Read files on any of Beam's filesystems, each plain or gzip, told by content.

    Out: `articles`, chunks of at most `CHUNK` `Article`s, and `rejects`, one `Reject` for each record or file
    that could not be read (reasons of `transforms.files`). Bounded. A file is read as a stream by one worker;
    different files by different ones. Without `spread`, articles come in file order.
    """

    def __init__(self, paths: Sequence[str], now: Micros, spread: bool = False) -> None:
        """Args: paths of files, already expanded; the run's clock, microseconds UTC; whether there are other
        workers, which then clean what the one that reads a file finds in it."""
        super().__init__()
        self.paths = list(paths)
        self.now = now
        self.spread = spread

    def expand(self, begin: PBegin) -> Any:
        """The two outputs, as attributes `articles` and `rejects`."""
        found = (
            begin
            | "List files"
            >> beam.Create([_as_bytes(p) for p in self.paths], reshuffle=len(self.paths) > 1)
            | "Read each" >> beam.FlatMap(_read_in_chunks)
        )
        if self.spread:
            found = (
                found
                | "Pack" >> beam.Map(pack).with_output_types(bytes)
                | "Spread" >> beam.Reshuffle()
                | "Unpack" >> beam.Map(unpack)
            )
        return found | "Make articles" >> beam.ParDo(_MakeArticles(self.now)).with_outputs(
            "rejects", main="articles"
        )


def _as_bytes(path: str) -> bytes:
    """A name in another encoding than UTF-8 is text that no coder of Beam's takes."""
    return path.encode("utf-8", "surrogateescape")


def _read_in_chunks(name: bytes) -> Iterator[tuple[str, list[Found]]]:
    path = name.decode("utf-8", "surrogateescape")
    found = found_in(path)
    while chunk := list(itertools.islice(found, CHUNK)):
        yield whole_text(path), chunk


class _MakeArticles(beam.DoFn):
    def __init__(self, now: Micros) -> None:
        self.now = now

    def process(self, chunk: tuple[str, list[Found]]) -> Iterator[Any]:
        path, found = chunk
        made = [make(item, path, self.now) for item in found]
        if rejects := [m for m in made if isinstance(m, Reject)]:
            yield beam.pvalue.TaggedOutput("rejects", rejects)
        if articles := [m for m in made if not isinstance(m, Reject)]:
            yield articles


def found_in(path: str) -> Iterator[Found]:
    """Everything in one file, in file order, as a stream.

    A file that cannot be opened is one problem ("unreadable").
    """
    try:
        stream = FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)
    except (OSError, beam.io.filesystem.BeamIOError) as error:
        yield Problem("unreadable", whole_text(str(error)))
        return
    with stream:
        yield from read_file(stream, path)


def articles_in(path: str, now: Micros) -> Iterator[Article | Reject]:
    """Every article and reject of one file, in file order, as a stream."""
    return (make(found, path, now) for found in found_in(path))
