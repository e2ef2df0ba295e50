"""The Flex Template: its parameters follow from the options of `tocsin run`, and become its arguments again.

Everything a template is told arrives as ``--name=value`` strings, switches as ``true`` or ``false``, lists
with commas. ``python -m pipeline.template`` prints ``deploy/metadata.json``, which Dataflow shows and checks
parameters against.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.bigquery_options import size
from pipeline.cli import EXIT_USAGE, main
from pipeline.commands import COMMANDS
from pipeline.options import UsageError, count, duration, moment, seconds

NOT_FOR_TEMPLATES = ("help", "quiet", "json", "lock_wait")
"""What only means something to someone at a terminal, or on an output folder."""

REQUIRED = ("output",)
"""A worker's disk goes with the worker, so the default folder is no output for a template."""

PATTERNS: dict[Any, str] = {
    duration: r"^[1-9][0-9]*[smhdw]?$",
    size: r"^[1-9][0-9]*([KMGTkmgt]?(i?B)?)$",
    moment: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.+Z-]+)?$",
    count: r"^0*[1-9][0-9]*$",
    seconds: r"^[0-9]+([.][0-9]+)?$",
}
"""What Dataflow's form accepts for a type of option; the option's own parser has the last word."""

OUTPUT_PATTERN = r"^bq://[a-z][a-z0-9.:-]*\.[A-Za-z0-9_]+$"


def launch(argv: Sequence[str]) -> int:
    """Run `tocsin run` with template parameters; the exit status of the command.

    Args:
        argv: parameters as ``--name=value``, ours and Dataflow's in any order.
    """
    try:
        words = run_arguments(argv)
    except UsageError as error:
        print(f"tocsin: error: {error}", file=sys.stderr)
        return EXIT_USAGE
    return main(["run", *words])


def run_arguments(argv: Sequence[str]) -> list[str]:
    """The arguments of `tocsin run` that template parameters stand for.

    Names may have underscores for hyphens; an empty value is as good as none; what is not ours is handed on as
    it is, since the launcher adds options of Beam.

    Raises:
        UsageError: a switch that is neither true nor false.

    >>> run_arguments(["--inputs=gs://b/a.xml,gs://b/c.xml", "--keep_text=true", "--region=x"])
    ['--keep-text', '--region=x', 'gs://b/a.xml', 'gs://b/c.xml']
    """
    actions = {action.dest: action for action in _actions()}
    words: list[str] = []
    inputs: list[str] = []
    for word in argv:
        name, _, value = word.partition("=")
        action = actions.get(name.removeprefix("--").replace("-", "_"))
        if action is None:
            words.append(word)
        elif not action.option_strings:
            inputs += _listed(value)
        elif action.nargs == 0:
            words += _switch(name, action, value)
        elif value:
            values = _listed(value) if _is_list(action) else [value]
            words += [f"{action.option_strings[0]}={v}" for v in values]
    return words + inputs


def metadata() -> dict[str, Any]:
    """The template's description as Dataflow reads it."""
    return {
        "name": "Tocsin",
        "description": COMMANDS["run"].help.splitlines()[0],
        "supportsAtLeastOnce": False,
        "supportsExactlyOnce": True,
        "defaultStreamingMode": "EXACTLY_ONCE",
        "parameters": [_parameter(action) for action in _actions()],
    }


def metadata_json() -> str:
    """The text of ``deploy/metadata.json``."""
    return json.dumps(metadata(), indent=2, ensure_ascii=False) + "\n"


def _actions() -> Iterator[argparse.Action]:
    parser = argparse.ArgumentParser(add_help=False)
    COMMANDS["run"].add_arguments(parser)
    return (a for a in parser._actions if a.dest not in NOT_FOR_TEMPLATES)


def _parameter(action: argparse.Action) -> dict[str, Any]:
    kind, pattern = "TEXT", PATTERNS.get(action.type)
    if action.nargs == 0:
        kind, pattern = "BOOLEAN", "^(true|false)$"
    elif action.choices:
        pattern = f"^({'|'.join(action.choices)})$"
    elif action.dest in REQUIRED:
        pattern = OUTPUT_PATTERN
    text = f"{action.help or ''}; several with commas" if _is_list(action) else action.help or ""
    text = re.sub(r" \(default: [^)]*\)$", "", text) if action.dest in REQUIRED else text
    return {
        "name": action.dest,
        "label": action.dest.replace("_", " ").capitalize(),
        "helpText": text[0].upper() + text[1:] + ".",
        "isOptional": action.dest not in REQUIRED,
        "paramType": kind,
        **({"regexes": [pattern]} if pattern else {}),
    }


def _is_list(action: argparse.Action) -> bool:
    return action.nargs == "*" or isinstance(action.default, list)


def _listed(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _switch(name: str, action: argparse.Action, value: str) -> list[str]:
    if value.lower() not in ("true", "false", ""):
        raise UsageError(f"{name}={value}: true or false")
    return [action.option_strings[0]] if value.lower() == "true" else []


if __name__ == "__main__":
    sys.stdout.write(metadata_json())
