"""ReadFiles: files of every kind become articles, and what is no article becomes a reject."""

from collections.abc import Iterator, Sequence
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.pvalue import PBegin

from schemas.records import Article, Micros, Reject
from transforms.articles import make_article, reject
from transforms.files.raw import Problem
from transforms.files.readers import read_file

CHUNK = 500
"""Articles that travel together.

Beam costs tens of microseconds an element and step; an article is cheaper than that.
"""

Articles = list[Article]


class ReadFiles(beam.PTransform):  # type: ignore[type-arg]
    """Read files on any of Beam's filesystems, each plain or gzip, told by content.

    Out: `articles`, chunks of at most `CHUNK` `Article`s in file order, and `rejects`, one `Reject` for each
    record or file that could not be read (reasons of `transforms.files`). Bounded. A file is read as a stream
    by one worker; different files by different ones.
    """

    def __init__(self, paths: Sequence[str], now: Micros) -> None:
        """Args: paths of files, already expanded; the run's clock, microseconds UTC."""
        super().__init__()
        self.paths = list(paths)
        self.now = now

    def expand(self, begin: PBegin) -> Any:
        """The two outputs, as attributes `articles` and `rejects`."""
        return (
            begin
            | "List files" >> beam.Create(self.paths, reshuffle=len(self.paths) > 1)
            | "Read each"
            >> beam.ParDo(_ReadFile(self.now)).with_outputs("rejects", main="articles")
        )


class _ReadFile(beam.DoFn):
    def __init__(self, now: Micros) -> None:
        self.now = now

    def process(self, path: str) -> Iterator[Any]:
        chunk: Articles = []
        for found in articles_in(path, self.now):
            if isinstance(found, Reject):
                yield beam.pvalue.TaggedOutput("rejects", [found])
                continue
            chunk.append(found)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


def articles_in(path: str, now: Micros) -> Iterator[Article | Reject]:
    """Every article and reject of one file, in file order, as a stream.

    A file that cannot be opened is one reject ("unreadable").
    """
    try:
        stream = FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)
    except (OSError, beam.io.filesystem.BeamIOError) as error:
        yield reject("read", Problem("unreadable", str(error)), path, now)
        return
    with stream:
        for found in read_file(stream, path):
            if isinstance(found, Problem):
                yield reject("read", found, path, now)
            else:
                yield make_article(found, path, now)
