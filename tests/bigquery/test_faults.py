"""What goes wrong between a run and BigQuery: nothing is lost, nothing doubled, all is said."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
from both_homes import HOUR, in_duckdb, news, reject, rows, run, stage, write
from fault_proxy import CUT, FORWARD, LOSE, REFUSE

from pipeline.tables import open_tables
from transforms.bigquery.query import read
from transforms.bigquery.readers import read_committed, read_table
from transforms.bigquery.store import open_dataset
from transforms.staging import Stager
from transforms.store.folder import open_folder
from transforms.store.manifest import StoreError

pytestmark = pytest.mark.usefixtures("strict")


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


def test_a_whole_run_through_faults_is_the_run_without(
    strict, proxy, storage_proxy, new_target, now, tmp_path
):
    """Calls refused, cut and lost on both services, and BigQuery killed at the first load."""
    target, folder = new_target(patience=60.0), tmp_path / "home"
    path = write(tmp_path / "news.jsonl", news(12))
    faults = {  # Cloud Storage is called a dozen times only
        running: cycle(f for fault in (REFUSE, CUT, LOSE) for f in [fault] + [FORWARD] * between)
        for running, between in ((proxy, 3), (storage_proxy, 1))
    }
    killed = []

    def plan(method, path, body):
        if b'"load"' in body and not killed:
            killed.append(path)
            strict.kill()
            threading.Thread(target=strict.start).start()
        return next(faults[proxy])

    proxy.plan = plan
    storage_proxy.plan = lambda *call: next(faults[storage_proxy])
    run([open_folder(folder, HOUR, now), open_dataset(target, HOUR, now)], [path], now)
    proxy.plan = storage_proxy.plan = lambda *call: FORWARD
    assert killed
    for running in (proxy, storage_proxy):
        assert min(running.done[kind] for kind in (REFUSE, CUT, LOSE)) > 0
    parquet = open_tables(str(folder))
    for name in ("articles", "mentions", "mention_counts", "mention_counts_latest"):
        there = read(target, f"SELECT * FROM {name}", name).to_pylist()
        assert rows(there) == rows(in_duckdb(parquet, f"FROM {name}")), name
        assert there
    assert read_committed(target).run == 1


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
    refusals = read(target, query, "refused")["error"].to_pylist()
    assert ["outside the years" in told for told in refusals].count(True) == 1
