"""Which files and feeds the words on the command line mean."""

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.options import UsageError
from pipeline.remote import matching
from transforms.files.recognise import BROKEN_STREAM, recognise
from transforms.store.manifest import HIDDEN


@dataclass
class Wanted:
    """What a run is asked to read: paths of files in order, addresses of feeds, files that list
    feeds."""

    paths: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    feed_lists: list[str] = field(default_factory=list)


def expand(inputs: Sequence[str], may_be_empty: bool = False) -> Wanted:
    """Files, folders, globs, remote paths and feed addresses, as given.

    Folders, named or matched by a glob, are read to their depth in name order, without hidden files and without
    outputs of ours. A feed list named by itself is polled; one met in a folder is a file like others, since nothing
    may be fetched that was not asked for.

    Raises:
        UsageError: a path that does not exist, cannot be read, is a pipe, or holds no file; names it.
    """
    wanted = Wanted()
    for word in inputs:
        if not word:
            raise UsageError("an empty INPUT: name a file, folder or feed")
        if word.lower().startswith(("http://", "https://")):
            wanted.feeds.append(word)
        elif "://" in word:
            wanted.paths.extend(matching(word))
        elif Path(word).is_dir():
            if not _is_output(Path(word)):  # `run *` where an earlier run wrote
                wanted.paths += _folder(Path(word), may_be_empty)
        elif Path(word).exists():
            (wanted.feed_lists if _is_feed_list(word) else wanted.paths).append(word)
        elif found := sorted(glob.glob(word, recursive=True)):  # noqa: PTH207 (absolute globs too)
            for path in map(Path, found):
                if not path.is_dir():
                    wanted.paths.append(str(path))
                elif not _is_output(path):
                    wanted.paths += _folder(path, may_be_empty=True)
        else:
            raise UsageError(f"{word}: no such file or folder")
    wanted.paths = list(dict.fromkeys(wanted.paths))
    outputs = [] if wanted != Wanted() else [w for w in inputs if _is_output(Path(w))]
    if outputs:
        raise UsageError(
            f"{outputs[0]}: an output of tocsin; to replay its articles name {Path(outputs[0]) / 'articles'}"
        )
    return wanted


def _is_output(folder: Path) -> bool:
    return os.path.isdir(folder / HIDDEN)  # noqa: PTH112 (a folder that is closed to us is none)


def _folder(folder: Path, may_be_empty: bool) -> list[str]:
    def refuse(error: OSError) -> None:
        raise UsageError(f"{error.filename}: cannot be read: {error.strerror}")

    found = []
    for place, folders, files in os.walk(folder, onerror=refuse):
        inner = sorted(f for f in folders if not f.startswith((".", "_")))
        folders[:] = [f for f in inner if not _is_output(Path(place) / f)]
        found += [str(Path(place) / f) for f in sorted(files) if not f.startswith((".", "_"))]
    if not found and not may_be_empty:
        raise UsageError(f"{folder}: no files in this folder")
    return found


def _is_feed_list(path: str) -> bool:
    if not Path(path).is_file():
        raise UsageError(f"{path}: a pipe or device; save what it gives to a file, and name that")
    try:
        with Path(path).open("rb") as stream:
            return recognise(stream, path).kind == "opml"
    except BROKEN_STREAM:
        return False  # the reader tells what is wrong with it
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
