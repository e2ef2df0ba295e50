"""Errors in one line that says what to grant or create; calls within the roles that are asked for."""

import json
import re

import pytest
from both_homes import HOUR, stage
from fault_proxy import FORWARD, failing

from schemas.arrow import rows_to_table
from transforms.bigquery import target as targets
from transforms.bigquery.readers import read_committed
from transforms.bigquery.store import open_dataset
from transforms.store.manifest import StoreError

pytestmark = pytest.mark.usefixtures("strict")


def denied(permission, place):
    message = (
        f"Access Denied: {place}: Permission {permission} denied on {place} (or it may not exist)."
    )
    error = {"message": message, "domain": "global", "reason": "accessDenied"}
    return 403, {
        "error": {"code": 403, "message": message, "errors": [error], "status": "PERMISSION_DENIED"}
    }


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            denied("bigquery.tables.list", "Dataset p:d"),
            r"not allowed \(bigquery.tables.list\); grant roles/bigquery.dataEditor on the dataset test-project:\w+$",
        ),
        (
            denied("bigquery.jobs.create", "Project p"),
            r"not allowed \(bigquery.jobs.create\); grant roles/bigquery.jobUser on the project test-project$",
        ),
        (
            failing(
                403,
                "BigQuery API has not been used in project 1 before.",
                "accessNotConfigured",
            ),
            r"not enabled in the project; `gcloud services enable bigquery",
        ),
        (failing(404, "Not found: Dataset p:d", "notFound"), r"no such dataset; `bq mk --dataset"),
        (failing(404, "Not found: Project p", "notFound"), r"no such project, or no access to it$"),
        (
            failing(
                400,
                "Cannot read and write in different locations: source: EU, destination: US",
                "invalid",
            ),
            r"dataset and staging bucket must be in one region",
        ),
        (failing(503, "", "backendError"), r"gave up after 1 s of retries"),
    ],
)
def test_errors_say_in_one_line_what_to_grant_or_create(proxy, new_target, now, answer, told):
    target = new_target(patience=1.0)
    proxy.plan = lambda *call: answer
    with pytest.raises(StoreError) as caught:
        open_dataset(target, HOUR, now)
    assert str(caught.value).startswith(f"{target}: ")
    assert "\n" not in str(caught.value)
    assert re.search(told, str(caught.value)), str(caught.value)


def test_readers_are_told_to_ask_for_leave_to_read(proxy, target):
    proxy.plan = lambda *call: denied("bigquery.tables.getData", "Table p:d.runs")
    with pytest.raises(StoreError) as caught:
        read_committed(targets.parse_target(str(target)))
    needed = (
        r"not allowed \(bigquery.tables.getData\); grant roles/bigquery.dataViewer on the dataset"
    )
    assert re.search(needed, str(caught.value)), str(caught.value)


def test_a_missing_bucket_is_named(target, now):
    store = open_dataset(target, HOUR, now)
    elsewhere = targets.parse_target(str(target), "gs://nobodys-bucket/x", patience=3.0)
    with pytest.raises(
        StoreError, match="no such bucket; `gcloud storage buckets create gs://nobodys"
    ):
        stage(type(store)(elsewhere, store.base, now, "token"), "x")
    nowhere = targets.parse_target(str(target))
    with pytest.raises(StoreError, match="needs --temp_location"):
        stage(type(store)(nowhere, store.base, now, "token"), "x")


@pytest.mark.parametrize("seen", [True, False])
def test_a_missing_bucket_is_named_before_anything_is_read(storage_proxy, target, now, seen):
    """Also to an account that may use the bucket's files but not look at the bucket."""
    refused = denied("storage.buckets.get", "Bucket nobodys-bucket")
    looks = re.compile(r"GET /storage/v1/b/[\w-]+").fullmatch
    storage_proxy.plan = lambda method, path, body: (
        refused if looks(f"{method} {path}") and not seen else FORWARD
    )
    elsewhere = targets.parse_target(str(target), "gs://nobodys-bucket/x", patience=3.0)
    with pytest.raises(
        StoreError, match="no such bucket; `gcloud storage buckets create gs://nobodys"
    ):
        open_dataset(elsewhere, HOUR, now)
    assert open_dataset(target, HOUR, now).target == target


def test_a_far_bucket_is_told_before_anything_is_read(proxy, storage_proxy, new_target, now):
    """The bucket is in the US. Whether that is too far is asked of BigQuery, by a load of one row."""
    target = new_target("asia-east2", patience=10.0)
    message = "Cannot read and write in different locations: source: US, destination: asia-east2"
    loads = []

    def far(method, path, body):
        if method == "POST" and b'"load"' in body:
            loads.append(path)
            return failing(400, message, "invalid") if len(loads) == 1 else FORWARD
        return FORWARD

    proxy.plan = far
    with pytest.raises(StoreError, match="dataset and staging bucket must be in one region"):
        open_dataset(target, HOUR, now)
    for _ in range(2):  # it loads after all; asked once a process
        assert open_dataset(target, HOUR, now).run == 1
    assert len(loads) == 2
    client = targets.storage_client(target)
    place, _, folder = target.staging.partition("/")
    assert not list(client.list_blobs(place, prefix=f"{folder}/tocsin/{target.dataset}/"))


def test_reads_are_pruned_to_days_and_bounded(proxy, target, now, mention, article):
    """The bound goes with every query; reading back names a span of the partition column."""
    told = rows_to_table("mentions", [mention(article())])
    store = open_dataset(target, HOUR, now)
    store.append([store.stage_table("mentions", "x", told)], HOUR)
    store = store.current()
    asked = []
    proxy.plan = lambda method, path, body: asked.append(body) or FORWARD
    store.contributions(now, now + 3_600_000_000)
    queries = [json.loads(body) for body in asked if b'"query"' in body]
    assert all(int(query["maximumBytesBilled"]) == target.max_bytes for query in queries)
    days = [q for q in queries if "m.published >= @first AND m.published < @after" in q["query"]]
    (span,) = [[p["parameterValue"]["value"] for p in q["queryParameters"]] for q in days]
    assert [value[:10] for value in span] == ["2026-03-20", "2026-03-21"]


def test_time_is_not_spent_on_what_is_in_order(proxy, target, now):
    """A dataset with all its tables costs one call to see so."""
    from transforms.bigquery.tables import ensure_tables

    ensure_tables(target)
    proxy.calls.clear()
    ensure_tables(target)
    assert len(proxy.calls) == 1
