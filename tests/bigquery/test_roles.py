"""Least privilege: whole runs through proxies that refuse every call that the documented roles do not allow."""

import re
from pathlib import Path

import pytest
from both_homes import HOUR, news, run, write
from fault_proxy import FORWARD, Proxy

from schemas.arrow import rows_to_table
from schemas.records import Reject
from transforms.bigquery.readers import open_tables, read_table
from transforms.bigquery.store import open_dataset
from transforms.bigquery.target import bigquery_client, storage_client

pytestmark = pytest.mark.usefixtures("strict")
ROOT = Path(__file__).parents[2]

BIGQUERY = {
    r"GET datasets/\w+": "bigquery.datasets.get",
    r"GET datasets/\w+/tables": "bigquery.tables.list",
    r"GET datasets/\w+/tables/\w+": "bigquery.tables.get",
    r"POST datasets/\w+/tables": "bigquery.tables.create",
    r"PATCH datasets/\w+/tables/\w+": "bigquery.tables.update",
    r"DELETE datasets/\w+/tables/\w+": "bigquery.tables.delete",
    r"POST datasets/\w+/tables/\w+/insertAll": "bigquery.tables.updateData",
    r"POST (jobs|queries)": "bigquery.jobs.create",
    r"GET (jobs|queries)/[\w-]+": "own jobs",
}
"""Calls of BigQuery's REST interface by what they need."""

STORAGE = {
    r"POST /upload/storage/v1/b/[\w-]+/o": "storage.objects.create",
    r"GET /(download/)?storage/v1/b/[\w-]+/o/.+": "storage.objects.get",
    r"GET /storage/v1/b/[\w-]+/o": "storage.objects.list",
    r"POST /batch/storage/v1": "storage.objects.delete",
    r"GET /storage/v1/b/[\w-]+": "storage.buckets.get",
}
"""The same of Cloud Storage's; the one batch that is sent deletes."""

READER = {"bigquery.datasets.get", "bigquery.tables.get", "bigquery.tables.list"}
EDITOR = READER | {
    f"bigquery.tables.{verb}" for verb in ("create", "update", "delete", "updateData")
}
USER = {"bigquery.jobs.create", "own jobs"}
OBJECTS = {f"storage.objects.{verb}" for verb in ("create", "get", "list", "delete", "update")}
"""What dataViewer and dataEditor (on a dataset), jobUser (on the project) and objectUser (on a bucket)
allow, of what there is to ask."""


def permission(method, path, calls):
    """What a call needs, by the first pattern that it fits."""
    call = f"{method} {re.sub('^/(upload/)?bigquery/v2/projects/[^/]+/', '', path)}"
    return next((p for pattern, p in calls.items() if re.fullmatch(pattern, call)), call)


@pytest.fixture
def guarded(emulator, monkeypatch):
    """Lets calls through that a set of permissions allows and refuses others; what was asked for."""
    proxies = []

    def guard(allowed):
        asked = set()

        def plan(calls, method, path):
            needed = permission(method, path, calls)
            asked.add(needed)
            if needed in allowed:
                return FORWARD
            return 403, {"error": {"code": 403, "message": f"Permission {needed} denied"}}

        for calls, url, variable in (
            (BIGQUERY, emulator.url, "BIGQUERY_EMULATOR_HOST"),
            (STORAGE, emulator.storage_url, "STORAGE_EMULATOR_HOST"),
        ):
            proxies.append(Proxy(url))
            proxies[-1].plan = lambda method, path, body, calls=calls: plan(calls, method, path)
            monkeypatch.setenv(variable, proxies[-1].url)
        forget()
        return asked

    def forget():
        bigquery_client.cache_clear()
        storage_client.cache_clear()

    yield guard
    forget()
    for proxy in proxies:
        proxy.server.shutdown()


def test_runs_and_streams_need_no_more_than_the_documented_roles(
    guarded, new_target, now, tmp_path
):
    """Creating tables, reading back, staging, loading, committing, clearing, appending."""
    target = new_target(patience=3.0)
    asked = guarded(EDITOR | USER | OBJECTS)
    for n, records in enumerate((list(news(4)), list(news(6)))):
        path = write(tmp_path / f"{n}.jsonl", records)
        run([open_dataset(target, HOUR, now + n)], [path], now + n)
    assert read_table(target, "articles").num_rows >= 6
    store = open_dataset(target, HOUR, now)
    reject = Reject("parse", "malformed", "", "appended", "", now)
    store.append([store.stage_table("rejects", "x", rows_to_table("rejects", [reject]))], HOUR)
    assert read_table(target, "rejects").num_rows == 1
    needed = EDITOR | USER | OBJECTS
    # The Cloud Storage client asks for the bucket's place on its own, and does without.
    assert asked - needed <= {"storage.buckets.get"}
    assert asked >= needed - {"storage.objects.update"}


def test_readers_need_no_more_than_to_read(guarded, target, now):
    open_dataset(target, HOUR, now).commit([], {"http://feed": {}}, HOUR)
    asked = guarded(READER | USER)
    assert open_tables(target).execute("SELECT count(*) FROM mentions_standing").fetchone() == (0,)
    assert asked <= READER | USER


def test_what_a_role_does_not_allow_is_told_in_one_line(guarded, target, now):
    guarded(READER | USER | OBJECTS)
    store = open_dataset(target, HOUR, now)
    reject = Reject("parse", "malformed", "", "unseen", "", now)
    files = [store.stage_table("rejects", "x", rows_to_table("rejects", [reject]))]
    with pytest.raises(
        Exception, match=r"not allowed \(bigquery.tables.create\); grant roles/"
    ) as e:
        store.commit(files, {}, HOUR)
    assert "\n" not in str(e.value)


def test_terraform_grants_the_roles_of_bigquery_that_the_documents_name():
    """The one that large results need besides is tested in test_reading.py."""
    table = (ROOT / "docs/bigquery.md").read_text("utf-8").partition("## Least privilege")[2]
    named = set(re.findall(r"^\| `(roles/bigquery\.\w+)`", table, re.MULTILINE))
    assert "roles/bigquery.readSessionUser" in named
    granted = (ROOT / "deploy/terraform/access.tf").read_text("utf-8")
    assert named == set(re.findall(r'"(roles/bigquery\.\w+)"', granted))
