"""`tocsin run` as its users meet it: real files in, committed tables out, one clear line for each
mistake."""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from six_articles import ARTICLES, Run, write_jsonl
from standing import standing

from pipeline.cli import main
from pipeline.tables import open_tables


def test_a_run_writes_what_was_read(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(write_jsonl(tmp_path / "a.jsonl", ARTICLES), "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["articles"] == {
        "read": 6,
        "new": 6,
        "edited": 0,
        "repeated": 0,
        "older": 0,
        "rejected": 0,
    }
    db = open_tables(str(tmp_path / "out"))
    assert db.execute("SELECT count(*), count(DISTINCT article_id) FROM articles").fetchone() == (
        6,
        6,
    )
    found = db.execute(
        "SELECT DISTINCT title, category FROM mentions_standing JOIN articles USING (article_id) ORDER BY ALL"
    ).fetchall()
    assert found == [
        ("EU imposes sanctions on Russia", "sanction"),
        ("Israel strikes Gaza", "strike"),
        ("Russia shells Kharkiv", "strike"),
        ("U.S. envoy arrives in Cairo", "envoy"),
    ]
    reasons = db.execute("SELECT DISTINCT reason FROM mentions WHERE NOT counted").fetchall()
    assert ("labour",) in reasons
    assert db.execute("SELECT count(*) FROM articles WHERE text <> ''").fetchone() == (0,)


def test_a_second_run_adds_nothing_and_says_so(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(tmp_path / "a.jsonl", [*ARTICLES, {"title": ""}])
    run(source)
    before = sorted(p.relative_to(tmp_path) for p in (tmp_path / "out").rglob("*"))
    capsys.readouterr()
    assert run(source) == 0
    assert "Nothing new" in capsys.readouterr().out
    assert sorted(p.relative_to(tmp_path) for p in (tmp_path / "out").rglob("*")) == before


@pytest.mark.parametrize("every", ["1h", "20m"])
def test_runs_over_parts_in_any_order_count_like_one_run(
    run: Run, tmp_path: Path, every: str
) -> None:
    edited = {
        **ARTICLES[0],
        "published": "2026-03-02T09:30:00Z",
        "text": "Israeli jets bombed Gaza City twice. Egypt's envoy protested.",
    }
    records = [*ARTICLES, edited]
    rng = random.Random(every)
    rng.shuffle(records)
    run(write_jsonl(tmp_path / "all.jsonl", records), "--every", every, output="once")
    for part in range(3):
        chosen = records[part::3] + rng.sample(records, 2)
        run(write_jsonl(tmp_path / f"{part}.jsonl", chosen), "--every", every)
    assert standing(tmp_path / "out") == standing(tmp_path / "once")


def test_an_edit_lowers_the_counts_and_says_why(run: Run, tmp_path: Path) -> None:
    run(write_jsonl(tmp_path / "a.jsonl", ARTICLES))
    taken_back = {
        **ARTICLES[2],
        "text": "The report was wrong.",
        "title": "Correction",
        "published": "2026-03-02T09:20:00Z",
    }
    run(write_jsonl(tmp_path / "b.jsonl", [taken_back]))
    db = open_tables(str(tmp_path / "out"))
    rows = db.execute(
        "SELECT DISTINCT mention_count, revision, reason FROM mention_counts_latest WHERE category = 'sanction'"
    ).fetchall()
    assert rows == [(0, 2, "edited")]


def test_kept_text_replays_to_the_same_counts(run: Run, tmp_path: Path) -> None:
    run(write_jsonl(tmp_path / "a.jsonl", ARTICLES), "--keep-text")
    run(tmp_path / "out" / "articles", output="replayed")
    assert standing(tmp_path / "replayed") == standing(tmp_path / "out") != []


def test_direct_runner_gives_the_same_rows(run: Run, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "a.jsonl", ARTICLES)
    run(source)
    run(source, "--runner=DirectRunner", output="direct")
    assert standing(tmp_path / "direct") == standing(tmp_path / "out")


def test_since_leaves_out_older_articles(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(write_jsonl(tmp_path / "a.jsonl", ARTICLES), "--since", "2026-03-03", "--json")
    articles = json.loads(capsys.readouterr().out)["articles"]
    assert (articles["new"], articles["older"], articles["read"]) == (3, 3, 6)


def test_a_first_run_that_leaves_all_out_says_so(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(tmp_path / "a.jsonl", ARTICLES)
    for options in ([], ["--json"]):
        assert run(source, "--since", "2099-01-01", *options) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Nothing new: every article is older than --since. Nothing was added." in told
    assert '"mentions":[]' in told
    assert main(["counts", str(tmp_path / "out")]) == 2
    assert "nothing was committed here yet" in capsys.readouterr().err
    run(source)
    capsys.readouterr()
    run(source, "--since", "2026-03-03")
    assert "was counted before or is older than --since" in capsys.readouterr().out


def test_broken_inputs_become_rejects_and_the_rest_goes_on(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_jsonl(folder / "good.jsonl", ARTICLES[:2])
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"title": "x", "id": "1"}\n' * 500)[:-9])
    (folder / "bad.jsonl").write_text(
        '{"title": "fine", "id": 1}\n{"title": \n[1]\n{"title": ["x"]}\n'
    )
    (folder / "blob.bin").write_bytes(bytes(range(256)))
    assert run(folder, "--json") == 0
    rejects = json.loads(capsys.readouterr().out)["rejects"]
    assert rejects == {"bad_field": 1, "malformed": 2, "not_recognised": 1, "truncated": 1}
    rows = (
        open_tables(str(tmp_path / "out"))
        .execute("SELECT stage, reason, source FROM rejects WHERE reason = 'bad_field'")
        .fetchall()
    )
    assert rows == [("read", "bad_field", f"{folder / 'bad.jsonl'}: line 4")]


def test_outputs_among_the_inputs_are_not_read(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`run *` and `run .` where an earlier run wrote, in a folder whose name looks like markup."""
    (tmp_path / "news").mkdir()
    write_jsonl(tmp_path / "news" / "a.jsonl", ARTICLES)
    monkeypatch.chdir(tmp_path)
    assert main(["run", "news", "--output", "out [old]"]) == 0
    assert "tocsin counts out [old]" in capsys.readouterr().out
    for inputs in (["."], ["*"], ["news", "out [old]"]):
        assert main(["run", *inputs, "--output", "out [old]", "--json"]) == 0
        summary = json.loads(capsys.readouterr().out)
        assert summary["articles"]["repeated"] == summary["articles"]["read"] == len(ARTICLES)
    assert main(["run", "out [old]"]) == 2
    assert "out [old]/articles" in capsys.readouterr().err


def test_a_failing_disk_commits_nothing(
    run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A limit on file size stands for a full disk: writes fail with an OSError in the middle of a
    run."""
    import resource

    file = write_jsonl(tmp_path / "a.jsonl", ARTICLES)
    run(file)
    before = standing(tmp_path / "out")
    more = [{**a, "id": f"n{a['id']}", "url": a["url"] + "x"} for a in ARTICLES]
    other = write_jsonl(tmp_path / "b.jsonl", more)
    capsys.readouterr()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    # Python would keep the half of what it compiles meanwhile.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        told = []
        for command in (
            lambda: run(other),
            lambda: main(["withdraw", str(tmp_path / "out"), ARTICLES[0]["url"]]),
        ):
            assert command() == 1
            told.append(capsys.readouterr().err)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)
    for error in told:
        assert "committed nothing" in error
        assert error.count("\n") == 1
        assert str(tmp_path / "out") in error
    assert not caplog.records
    assert standing(tmp_path / "out") == before
    assert run(other) == 0
    assert standing(tmp_path / "out") != before


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, pipeline.cli\n"
        "try: pipeline.cli.main(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'apache_beam', 'spacy', 'pyarrow', 'duckdb', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
