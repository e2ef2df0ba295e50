"""Check everything in deploy/ that can be checked without an account: ``python deploy/check.py``.

Dockerfile, shell, YAML, the template's metadata, and Terraform: that it parses, is formatted, and that every
variable, local and resource it names is declared and every variable used. What only the provider knows (the
arguments of a resource) is checked by `terraform validate`, which needs the provider.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2

HERE = Path(__file__).parent
ROOT = HERE.parent
TERRAFORM = HERE / "terraform"
YAML_RULES = (
    "{extends: default, rules: {line-length: {max: 120}, document-start: disable, "
    "indentation: {indent-sequences: true}}}"
)


def commands() -> Iterator[list[str]]:
    """The checkers to run, from the repository's root."""
    scripts = [HERE / "image.sh", ROOT / ".ci" / "run"]
    yield [_tool("hadolint"), str(HERE / "Dockerfile")]
    yield [_tool("shellcheck"), *map(str, scripts)]
    yield [_tool("yamllint"), "--strict", "-d", YAML_RULES, str(HERE / "flink")]
    schema = str(HERE / "metadata.schema.json")
    yield [_tool("check-jsonschema"), "--schemafile", schema, str(HERE / "metadata.json")]
    if terraform := shutil.which("terraform"):
        yield [terraform, f"-chdir={TERRAFORM}", "fmt", "-check", "-diff"]


def _tool(name: str) -> str:
    """A program beside this Python, else on the path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name


def terraform_problems(folder: Path) -> list[str]:
    """What is named and not declared, or declared and not used, in the Terraform files of a folder.

    Raises:
        Exception: a file that is not HCL; the parser's error names line and column.
    """
    text, declared = "", {"var": set(), "local": set(), "resource": set()}  # type: ignore[var-annotated]
    for path in sorted(folder.glob("*.tf")):
        source = path.read_text(encoding="utf-8")
        text += re.sub(r"^\s*#.*$", "", source, flags=re.MULTILINE) + "\n"
        _declare(hcl2.loads(source), declared)
    used = {
        "var": set(re.findall(r"\bvar\.(\w+)", text)),
        "local": set(re.findall(r"\blocal\.(\w+)", text)),
        "resource": set(re.findall(r"\b(google_\w+\.\w+)", text)),
    }
    problems = [
        f"{kind} {name} is not declared"
        for kind in used
        for name in sorted(used[kind] - declared[kind])
    ]
    unused = {k: declared[k] - used[k] for k in ("var", "local")}
    problems += [f"{kind} {name} is not used" for kind in unused for name in sorted(unused[kind])]
    given = set(hcl2.loads((folder / "example.tfvars").read_text(encoding="utf-8")))
    unknown = {g for g in given if not g.startswith("__")} - declared["var"]
    return problems + [f"example.tfvars: {name} is no variable" for name in sorted(unknown)]


def _declare(parsed: dict[str, Any], declared: dict[str, set[str]]) -> None:
    def plain(name: str) -> str:
        return name.strip('"')

    for block in parsed.get("variable", []):
        declared["var"] |= {plain(n) for n in block if not n.startswith("__")}
    for block in parsed.get("locals", []):
        declared["local"] |= {plain(n) for n in block if not n.startswith("__")}
    for block in parsed.get("resource", []):
        for kind, named in block.items():
            if not kind.startswith("__"):
                names = (n for n in named if not n.startswith("__"))
                declared["resource"] |= {f"{plain(kind)}.{plain(n)}" for n in names}


def main() -> int:
    """Run every check; 0 if all passed."""
    failed = 0
    for command in commands():
        done = subprocess.run(  # noqa: S603 - our own list
            command, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            failed += 1
            print(
                f"{Path(command[0]).name} {command[-1]}:\n{done.stdout}{done.stderr}",
                file=sys.stderr,
            )
    problems = terraform_problems(TERRAFORM)
    for problem in problems:
        print(f"terraform: {problem}", file=sys.stderr)
    compile((HERE / "airflow_dag.py").read_text(encoding="utf-8"), "airflow_dag.py", "exec")
    return 1 if failed or problems else 0


if __name__ == "__main__":
    sys.exit(main())
