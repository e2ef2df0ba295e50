"""The `tocsin` command: parse, dispatch, and one clear line for whatever goes wrong.

Nothing heavy is imported here (Beam alone takes four seconds), so that ``--help`` answers at once;
each command imports what it needs when it runs.
"""

import argparse
import difflib
import errno
import importlib
import io
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from pipeline.commands import COMMANDS, Command
from pipeline.options import RunFailed, UsageError

EXIT_FAILED = 1
EXIT_USAGE = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: the arguments after the program's name; those of the process by default.

    Returns:
        0 if all went well, 1 for a run that failed, 2 for a wrong command line or unusable input.
    """
    # Read when numpy is imported, which Beam does: threads for matrices this small only burn a second core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # A step that fails ends in our one line with its cause; Beam would log its traceback before.
    logging.getLogger("apache_beam.runners.common").setLevel(logging.CRITICAL)
    # What Google's services refuse is told once, when all tries failed, and not as a traceback a try.
    logging.getLogger("apache_beam.utils.retry").setLevel(logging.CRITICAL)
    logging.getLogger("apache_beam.internal.gcp.auth").setLevel(logging.CRITICAL)
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a page without text is a reject
    arguments = list(sys.argv[1:] if argv is None else argv)
    if argv is None and isinstance(sys.stdout, io.TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="replace")  # shows "?" for letters that it has not
        else:
            sys.stdout.reconfigure(encoding="utf-8")
    try:
        return _dispatch(arguments, own_process=argv is None)
    except UsageError as error:
        print(f"tocsin: error: {error}", file=sys.stderr)
        return EXIT_USAGE
    except RunFailed as error:
        print(f"tocsin: the run failed and committed nothing: {error}", file=sys.stderr)
        return EXIT_FAILED
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as error:
        if not isinstance(error.__context__, BrokenPipeError):
            raise
        return 0  # rich makes a status of it
    except OSError as error:
        if error.filename is None and error.errno != errno.ENOSPC:
            raise
        if error.filename is None:  # what is left in the buffer would fail again at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        where = error.filename or "standard output"
        print(f"tocsin: error: {where}: {error.strerror}", file=sys.stderr)
        return EXIT_USAGE if error.filename else EXIT_FAILED
    except Exception as error:
        if type(error).__name__ not in ("IOException", "InvalidInputException"):  # DuckDB's
            raise
        cause = str(error).splitlines()[0]  # of a committed file that is damaged or gone
        print(f"tocsin: error: {cause}; `tocsin check OUTPUT` names damaged files", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("tocsin: interrupted; nothing of the unfinished work was committed", file=sys.stderr)
        return 130


def _dispatch(arguments: list[str], own_process: bool) -> int:
    parser, subparsers = make_parser()
    known, rest = parser.parse_known_args(arguments)
    if known.command is None:
        parser.print_help()
        return 0
    command = COMMANDS[known.command]
    if rest and not command.takes_beam_options:
        raise UsageError(unknown_option(rest[0], option_names(subparsers[known.command])))
    known.beam_args = rest
    known.own_options = option_names(subparsers[known.command])
    if own_process and command.takes_beam_options:
        from pipeline.beam_import import import_beam

        import_beam(arguments)
    module, function = command.target.split(":")
    return int(getattr(importlib.import_module(module), function)(known))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(f"{message} (see `{self.prog} --help`)")


def make_parser() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """The parser of the whole command line, and that of each command."""
    parser = _Parser(
        prog="tocsin",
        description="Counts every mention of strikes, envoys and sanctions in the news, window by window.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tocsin {_version()}")
    group = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    parsers = {}
    for name, command in COMMANDS.items():
        parsers[name] = _add(group, name, command)
    return parser, parsers


def _add(group: Any, name: str, command: Command) -> argparse.ArgumentParser:
    summary = command.help.splitlines()[0]
    sub = group.add_parser(
        name,
        help=summary[0].lower() + summary[1:].rstrip("."),
        description=command.help,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_arguments(sub)
    return sub


def option_names(parser: argparse.ArgumentParser) -> list[str]:
    """The long options that a parser knows."""
    return [o for a in parser._actions for o in a.option_strings if o.startswith("--")]


def unknown_option(given: str, known: Sequence[str]) -> str:
    """What to say of an option or argument that no one knows."""
    name = given.split("=", 1)[0]
    if not name.startswith("-"):
        return f"unexpected argument {given!r}"
    spelt = {k.replace("_", "-"): k for k in known}
    near = difflib.get_close_matches(name.replace("_", "-"), spelt, 1, 0.6)
    hint = f"; did you mean {spelt[near[0]]}?" if near else ""
    return f"unknown option {name}{hint}"


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tocsin")
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
