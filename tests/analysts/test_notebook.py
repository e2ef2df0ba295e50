"""The analysts' notebook runs from top to bottom, offline, and shows what the cookbook says."""

import importlib.util
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

marimo = pytest.importorskip("marimo")
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def shown() -> tuple[str, dict[str, Any]]:
    """All outputs as HTML, and what the cells defined; any address but loopback is refused meanwhile."""
    spec = importlib.util.spec_from_file_location("notebook", DOCS / "notebook.py")
    assert spec
    assert spec.loader
    notebook = importlib.util.module_from_spec(spec)
    look_up = socket.getaddrinfo

    def refuse(host: Any, *rest: Any, **more: Any) -> Any:
        assert host in (None, "", "localhost", "127.0.0.1", "::1"), f"asked for {host}"
        return look_up(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TOCSIN_OUTPUT", raising=False)
        patch.setattr(socket, "getaddrinfo", refuse)
        spec.loader.exec_module(notebook)
        outputs, defined = notebook.app.run()
    return "\n".join(marimo.as_html(output).text for output in outputs), dict(defined)


def test_its_counts_are_those_of_the_cookbook(shown: tuple[str, dict[str, Any]]) -> None:
    cookbook = (DOCS / "cookbook.md").read_text("utf-8")
    told = re.findall(
        r"^\| (\w+) \| (\w+) \| (\d+) \| (\d+) \|$", cookbook.partition("### 2.")[0], re.M
    )
    columns = ("category", "status", "mentions", "articles")
    counted = [tuple(str(row[c]) for c in columns) for row in shown[1]["counts"]]
    assert counted == told
    assert shown[1]["total"] == sum(int(row[2]) for row in told)


def test_behind_the_highest_bar_are_as_many_sentences(shown: tuple[str, dict[str, Any]]) -> None:
    bar = shown[1]["bar"].value
    assert bar["mentions"] == max(row["mentions"] for row in shown[1]["bars"])
    assert len(shown[1]["behind"]) == bar["mentions"]
    assert all(row["sentence"] for row in shown[1]["behind"])


def test_force_stands_beside_diplomacy_and_the_charts_are_drawn(
    shown: tuple[str, dict[str, Any]],
) -> None:
    assert shown[0].count("<svg") == 3
    assert any(row["strikes"] and row["envoys"] for row in shown[1]["force"])
    assert {row["for_whom"] for row in shown[1]["envoys"]} >= {"USA", "United Nations"}
    assert shown[1]["risen"] == []
    assert "Nothing out of the usual" in shown[0]


def test_it_adds_up_nothing_but_mentions() -> None:
    text = (DOCS / "notebook.py").read_text("utf-8")
    assert set(re.findall(r"SUM\((\w+)", text)) == {"mention_count"}


def test_an_output_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    environment = os.environ | {"TOCSIN_OUTPUT": str(tmp_path / "none")}
    done = subprocess.run(
        [sys.executable, DOCS / "notebook.py"],
        capture_output=True,
        text=True,
        cwd=DOCS.parent,
        env=environment,
    )
    assert done.returncode != 0
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"TOCSIN_OUTPUT: {tmp_path / 'none'}: no such output")
