"""State of polled feeds: one file a run with the feeds polled in it, found through the manifest.

A commit writes what it polled and nothing else, however many feeds there are; the manifest tells in
which run's file each feed's newest state is, and when it is due. Files that no feed needs go.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from schemas.records import Micros
from transforms.store.manifest import HIDDEN, write_durably


class FeedStates(Mapping[str, Any]):
    """Feed to its state as plain data; files are read when a state is first asked for."""

    def __init__(self, root: Path, index: Mapping[str, Any]) -> None:
        """`index`: feed to the run whose file holds its state, and its next poll, as in the manifest."""
        self.root = root
        self.index = index

    def __getitem__(self, feed: str) -> Any:
        return _read(_path(self.root, self.index[feed]["run"])).get(feed)

    def __iter__(self) -> Iterator[str]:
        return iter(self.index)

    def __len__(self) -> int:
        return len(self.index)


def next_poll(states: Mapping[str, Any], feed: str) -> Micros:
    """When a feed is due, microseconds UTC; 0 for one never polled."""
    found = states.index if isinstance(states, FeedStates) else states
    return (found.get(feed) or {}).get("next_poll") or 0


def write_states(root: Path, run: int, states: Mapping[str, Any]) -> dict[str, Any]:
    """Write the states of a run, durably; returns their entries for the manifest."""
    if not states:
        return {}
    write_durably(_path(root, run), orjson.dumps(dict(states)))
    return {
        feed: {"run": run, "next_poll": state.get("next_poll")} for feed, state in states.items()
    }


def sweep(root: Path, index: Mapping[str, Any]) -> None:
    """Remove files that hold no feed's newest state."""
    needed = {_path(root, entry["run"]) for entry in index.values()}
    for path in (root / HIDDEN / "feeds").glob("*.json"):
        if path not in needed:
            path.unlink(missing_ok=True)


def _path(root: Path, run: int) -> Path:
    return root / HIDDEN / "feeds" / f"{run:06d}.json"


@lru_cache(maxsize=32)
def _read(path: Path) -> dict[str, Any]:
    """The states in a file; none if it is damaged: those feeds are read anew, and repeats dropped."""
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
