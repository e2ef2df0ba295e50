"""The documents say what is true: diagram, queries, commands."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipeline.cli import main, make_parser
from pipeline.commands import COMMANDS
from pipeline.diagram import diagram

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def block(mark: str) -> str:
    """The code block under a marker comment of the README."""
    found = re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)```", README, re.S)
    assert found, mark
    return found[1]


@pytest.fixture(scope="module")
def seeds_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of `make run`, in an empty folder."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["run", "seeds/articles", "--output", "output", "--quiet"]) == 0
    return folder


def test_the_diagram_is_the_real_graph() -> None:
    assert block("diagram").strip() == diagram()


def test_the_duckdb_query_runs(seeds_output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    monkeypatch.chdir(seeds_output)
    rows = duckdb.connect().execute(block("query: duckdb")).fetchall()
    assert {r[0] for r in rows} == {"strike", "envoy", "sanction"}


def test_the_pandas_query_runs(
    seeds_output: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(seeds_output)
    # Another library of this process may have shortened what pandas prints.
    with pd.option_context("display.max_rows", 60):
        exec(block("query: pandas"), {})
    assert "sanction" in capsys.readouterr().out


def test_every_command_is_documented_and_has_help() -> None:
    _, parsers = make_parser()
    for name, command in COMMANDS.items():
        assert f"tocsin {name}" in README, name
        assert command.help
        for action in parsers[name]._actions:
            assert action.help, f"{name} {action.dest}"


def test_links_between_documents_lead_somewhere() -> None:
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_make_lists_only_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for document in (README, (ROOT / "CONTRIBUTING.md").read_text()):
        for target in re.findall(r"`?make ([a-z][a-z-]+)`?", document):
            if target not in ("and", "access"):
                assert re.search(rf"^{target}:", makefile, re.M), target


def test_the_data_dictionary_is_the_generated_one() -> None:
    from schemas.show import show

    assert (ROOT / "docs" / "dictionary.md").read_text() == show("dictionary").rstrip() + "\n"
