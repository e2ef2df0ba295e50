"""Feeds polled by runs: each entry once, edits as versions, counts equal to reading everything once."""

import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from newsite import News

from pipeline.cli import main, make_parser
from pipeline.inputs import expand
from pipeline.sources import Sources
from pipeline.tables import open_tables
from transforms.feeds.state import FeedState

ROUNDS = int(os.environ.get("TOCSIN_POLL_RUNS", "8"))  # 30 takes a minute
TITLES = [
    "Israel strikes Gaza",
    "EU imposes sanctions on Russia",
    "U.S. envoy visits Cairo",
    "Rain",
]


@pytest.fixture
def news() -> Iterator[News]:
    server = News()
    yield server
    server.shutdown()


def entry(number: int, note: str = "") -> dict[str, str]:
    title = TITLES[number % len(TITLES)]
    return {
        "id": f"e{number}",
        "title": title,
        "text": f"{title}, report {number}.{note}",
        "date": f"Mon, 02 Mar 2026 {number % 24:02d}:15:00 GMT",
    }


def poll(news: News, output: Path, round_: int, *names: str) -> int:
    clock = f"2026-03-{3 + round_ // 24:02d}T{round_ % 24:02d}:00:00"
    words = [
        "--allow-private",
        "--host-delay",
        "0",
        "--poll-every",
        "1s",
        "--now",
        clock,
        "--quiet",
    ]
    return main(["run", *map(news.url, names), "--output", str(output), *words])


def standing(output: Path) -> list[tuple[Any, ...]]:
    return (
        open_tables(str(output))
        .execute(
            "SELECT window_start, category, status, mention_count, article_count FROM mention_counts_latest "
            "WHERE mention_count > 0 ORDER BY ALL"
        )
        .fetchall()
    )


def test_a_changing_feed_over_many_runs_counts_each_entry_once(news: News, tmp_path: Path) -> None:
    everything: list[dict[str, str]] = []
    for round_ in range(ROUNDS):
        everything += [entry(2 * round_), entry(2 * round_ + 1)]
        if round_ % 3 == 2:
            edited = everything[-2] = entry(2 * round_, " Corrected: Israel bombed Gaza City.")
            everything.append(edited)
            everything.pop(-3)
        news.feeds["world"] = everything
        news.down = {"world"} if round_ == 4 else set()
        assert poll(news, tmp_path / "out", round_, "world", "missing") == 0
    source = tmp_path / "all.jsonl"
    source.write_text(
        "".join(
            json.dumps(
                {
                    "id": e["id"],
                    "title": e["title"],
                    "text": e["text"],
                    "published": e["date"],
                    "url": f"https://n.example/{e['id']}",
                    "publisher": "world",
                }
            )
            + "\n"
            for e in everything
        )
    )
    main(["run", str(source), "--output", str(tmp_path / "once"), "--quiet", "--now", "2026-03-03"])
    assert standing(tmp_path / "out") == standing(tmp_path / "once") != []
    db = open_tables(str(tmp_path / "out"))
    found = db.execute("SELECT count(DISTINCT article_id) FROM articles").fetchone()
    assert found == (2 * ROUNDS,)
    outcomes = dict(db.execute("SELECT outcome, count(*) FROM feed_health GROUP BY 1").fetchall())
    assert outcomes["not_found"] == ROUNDS
    assert sum(outcomes.values()) == 2 * ROUNDS
    assert main(["check", str(tmp_path / "out")]) == 0


def test_an_edit_without_a_date_is_a_new_version(news: News, tmp_path: Path) -> None:
    news.feeds["world"] = [entry(0)]
    poll(news, tmp_path / "out", 1, "world")
    news.feeds["world"] = [{**entry(0), "title": "Rain", "text": "The report was wrong."}]
    poll(news, tmp_path / "out", 2, "world")
    news.feeds["world"] = [entry(0)]
    poll(news, tmp_path / "out", 3, "world")
    db = open_tables(str(tmp_path / "out"))
    rows = db.execute("SELECT version, title FROM articles ORDER BY version").fetchall()
    assert rows == [(1, "Israel strikes Gaza"), (2, "Rain"), (3, "Israel strikes Gaza")]
    counts = db.execute(
        "SELECT mention_count, revision, reason FROM mention_counts ORDER BY revision"
    ).fetchall()
    assert [(c > 0, r, why) for c, r, why in counts] == [
        (True, 1, "first"),
        (False, 2, "edited"),
        (True, 3, "edited"),
    ]


