"""Word lists of English, read once from `data/english.toml`."""

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("data") / "english.toml"


@cache
def _tables() -> dict[str, str | dict[str, str]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def words(name: str) -> frozenset[str]:
    """The named list.

    >>> "mr" in words("titles")
    True
    """
    listed = _tables()[name]
    assert isinstance(listed, str)
    return frozenset(listed.split())


@cache
def irregular() -> dict[str, tuple[str, ...]]:
    """Base form to forms that no rule gives."""
    table = _tables()["irregular"]
    assert isinstance(table, dict)
    return {base: tuple(forms.split()) for base, forms in table.items()}
