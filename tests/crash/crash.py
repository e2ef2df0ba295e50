"""Kill runs at random moments and see that nothing is lost, doubled or half shown.

Splits a JSONL file into parts and runs `tocsin run` over each in turn, twice: undisturbed, and with
`kill -9` at random moments (half of them within the first instants after files are staged), each
followed by the same command. Meanwhile a reader looks at the disturbed output without pause. At the
end every table must hold the same rows in both, and the reader must have seen committed states only.

    python tests/crash/crash.py --input news.jsonl.gz --kills 60
"""

import argparse
import gzip
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from pipeline.tables import open_tables
from schemas.records import TABLES
from transforms.store.manifest import HIDDEN, read_manifest

KILLS_A_PART = 3
NOW = "2026-03-20"


def split(source: Path, folder: Path, parts: int, items: int) -> list[Path]:
    """The first `parts * items` lines of a JSONL file as files of `items` lines."""
    opened = gzip.open if source.suffix == ".gz" else open
    with opened(source, "rt") as lines:
        files = []
        for part in range(parts):
            path = folder / f"part-{part:03d}.jsonl"
            path.write_text("".join(line for line, _ in zip(lines, range(items), strict=False)))
            files.append(path)
    return files


def start(part: Path, output: Path) -> "subprocess.Popen[bytes]":
    """Begin a run over one part."""
    words = ["run", str(part), "--output", str(output), "--now", NOW, "--quiet"]
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", *words], stderr=subprocess.PIPE, cwd=Path.cwd()
    )


def finish(part: Path, output: Path) -> None:
    """Run over one part to the end."""
    run = start(part, output)
    _, error = run.communicate()
    if run.returncode:
        raise SystemExit(f"a run failed: {error.decode()}")


def kill_somewhere(part: Path, output: Path, rng: random.Random, usual: float) -> bool:
    """Begin a run and kill it; whether it was still running."""
    staging = output / HIDDEN / "staging"
    run = start(part, output)
    if rng.random() < 0.5:
        deadline = time.monotonic() + 4 * usual
        while not staging.exists() and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(rng.random() * 0.2)
    else:
        time.sleep(rng.random() * usual)
    alive = run.poll() is None
    run.send_signal(signal.SIGKILL)
    run.wait()
    return alive


def rows(output: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, sorted."""
    db = open_tables(str(output))
    return {name: db.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in TABLES}


class Reader(threading.Thread):
    """Looks at an output without pause and keeps the states seen: rows by table."""

    def __init__(self, output: Path) -> None:
        super().__init__(daemon=True)
        self.output = output
        self.states: set[tuple[int, ...]] = set()
        self.looks = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.02):
            if not (self.output / HIDDEN / "manifest.json").exists():
                continue
            db = open_tables(str(self.output), read_manifest(self.output))
            count = ", ".join(f"(SELECT count(*) FROM {name})" for name in TABLES)
            self.states.add(db.execute(f"SELECT {count}").fetchone())
            self.looks += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--items", type=int, default=300, help="items a run")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    folder = Path(tempfile.mkdtemp(prefix="tocsin-crash-"))
    parts = split(args.input, folder, -(-args.kills // KILLS_A_PART), args.items)
    calm, rough = folder / "calm", folder / "rough"
    committed: set[tuple[int, ...]] = set()
    began = time.monotonic()
    for part in parts:
        finish(part, calm)
        committed.add(tuple(sum(f.rows for f in read_manifest(calm).of(t)) for t in TABLES))
    usual = (time.monotonic() - began) / len(parts)
    reader = Reader(rough)
    reader.start()
    kills = alive = 0
    for part in parts:
        for _ in range(min(KILLS_A_PART, args.kills - kills)):
            alive += kill_somewhere(part, rough, rng, usual)
            kills += 1
        finish(part, rough)
    reader.done.set()
    reader.join()
    same = rows(calm) == rows(rough)
    half = reader.states - committed
    leftover = (rough / HIDDEN / "staging").exists()
    print(
        f"{kills} kills, {alive} of them while the run was alive; {reader.looks} looks by a reader, "
        f"{len(half)} at something uncommitted; tables {'equal' if same else 'DIFFER'}; "
        f"{'staged files left behind' if leftover else 'nothing left behind'}"
    )
    shutil.rmtree(folder)
    sys.exit(0 if same and not half and not leftover else 1)


if __name__ == "__main__":
    main()