def test_a_clock_that_goes_backwards_loses_no_entry_and_no_edit(news: News, tmp_path: Path) -> None:
    def at(clock: str, *entries: dict[str, str]) -> list[str]:
        news.feeds["world"] = list(entries)
        words = ["--allow-private", "--host-delay", "0", "--quiet", "--now", clock]
        assert main(["run", news.url("world"), "--output", str(tmp_path / "out"), *words]) == 0
        query = "SELECT title FROM articles_latest ORDER BY 1"
        return [t for (t,) in open_tables(str(tmp_path / "out")).execute(query).fetchall()]

    edits = [{**entry(0), "title": f"Correction {i}"} for i in range(3)]
    at("2035-01-01", entry(0))  # for one run only the clock was wrong
    assert len(at("2026-03-03T10:00", edits[0], entry(1))) == 2
    at("2035-01-01", edits[1], entry(1))
    assert at("2026-03-03T14:00", edits[2], entry(1)) == ["Correction 2", TITLES[1]]
    assert main(["check", str(tmp_path / "out")]) == 0


def test_a_feed_that_asked_to_wait_is_no_work_for_a_stream_that_asks_all() -> None:
    feeds = ["http://n.example/a", "http://n.example/b"]
    args = make_parser()[0].parse_args(["run", *feeds, "--poll-every", "1s"])
    sources = Sources.of(expand(args.inputs), args)
    for outcome, due in (("throttled", 1), ("gone", 1), ("ok", 2)):
        state = FeedState(next_poll=2_000_000, outcome=outcome).to_dict()
        assert len(sources.due_feeds({feeds[0]: state}, 1_000_000)) == due
        assert len(sources.due_feeds({feeds[0]: state}, 2_000_000)) == 2


def test_private_addresses_are_refused_unless_allowed(news: News, tmp_path: Path) -> None:
    news.feeds["world"] = [entry(0)]
    words = ["--output", str(tmp_path / "out"), "--quiet"]
    assert main(["run", news.url("world"), *words]) == 0
    db = open_tables(str(tmp_path / "out"))
    assert db.execute("SELECT outcome FROM feed_health").fetchall() == [("refused_address",)]


def test_a_stream_follows_feeds_and_folders_and_ends_in_time(news: News, tmp_path: Path) -> None:
    news.feeds["world"] = [entry(0)]
    folder = tmp_path / "in"
    folder.mkdir()

    def later() -> None:
        news.feeds["world"].append(entry(1))
        (folder / "note.txt").write_text(
            "published: 2026-03-02\n\nIsrael strikes Rafah\nBombs fell."
        )

    threading.Timer(4, later).start()
    words = ["--allow-private", "--host-delay", "0", "--poll-every", "2s", "--quiet"]
    sources = [news.url("world"), str(folder)]
    assert (
        main(
            ["run", "--stream", "--for", "10s", *sources, "--output", str(tmp_path / "out"), *words]
        )
        == 0
    )
    titles = (
        open_tables(str(tmp_path / "out"))
        .execute("SELECT title FROM articles ORDER BY 1")
        .fetchall()
    )
    assert titles == [(TITLES[1],), (TITLES[0],), ("Israel strikes Rafah",)]


def test_an_interrupt_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C while a feed keeps the run waiting."""
    with socket.create_server(("127.0.0.1", 0)) as silent:

        def interrupt() -> None:
            asked, _ = silent.accept()
            with asked:
                os.kill(os.getpid(), signal.SIGINT)
                asked.recv(10_000)
                asked.recv(1)

        threading.Thread(target=interrupt, daemon=True).start()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/feed"
        assert main(["run", url, "--allow-private", "--output", str(tmp_path / "out")]) == 130
    assert "interrupted; nothing" in capsys.readouterr().err


def test_feeds_check_tells_who_is_well(
    news: News, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    news.feeds["world"] = [{**entry(0), "date": formatdate()}]
    listed = tmp_path / "feeds.txt"
    listed.write_text(f"{news.url('world')}\n{news.url('missing')}\nfile:///etc/passwd\n")
    words = ["--allow-private", "--host-delay", "0"]
    assert main(["feeds", "check", str(listed), "--json", *words]) == 1
    said = capsys.readouterr()
    checks = {c["feed"]: (c["outcome"], c["entries"]) for c in json.loads(said.out)}
    assert checks == {news.url("world"): ("ok", 1), news.url("missing"): ("not_found", 0)}
    assert "line 3" in said.err
    assert main(["feeds", "check", str(listed), *words]) == 1
    assert "1 of 2 feeds are well" in capsys.readouterr().out


def test_feeds_import_gives_a_list_that_reads_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opml = Path(__file__).parents[1] / "seeds" / "feeds.opml"
    assert main(["feeds", "import", str(opml)]) == 0
    toml = tmp_path / "feeds.toml"
    toml.write_text(capsys.readouterr().out)
    assert main(["feeds", "import", str(toml)]) == 0
    assert capsys.readouterr().out == toml.read_text()
    assert toml.read_text().count("[[feeds]]") >= 30
    assert main(["feeds", "list", str(tmp_path / "nothing.opml")]) == 2
