"""Large results: through the Storage Read API, and over REST for those who may not use it."""

from concurrent.futures import ThreadPoolExecutor
from functools import partialmethod

import grpc
import pytest
from google.cloud import bigquery

from transforms.bigquery import query

pytestmark = pytest.mark.usefixtures("strict")

MANY = 20_010
SQL = f"SELECT n, CAST(n AS STRING) AS text FROM UNNEST(GENERATE_ARRAY(1, {MANY})) AS n"


class Storage(grpc.GenericRpcHandler):
    """Stands where the Storage API is and refuses each call as Google refuses it without the role."""

    def __init__(self):
        self.asked = []

    def service(self, call):
        self.asked.append(call.method)
        denied = (
            "request failed: the user does not have 'bigquery.readsessions.create' permission "
            "for 'projects/test-project'"
        )
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: context.abort(grpc.StatusCode.PERMISSION_DENIED, denied)
        )


@pytest.fixture
def storage(monkeypatch):
    """Makes large results come from the Storage API at an address.

    Google ends a page at 10 MB, the emulator only at 100,000 rows; here it does at 5,000.
    """
    ask = partialmethod(bigquery.Client.query_and_wait, page_size=5_000)
    monkeypatch.setattr(bigquery.Client, "query_and_wait", ask)

    def forget():
        query._emulated_reads.cache_clear()
        query._DENIED.clear()

    def at(endpoint):
        forget()
        monkeypatch.setenv("BIGQUERY_STORAGE_EMULATOR_HOST", endpoint)

    yield at
    forget()


@pytest.fixture
def refusing(storage):
    """The Storage API, refusing."""
    server = grpc.server(ThreadPoolExecutor(2))
    handler = Storage()
    server.add_generic_rpc_handlers((handler,))
    storage(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    server.start()
    yield handler
    server.stop(None)


def whole(table):
    return sorted(zip(*(column.to_pylist() for column in table.columns), strict=True)) == [
        (n, str(n)) for n in range(1, MANY + 1)
    ]


def test_large_results_come_through_the_storage_api(strict, proxy, target, storage):
    storage(f"127.0.0.1:{strict.grpc_port}")
    assert whole(query.read(target, SQL, "many"))
    assert not any("/queries/" in path for _, path in proxy.calls)
    storage("")
    assert whole(query.read(target, SQL, "many"))
    assert any("/queries/" in path for _, path in proxy.calls)  # pages over REST


def test_without_the_role_large_results_come_over_rest(target, refusing, caplog):
    assert whole(query.read(target, SQL, "many"))
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "grant roles/bigquery.readSessionUser on the project test-project" in told
    assert "dataEditor" not in told
    asked = len(refusing.asked)
    assert asked
    assert whole(query.read(target, SQL, "again"))
    assert len(refusing.asked) == asked  # it is not asked again
