"""Import a library without the many others that it takes along if they happen to be installed."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType


class _Absent:
    """A finder of modules that finds these names missing."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = frozenset(names)

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name in self.names:
            raise ModuleNotFoundError(f"{name} is left out", name=name)


@contextmanager
def not_installed(*names: str, stand_ins: Mapping[str, ModuleType] | None = None) -> Iterator[None]:
    """Within the block, importing any of `names` fails as if it were not installed.

    For libraries that treat these as extras and import whichever they find, used or not. What is
    imported already stays, and after the block everything can be imported as usual. The block
    changes the import system: use it where the process is ours, before threads start.

    Args:
        names: full names of modules or packages.
        stand_ins: modules to find instead, by name, for what a library cannot do without.
    """
    placed = {n: m for n, m in (stand_ins or {}).items() if n not in sys.modules}
    sys.modules.update(placed)
    finder = _Absent(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name, module in placed.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
