"""Quota and passing errors as Google tells them: waited for with back-off, and never told as permission."""

import json
import time

import pytest
from both_homes import HOUR, reject, stage
from fault_proxy import FORWARD, failing

from schemas.arrow import rows_to_table
from transforms.bigquery.readers import read_committed, read_table
from transforms.bigquery.store import open_dataset
from transforms.bigquery.stream import insert
from transforms.bigquery.target import parse_target
from transforms.store.manifest import StoreError

pytestmark = pytest.mark.usefixtures("strict")

IMPORTS = (
    "Quota exceeded: Your table exceeded quota for imports or query appends per table. "
    "For more information, see https://cloud.google.com/bigquery/docs/troubleshoot-quotas"
)
UPDATES = "Exceeded rate limits: too many table update operations for this table."
ANSWERS = {
    "quotaExceeded": failing(403, IMPORTS, "quotaExceeded"),
    "rateLimitExceeded": failing(403, UPDATES, "rateLimitExceeded"),
    "jobRateLimitExceeded": failing(400, "Job exceeded rate limits", "jobRateLimitExceeded"),
    "backendError": failing(503, "Visibility check was unavailable. Please retry", "backendError"),
    "internalError": failing(500, "An internal error occurred", "internalError"),
}


def stored(target, name):
    return read_table(target, "rejects")["source"].to_pylist().count(name)


def is_load(method, path, body):
    return method == "POST" and path.endswith("/jobs") and b'"load"' in body


def is_commit(method, path, body):
    return method == "POST" and b"BEGIN TRANSACTION" in body


@pytest.mark.parametrize("reason", ANSWERS)
@pytest.mark.parametrize("call", [is_load, is_commit])
def test_a_call_that_is_over_quota_is_made_again(proxy, target, now, reason, call):
    store = open_dataset(target, HOUR, now)
    files = stage(store, f"{reason}-{call.__name__}")
    answers = [ANSWERS[reason]] * 2
    proxy.plan = lambda *made: answers.pop() if answers and call(*made) else FORWARD
    assert store.commit(files, {}, HOUR).run == read_committed(target).run == store.run
    assert not answers
    assert stored(target, f"{reason}-{call.__name__}") == 1


def ended(job, reason):
    """The resource of a load job that ended so, as `jobs.get` gives it."""
    error = {"reason": reason, "message": ANSWERS[reason][1]["error"]["message"]}
    reference = {"projectId": "test-project", "jobId": job, "location": "US"}
    return 200, {
        "kind": "bigquery#job",
        "id": f"test-project:US.{job}",
        "jobReference": reference,
        "configuration": {"jobType": "LOAD", "load": {}},
        "statistics": {},
        "status": {"state": "DONE", "errorResult": error, "errors": [error]},
    }


@pytest.mark.parametrize("reason", ["backendError", "rateLimitExceeded", "quotaExceeded"])
def test_a_load_job_that_ended_in_a_passing_error_is_begun_again(
    proxy, target, now, reason, caplog
):
    store = open_dataset(target, HOUR, now)
    files = stage(store, f"ended-{reason}")
    jobs = []

    def end(method, path, body):
        if not is_load(method, path, body):
            return FORWARD
        jobs.append(json.loads(body)["jobReference"]["jobId"])
        return ended(jobs[-1], reason) if len(jobs) < 3 else FORWARD

    proxy.plan = end
    store.commit(files, {}, HOUR)
    assert len(set(jobs)) == 3  # each under a name of its own
    assert stored(target, f"ended-{reason}") == 1
    assert caplog.text.count("load job ended, beginning another") == 2


