"""What the image is made of agrees with what the project says."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def dockerfile(root: Path) -> str:
    return (root / "deploy/Dockerfile").read_text(encoding="utf-8")


def test_beams_image_is_the_locked_beam(
    project: dict[str, Any], dockerfile: str, root: Path
) -> None:
    (beam,) = (d for d in project["project"]["dependencies"] if d.startswith("apache-beam"))
    version = beam.partition("==")[2]
    assert f"apache/beam_python3.11_sdk:{version}\n" in dockerfile
    locked = (root / "deploy/requirements.txt").read_text(encoding="utf-8")
    assert re.search(rf"^apache-beam(\[gcp\])?=={re.escape(version)}\b", locked, re.MULTILINE)


def test_every_requirement_has_a_hash(root: Path) -> None:
    text = (root / "deploy/requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    wanted = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
    assert wanted
    assert all("--hash=sha256:" in line for line in wanted)


def test_uv_is_one_version_everywhere(dockerfile: str, root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    version = re.search(r"UV_VERSION := (\S+)", makefile)
    assert version
    assert f"ARG UV_VERSION={version[1]}\n" in dockerfile


def test_every_package_is_installed(project: dict[str, Any], root: Path) -> None:
    rooms = ("pipeline", "transforms", "schemas")
    found = {
        path.parent.relative_to(root).as_posix().replace("/", ".")
        for room in rooms
        for path in (root / room).rglob("__init__.py")
    }
    assert found == set(project["tool"]["setuptools"]["packages"])


def test_what_is_copied_is_let_in(dockerfile: str, root: Path) -> None:
    allowed = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE):
        for source in line.split():
            assert f"!{source}" in allowed
            assert (root / source).exists(), source
