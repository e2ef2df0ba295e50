"""Time `tocsin run`, whole processes with start-up, beside what a user would write instead, in one run.

    make bench                                       # a few minutes; writes build/bench/bench.{json,md}
    make bench ARGS="--rounds 5 --sample 2000"
    make bench ARGS="--input FILE --repeat 10"       # the items ten times over, ids and dates told apart
    make bench ARGS="--growth 1,5,10,25"             # CPU and memory against size, alone

Costs are CPU seconds (user and system) of each process and its children; ours and a peer's alternate, and a
ratio is of two runs next to each other, so a machine that others use too gives fair ratios. The slow peers run
on two samples of the items; their time for all follows from the line through both, and is marked with ~.
"""

import argparse
import gzip
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.local_workers import processes_for

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
SLOW = {"afternoon": "JSON, full spaCy, pandas", "naive_beam": "Beam, a spaCy call an element"}
OURS = {
    "one": "tocsin in one process",
    "two": "tocsin in two processes",
    "again": "tocsin again, nothing new",
}
TOCSIN = [sys.executable, "-m", "pipeline"]
ALONE = "--direct_num_workers=1"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""For the peers, whose small matrices more threads only slow down; Tocsin sees to that itself."""


class Cost(NamedTuple):
    """What a process took."""

    cpu: float  # seconds, user and system
    wall: float  # seconds
    rss: int  # largest resident size of one process, bytes


def cost(command: list[Any], **environment: str) -> Cost:
    """Run a command to its end, in silence, with these variables added to its environment.

    Raises:
        SystemExit: it failed.
    """
    begin = time.monotonic()
    words = [str(w) for w in command]
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawn(
        words[0],
        words,
        {**os.environ, "PYTHONPATH": str(ROOT), **environment},
        file_actions=silence,
    )  # in our process group: stopping the benchmark stops it
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(words)}")
    scale = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - begin, usage.ru_maxrss * scale)


def read_items(path: Path | None) -> list[dict[str, str]]:
    """The items of a JSONL file, else of the shared month of news, else of the seeds."""
    shared = Path(os.environ.get("TOCSIN_SHARED", ROOT.parent / "shared"))
    path = path or shared / "data" / "news-2023-10.jsonl.gz"
    if path.exists():
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        records = [json.loads(line) for line in text.splitlines()]
        keys = ("id", "title", "text", "published")
        items = [{k: r.get(k, "") for k in keys} for r in records]
        print(f"{len(items):,} items of {path.name}")
        return items
    print("made of the seeds' sentences: many more triggers than news has")
    texts = [json.loads(t)["text"] for t in (ROOT / "seeds" / "senses.jsonl").open()]
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        {
            "id": f"made-{n}",
            "title": texts[n % len(texts)],
            "text": " ".join(texts[(n * k) % len(texts)] for k in (3, 7, 11)) + f" Item {n}.",
            "published": (begin + timedelta(minutes=n)).isoformat(),
        }
        for n in range(10_000)
    ]


def write_items(items: list[dict[str, str]], path: Path, repeat: int = 1, every: int = 1) -> int:
    """Write every so manieth item as JSONL, each `repeat` times with its own id and a later date; the number."""
    number = 0
    with path.open("w") as out:
        for turn in range(repeat):
            later = timedelta(days=31 * turn)
            for item in items[::every]:
                if turn:
                    when = (datetime.fromisoformat(item["published"]) + later).isoformat()
                    item = {**item, "id": f"{item['id']}-{turn}", "published": when}
                out.write(json.dumps(item) + "\n")
                number += 1
    return number


def ours(source: Path, output: Path, *more: str, fresh: bool = True) -> Cost:
    """Run Tocsin over a file."""
    if fresh:
        shutil.rmtree(output, ignore_errors=True)
    return cost([*TOCSIN, "run", source, "--output", output, "--quiet", *more])


def peer(name: str, source: Path, folder: Path) -> Cost:
    """Run a peer over a file."""
    return cost(
        [sys.executable, PEERS / f"{name}.py", source, folder / f"{name}.parquet"], **ONE_THREAD
    )


def ratios(items: list[dict[str, str]], folder: Path, rounds: int, sample: int, repeat: int) -> Any:
    """Ours and each peer's in turn: medians, and the median of the ratios of neighbours.

    Ours is as it comes, in one process or in several; the row "two" or "one" is the other way.
    """
    files = {n: folder / f"{n}.jsonl" for n in ("all", "large", "small")}
    number = write_items(items, files["all"], repeat)
    large = write_items(items, files["large"], every=max(1, len(items) // sample))
    small = write_items(items, files["small"], every=max(1, len(items) * 4 // sample))
    other, workers = ("one", 1) if processes_for([str(files["all"])]) > 1 else ("two", 2)
    names = (*SLOW, "keywords", other, "again")
    rows: dict[str, list[Any]] = {name: [] for name in ("tocsin", *names)}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}

    def note(name: str, theirs: Cost, mine: Cost) -> None:
        rows[name].append(theirs)
        found[name].append((theirs.cpu / mine.cpu, theirs.wall / mine.wall))
        print(f"{name}: {theirs.cpu:.1f} s, tocsin {mine.cpu:.1f} s of CPU", flush=True)

    for _ in range(rounds):
        for name in (*SLOW, "keywords"):
            mine = ours(files["all"], folder / "output")
            rows["tocsin"].append(mine)
            if name in SLOW:
                little, much = (peer(name, files[f], folder) for f in ("small", "large"))
                each = (much.cpu - little.cpu) / (large - small)
                wall = (much.wall - little.wall) / (large - small)
                theirs = Cost(
                    little.cpu + each * (number - small),
                    little.wall + wall * (number - small),
                    much.rss,
                )
            else:
                theirs = peer(name, files["all"], folder)
            note(name, theirs, mine)
        otherwise = ours(files["all"], folder / "other", f"--direct_num_workers={workers}")
        note(other, otherwise, rows["tocsin"][-1])
        again = ours(files["all"], folder / "output", fresh=False)
        note("again", again, rows["tocsin"][-1])
    middle = {
        n: Cost(*(statistics.median(v) for v in zip(*r, strict=True))) for n, r in rows.items()
    }
    return {
        "items": number,
        "samples": [small, large],
        "costs": {n: c._asdict() for n, c in middle.items()},
        "ratios": {n: statistics.median(r for r, _ in f) for n, f in found.items()},
        "wall_ratios": {n: statistics.median(r for _, r in f) for n, f in found.items()},
        "sizes": sizes(folder / "output", folder),
    }


def sizes(output: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Bytes a row of the stored tables, beside the same rows as CSV and JSON lines."""
    import duckdb

    found = {}
    for table in ("mentions", "mention_counts"):
        files = list((output / table).rglob("*.parquet"))
        rows = duckdb.read_parquet([str(f) for f in files], hive_partitioning=False)
        number = max(1, len(rows))
        found[table] = {"parquet": sum(f.stat().st_size for f in files) / number}
        for kind in ("csv", "json"):
            path = folder / f"{table}.{kind}"
            duckdb.sql(f"COPY rows TO '{path}' (FORMAT {kind})")
            found[table][kind] = path.stat().st_size / number
    return found


