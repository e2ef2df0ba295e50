"""Which dataset, how to reach it, and what its errors mean to a user."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import requests
from google.api_core import exceptions
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_RETRY
from google.cloud.storage import Client as StorageClient
from google.cloud.storage.exceptions import InvalidResponse

from transforms.store.manifest import StoreError

MAX_BYTES = 100 << 30
"""Bytes that one query may bill unless told otherwise: 100 GiB."""

PATIENCE = 300.0
"""Seconds for which transient errors (quota, 5xx, lost connections) are retried, with back-off."""

QUOTA = frozenset({"quotaExceeded", "rateLimitExceeded", "jobRateLimitExceeded"})
"""Reasons of an error that waiting mends and no role does, though its status may be 403."""

PASSING = QUOTA | {
    *("backendError", "internalError", "badGateway", "jobBackendError", "jobInternalError"),
    "tableUnavailable",
}
"""Reasons of errors that may not occur when the same is asked again."""

OTHERWISE = frozenset({"billingNotEnabled", "blocked", "policyViolation", "responseTooLarge"})
"""Reasons of status 403 that no role mends; their messages say what does."""

LOST = (
    exceptions.InternalServerError,
    exceptions.BadGateway,
    exceptions.ServiceUnavailable,
    exceptions.GatewayTimeout,
    exceptions.TooManyRequests,
    ConnectionError,
    TransportError,
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)
"""Errors of the same kind that give no reason."""

STREAMING = ("inserts", "storage_write")
"""How unbounded runs write: streaming inserts, or the Storage Write API."""


@dataclass(frozen=True)
class Target:
    """A dataset as an output.

    Attributes:
        project: Google Cloud project that holds the dataset and pays for the queries.
        dataset: name of the dataset.
        staging: ``bucket/folder`` in Cloud Storage where files wait for the commit.
        max_bytes: most bytes that one query may bill.
        patience: seconds for which transient errors are retried.
        streaming: how unbounded runs write, one of `STREAMING`.
    """

    project: str
    dataset: str
    staging: str = ""
    max_bytes: int = MAX_BYTES
    patience: float = PATIENCE
    streaming: str = "inserts"

    @property
    def path(self) -> str:
        """``project.dataset``, as SQL names it."""
        return f"{self.project}.{self.dataset}"

    def __str__(self) -> str:
        return f"bq://{self.path}"


def parse_target(
    text: str,
    staging: str = "",
    max_bytes: int = MAX_BYTES,
    patience: float = PATIENCE,
    streaming: str = "inserts",
) -> Target:
    """The dataset that ``bq://PROJECT.DATASET`` names.

    Args:
        text: the output as given.
        staging: ``gs://BUCKET/FOLDER`` for staged files; needed to write, not to read.
        max_bytes: most bytes that one query may bill.
        patience: seconds for which transient errors are retried.
        streaming: one of `STREAMING`.

    Raises:
        StoreError: not of that form; names what is wrong.
    """
    match = re.fullmatch(r"bq://((?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,})[.:](\w{1,1024})/?", text)
    if not match:
        raise StoreError(f"{text}: not of the form bq://PROJECT.DATASET")
    if staging and not re.fullmatch(r"gs://[a-z0-9][\w.-]+(/.*)?", staging):
        raise StoreError(f"{staging}: not of the form gs://BUCKET/FOLDER")
    folder = staging.removeprefix("gs://").rstrip("/")
    return Target(match[1], match[2], folder, max_bytes, patience, streaming)


def retry(target: Target, share: float = 1.0) -> Any:
    """The back-off for calls to Google: from 1 s, doubling up to 60 s, with jitter.

    Args:
        target: its patience bounds the time.
        share: the part of the patience, for a call within what is itself tried again.
    """
    return DEFAULT_RETRY.with_predicate(passing).with_timeout(target.patience * share)


def passing(error: BaseException) -> bool:
    """Whether the same call may succeed later: quota, 5xx, lost connections."""
    told = reason(error)
    return told in PASSING if told else isinstance(error, LOST)


def reason(error: BaseException) -> str:
    """The reason that Google gives with an error; empty if it gives none."""
    first = next(iter(getattr(error, "errors", None) or ()), None)
    return str(first.get("reason") or "") if isinstance(first, dict) else ""


def innermost(error: BaseException) -> BaseException:
    """What was retried until patience ended; any other error itself."""
    while isinstance(error, exceptions.RetryError) and error.cause:
        error = error.cause
    return error


@lru_cache(maxsize=8)
def bigquery_client(target: Target) -> bigquery.Client:
    """The client of a target; one a process. Its jobs run where the dataset is.

    Without a place, BigQuery finds jobs again only in the multi-regions US and EU.

    Raises:
        StoreError: no such dataset, no permission, or no credentials.
    """
    credentials = _anonymous() if os.environ.get("BIGQUERY_EMULATOR_HOST") else None
    with explained(target):
        asking = bigquery.Client(target.project, credentials)
        place = asking.get_dataset(target.path, retry=retry(target)).location
        return bigquery.Client(target.project, credentials, location=place)


@lru_cache(maxsize=8)
def storage_client(target: Target) -> StorageClient:
    """The Cloud Storage client of a target; one a process."""
    credentials = _anonymous() if os.environ.get("STORAGE_EMULATOR_HOST") else None
    with explained(target):
        return StorageClient(target.project, credentials)


def _anonymous() -> Any:
    """Emulators ask for no account; looking for one would take 20 s to fail."""
    from google.auth.credentials import AnonymousCredentials

    return AnonymousCredentials()


@contextmanager
def explained(target: Target) -> Iterator[None]:
    """Turn the client's errors into a StoreError of one line that says what to grant or create."""
    try:
        yield
    except (DefaultCredentialsError, RefreshError) as error:
        raise StoreError(
            f"{target}: no Google credentials; log in with `gcloud auth application-default login`"
        ) from error
    except exceptions.RetryError as error:
        told = _remedy(target, innermost(error))
        raise StoreError(
            f"{target}: gave up after {target.patience:.0f} s of retries: {told}"
        ) from error
    except exceptions.GoogleAPIError as error:
        raise StoreError(f"{target}: {_remedy(target, error)}") from error
    except InvalidResponse as error:  # how uploads and downloads tell an HTTP status
        found = exceptions.from_http_response(error.response)
        raise StoreError(f"{target}: {_remedy(target, found)}") from error
    except requests.RequestException as error:
        raise StoreError(f"{target}: no connection: {line(error)}") from error


