"""Files elsewhere, in a bucket most of all: found and read through Beam's filesystems, refused in one line."""

import functools
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.options import UsageError


def matching(pattern: str) -> list[str]:
    """The files that a pattern such as ``gs://BUCKET/news/*.jsonl`` names, sorted; a folder's to its depth.

    Raises:
        UsageError: none is there, or they cannot be reached or looked at.
    """
    from apache_beam.io.filesystems import FileSystems

    with _explained(pattern):
        matched = FileSystems.match(
            [pattern.rstrip("/") + ("/**" if pattern.endswith("/") else "")]
        )
    found = sorted(m.path for result in matched for m in result.metadata_list)
    if not found:
        raise UsageError(f"{pattern}: nothing matches")
    return found


def read_remote(name: str) -> bytes:
    """The bytes of one small file, as they are stored.

    Raises:
        UsageError: it is not there, or cannot be reached or read.
    """
    from apache_beam.io.filesystem import CompressionTypes
    from apache_beam.io.filesystems import FileSystems

    with (
        _explained(name),
        FileSystems.open(name, compression_type=CompressionTypes.UNCOMPRESSED) as stream,
    ):
        return bytes(stream.read())


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Refuse what cannot be reached before Beam tries for minutes, and tell its errors as ours."""
    from apache_beam.io.filesystem import BeamIOError
    from google.api_core.exceptions import GoogleAPIError

    if name.startswith("gs://"):
        if problem := _storage_problem():
            raise UsageError(f"{name}: {problem}")
        _tell_if_anonymous()
    try:
        yield
    except (BeamIOError, GoogleAPIError, OSError, ValueError) as error:
        causes = getattr(error, "exception_details", None) or {"": error}
        told = "; ".join(str(cause) for cause in causes.values())
        raise UsageError(f"{name}: {' '.join(told.split())}") from error


@functools.cache
def _storage_problem() -> str:
    """Why Cloud Storage cannot be reached, empty if it answers anything: Beam would try for two minutes to find out."""
    import requests

    address = os.environ.get("STORAGE_EMULATOR_HOST", "https://storage.googleapis.com")
    for pause in (1, 2, 0):
        try:
            requests.head(address, timeout=5)
            return ""
        except requests.ConnectionError:
            time.sleep(pause)
        except requests.RequestException:
            return ""  # something answered: Google's client tells what is wrong
    return f"no connection to Cloud Storage: {address} does not answer"


@functools.cache
def _tell_if_anonymous() -> None:
    """One line, once, where there are no credentials: Beam looks for them five times and goes on without."""
    import google.auth
    from google.auth.exceptions import DefaultCredentialsError

    try:
        google.auth.default()
    except DefaultCredentialsError:
        print(
            "tocsin: no Google credentials here: of gs:// only what is public can be read, after half a minute; "
            "`gcloud auth application-default login` gives some",
            file=sys.stderr,
        )
