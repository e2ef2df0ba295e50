"""Import a library without the many others that it takes along if they happen to be installed."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def not_installed(*names: str, stand_ins: Mapping[str, ModuleType] | None = None) -> Iterator[None]:
    """Within the block, importing any of `names` fails as if it were not installed.

    For libraries that treat these as extras and import whichever they find, used or not. Modules
    that are imported already stay as they are, and after the block all can be imported as usual.
    The block changes `sys.modules`: use it where the process is ours, before threads start.

    Args:
        names: full names of modules or packages.
        stand_ins: modules to find instead, by name, for what a library cannot do without.
    """
    wanted: dict[str, ModuleType | None] = {**dict.fromkeys(names), **(stand_ins or {})}
    placed = {name: module for name, module in wanted.items() if name not in sys.modules}
    sys.modules.update(placed)  # type: ignore[arg-type] # None is how Python marks what is not there
    try:
        yield
    finally:
        for name, module in placed.items():
            if name in sys.modules and sys.modules[name] is module:
                del sys.modules[name]
