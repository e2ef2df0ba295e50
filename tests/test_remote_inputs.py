"""Inputs in a bucket: what is wrong with them is said in lines, not in tracebacks."""

import logging
import time

import google.auth
import pytest
from apache_beam.internal.gcp import auth
from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems
from google.auth.exceptions import DefaultCredentialsError
from newsite import News

from pipeline import remote
from pipeline.cli import main

WORD = "gs://nowhere/a.jsonl"


def test_a_bucket_without_credentials_is_told_in_two_lines(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def no_credentials() -> None:
        raise DefaultCredentialsError("none")

    def refused(patterns: list[str]) -> None:
        logging.getLogger("apache_beam.utils.retry").warning("Retry\nTraceback of a try")
        raise BeamIOError("Match operation failed", {patterns[0]: RuntimeError("401 anonymous")})

    remote._tell_if_anonymous.cache_clear()
    remote._storage_problem.cache_clear()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", News().url("storage"))
    monkeypatch.setattr(google.auth, "default", no_credentials)
    monkeypatch.setattr(FileSystems, "match", refused)
    assert main(["run", WORD, "--output", "none"]) == 2
    assert caplog.records == []
    told, error = capsys.readouterr().err.splitlines()
    assert "no Google credentials" in told
    assert error == f"tocsin: error: {WORD}: 401 anonymous"
    assert main(["run", WORD, "--output", "none"]) == 2
    assert "no Google credentials" not in capsys.readouterr().err


@pytest.mark.parametrize("words", [[WORD], ["--feeds", WORD]])
def test_without_a_network_a_bucket_is_given_up_within_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    remote._storage_problem.cache_clear()
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")  # nobody listens there
    started = time.monotonic()
    assert main(["run", *words, "--output", "none"]) == 2
    assert time.monotonic() - started < 30
    remote._storage_problem.cache_clear()
    (error,) = capsys.readouterr().err.splitlines()
    assert error.startswith(f"tocsin: error: {WORD}: no connection to Cloud Storage")


def test_a_list_of_feeds_that_is_not_in_its_bucket_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    remote._storage_problem.cache_clear()
    monkeypatch.setattr(remote, "_tell_if_anonymous", lambda: None)
    monkeypatch.setattr(auth._Credentials, "get_service_credentials", lambda options: None)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", News().url("").rstrip("/"))  # answers all with 404
    assert main(["run", "--feeds", "gs://nowhere/feeds.opml", "--output", "none"]) == 2
    (error,) = capsys.readouterr().err.splitlines()
    assert error.startswith("tocsin: error: gs://nowhere/feeds.opml: ")
    assert "404" in error
