"""What goes wrong between a run and BigQuery: nothing is lost, nothing doubled, all is said."""

import http.client
import json
import re
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from schemas.arrow import rows_to_table
from schemas.records import Reject
from transforms.bigquery import target as targets
from transforms.bigquery.query import read
from transforms.bigquery.readers import read_committed, read_table
from transforms.bigquery.store import open_dataset
from transforms.staging import Stager
from transforms.store.manifest import StoreError

pytestmark = pytest.mark.usefixtures("strict")
HOUR = (3600, 3600)
FORWARD, REFUSE, CUT, LOSE = "forward", "refuse", "cut", "lose"


class Proxy:
    """Stands between client and emulator and does to each call what `plan` says.

    `plan(method, path, body)` gives FORWARD, REFUSE (503), CUT (reset before the emulator sees the
    call), LOSE (reset after it has answered), or (status, JSON) to answer in its place.
    """

    def __init__(self, url):
        self.to = url.removeprefix("http://")
        self.plan = lambda method, path, body: FORWARD
        self.calls = []
        self.done = Counter()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

            def do(self):
                proxy.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handle(self, call):
        body = call.rfile.read(int(call.headers.get("Content-Length", 0)))
        path = call.path.partition("?")[0]
        self.calls.append((call.command, path))
        what = self.plan(call.command, path, body)
        self.done[what if isinstance(what, str) else what[0]] += 1
        if what == CUT:
            return self.reset(call)
        if what == REFUSE:
            what = (503, {"error": {"code": 503, "message": "try later"}})
        if isinstance(what, tuple):
            return self.answer(call, what[0], [], json.dumps(what[1]).encode())
        try:
            there = http.client.HTTPConnection(self.to, timeout=60)
            headers = {k: v for k, v in call.headers.items() if k.lower() != "host"}
            there.request(call.command, call.path, body, headers)
            response = there.getresponse()
            content = response.read()
        except OSError:  # the emulator is down
            return self.reset(call)
        if what == LOSE:
            return self.reset(call)
        kept = [(k, v) for k, v in response.getheaders() if k.lower() == "content-type"]
        return self.answer(call, response.status, kept, content)

    def answer(self, call, status, headers, content):
        call.send_response(status)
        for key, value in headers or [("Content-Type", "application/json")]:
            call.send_header(key, value)
        call.send_header("Content-Length", str(len(content)))
        call.end_headers()
        call.wfile.write(content)

    def reset(self, call):
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # close at once, with RST
        call.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        call.close_connection = True
        call.connection.close()


@pytest.fixture
def proxy(emulator, monkeypatch):
    """Clients made in the test go through it; their back-off is short."""
    running = Proxy(emulator.url)
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", running.url)
    quick = targets.DEFAULT_RETRY.with_delay(initial=0.05, maximum=0.5)
    monkeypatch.setattr(targets, "DEFAULT_RETRY", quick)
    targets.bigquery_client.cache_clear()
    yield running
    targets.bigquery_client.cache_clear()
    running.server.shutdown()


def reject(name):
    return Reject("parse", "malformed", "", name, "", 1_767_225_600_000_000)


def stage(store, *names):
    return [
        store.stage_table("rejects", "2026-01-01", rows_to_table("rejects", [reject(n)]))
        for n in names
    ]


def stored(target, prefix):
    sources = read_table(target, "rejects")["source"].to_pylist()
    return sorted(s for s in sources if s.startswith(prefix))


def test_refused_cut_and_lost_calls_leave_each_row_once(proxy, target, now):
    store = open_dataset(target, HOUR, now)
    run = store.base.run
    turns = iter(range(10_000))
    plans = {1: REFUSE, 3: CUT, 5: LOSE, 8: REFUSE}
    proxy.plan = lambda *call: plans.get(next(turns) % 10, FORWARD)
    committed = store.commit(stage(store, "flaky-1", "flaky-2"), {}, HOUR)
    proxy.plan = lambda *call: FORWARD
    assert committed.run == run + 1 == read_committed(target).run
    assert stored(target, "flaky") == ["flaky-1", "flaky-2"]
    assert min(proxy.done[kind] for kind in (REFUSE, CUT, LOSE)) > 0


def test_a_commit_whose_answer_is_lost_is_not_made_twice(proxy, target, now):
    store = open_dataset(target, HOUR, now)
    lost = []

    def lose_commits(method, path, body):
        if b"BEGIN TRANSACTION" in body and len(lost) < 2:
            lost.append(path)
            return LOSE
        return FORWARD

    proxy.plan = lose_commits
    files = stage(store, "lost")
    assert store.commit(files, {}, HOUR).run == store.run
    assert store.commit(files, {}, HOUR).run == store.run
    assert lost
    assert stored(target, "lost") == ["lost"]


def test_the_same_run_sent_twice_at_once_is_one_run(strict, target, now):
    store = open_dataset(target, HOUR, now)
    files = stage(store, "twice")
    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(store.commit, files, {}, HOUR) for _ in range(2)]
    assert {future.result().run for future in sent} == {store.run}
    assert stored(target, "twice") == ["twice"]
    assert read_committed(target).run == store.run


