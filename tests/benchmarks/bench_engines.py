"""Time one and two workers of a Flink cluster on this machine over the same news, and say what limits them.

    python tests/benchmarks/bench_engines.py --items 400000
    python tests/benchmarks/bench_engines.py --items 40000 --hot     # and all in one window

Needs what `make test-engines` installs. The cluster runs in a network of its own. News repeated with ids and
dates of its own is spread over files of 2,500 items; a worker is a TaskManager with its Python process. Wall
time wants an idle machine; CPU seconds (of everything that the run started) do not.
"""

import argparse
import json
import os
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/engines"))

from bench_run import cost, read_items, write_items  # noqa: E402
from flink_cluster import Cluster  # noqa: E402
from install import place  # noqa: E402

FILE_ITEMS = 2_500
TICK = os.sysconf("SC_CLK_TCK")
HOT = "2023-10-17T12:00:00+00:00"


class Run(NamedTuple):
    """What a run took, in seconds."""

    wall: float
    python: float  # CPU of the SDK workers
    java: float  # CPU of JobManager and TaskManagers
    client: float  # CPU of the launching process and the submitter
    steps: list[tuple[str, float, float, str]]  # name, begin and end in the job, records a worker


def inputs(folder: Path, number: int, hot: bool) -> list[Path]:
    """Files of news, `number` items in all."""
    items = read_items(None)
    whole = folder / "all.jsonl"
    write_items(items, whole, repeat=-(-number // len(items)))
    lines = whole.read_text(encoding="utf-8").splitlines(keepends=True)[:number]
    whole.unlink()
    if hot:
        lines = [json.dumps({**json.loads(line), "published": HOT}) + "\n" for line in lines]
    made = []
    for start in range(0, len(lines), FILE_ITEMS):
        made.append(folder / f"{start:07d}.jsonl")
        made[-1].write_text("".join(lines[start : start + FILE_ITEMS]), encoding="utf-8")
    return made


def cpu(pid: int) -> float:
    """CPU seconds of a process and of those that it has started, ended ones too."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    used = sum(int(fields[n]) for n in (11, 12, 13, 14)) / TICK
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        used += sum(cpu(int(child)) for child in path.read_text(encoding="utf-8").split())
    return used


def clustered(folder: Path, source: Path, workers: int) -> Run:
    """A run on a fresh cluster of so many workers."""
    cluster = Cluster(place(), folder / f"flink-{workers}", task_managers=workers)
    names = ["jobmanager", *(f"taskmanager-{n}" for n in range(workers))]
    try:
        cluster.start()
        before = {n: cpu(p.pid) for n, p in cluster.processes.items()}
        command = [sys.executable, "-m", "pipeline", "run", source, *cluster.options()]
        mine = cost([*command, "--output", folder / f"out-{workers}", "--quiet"])
        used = {n: cpu(p.pid) - before[n] for n, p in cluster.processes.items()}
        steps = timeline(cluster)
    finally:
        cluster.stop()
    java = sum(used[n] for n in names)
    return Run(mine.wall, used["pool"], java, mine.cpu + used["jobs"], steps)


def timeline(cluster: Cluster) -> list[tuple[str, float, float, str]]:
    """When each step of the job began and ended, and how many records each worker read."""
    job = cluster.get("jobs/" + cluster.get("jobs/overview")["jobs"][0]["jid"])
    begin = job["start-time"]
    spans = []
    for step in job["vertices"]:
        tasks = cluster.get(f"jobs/{job['jid']}/vertices/{step['id']}")["subtasks"]
        shares = " + ".join(f"{t['metrics']['read-records']:,}" for t in tasks)
        times = ((step[edge] - begin) / 1000 for edge in ("start-time", "end-time"))
        spans.append((step["name"][:70], *times, shares))
    return sorted(spans, key=lambda span: span[1])


def report(number: int, runs: dict[str, Run], here: Any) -> None:
    """Print the tables."""
    print(f"\n{number:,} items | wall s | CPU s Python | CPU s Java | CPU s launch | items/s")
    if here:
        speed = f"{number / here.wall:.0f}"
        print(f"in one process, no engine | {here.wall:.0f} | {here.cpu:.0f} | | | {speed}")
    for name, run in runs.items():
        parts = f"{run.python:.0f} | {run.java:.0f} | {run.client:.0f}"
        print(f"{name} | {run.wall:.0f} | {parts} | {number / run.wall:.0f}")
    one, two = runs["1 worker"], runs["2 workers"]
    cores = os.cpu_count() or 1
    least = (two.python + two.java + two.client) / cores
    print(
        f"\nspeed-up {one.wall / two.wall:.2f} of an ideal 2; the work of two workers fills {cores} cores for "
        f"{least:.0f} s, so {one.wall / least:.2f} is the most that this machine could give"
    )
    for name, run in runs.items():
        print(f"\n{name}: steps of more than two seconds")
        for step, begin, end, shares in run.steps:
            if end - begin > 2:
                print(f"  {begin:6.1f} to {end:6.1f} s  {shares} records  {step}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=400_000)
    parser.add_argument("--hot", action="store_true", help="also with every item in one window")
    parser.add_argument("--only-engine", action="store_true", help="leave out the run without one")
    args = parser.parse_args()
    if {name for _, name in socket.if_nameindex()} != {"lo"}:
        alone = str(ROOT / "tests/engines/alone.sh")
        os.execv(alone, [alone, sys.executable, __file__, *sys.argv[1:]])
    for hot in (False, True)[: 1 + args.hot]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = folder / "news"
            source.mkdir()
            inputs(source, args.items, hot)
            command = [sys.executable, "-m", "pipeline", "run", source, "--output", folder / "here"]
            here = None if args.only_engine else cost([*command, "--quiet"])
            runs = {}
            for workers, label in ((1, "1 worker"), (2, "2 workers")):
                runs[label] = clustered(folder, source, workers)
                print(f"{label}: {runs[label].wall:.0f} s", flush=True)
                shutil.rmtree(folder / f"out-{workers}")
            print("\nall items in one window" if hot else "\nas published")
            report(args.items, runs, here)
            time.sleep(2)  # ports of the cluster before


if __name__ == "__main__":
    main()