@pytest.mark.parametrize("reason", ["quotaExceeded", "rateLimitExceeded"])
@pytest.mark.parametrize("call", [is_load, is_commit, lambda method, *rest: method == "GET"])
def test_a_quota_that_stays_used_up_is_told_as_one(proxy, target, now, reason, call):
    short = parse_target(str(target), f"gs://{target.staging}", patience=1.5)
    store = open_dataset(short, HOUR, now)
    files = stage(store, "never")
    proxy.plan = lambda *made: ANSWERS[reason] if call(*made) else FORWARD
    began = time.monotonic()
    with pytest.raises(StoreError) as caught:
        store.commit(files, {}, HOUR)
    assert time.monotonic() - began < 60
    told = str(caught.value)
    assert "gave up after 2 s of retries: a quota is used up; wait" in told
    assert ANSWERS[reason][1]["error"]["message"] in told
    assert "grant" not in told
    proxy.plan = lambda *made: FORWARD
    assert stored(target, "never") == 0


def test_a_commit_is_sent_again_after_pauses(proxy, target, now):
    """Each pause is longer, up to a bound, by chance: five at once would meet the same overload."""
    store = open_dataset(target, HOUR, now)
    files = stage(store, "paused")
    sent = []

    def refuse(method, path, body):
        if not is_commit(method, path, body):
            return FORWARD
        sent.append(time.monotonic())
        message = "Transaction is aborted due to concurrent update against table p:d.runs"
        return failing(400, message, "invalidQuery") if len(sent) < 9 else FORWARD

    proxy.plan = refuse
    assert store.commit(files, {}, HOUR).run == store.run
    assert len(sent) == 9
    assert stored(target, "paused") == 1


def test_a_commit_that_is_not_allowed_is_sent_once(proxy, target, now):
    store = open_dataset(target, HOUR, now)
    files = stage(store, "denied")
    denied = failing(403, "Access Denied: Permission bigquery.tables.updateData", "accessDenied")
    sent = []
    proxy.plan = lambda *made: (sent.append(made) or denied) if is_commit(*made) else FORWARD
    with pytest.raises(StoreError, match=r"not allowed \(bigquery.tables.updateData\)"):
        store.commit(files, {}, HOUR)
    assert len(sent) == 1


@pytest.mark.parametrize("reason", ["jobBackendError", "jobRateLimitExceeded"])
def test_a_query_that_ended_in_a_passing_error_is_begun_anew(proxy, target, reason):
    """It tells the same for ever, to whoever asks with the id that it was asked under first."""
    short = parse_target(str(target), patience=8.0)
    broken = []

    def fail(method, path, body):
        if not path.endswith("/queries"):
            return FORWARD
        asked = json.loads(body)["requestId"]
        if asked not in broken and len(broken) < 2:
            broken.append(asked)
        return failing(400, "Job ended", reason) if asked in broken else FORWARD

    proxy.plan = fail
    assert read_table(short, "mentions").num_rows >= 0
    assert len(broken) == 2


def test_rows_that_are_left_out_for_a_passing_reason_are_sent_again(proxy, target, now):
    """With their ids, so that those which went in are not in twice; they are no rejects."""
    rows = rows_to_table("rejects", [reject("hurried"), reject("hurried-on")])
    sent = []

    def leave_out(method, path, body):
        if not path.endswith("/insertAll"):
            return FORWARD
        sent.append([row["insertId"] for row in json.loads(body)["rows"]])
        errors = [{"reason": "backendError", "location": "", "message": "try again"}]
        left_out = {"kind": "x", "insertErrors": [{"index": 1, "errors": errors}]}
        return (200, left_out) if len(sent) == 1 else FORWARD

    proxy.plan = leave_out
    assert insert(target, "rejects", rows, now) == []
    assert sent[0] == sent[1]
    assert stored(target, "hurried-on") == 1


@pytest.mark.parametrize("reason", ["billingNotEnabled", "policyViolation"])
def test_what_no_role_mends_is_told_in_googles_words(proxy, target, now, reason):
    message = "BigQuery: see https://cloud.google.com/billing for what to do."
    proxy.plan = lambda *call: failing(403, message, reason)
    with pytest.raises(StoreError) as caught:
        open_dataset(target, HOUR, now)
    assert str(caught.value) == f"{target}: {message}"