def _remedy(target: Target, error: BaseException) -> str:
    text, why = line(error), reason(error)
    storage = "storage/v1" in str(error) or "storage." in text
    at = f"{target.project}:{target.dataset}"
    permission = re.search(r"\b(?:bigquery|storage)(?:\.\w+){2,3}\b", text)
    if re.search(r"has not (?:been used|enabled)|accessNotConfigured|API .*disabled", text):
        return (
            "BigQuery is not enabled in the project; "
            f"`gcloud services enable bigquery.googleapis.com --project {target.project}`"
        )
    if "different locations" in text or "not found in location" in text:
        return f"dataset and staging bucket must be in one region: {text}"
    if why in QUOTA:
        return f"a quota is used up; wait, give --bq-patience more time, or ask for more: {text}"
    if isinstance(error, exceptions.Forbidden | exceptions.Unauthorized) and why not in OTHERWISE:
        if storage:
            role = f"roles/storage.objectUser on gs://{target.staging.partition('/')[0]}"
        elif "bigquery.jobs" in text:
            role = f"roles/bigquery.jobUser on the project {target.project}"
        else:
            kind = "dataEditor" if target.staging else "dataViewer"  # who only reads has no staging
            role = f"roles/bigquery.{kind} on the dataset {at}"
        needs = f" ({permission[0]})" if permission else ""
        return f"not allowed{needs}; grant {role}"
    if re.search(r"bytesBilledLimitExceeded|bytes billed", text):
        return f"a query would read more than the bound of {target.max_bytes:,} bytes: {text}"
    if isinstance(error, exceptions.NotFound):
        if storage or "bucket" in text.lower():
            bucket = target.staging.partition("/")[0]
            return f"no such bucket; `gcloud storage buckets create gs://{bucket}`"
        if re.search(r"Not found: Project|project .*not (?:found|exist)", text, re.IGNORECASE):
            return "no such project, or no access to it"
        if "Dataset" in text:
            return f"no such dataset; `bq mk --dataset {at}`"
    return text


def line(error: object) -> str:
    """An error's message in one line of at most 500 characters, without the address that was called."""
    text = str(getattr(error, "message", "") or error)
    text = re.sub(r"^(?:GET|POST|PUT|PATCH|DELETE) \S+: ", "", text)
    return " ".join(text.split())[:500] or type(error).__name__
