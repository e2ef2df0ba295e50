"""Install the engines that the tests run: Prism by Go, Flink by Maven; ``python tests/engines/install.py``.

Everything goes to the folder `place()`; what is there already is left. Needs Go, a JDK and Maven, and their
registries; the tests themselves need no network.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import apache_beam

HERE = Path(__file__).parent
PRISM = f"github.com/apache/beam/sdks/v2/go/cmd/prism@v{apache_beam.__version__}"
SECONDS = 1500
"""Longest that one installation may take; building Prism takes three minutes of one core."""


def place() -> Path:
    """Where the engines are kept: below the user's cache folder, by version of Beam."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "tocsin" / f"engines-{apache_beam.__version__}"


def install_prism(folder: Path) -> None:
    """Build the `prism` program from the Go module proxy."""
    if not (folder / "prism").exists():
        _run(["go", "install", PRISM], env={**os.environ, "GOBIN": str(folder)})


def install_flink(folder: Path) -> None:
    """Fetch Flink and Beam's runner for it as jars, and compile the submitter beside them."""
    jars = folder / "flink"
    if not jars.exists():
        fresh = folder / "flink.new"
        shutil.rmtree(fresh, ignore_errors=True)
        target = f"-DoutputDirectory={fresh}"
        pom = str(HERE / "pom.xml")
        goal = "dependency:copy-dependencies"
        _run(["mvn", "-B", "-q", "-f", pom, goal, target, "-DincludeScope=runtime"])
        fresh.rename(jars)
    source = HERE / "SubmitToFlink.java"
    made = folder / "SubmitToFlink.class"
    if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
        _run(["javac", "-nowarn", "-cp", f"{jars}/*", "-d", str(folder), str(source)])


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, timeout=SECONDS, env=env)


if __name__ == "__main__":
    folder = place()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"engines in {folder}", flush=True)
    install_prism(folder)
    install_flink(folder)
    sys.exit(0)
