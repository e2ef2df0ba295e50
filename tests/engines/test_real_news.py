"""A month of real news gives the counts of the local run on every engine, at once and as a stream.

Minutes of CPU, so only when asked: ``TOCSIN_REAL_NEWS=1 make test-engines ARGS="-k real"``.
"""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bigquery_emulator import BUCKET, PROJECT
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from standing import standing
from test_streaming import end, start

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(not os.environ.get("TOCSIN_REAL_NEWS"), reason="needs TOCSIN_REAL_NEWS=1"),
]
SECONDS = 1500
STAGED = f"--temp_location=gs://{BUCKET}/staged"
FEW = 4_000
"""Items that are streamed into the emulator, which takes a second to be asked about a window; an hour has some 60."""


def dataset(name: str) -> str:
    """A new dataset, as an output."""
    bigquery.Client(PROJECT, AnonymousCredentials()).create_dataset(name)
    return f"bq://{PROJECT}.{name}"


@pytest.fixture(scope="module")
def news(shared: Path) -> Path:
    return shared / "news-2023-10.jsonl.gz"


@pytest.fixture(scope="module")
def here(
    tocsin: Callable[..., Any], news: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Any]:
    """What stands after the local run."""
    output = tmp_path_factory.mktemp("real") / "out"
    tocsin(news, "--output", output, seconds=SECONDS)
    return standing(output)


def test_real_news_on_prism(
    engines: Path, tocsin: Callable[..., Any], news: Path, here: list[Any], tmp_path: Path
) -> None:
    prism = ("--runner=PrismRunner", f"--prism_location={engines}/prism")
    tocsin(news, "--output", tmp_path, *prism, seconds=SECONDS)
    assert standing(tmp_path) == here != []


def test_real_news_on_flink(
    flink: Any, tocsin: Callable[..., Any], news: Path, here: list[Any], tmp_path: Path
) -> None:
    tocsin(news, "--output", tmp_path, *flink.options(), seconds=SECONDS)
    assert standing(tmp_path) == here != []


def test_real_news_streams_on_flink(
    flink: Any, news: Path, here: list[Any], tmp_path: Path
) -> None:
    process = start(tmp_path, news, *flink.options())
    end(flink, process, tmp_path, here, SECONDS)


def test_real_news_on_flink_into_bigquery(
    flink: Any, emulator: Any, tocsin: Callable[..., Any], news: Path, here: list[Any]
) -> None:
    output = dataset("real")
    tocsin(news, "--output", output, STAGED, *flink.options(), seconds=SECONDS)
    assert standing(output) == here != []


def test_real_news_streams_on_flink_into_bigquery(
    flink: Any, emulator: Any, tocsin: Callable[..., Any], news: Path, tmp_path: Path
) -> None:
    few = tmp_path / "few.jsonl"
    few.write_bytes(b"".join(gzip.decompress(news.read_bytes()).splitlines(keepends=True)[:FEW]))
    tocsin(few, "--output", tmp_path / "here", seconds=SECONDS)
    output = dataset("real_stream")
    process = start(output, few, "--steps=20", STAGED, *flink.options())
    end(flink, process, output, standing(tmp_path / "here"), SECONDS)
