"""`tocsin schema`: the tables, from the one definition."""

import argparse

from schemas.show import show


def command(args: argparse.Namespace) -> int:
    """Print the schemas in the form asked for, the data dictionary by default."""
    kind = next((k for k in ("bigquery", "arrow", "sql") if getattr(args, k)), "dictionary")
    print(show(kind).rstrip())
    return 0
