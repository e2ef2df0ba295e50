"""The command line against a dataset: what goes wrong is told in one line, and what is asked for is done."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from both_homes import news, write
from fault_proxy import FORWARD, REFUSE, failing

from pipeline.cli import main
from pipeline.tables import open_tables
from schemas.records import TABLES
from transforms.bigquery.query import read
from transforms.bigquery.readers import read_committed, read_table
from transforms.bigquery.target import MAX_BYTES, PATIENCE, bigquery_client

pytestmark = pytest.mark.usefixtures("strict")


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A file with one article that counts."""
    return write(tmp_path_factory.mktemp("news") / "story.jsonl", list(news(1))[:1])


BEYOND = "Query exceeded limit for bytes billed: 1024. 10485760 or higher required."
WRONG_PLACE = "Cannot read and write in different locations: source: EU, destination: US"


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        (
            lambda *call: failing(403, "Permission bigquery.datasets.get denied", "accessDenied"),
            2,
            "not allowed (bigquery.datasets.get); grant roles/bigquery.dataEditor on the dataset",
        ),
        (
            lambda *call: failing(404, "Not found: Project p", "notFound"),
            2,
            "no such project, or no access to it",
        ),
        (
            lambda *call: failing(404, "Not found: Dataset p:d", "notFound"),
            2,
            "no such dataset; `bq mk --dataset",
        ),
        (lambda *call: REFUSE, 2, "gave up after 1 s of retries: try later"),
        (
            lambda method, path, body: (
                failing(400, BEYOND, "bytesBilledLimitExceeded")
                if b'"maximumBytesBilled": "1024"' in body
                else FORWARD
            ),
            2,
            "a query would read more than the bound of 1,024 bytes",
        ),
        (
            lambda method, path, body: failing(400, WRONG_PLACE) if b'"load"' in body else FORWARD,
            1,
            "dataset and staging bucket must be in one region",
        ),
    ],
    ids=["permission", "project", "dataset", "patience", "bytes", "region"],
)
def test_what_goes_wrong_is_one_line_with_what_to_do(
    proxy, target, story, capsys, fault, status, told
):
    proxy.plan = fault
    bounds = ["--bq-patience", "1s", "--bq-max-bytes", "1K"]
    words = ["run", str(story), "--output", str(target), f"--temp_location=gs://{target.staging}"]
    assert main([*words, *bounds]) == status
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("tocsin: ")
    assert f"{target}: {told}" in error


def test_a_missing_dataset_bucket_and_option_are_told(target, story, capsys):
    missing = f"bq://{target.project}.nowhere"
    for output, staging, status, told in (
        (missing, "gs://bucket/x", 2, "no such dataset; `bq mk --dataset test-project:nowhere`"),
        (target, "", 2, "needs --temp_location gs://BUCKET/FOLDER"),
        (target, "gs://nobodys-bucket/x", 2, "buckets create gs://nobodys-bucket`"),
    ):
        words = ["run", str(story), "--output", str(output), "--bq-patience", "3s"]
        assert main([*words, *([f"--temp_location={staging}"] if staging else [])]) == status
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert told in error
    assert main(["counts", missing]) == 2
    assert "no such dataset" in capsys.readouterr().err


def test_help_tells_the_defaults(capsys):
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert f"bill (default: {MAX_BYTES >> 30}G)" in told
    assert f"tried again (default: {PATIENCE / 60:.0f}m)" in told


def test_two_runs_at_once_lose_and_double_nothing(new_target, tmp_path, tocsin):
    """One commits; the other is refused whole, or finds all of it there. Then they agree with Parquet."""
    path, target = write(tmp_path / "all.jsonl", news(20)), new_target()
    words = ["run", path, "--now", "2026-03-20", "--output"]
    into = [target, f"--temp_location=gs://{target.staging}"]
    with ThreadPoolExecutor(3) as pool:
        outputs = (into, into, [tmp_path / "home"])
        done = list(pool.map(lambda output: tocsin(*words, *output), outputs))
    assert sorted(run.returncode for run in done[:2]) in ([0, 0], [0, 1]), [
        run.stderr for run in done
    ]
    for run in done[:2]:
        if run.returncode:
            assert run.stderr.endswith("another run committed meanwhile; run again\n")
    query = "SELECT * FROM mention_counts_latest"
    for table in ("articles", "mentions", "mention_counts"):
        here = open_tables(str(tmp_path / "home")).execute(f"SELECT count(*) FROM {table}")
        assert read_table(target, table).num_rows == here.fetchone()[0]
    here = open_tables(str(tmp_path / "home")).sql(query).to_arrow_table().to_pylist()
    there = read(target, query, "counts").to_pylist()
    assert sorted(map(str, there)) == sorted(map(str, here))
    assert read_committed(target).run == 1


@pytest.fixture(scope="module")
def counted(new_target, story):
    """A dataset into which the story was counted."""
    made = new_target()
    words = ["run", str(story), "--quiet", "--output", str(made)]
    assert main([*words, f"--temp_location=gs://{made.staging}"]) == 0
    return made


def test_a_stream_commits_and_leaves_bigquery_alone_when_nothing_is_new(
    proxy, counted, tmp_path, capsys
):
    runs = read_committed(counted).run
    other = write(tmp_path / "other.jsonl", list(news(2))[-1:])
    words = ["run", str(other), "--stream", "--for", "4s", "--output", str(counted)]
    proxy.calls.clear()
    assert main([*words, f"--temp_location=gs://{counted.staging}"]) == 0
    assert "1 new" in capsys.readouterr().err
    looks = [path for method, path in proxy.calls if method == "GET" and path.endswith("/tables")]
    assert len(looks) <= 3  # before and in the increment, and after it
    assert read_committed(counted).run == runs + 1


def test_an_article_is_withdrawn_from_a_dataset(counted, capsys):
    staging = ["--staging", f"gs://{counted.staging}"]
    assert main(["withdraw", str(counted), "https://news.example/0", *staging]) == 0
    query = "SELECT mention_count, reason FROM mention_counts_latest WHERE reason = 'withdrawn'"
    assert read(counted, query, "counts").to_pylist() == [
        {"mention_count": 0, "reason": "withdrawn"}
    ]
    assert main(["check", str(counted)]) == 0


def test_check_tells_of_rows_that_are_gone(counted, capsys):
    gone = f"DELETE FROM `{counted.path}.mentions` WHERE TRUE"
    bigquery_client(counted).query_and_wait(gone)
    assert main(["check", str(counted)]) == 1
    assert "mentions: 0 rows of the" in capsys.readouterr().out
    assert main(["check", str(counted), "--repair"]) == 2


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (["signals"], {"articles", "mentions"}),
        (["counts"], {"articles", "mentions", "mention_counts", "feed_health"}),
        (["why", "nothing"], {"articles", "mentions", "mention_counts", "rejects"}),
        (["withdraw", "nothing"], {"articles"}),
    ],
)
def test_only_the_tables_that_a_command_reads_are_fetched(homes, proxy, words, needed, capsys):
    fetched = set()

    def note(method, path, body):
        fetched.update(table for table in TABLES if f" FROM `{table}`".encode() in body)
        return FORWARD

    proxy.plan = note
    dataset = homes[1]
    staging = ["--staging", f"gs://{dataset.staging}"] * (words[0] == "withdraw")
    main([words[0], str(dataset), *words[1:], *staging])
    assert capsys.readouterr().err == "" or words[0] == "withdraw"
    assert fetched == needed
