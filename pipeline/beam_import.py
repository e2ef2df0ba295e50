"""Import Beam for a local run in half the time: without clients of services that it does not use."""

import logging
from collections.abc import Sequence

from transforms.lean_imports import not_installed

_EXTRAS = (
    *("pandas", "pymongo", "bson", "boto3", "apitools"),
    *("google.cloud", "google.auth", "google.api_core"),
    *("apache_beam.io.gcp.bigquery", "apache_beam.io.gcp.gcsio"),
)
"""What Beam 2.77 imports at once where it is installed, and does without where it is not: 2.5 of the
5 CPU seconds of ``import apache_beam``."""


def import_beam(arguments: Sequence[str]) -> None:
    """Import Beam as these arguments of `tocsin run` need it.

    Whole where they name another runner or anything remote (``gs://``, ``bq://``), since Beam then
    needs its clients; else without them. Only for a process of our own: what Beam has not found at
    its import, it does without for good.
    """
    remote = any("://" in a and not a.startswith(("http://", "https://")) for a in arguments)
    if remote or any(a.startswith("--runner") for a in arguments):
        return
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)  # it warns of what it does not find
    try:
        with not_installed(*_EXTRAS):
            import apache_beam  # noqa: F401
            import pyarrow

            pyarrow.array([])  # Arrow looks for pandas at its first use
    finally:
        logging.disable(before)
