"""Which files and feeds the words on the command line mean."""

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.options import UsageError
from transforms.files.recognise import BROKEN_STREAM, recognise


@dataclass
class Wanted:
    """What a run is asked to read: paths of files in order, addresses of feeds, files that list
    feeds."""

    paths: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    feed_lists: list[str] = field(default_factory=list)


def expand(inputs: Sequence[str], may_be_empty: bool = False) -> Wanted:
    """Files, folders, globs, remote paths and feed addresses, as given.

    Folders are read to their depth in name order, without hidden files. A feed list named by itself is polled;
    one met in a folder is a file like others, since nothing may be fetched that was not asked for.

    Raises:
        UsageError: a path that does not exist, cannot be read, or holds no file; names it.
    """
    wanted = Wanted()
    for word in inputs:
        if word.lower().startswith(("http://", "https://")):
            wanted.feeds.append(word)
        elif "://" in word:
            wanted.paths.extend(_remote(word))
        elif Path(word).is_dir():
            wanted.paths.extend(_folder(Path(word), may_be_empty))
        elif Path(word).exists():
            (wanted.feed_lists if _is_feed_list(word) else wanted.paths).append(word)
        elif found := sorted(glob.glob(word, recursive=True)):  # noqa: PTH207 (absolute globs too)
            wanted.paths.extend(p for p in found if Path(p).is_file())
        else:
            raise UsageError(f"{word}: no such file or folder")
    wanted.paths = list(dict.fromkeys(wanted.paths))
    return wanted


def _folder(folder: Path, may_be_empty: bool) -> list[str]:
    def refuse(error: OSError) -> None:
        raise UsageError(f"{error.filename}: cannot be read: {error.strerror}")

    found = []
    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "_")))
        found += [str(Path(place) / f) for f in sorted(files) if not f.startswith((".", "_"))]
    if not found and not may_be_empty:
        raise UsageError(f"{folder}: no files in this folder")
    return found


def _is_feed_list(path: str) -> bool:
    try:
        with Path(path).open("rb") as stream:
            return recognise(stream, path).kind == "opml"
    except BROKEN_STREAM:
        return False  # the reader tells what is wrong with it
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def _remote(pattern: str) -> list[str]:
    from apache_beam.io.filesystem import BeamIOError
    from apache_beam.io.filesystems import FileSystems

    try:
        matched = FileSystems.match(
            [pattern.rstrip("/") + ("/**" if pattern.endswith("/") else "")]
        )
    except (BeamIOError, ValueError) as error:
        raise UsageError(f"{pattern}: {error}") from error
    found = sorted(m.path for result in matched for m in result.metadata_list)
    if not found:
        raise UsageError(f"{pattern}: nothing matches")
    return found
