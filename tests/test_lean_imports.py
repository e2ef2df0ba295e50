"""What is left out of an import is left out within the block only."""

import importlib
import os
import subprocess
import sys
from types import ModuleType

import pytest

from transforms.lean_imports import not_installed


def test_a_name_is_missing_within_the_block_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with not_installed("colorsys"), pytest.raises(ModuleNotFoundError):
        importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").rgb_to_hsv


def test_a_stand_in_leaves_with_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    stand_in = ModuleType("colorsys")
    with not_installed(stand_ins={"colorsys": stand_in}):
        assert importlib.import_module("colorsys") is stand_in
    assert importlib.import_module("colorsys") is not stand_in


def test_what_is_imported_already_stays() -> None:
    with not_installed("json", stand_ins={"json": ModuleType("json")}):
        assert importlib.import_module("json").loads("1") == 1


def test_a_failing_block_cleans_up() -> None:
    before = list(sys.meta_path)
    with pytest.raises(RuntimeError), not_installed("colorsys"):
        raise RuntimeError
    assert sys.meta_path == before


@pytest.mark.parametrize(
    ("arguments", "whole"),
    [(["run", "a.jsonl", "https://paper.example/rss"], False), (["run", "gs://b/a.jsonl"], True)],
)
def test_beam_comes_whole_only_for_what_is_remote(arguments: list[str], whole: bool) -> None:
    code = (
        "import sys; from pipeline.beam_import import import_beam\n"
        f"import_beam({arguments!r})\n"
        "if 'apache_beam' not in sys.modules: import apache_beam\n"
        f"assert ('google.cloud.storage' in sys.modules) is {whole}\n"
        "import google.cloud.storage"  # found again afterwards
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("wanted", [None, "3"])
def test_matrices_get_one_thread_unless_the_user_wants_more(wanted: str | None) -> None:
    """OpenBLAS starts its threads when numpy is imported, and each burns a core while it waits."""
    code = (
        "import os; from pipeline.cli import main; main(['schema'])\n"
        "import numpy; numpy.ones((500, 500)) @ numpy.ones((500, 500))\n"
        "print(len(os.listdir('/proc/self/task')), os.environ['OPENBLAS_NUM_THREADS'])"
    )
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    environment |= {"OPENBLAS_NUM_THREADS": wanted} if wanted else {}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    threads, setting = done.stdout.splitlines()[-1].split()
    assert setting == (wanted or "1")
    if sys.platform == "linux":
        assert (int(threads) == 1) is (wanted is None)
