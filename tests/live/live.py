"""Stream feeds that change, and see that each entry is counted once and soon.

A site on loopback publishes twenty feeds. Over the time given entries appear, some dated hours ago,
some edited after a while; one feed goes down and comes back. `tocsin run --stream` follows it in a
process of its own. At the end the counts must equal one run over all that was published, and the
delay from publication to visible count and the memory of the process are told.

    python tests/live/live.py --seconds 180
"""

import argparse
import json
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from email.utils import formatdate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from newsite import News
from standing import standing

from pipeline.tables import open_tables
from transforms.store.manifest import read_manifest

FEEDS = 20
POLL_SECONDS = 6
TEXTS = [
    ("Israel strikes Gaza", "Israeli jets carried out airstrikes on Gaza City."),
    ("EU imposes sanctions on Russia", "The European Union imposed sanctions on Russia."),
    ("U.S. envoy visits Cairo", "The U.S. special envoy met Egyptian officials in Cairo."),
    ("Rain in the north", "It will rain until Friday."),
]


def publish(site: News, number: int, rng: random.Random, edit: bool = False) -> dict[str, str]:
    """Put one entry into a feed, or change one that is there."""
    name = f"feed{number % FEEDS}"
    title, text = TEXTS[rng.randrange(len(TEXTS))]
    age = rng.choice([0, 0, 0, 3600, 7200])
    entry = {
        "id": f"e{number}",
        "title": title,
        "text": f"{text} Report {number}{' corrected' if edit else ''}.",
        "date": formatdate(time.time() - age, usegmt=True),
    }
    feed = site.feeds.setdefault(name, [])
    if edit and feed:
        old = feed[-1]
        entry |= {"id": old["id"], "date": old["date"]}
        feed[-1] = entry
    else:
        feed.append(entry)
    return entry


def memory_mib(pid: int) -> float:
    """Resident memory of a process, MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    folder = Path(tempfile.mkdtemp(prefix="tocsin-live-"))
    output, site = folder / "out", News()
    for number in range(FEEDS):
        publish(site, number, rng)
    words = ["--allow-private", "--host-delay", "0", "--poll-every", f"{POLL_SECONDS}s"]
    words += ["--stream", "--output", str(output), *(site.url(f"feed{n}") for n in range(FEEDS))]
    stream = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "run", *words], stderr=subprocess.DEVNULL
    )
    published: dict[str, float] = {}
    visible: dict[str, float] = {}
    memory: list[float] = []
    end, number, run = time.monotonic() + args.seconds, FEEDS, 0
    while time.monotonic() < end or len(visible) < len(published):
        if time.monotonic() > end + 10 * POLL_SECONDS:
            break
        if time.monotonic() < end - 2 * POLL_SECONDS and rng.random() < 0.5:
            publish(site, number, rng)
            published[f"https://n.example/e{number}"] = time.monotonic()
            if rng.random() < 0.2:
                publish(site, number, rng, edit=True)
            number += 1
        share = (end - time.monotonic()) / args.seconds
        site.down = {"feed3"} if 0.4 < share < 0.6 else set()
        if (output / "_tocsin" / "manifest.json").exists():
            manifest = read_manifest(output)
            if manifest.run != run:
                run = manifest.run
                memory.append(memory_mib(stream.pid))
                rows = open_tables(str(output), manifest).execute(
                    "SELECT DISTINCT url FROM articles"
                )
                for (url,) in rows.fetchall():
                    visible.setdefault(url, time.monotonic())
        time.sleep(0.3)
    stream.send_signal(signal.SIGINT)
    stream.wait(60)
    everything = [{**e, "feed": n} for n, feed in site.feeds.items() for e in feed]
    source = folder / "all.jsonl"
    source.write_text(
        "".join(
            json.dumps(
                {
                    "title": e["title"],
                    "text": e["text"],
                    "published": e["date"],
                    "url": f"https://n.example/{e['id']}",
                    "publisher": e["feed"],
                }
            )
            + "\n"
            for e in everything
        )
    )
    once = ["run", str(source), "--output", str(folder / "once"), "--quiet"]
    subprocess.run([sys.executable, "-m", "pipeline", *once], check=True)
    delays = [visible[u] - at for u, at in published.items() if u in visible]
    missing = len(published) - len(delays)
    same = standing(output) == standing(folder / "once")
    median = statistics.median(delays)
    half = len(memory) // 2
    print(
        f"{len(everything)} entries in {FEEDS} feeds, {run} increments; {missing} never seen; "
        f"counts {'equal' if same else 'DIFFER'}; publication to visible count: median {median:.1f} s, "
        f"longest {max(delays):.1f} s, poll interval {POLL_SECONDS} s; memory {memory[1]:.0f} MiB at first, "
        f"{statistics.median(memory[:half]):.0f} and {statistics.median(memory[half:]):.0f} MiB in the halves"
    )
    shutil.rmtree(folder)
    sys.exit(0 if same and not missing and median < 2 * POLL_SECONDS else 1)


if __name__ == "__main__":
    main()