def test_of_two_runs_at_once_one_is_refused_whole(strict, target, now):
    stores = [open_dataset(target, HOUR, now) for _ in range(2)]
    staged = [stage(store, f"rival-{n}") for n, store in enumerate(stores)]
    with ThreadPoolExecutor(2) as pool:
        sent = [
            pool.submit(store.commit, files, {}, HOUR)
            for store, files in zip(stores, staged, strict=True)
        ]
    errors = [future.exception() for future in sent]
    loser = next(n for n, error in enumerate(errors) if error)
    assert isinstance(errors[loser], StoreError)
    assert "another run committed meanwhile; run again" in str(errors[loser])
    assert errors[1 - loser] is None
    assert stored(target, "rival") == [f"rival-{1 - loser}"]


@pytest.mark.parametrize("moment", ["load", "commit"])
def test_killed_and_restarted_in_the_middle(strict, proxy, target, now, moment):
    """The run may go through or fail with a clear error; run again until it does."""
    marks = {
        "load": lambda path, body: b'"load"' in body,
        "commit": lambda path, body: b"BEGIN TRANSACTION" in body,
    }
    killed, said = [], []

    def kill_then(method, path, body):
        if not killed and method == "POST" and marks[moment](path, body):
            killed.append(path)
            strict.kill()
            threading.Thread(target=strict.start).start()
        return FORWARD

    name = f"killed-{moment}"
    for _ in range(3):
        store = open_dataset(target, HOUR, now)
        files = stage(store, name)
        proxy.plan = kill_then
        try:
            store.commit(files, {}, HOUR)
            break
        except StoreError as error:
            said.append(str(error))
            proxy.plan = lambda *call: FORWARD
            if stored(target, name):
                break
    proxy.plan = lambda *call: FORWARD
    assert killed
    assert not any("\n" in text for text in said)
    assert stored(target, name) == [name]


def test_a_row_that_does_not_fit_becomes_a_reject_beside_its_neighbours(target, now):
    store = open_dataset(target, HOUR, now)
    late = reject("misfit")._replace(seen=400_000_000_000_000_000)  # the year 14645
    stager, refused = Stager(store, "rejects"), Stager(store, "rejects")
    files = [*stager.add([reject("fits"), late]), *stager.finish()]
    files += [*refused.add(stager.refused), *refused.finish()]
    store.commit(files, {}, HOUR)
    assert stored(target, "fits") == ["fits"]
    assert stored(target, "misfit") == []
    query = "SELECT error FROM rejects WHERE reason = 'write_refused'"
    assert "outside the years" in read(target, query, "refused")["error"].to_pylist()[0]


def denied(permission, place):
    message = (
        f"Access Denied: {place}: Permission {permission} denied on {place} (or it may not exist)."
    )
    error = {"message": message, "domain": "global", "reason": "accessDenied"}
    return 403, {
        "error": {"code": 403, "message": message, "errors": [error], "status": "PERMISSION_DENIED"}
    }


def failing(status, message, reason):
    error = {"message": message, "domain": "global", "reason": reason}
    return status, {"error": {"code": status, "message": message, "errors": [error]}}


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


def test_reads_are_pruned_to_days_and_bounded(proxy, target, now):
    """The bound goes with every query; reading back names a span of the partition column."""
    store = open_dataset(target, HOUR, now)
    asked = []
    proxy.plan = lambda method, path, body: asked.append(body) or FORWARD
    store.known()
    store.contributions(0, 3_600_000_000)
    queries = [json.loads(body)["configuration"]["query"] for body in asked if b'"query"' in body]
    assert queries
    assert all(int(query["maximumBytesBilled"]) == target.max_bytes for query in queries)


CALLS = {
    ("GET", "tables"): "bigquery.tables.list",
    ("POST", "tables"): "bigquery.tables.create",
    ("DELETE", "tables/T"): "bigquery.tables.delete",
    ("POST", "jobs"): "bigquery.jobs.create",
    ("GET", "jobs/J"): "own jobs: bigquery.jobs.create",
    ("GET", "queries/J"): "own jobs: bigquery.jobs.create",
}
"""Every call of an undisturbed run and what it needs: dataEditor on the dataset, jobUser on the project."""


def test_a_run_makes_no_call_that_its_roles_do_not_allow(proxy, target, now):
    store = open_dataset(target, HOUR, now)
    store.known()
    store.commit(stage(store, "roles"), {}, HOUR)
    made = set()
    for method, path in proxy.calls:
        tail = re.sub(r"^/bigquery/v2/projects/[^/]+/(datasets/[^/]+/)?", "", path)
        made.add(
            (
                method,
                re.sub(r"^(\w+)/.*", lambda m: f"{m[1]}/{'T' if m[1] == 'tables' else 'J'}", tail),
            )
        )
    assert made <= set(CALLS)


def test_time_is_not_spent_on_what_is_in_order(proxy, target, now):
    """A dataset with all its tables costs one call to see so."""
    from transforms.bigquery.tables import ensure_tables

    ensure_tables(target)
    proxy.calls.clear()
    ensure_tables(target)
    assert len(proxy.calls) == 1
