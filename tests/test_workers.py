"""Several processes of one machine: the same tables, ports on loopback, and an end when one of them dies."""

import gzip
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from standing import standing

from pipeline.beam_options import beam_options, many_workers, spread_much
from pipeline.local_workers import MUCH, weight

ARTICLES = Path(__file__).parents[1] / "seeds" / "articles"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run with two workers, once both are there."""
    words = ["run", str(ARTICLES), "--output", str(tmp_path / "two"), "--direct_num_workers=2"]
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 60
        while len(workers_of(process.pid)) < 2 and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def workers_of(pid: int) -> list[int]:
    """The SDK workers of a run, which Beam starts by a shell."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    shells = {r[0] for r in rows if int(r[1]) == pid}
    return [int(r[0]) for r in rows if r[1] in shells and "pipeline.local_worker" in r[2]]


def test_two_workers_write_what_one_writes(tmp_path: Path) -> None:
    found = []
    for name, more in (("one", []), ("two", ["--direct_num_workers=2"])):
        words = ["run", str(ARTICLES), "--output", str(tmp_path / name), "--now", "2026-03-20"]
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *words, *more],
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        found.append(standing(tmp_path / name))
    assert found[0] == found[1]
    assert found[0]


def test_ports_between_workers_are_on_loopback(running: subprocess.Popen[str]) -> None:
    listening = listeners_of(running.pid)
    assert listening
    assert {address for address in listening if not address.endswith("0100007F")} == set()


def listeners_of(pid: int) -> set[str]:
    """Local addresses, in the kernel's hexadecimal, of the listening sockets of a process."""
    if not Path("/proc/net/tcp6").exists():
        pytest.skip("needs Linux")
    links = (os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH115,PTH208
    own = {link[8:-1] for link in links if link.startswith("socket:[")}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and inode in own:
                found.add(local.partition(":")[0])
    return found


def test_a_run_ends_when_a_worker_dies(running: subprocess.Popen[str], tmp_path: Path) -> None:
    os.kill(workers_of(running.pid)[0], signal.SIGKILL)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "failed and committed nothing: a worker process died" in errors
    assert not list((tmp_path / "two").glob("articles/**/*.parquet"))


def test_ctrl_c_ends_all_processes(running: subprocess.Popen[str]) -> None:
    workers = workers_of(running.pid)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=120)
    assert (running.returncode, "interrupted" in errors) == (130, True)
    assert not [pid for pid in workers if is_running(pid)]


def is_running(pid: int) -> bool:
    """Whether a process still runs: one that has ended may stay listed until its parent asks for its status."""
    states = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(states.stdout) and not states.stdout.startswith("Z")


def test_progress_counts_what_the_workers_handle(tmp_path: Path) -> None:
    words = ["run", str(ARTICLES), "--output", str(tmp_path / "two"), "--direct_num_workers=2"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", *words], stdout=subprocess.DEVNULL, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # the terminal is gone once the run has ended
            while more := os.read(ours, 65_536):
                shown += more
    os.close(ours)
    assert process.returncode == 0
    assert max(int(n) for n in re.findall(rb"(\d+) articles read", shown)) > 0


@pytest.mark.parametrize(
    ("size", "arguments", "spread"),
    [
        (MUCH, [], True),
        (MUCH - 1, [], False),
        (MUCH, ["--direct_num_workers=1"], False),
        (MUCH, ["--direct_num_workers", "1"], False),
    ],
)
def test_much_text_takes_several_cores_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, arguments: list[str], spread: bool
) -> None:
    monkeypatch.setattr("pipeline.local_workers.cores", lambda: 2)
    file = tmp_path / "news.jsonl"
    with file.open("wb") as stream:
        stream.truncate(size)
    options = beam_options(arguments, [])
    spread_much(options, arguments, [str(file)])
    assert many_workers(options) == spread


def test_a_packed_file_weighs_about_what_it_unpacks_to(tmp_path: Path) -> None:
    plain = b"".join(p.read_bytes() for p in sorted(ARTICLES.glob("*.txt")))
    (tmp_path / "a.txt").write_bytes(plain)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(plain))
    whole, packed = (weight([str(tmp_path / n)]) for n in ("a.txt", "a.txt.gz"))
    assert whole == len(plain)
    assert 0.5 < packed / whole < 2
    assert weight(["gs://bucket/a.txt"]) == 0
