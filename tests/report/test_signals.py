"""Signals: what is out of the usual, and its delivery."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from pipeline.cli import main
from pipeline.deliver import deliver, signature, target_of
from pipeline.signals import signals
from pipeline.tables import open_tables

START = datetime(2026, 3, 1, tzinfo=UTC)
UKR = {"target_country": "UKR"}


def fill(world: Any, days: int, each_hour: int = 3, skip: Any = lambda hour: False) -> None:
    """Quiet news: articles without mentions, and one strike about UKR every twelve hours."""
    for hour in range(days * 24):
        if skip(hour):
            continue
        when = START + timedelta(hours=hour)
        for n in range(each_hour):
            told = [UKR] if n == 0 and hour % 12 == 0 else []
            world.tell(f"q{hour}-{n}", f"{when:%Y-%m-%dT%H}:0{n}", told, publisher=f"P{n}")


WIRE = " ".join(f"same{n}" for n in range(40))


def burst(world: Any, hour: int, stories: int, text: Any = lambda n: "") -> None:
    when = START + timedelta(hours=hour)
    for n in range(stories):
        minute = f"{when:%Y-%m-%dT%H}:{n % 60:02}"
        world.tell(f"b{hour}-{n}", minute, [UKR], text(n), publisher=f"P{n}")


def new_alerts(output: str, level: str = "alert") -> list[dict[str, Any]]:
    return [s for s in signals(open_tables(output), level) if s["is_new"]]


def test_a_burst_stands_out_at_once_and_the_quiet_does_not(
    world: Any, tmp_path: Any, now: int
) -> None:
    fill(world, 6)
    burst(world, 5 * 24 + 3, 8)
    output = world.write(tmp_path / "out", now)
    found = new_alerts(output)
    assert {(s["category"], s["country"]) for s in found} == {("strike", "UKR")}
    assert min(s["window_end"] for s in found) == START + timedelta(hours=5 * 24 + 4)
    assert "stories from 8 publishers in six hours" in found[0]["reason"]
    assert len({s["signal_id"] for s in found}) == len(found)


@pytest.mark.parametrize("byline", ["", "By Ann Author{n} of Paper{n} "])
def test_a_wire_copied_fifty_times_is_one_story(
    world: Any, tmp_path: Any, now: int, byline: str
) -> None:
    fill(world, 6)
    burst(world, 5 * 24 + 3, 50, lambda n: f"Wire\n{byline.format(n=n)}{WIRE}")
    tables = open_tables(world.write(tmp_path / "out", now))
    assert signals(tables, "usual") == []
    # The view, which is plain SQL, folds what is the same word for word.
    assert bool(tables.execute("FROM signals").fetchall()) == bool(byline)


def test_an_outage_is_no_peace_and_its_end_no_war(world: Any, tmp_path: Any, now: int) -> None:
    """For two days a tenth is heard; then the same share of the news tells of strikes as before."""
    fill(world, 4, each_hour=1, skip=lambda hour: hour % 12)
    for n in range(40):
        told = [UKR] if n % 2 == 0 else []
        world.tell(f"back{n}", f"2026-03-05T03:{n:02}", told, publisher=f"P{n}")
    for n in range(6):
        world.tell(f"end{n}", f"2026-03-05T{10 + n}:00", [], publisher="P")
    assert new_alerts(world.write(tmp_path / "out", now)) == []


def test_less_than_three_days_of_history_judge_nothing(world: Any, tmp_path: Any, now: int) -> None:
    fill(world, 2)
    burst(world, 40, 8)
    assert signals(open_tables(world.write(tmp_path / "out", now)), "usual") == []


def test_six_hours_are_judged_when_their_last_begins_and_have_four_stories(
    world: Any, tmp_path: Any, now: int
) -> None:
    fill(world, 5)
    burst(world, 5 * 24, 3)
    burst(world, 5 * 24 + 5, 1)  # nothing is read after this hour
    output = world.write(tmp_path / "out", now)
    found = signals(open_tables(output), "usual")
    last = START + timedelta(hours=5 * 24 + 6)
    assert [s["window_end"] for s in found] == [last]
    assert found[0]["story_count"] >= 4


@pytest.fixture
def loud(world: Any, tmp_path: Any, now: int) -> str:
    fill(world, 6)
    burst(world, 5 * 24 + 3, 9)
    return str(world.write(tmp_path / "out", now))


def test_the_command_prints_tables_json_and_csv(
    loud: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["signals", loud]) == 0
    assert "about UKR" in capsys.readouterr().out
    assert main(["signals", loud, "--json", "--category", "envoy"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["signals", loud, "--csv", "--since", "2099-01-01"]) == 0
    header = capsys.readouterr().out
    assert main(["signals", loud, "--csv", "--country", "ukr", "--all"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(header)
    assert header.startswith("signal_id,window_start,")
    assert told.count("\n") > header.count("\n") == 1
    assert main(["signals", loud, "--level", "alrm"]) == 2
    assert "did you mean alarm?" in capsys.readouterr().err


def test_a_file_gets_each_signal_once_even_after_a_cut(loud: str, tmp_path: Any) -> None:
    place = tmp_path / "signals.jsonl"
    for _ in range(2):
        assert main(["signals", loud, "--deliver", str(place)]) == 0
    lines = place.read_bytes().splitlines(keepends=True)
    assert len({json.loads(line)["signal_id"] for line in lines}) == len(lines) > 0
    place.write_bytes(b"".join(lines)[:-20])
    assert main(["signals", loud, "--deliver", str(place)]) == 0
    assert place.read_bytes().splitlines(keepends=True) == lines


@pytest.mark.parametrize("content", ["my notes", "my notes\n", '{"title": "x"}\n', "[1]\n{"])
def test_a_file_of_other_things_is_left_as_it_is(
    loud: str, tmp_path: Any, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    place = tmp_path / "notes.txt"
    place.write_text(content)
    assert main(["signals", loud, "--deliver", str(place)]) == 2
    assert place.read_text() == content
    assert main(["signals", loud, "--deliver", str(tmp_path)]) == 2
    assert "a directory" in capsys.readouterr().err


def test_what_would_look_like_quiet_is_refused(
    loud: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["signals", loud, "--country", "UA"]) == 2
    assert "such as USA" in capsys.readouterr().err


class Hook(HTTPServer):
    """A webhook that answers as told, then 204, and keeps what it got."""

    def __init__(self, answers: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.answers, self.got = answers, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Hook(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.answers.pop(0) if self.server.answers else 204
        if status < 300:
            self.server.got.append((dict(self.headers), body))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def test_a_webhook_is_retried_and_signed(tmp_path: Any) -> None:
    hook = Hook([503, 500])
    target = target_of(hook.url, str(tmp_path), "key")
    rows = [{"signal_id": "a", "n": 1}, {"signal_id": "b", "n": 2}]
    assert deliver(target, rows, wait=0.001).sent == 2
    assert deliver(target, rows, wait=0.001).known == 2
    assert [json.loads(body)["signal_id"] for _, body in hook.got] == ["a", "b"]
    headers, body = hook.got[0]
    moment, _, given = headers["Tocsin-Signature"].partition(",v1=")
    assert given == signature("key", int(moment.removeprefix("t=")), body)
    hook.shutdown()


def test_what_a_webhook_refuses_waits_and_goes_out_later(tmp_path: Any) -> None:
    hook = Hook([204, 403])
    target = target_of(hook.url, str(tmp_path), "")
    rows = [{"signal_id": name} for name in "abc"]
    first = deliver(target, rows, wait=0.001)
    assert (first.sent, first.waiting) == (1, 2)
    assert "403" in first.error
    assert deliver(target, rows, wait=0.001).sent == 2
    assert [json.loads(body)["signal_id"] for _, body in hook.got] == ["a", "b", "c"]
    hook.shutdown()


def test_an_unreachable_webhook_loses_nothing_and_fails_the_command(
    loud: str, tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.deliver.TRIES", 1)
    assert (
        main(["signals", loud, "--deliver", "http://127.0.0.1:9/", "--sent", str(tmp_path / "s")])
        == 1
    )
    assert "wait for the next call" in capsys.readouterr().err
    assert main(["signals", loud, "--deliver", "ftp://x/"]) == 2
    assert main(["signals", loud, "--deliver", str(tmp_path / "now.jsonl")]) == 0


def test_on_real_news_the_attack_stands_out_and_the_days_before_are_calm(
    shared: Any, tmp_path: Any
) -> None:
    """7 October 2023: the attack began at 03:30 UTC; the six days before are the whole history."""
    import gzip

    week = tmp_path / "week.jsonl"
    with gzip.open(shared / "news-2023-10.jsonl.gz", "rt") as lines, week.open("w") as kept:
        kept.writelines(line for line in lines if json.loads(line)["published"] < "2023-10-07T12")
    assert main(["run", str(week), "--output", str(tmp_path / "out"), "--quiet"]) == 0
    found = new_alerts(str(tmp_path / "out"))
    attack = datetime(2023, 10, 7, 3, 30, tzinfo=UTC)
    on_the_day = [
        s
        for s in found
        if s["category"] == "strike"
        and s["country"] in ("ISR", "PSE")
        and s["level"] == "alarm"
        and attack < s["window_end"] <= attack + timedelta(hours=6)
    ]
    assert on_the_day
    before = [s for s in found if s["window_end"] < attack]
    assert len(rises(before)) / 6 < 1


def rises(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that no other of their series came before within a day: an alert turned alarm is one rise."""
    since: dict[tuple[str, str], datetime] = {}
    first = []
    for s in sorted(found, key=lambda s: s["window_start"]):
        series = (s["category"], s["country"])
        if series not in since or s["window_start"] - since[series] > timedelta(1):
            first.append(s)
        since[series] = s["window_start"]
    return first
