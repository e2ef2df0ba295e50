"""A window whose state an engine has set back to a checkpoint is stated above what was written since."""

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from standing import standing

from schemas.records import MentionCount
from transforms.counting import Contribution, Series
from transforms.keep_windows import _STATED, _KeepWindow
from transforms.staging import Stager
from transforms.store.folder import FolderStore, open_folder

START = 1_772_409_600_000_000  # 2026-03-02T00:00:00Z
WINDOW = (3600, 3600)
SPAN = (START, START + 3_600_000_000)
STRIKE = Series("strike", "occurred", "ISR", "PSE")


class Cells(dict[str, Any]):
    """The state of one key, as an engine keeps it."""

    def params(self) -> dict[str, Any]:
        return {name: Cell(self, name) for name in ("shares", "standing", "stated", "closed")}


class Cell:
    """One state of a key; timers are not looked at."""

    def __init__(self, cells: Cells, name: str) -> None:
        self.cells, self.name = cells, name

    def read(self) -> Any:
        return self.cells.get(self.name, [] if self.name == "shares" else None)

    def write(self, value: Any) -> None:
        self.cells[self.name] = value

    def add(self, value: Any) -> None:
        self.cells.setdefault(self.name, []).append(value)

    def clear(self) -> None:
        self.cells.pop(self.name, None)

    def set(self, when: Any) -> None:
        pass


def share(name: str, version: int = 1, mentions: int = 1) -> dict[str, Contribution]:
    shares = ((STRIKE, mentions),) if mentions else ()
    return {
        name: Contribution(version, f"Paper {name}", b"", shares, "edited" if version > 1 else "")
    }


def arrive(store: FolderStore, cells: Cells, contributions: dict[str, Contribution]) -> None:
    """A bundle with one element: its rows are appended when it ends."""
    step = _KeepWindow(store, early=0, lateness=86_400)
    timer = Cell(Cells(), "timer")
    told: Iterable[list[MentionCount]] = step.process(
        (SPAN, contributions), **cells.params(), end=timer, soon=timer
    )
    stager = Stager(store, "mention_counts")
    files = [file for rows in list(told) for file in stager.add(rows)]
    store.append([*files, *stager.finish()], WINDOW)


@pytest.mark.parametrize("new_process", [False, True])
def test_what_was_written_after_the_checkpoint_does_not_stand(
    tmp_path: Path, new_process: bool
) -> None:
    """C is edited between the two lives of the stream, and tells of no strike any more."""
    store, cells = open_folder(tmp_path, WINDOW, START), Cells()
    arrive(store, cells, share("A"))
    checkpoint = copy.deepcopy(cells)
    arrive(store, cells, share("B"))
    arrive(store, cells, share("C"))
    assert standing(tmp_path)[0][6:8] == (3, 3)
    if new_process:
        _STATED.clear()
    arrive(store, checkpoint, share("B"))
    arrive(store, checkpoint, share("C", version=2, mentions=0))
    assert [row[6:8] for row in standing(tmp_path)] == [(2, 2)]
