"""Small files of a day are merged, whatever version of tocsin wrote them."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.cli import main
from pipeline.tables import open_tables
from transforms.store import folder
from transforms.store.manifest import read_manifest

Change = Callable[[pa.Table], pa.Table]


def as_another_version_wrote(output: Path, table: str, change: Change) -> None:
    """Change every file of a table, and its entry in the manifest."""
    manifest = output / "_tocsin" / "manifest.json"
    data = orjson.loads(manifest.read_bytes())
    for entry in data["files"]:
        if entry["table"] == table:
            path = output / f"{table}/day={entry['day']}/{entry['name']}"
            pq.write_table(change(pq.read_table(path, partitioning=None)), path)
            entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_bytes(orjson.dumps(data))


def newer(table: pa.Table) -> pa.Table:
    return table.append_column("mood", pa.array(["grim"] * len(table)))


def older(table: pa.Table) -> pa.Table:
    return table.drop_columns(["author"])


@pytest.mark.parametrize("change", [newer, older])
def test_files_of_another_version_keep_their_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    monkeypatch.setattr(folder, "COMPACT_AT", 2)
    output = tmp_path / "out"

    def run(name: str) -> int:
        file = tmp_path / f"{name}.jsonl"
        article = {"id": name, "title": f"Rain in {name}", "published": "2026-03-02T08:00:00Z"}
        file.write_text(json.dumps(article))
        return main(["run", str(file), "--output", str(output), "--quiet"])

    def stored() -> list[list[str]]:
        paths = [output / f.relative for f in read_manifest(output).of("articles")]
        return sorted(pq.read_schema(path).names for path in paths)

    assert run("Oslo") == 0
    as_another_version_wrote(output, "articles", change)
    theirs = stored()
    assert [run(name) for name in ("Bergen", "Bodo", "Vardo")] == [0, 0, 0]
    assert theirs[0] in stored()
    assert len(stored()) == 2  # what this version wrote is one file by now
    titles = open_tables(str(output)).execute("SELECT title FROM articles ORDER BY ALL").fetchall()
    assert titles == [("Rain in Bergen",), ("Rain in Bodo",), ("Rain in Oslo",), ("Rain in Vardo",)]
    assert main(["check", str(output)]) == 0
