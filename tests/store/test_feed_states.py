"""States of feeds commit with their run, cost what was polled, and survive damage."""

from pathlib import Path
from typing import Any

from transforms.store.feed_states import next_poll
from transforms.store.folder import open_folder

WINDOW = (3600, 3600)


def commit(root: Path, states: dict[str, Any]) -> None:
    open_folder(root, WINDOW, 1).commit([], states, WINDOW)


def files(root: Path) -> list[str]:
    return sorted(p.name for p in (root / "_tocsin" / "feeds").iterdir())


def test_each_feed_keeps_its_newest_state(tmp_path: Path) -> None:
    commit(tmp_path, {"a": {"next_poll": 5, "etag": "1"}, "b": {"next_poll": 6, "etag": "1"}})
    commit(tmp_path, {"b": {"next_poll": 9, "etag": "2"}})
    feeds = open_folder(tmp_path, WINDOW, 2).feeds
    assert dict(feeds) == {"a": {"next_poll": 5, "etag": "1"}, "b": {"next_poll": 9, "etag": "2"}}
    assert [next_poll(feeds, f) for f in ("a", "b", "new")] == [5, 9, 0]
    assert files(tmp_path) == ["000001.json", "000002.json"]
    commit(tmp_path, {"a": {"next_poll": 7, "etag": "3"}})
    assert files(tmp_path) == ["000002.json", "000003.json"]


def test_a_state_that_was_not_committed_is_not_seen(tmp_path: Path) -> None:
    commit(tmp_path, {"a": {"next_poll": 5}})
    (tmp_path / "_tocsin" / "feeds" / "000002.json").write_text('{"a": {"next_poll": 99}}')
    assert open_folder(tmp_path, WINDOW, 2).feeds["a"] == {"next_poll": 5}


def test_a_damaged_state_is_a_feed_never_polled(tmp_path: Path) -> None:
    commit(tmp_path, {"a": {"next_poll": 5}})
    (tmp_path / "_tocsin" / "feeds" / "000001.json").write_text("{")
    assert open_folder(tmp_path, WINDOW, 2).feeds["a"] is None
