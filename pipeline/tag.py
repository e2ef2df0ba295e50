"""`tocsin tag`: the mentions of files as JSON lines, without Beam."""

import argparse
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from pipeline.options import UsageError
from schemas.jsonrows import to_json
from schemas.records import Article, Reject
from transforms.articles import make
from transforms.files.raw import RawArticle
from transforms.files.readers import read_file
from transforms.tagging import shared_tagger

CHUNK = 500


def command(args: argparse.Namespace) -> int:
    """Print one line for each article: ``{"id": …, "mentions": [Mention, …]}``, in the order of the
    input.

    The id is the one that the input gives the article (a JSONL field, a feed's guid), else our own.
    Articles are not deduplicated. What is no article is told on standard error and sets the status
    to 1.

    Raises:
        UsageError: a file that is not there or cannot be opened.
    """
    files = args.files or ["-"]
    for name in files:
        if name != "-" and not Path(name).exists():
            raise UsageError(f"{name}: no such file")
        if Path(name).is_dir():
            raise UsageError(f"{name}: a folder; name files")
    tagger = shared_tagger()
    found = _Articles(files)
    articles = iter(found)
    while chunk := list(islice(articles, CHUNK)):
        for (name, _), tagged in zip(chunk, tagger.tag([a for _, a in chunk]), strict=True):
            mentions = [to_json(m) for m in tagged.mentions if m.counted or args.rejected]
            line: dict[str, Any] = {"id": name, "mentions": mentions}
            if tagged.problem:
                line["problem"] = dict(zip(("reason", "error"), tagged.problem, strict=True))
            sys.stdout.buffer.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.flush()
    return 1 if found.problems else 0


class _Articles:
    """The articles of files with the id each has there, else our own; tells what is no article."""

    def __init__(self, files: list[str]) -> None:
        self.files = files
        self.problems = 0

    def __iter__(self) -> Iterator[tuple[str, Article]]:
        now = time.time_ns() // 1000
        for name in self.files:
            source = "standard input" if name == "-" else name
            try:
                stream = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115
            except OSError as error:
                raise UsageError(f"{name}: cannot be read: {error.strerror}") from error
            for found in read_file(stream, "" if name == "-" else name):
                article = make(found, source, now)
                if isinstance(article, Reject):
                    self._tell(article)
                else:
                    own = found.guid if isinstance(found, RawArticle) else ""
                    yield own or article.article_id, article

    def _tell(self, row: Reject) -> None:
        self.problems += 1
        print(f"tocsin: {row.source}: {row.reason}: {row.error}", file=sys.stderr)
