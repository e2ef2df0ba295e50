"""`tocsin check` holds on what runs wrote, and names what somebody else changed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from standing import standing

from pipeline.check import check
from pipeline.cli import main
from pipeline.tables import open_tables
from transforms.store.locks import locked
from transforms.store.manifest import read_manifest

ARTICLES = [
    ("1", "2026-03-02T08:00:00Z", "Israel strikes Gaza", "Israeli jets bombed Gaza City."),
    ("2", "2026-03-02T08:30:00Z", "Israel strikes Gaza again", "Israeli jets bombed Rafah."),
    ("3", "2026-03-03T08:30:00Z", "EU sanctions", "The EU imposed sanctions on Russia."),
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check")
    source = folder / "a.jsonl"
    source.write_text(
        "".join(
            json.dumps(
                {"id": i, "published": p, "title": t, "text": x, "url": f"https://n.example/{i}"}
            )
            + "\n"
            for i, p, t, x in ARTICLES
        )
    )
    assert (
        main(["run", str(source), "--output", str(folder / "out"), "--keep-text", "--quiet"]) == 0
    )
    return folder / "out"


@pytest.fixture
def output(good: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "out"))


def faults(output: Path) -> list[str]:
    return [f for v in check(str(output)) for f in v.faults]


def rewrite(output: Path, table: str, change: Any) -> None:
    """Change a committed file and its entry in the manifest, as a careful forger would."""
    import hashlib

    import orjson

    file = read_manifest(output).of(table)[0]
    path = output / file.relative
    pq.write_table(change(pq.read_table(path, partitioning=None)), path)
    manifest = output / "_tocsin" / "manifest.json"
    data = orjson.loads(manifest.read_bytes())
    for entry in data["files"]:
        if entry["name"] == file.name:
            entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
            entry["rows"] = pq.read_metadata(path).num_rows
    manifest.write_bytes(orjson.dumps(data))


def test_everything_holds_after_a_run(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(good)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8
    assert all(line.startswith("holds") for line in lines)


def test_a_damaged_file_is_named_and_the_rest_is_checked(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = output / read_manifest(output).of("mentions")[0].relative
    path.write_bytes(path.read_bytes()[:-20])
    assert main(["check", str(output)]) == 1
    assert str(path) in capsys.readouterr().out


def test_a_damaged_file_fails_runs_by_name_and_can_be_repaired(
    output: Path, good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (
        open_tables(str(output)).execute("SELECT * FROM mention_counts ORDER BY ALL").fetchall()
    )
    path = output / read_manifest(output).of("articles")[0].relative
    path.write_bytes(b"PAR1 not really")
    source = str(good.parent / "a.jsonl")
    assert main(["run", source, "--output", str(output), "--quiet"]) == 1
    assert str(path) in capsys.readouterr().err
    assert main(["check", "--repair", str(output)]) == 0
    assert main(["run", source, "--output", str(output), "--keep-text", "--quiet"]) == 0
    after = open_tables(str(output)).execute("SELECT * FROM mention_counts ORDER BY ALL").fetchall()
    assert [row[:11] for row in after] == [row[:11] for row in before]
    assert faults(output) == []


@pytest.mark.parametrize("damage", ["cut", "gone", "garbled"])
def test_a_damaged_file_is_named_by_readers(
    output: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    path = output / read_manifest(output).of("articles")[0].relative
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[:-20] if damage == "cut" else b"PAR1" + content[4:][::-1])
    for words in (["counts"], ["report", "-o", "-"], ["why", "x"], ["withdraw", "x"]):
        assert main([words[0], str(output), *words[1:]]) == 2
        error = capsys.readouterr().err
        assert str(path) in error
        assert "tocsin check" in error
        assert error.count("\n") == 1


def test_an_output_in_use_is_not_repaired(
    output: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.home.locked", lambda root, wait: locked(root, 0.1))
    with locked(output, 1):
        assert main(["check", "--repair", str(output)]) == 2
    assert "another run is writing" in capsys.readouterr().err


def test_a_clock_that_goes_backwards_does_no_harm(output: Path, tmp_path: Path) -> None:
    source = tmp_path / "b.jsonl"
    source.write_text(
        '{"title": "Israel strikes Gaza, again", "published": "2026-03-02T08:10:00Z"}'
    )
    words = ["--output", str(output), "--quiet", "--now", "2026-03-02T09:00:00"]
    assert main(["run", str(source), *words]) == 0
    assert faults(output) == []


def test_a_stray_file_is_named(output: Path) -> None:
    file = read_manifest(output).of("mentions")[0]
    shutil.copy(output / file.relative, (output / file.relative).with_name("stray.parquet"))
    assert any("stray.parquet" in f for f in faults(output))


def test_a_wrong_count_is_found(output: Path) -> None:
    def one_more(table: Any) -> Any:
        import pyarrow.compute as pc

        column = table.column_names.index("mention_count")
        return table.set_column(column, "mention_count", pc.add(table["mention_count"], 1))

    rewrite(output, "mention_counts", one_more)
    assert any("recounted" in f for f in faults(output))


def test_a_moved_span_is_found(output: Path) -> None:
    def shift(table: Any) -> Any:
        import pyarrow.compute as pc

        for name in ("start", "end"):
            table = table.set_column(table.column_names.index(name), name, pc.add(table[name], 1))
        return table

    rewrite(output, "mentions", shift)
    found = faults(output)
    assert any(f.startswith("mention ") and ": " in f for f in found)
    assert any("not the hash" in f for f in found)


@pytest.mark.parametrize(
    ("column", "name"),
    [("article_id", "article"), ("text", "content"), ("canonical_url", "article")],
)
def test_an_id_that_is_no_hash_is_found(output: Path, column: str, name: str) -> None:
    def change(table: Any) -> Any:
        import pyarrow.compute as pc

        changed = pc.replace_substring(table[column], "a", "b", max_replacements=1)
        place = table.column_names.index(column)
        return table.set_column(place, table.schema.field(column), changed)

    rewrite(output, "articles", change)
    assert any(f.startswith(f"{name} ") and "not the hash" in f for f in faults(output))


def test_a_cut_manifest_is_named(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = output / "_tocsin" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:-30])
    assert main(["check", str(output)]) == 2
    error = capsys.readouterr().err
    assert str(manifest) in error
    assert "manifest.json.previous" in error


def test_another_layout_is_refused_with_what_to_do(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = output / "_tocsin" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"format": 1', b'"format": 99'))
    assert main(["counts", str(output)]) == 2
    error = capsys.readouterr().err
    assert "layout 99" in error
    assert f"`tocsin run {output}/articles --output NEW`" in error


@pytest.mark.parametrize(
    ("table", "column"), [("articles", "updated"), ("mention_counts", "publisher_count")]
)
def test_an_output_without_a_column_is_not_called_damaged_and_can_be_replayed(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, column: str
) -> None:
    before = standing(output)
    rewrite(output, table, lambda t: t.drop_columns([column]))
    source = output.parent / "b.jsonl"
    source.write_text('{"title": "Israel strikes Gaza", "published": "2026-03-02T08:10:00Z"}')
    assert main(["run", str(source), "--output", str(output), "--quiet"]) == 1
    error = capsys.readouterr().err
    assert f"written without {column}, by another version" in error
    assert "--repair" not in error
    assert f"`tocsin run {output}/articles --output NEW`" in error
    new = tmp_path / "new"
    assert main(["run", f"{output}/articles", "--output", str(new), "--quiet"]) == 0
    assert standing(new) == before


def test_an_output_without_text_is_not_said_to_replay(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def without_text(table: Any) -> Any:
        import pyarrow as pa

        column = table.column_names.index("text")
        return table.set_column(column, "text", pa.array([""] * table.num_rows))

    rewrite(output, "articles", without_text)
    rewrite(output, "articles", lambda t: t.drop_columns(["updated"]))
    assert main(["check", str(output)]) == 2
    error = capsys.readouterr().err
    assert "run its inputs again into a new --output" in error
    assert "articles --output" not in error


def test_a_withdrawn_article_counts_no_more(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = open_tables(str(output)).execute("SELECT count(*) FROM mentions_standing").fetchone()
    names = ["https://n.example/3?utm_source=x", "https://n.example/3"]
    assert main(["withdraw", str(output), *names]) == 0
    assert capsys.readouterr().err.count("\n") == 1
    db = open_tables(str(output))
    assert db.execute("SELECT count(*) FROM mentions_standing").fetchone() < before
    rows = db.execute(
        "SELECT DISTINCT mention_count, reason FROM mention_counts_latest WHERE category = 'sanction'"
    ).fetchall()
    assert rows == [(0, "withdrawn")]
    assert faults(output) == []
    capsys.readouterr()
    assert main(["withdraw", str(output), "https://n.example/3"]) == 2
    assert "withdrawn before" in capsys.readouterr().err