def start_up(folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    """One small file: the least of several runs, since a start that others disturbed says nothing."""
    small = ROOT / "seeds" / "articles" / "odesa-drones.txt"
    commands = {
        "tocsin --help": [*TOCSIN, "--help"],
        "tocsin tag, one article": [*TOCSIN, "tag", small],
        "tocsin run, one article": [*TOCSIN, "run", small, "--output", folder / "one", "--quiet"],
    }
    found = {}
    for name, command in commands.items():
        costs = []
        for _ in range(rounds):
            shutil.rmtree(folder / "one", ignore_errors=True)
            costs.append(cost(command))
        found[name] = {"cpu": min(c.cpu for c in costs), "wall": min(c.wall for c in costs)}
    return found


def growth(items: list[dict[str, str]], folder: Path, repeats: list[int]) -> list[dict[str, float]]:
    """Cost against size in one process, and of a second run that finds nothing new."""
    rows = []
    for repeat in repeats:
        number = write_items(items, folder / "all.jsonl", repeat)
        first = ours(folder / "all.jsonl", folder / "output", ALONE)
        again = ours(folder / "all.jsonl", folder / "output", ALONE, fresh=False)
        little = ours(ROOT / "seeds/articles/odesa-drones.txt", folder / "output", fresh=False)
        row = {"items": number, "cpu": first.cpu, "wall": first.wall, "rss": first.rss}
        row |= {"again_cpu": again.cpu, "one_more_cpu": little.cpu, "one_more_wall": little.wall}
        rows.append(row)
        print({k: round(v, 1) for k, v in row.items()}, flush=True)
    return rows


def report(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    lines = [f"{result['when']}, {result['machine']}", "", *_report_start(result)]
    if table := result.get("ratios"):
        small, large = table["samples"]
        lines += ["", f"{table['items']:,} items, medians of {result['rounds']} rounds.", ""]
        lines += [
            "| | CPU s | wall s | memory MB | CPU, times ours | wall, times ours |",
            "| --- | --: | --: | --: | --: | --: |",
        ]
        for name, c in table["costs"].items():
            about = "~" if name in SLOW else ""
            label = {**OURS, **SLOW}.get(name, name)
            times = "1 | 1"
            if name in table["ratios"]:
                times = (
                    f"{about}{table['ratios'][name]:.2f} | {about}{table['wall_ratios'][name]:.2f}"
                )
            seconds = f"{about}{c['cpu']:.1f} | {about}{c['wall']:.1f}"
            lines.append(f"| {label} | {seconds} | {c['rss'] / 1e6:.0f} | {times} |")
        lines += ["", f"~ from samples of {small:,} and {large:,} items.", ""]
        lines += ["| bytes a row | Parquet | CSV | JSON |", "| --- | --: | --: | --: |"]
        for name, s in table["sizes"].items():
            lines.append(f"| {name} | {s['parquet']:.0f} | {s['csv']:.0f} | {s['json']:.0f} |")
    if rows := result.get("growth"):
        lines += ["", "| " + " | ".join(rows[0]) + " |", "| --: " * len(rows[0]) + "|"]
        lines += ["| " + " | ".join(f"{v:,.0f}" for v in row.values()) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _report_start(result: dict[str, Any]) -> list[str]:
    if not (found := result.get("start_up")):
        return []
    rows = [f"| {n} | {c['cpu']:.1f} | {c['wall']:.1f} |" for n, c in found.items()]
    return ["| | CPU s | wall s |", "| --- | --: | --: |", *rows]


def machine() -> str:
    """Processor, Python and the versions that matter."""
    names = ("apache-beam", "spacy", "pyarrow", "duckdb", "pandas")
    versions = ", ".join(f"{n} {version(n)}" for n in names)
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next((v.split(":")[1].strip() for v in lines if v.startswith("model name")), cpu)
    return f"{os.cpu_count()} cores of {cpu}, Python {platform.python_version()}, {versions}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--input", type=Path, help="JSONL, plain or .gz: id, title, text, published"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=1200, help="items for the slow peers")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--growth", default="", help="repeats, such as 1,5,10,25")
    args = parser.parse_args()
    items = read_items(args.input)
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    result: dict[str, Any] = {"when": when, "machine": machine(), "rounds": args.rounds}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if args.growth:
            result["growth"] = growth(items, folder, [int(n) for n in args.growth.split(",")])
        else:
            result["start_up"] = start_up(folder, args.rounds)
            result["ratios"] = ratios(items, folder, args.rounds, args.sample, args.repeat)
    args.output.mkdir(parents=True, exist_ok=True)
    (args.output / "bench.json").write_text(json.dumps(result, indent=1) + "\n")
    (args.output / "bench.md").write_text(report(result))
    print(report(result))


if __name__ == "__main__":
    main()
