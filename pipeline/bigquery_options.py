"""The options of an output in BigQuery, for the commands that write or read one."""

import argparse
import re
from typing import Any

_UNITS = "KMGT"


def size(value: str) -> int:
    """Bytes in "10G", "500M", "1TiB" or a plain number of bytes; units are powers of 1,024.

    >>> size("1K")
    1024
    """
    match = re.fullmatch(rf"([1-9]\d*)\s*([{_UNITS}]?)(?:i?B)?", value.strip(), re.IGNORECASE)
    if not match:
        raise argparse.ArgumentTypeError(f"{value!r} is not a size such as 500M, 10G or 1T")
    unit = match[2].upper()
    return int(match[1]) << (10 * (_UNITS.index(unit) + 1) if unit else 0)


def bigquery_options(parser: argparse.ArgumentParser, duration: Any, streams: bool = False) -> None:
    """Add the options of ``bq://`` outputs; the defaults are those of `transforms.bigquery.target`.

    Args:
        parser: of the command.
        duration: the parser of times.
        streams: whether the command may write row by row.
    """
    add = parser.add_argument
    add(
        "--bq-max-bytes",
        type=size,
        default=None,
        metavar="SIZE",
        help="bq://: the most that one query may read and bill (default: 100G)",
    )
    add(
        "--bq-patience",
        type=duration,
        default=None,
        metavar="TIME",
        help="bq://: how long quota errors, 5xx and lost calls are tried again (default: 5m)",
    )
    if streams:
        add(
            "--bq-streaming",
            choices=("inserts", "storage_write"),
            default=None,
            help="bq://: how a --stream on an engine writes rows: streaming inserts, or the cheaper Storage "
            "Write API, which drops no repeats (default: inserts)",
        )


def bigquery_settings(args: argparse.Namespace) -> dict[str, Any]:
    """What was given, as `transforms.bigquery.target.parse_target` takes it."""
    given = {
        "max_bytes": getattr(args, "bq_max_bytes", None),
        "patience": getattr(args, "bq_patience", None),
        "streaming": getattr(args, "bq_streaming", None),
    }
    return {name: value for name, value in given.items() if value is not None}
