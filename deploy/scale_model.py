"""What loads up to 200,000 feeds and 5 million articles a day would need: ``python deploy/scale_model.py``.

A simulated day, hour by hour, from figures measured on this code (`scale_load.Measured`) and stated prices (`Prices`).
Seeded, so the same command prints the same page; ``docs/scale.md`` holds what it prints.
"""

import math
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass

from scale_load import (
    ARTICLES_A_FEED,
    CORES,
    A,
    Load,
    M,
    article_seconds,
    feeds_by_host,
    poll_seconds,
)

LOADS = (1_000, 10_000, 50_000, 200_000)
"""Feeds; the last is the load of the tables that tell of one."""

ARTICLES_A_DAY = LOADS[-1] * ARTICLES_A_FEED
SEED = 7
HOUR = 3600
GIB = 2**30
BOUND = 100e9
"""What a query may read: the default of --bq-max-bytes."""


@dataclass(frozen=True)
class Prices:
    """List prices in US dollars, us-central1, June 2026; other regions differ. The sources are in the page."""

    vcpu_hour: float = 0.056  # Dataflow, batch
    stream_vcpu_hour: float = 0.069
    gb_hour: float = 0.003557
    engine_gib: float = 0.018  # Streaming Engine, data processed
    scanned_tib: float = 6.25  # BigQuery, on demand
    stored_gib_month: float = 0.02
    inserted_gib: float = 0.05  # streaming inserts, a row counted as 1 KiB at least
    write: float = 5e-6  # an operation of class A of Cloud Storage
    read: float = 0.4e-6  # of class B


P = Prices()


def arrivals(rng: random.Random) -> list[float]:
    """Articles published in each hour of the day: a daily wave, noise, and one hour of breaking news."""
    wave = [
        1 + (A.hour_peak - 1) * math.sin(2 * math.pi * (h - 8) / 24) + rng.gauss(0, 0.03)
        for h in range(24)
    ]
    scale = ARTICLES_A_DAY / sum(wave)
    hours = [w * scale for w in wave]
    hours[16] = max(hours[16], A.burst * ARTICLES_A_DAY / 24)
    return hours


def simulate(hours: list[float], cores: float) -> list[float]:
    """Articles that wait at the end of each hour when `cores` cores tag what comes."""
    rate = HOUR * cores * A.busy / article_seconds()
    waiting, queue = [], 0.0
    for come in hours:
        queue = max(0.0, queue + come - rate)
        waiting.append(queue)
    return waiting


def report() -> str:
    """The tables of docs/scale.md."""
    loads = []
    for feeds in LOADS:
        rng = random.Random(SEED)  # noqa: S311 - a simulation
        loads.append(Load(feeds, feeds_by_host(rng, feeds)))
    hours = arrivals(rng)
    parts = (_needs(loads), _polling(loads[-1]), _tagging(hours), _state(loads[-1]), _money(loads))
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _needs(loads: list[Load]) -> list[str]:
    return [
        _row("feeds", *(f"{x.feeds:,}" for x in loads)),
        "| --- |" + " --: |" * len(loads),
        _row("articles a day", *(f"{x.articles:,}" for x in loads)),
        _row("cores, on average", *(f"{x.cores():.2f}" for x in loads)),
        _row("cores, in an hour of breaking news", *(f"{x.cores(A.burst):.2f}" for x in loads)),
        _row(
            "minutes until the largest host is asked", *(f"{x.round_minutes:,.0f}" for x in loads)
        ),
        _row("**workers of a scheduled run**", *(f"**{x.run_workers}**" for x in loads)),
        _row("scheduled runs a day", *(f"{x.runs:.0f}" for x in loads)),
        _row("days until a scheduled run is refused", *(f"{_refused(x):,}" for x in loads)),
        _row("hosts that a stream waits for at once", *(f"{x.waiting:,.0f}" for x in loads)),
        _row("**workers of a stream**", *(f"**{x.stream_workers}**" for x in loads)),
        _row("index in each process after a year, GiB", *(f"{_index(x, 365):.1f}" for x in loads)),
    ]


def _refused(load: Load) -> int:
    """Days until one query of a scheduled run would read more than it may, and fails."""
    day = 1
    while max(load.states(day), load.read_back(day)) < BOUND:
        day += 1
    return day


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _index(load: Load, days: float) -> float:
    return load.articles * days * M.index_row / GIB


def _polling(load: Load) -> list[str]:
    half_hour = int(1800 / A.host_delay)
    slow = [n for n in load.hosts if n > half_hour]
    polls = load.feeds * A.polls_a_day
    return [
        "| polling | |",
        "| --- | --- |",
        f"| polls a day | {polls:,.0f} |",
        f"| connections open at once, mean | {polls * A.feed_seconds / 86_400:,.0f} |",
        f"| CPU cores to parse answers | {polls * poll_seconds() / 86_400:.1f} |",
        f"| bytes fetched a day | {polls * (1 - A.unchanged) * M.feed_bytes / 2**40:.2f} TiB |",
        f"| feeds on the largest host | {load.hosts[0]:,} |",
        f"| one round of the largest host at {A.host_delay:g} s | {load.round_minutes / 60:.1f} h |",
        f"| hosts that cannot be asked within 30 minutes | {len(slow):,} with {sum(slow):,} feeds |",
    ]


def _tagging(hours: list[float]) -> list[str]:
    mean = ARTICLES_A_DAY / 24
    lines = [
        "| cores tagging | waiting after the burst | hours until caught up |",
        "| --- | --- | --- |",
    ]
    for cores in (1, 2):
        waiting = simulate(hours, cores)
        late = sum(1 for w in waiting[16:] if w > mean / 60)
        lines.append(f"| {cores} | {waiting[16]:,.0f} | {late} |")
    return lines


def _state(load: Load) -> list[str]:
    lines = [
        "| days stored | index in each process | read for it by each process | states of feeds, read by each run "
        "| a stream's state over all workers |",
        "| --: | --: | --: | --: | --: |",
    ]
    for days in (1, 7, 30, 365):
        kept = min(days, A.lateness_days + 1) * load.articles * M.sharing * M.share_row
        state = (days * load.articles * M.state_row + kept) / GIB
        cells = (_index(load, days), load.read_back(days) / GIB, load.states(days) / GIB, state)
        lines.append(_row(f"{days}", *(f"{c:,.1f} GiB" for c in cells)))
    return lines


def _money(loads: list[Load]) -> list[str]:
    lines = [_row("a month, in dollars", *(f"{x.feeds:,} feeds" for x in loads))]
    lines.append("| --- |" + " --: |" * len(loads))
    for name, price in _bills().items():
        lines.append(_row(name, *(f"{price(load):,.0f}" for load in loads)))
    return lines


def _bills() -> dict[str, Callable[[Load], float]]:
    """What each line of the bill comes to in a month of 30 days, by load."""
    return {
        "scheduled: workers": _run_hours,
        "scheduled: index read back, after 30 days": lambda x: _runs_read(x, 30),
        "scheduled: index read back, after a year": lambda x: _runs_read(x, 365),
        "scheduled: states of feeds, after 30 days": lambda x: _scan(x.runs * x.states(30)),
        "stream: workers": lambda x: 24 * 30 * x.stream_workers * _worker(P.stream_vcpu_hour),
        "stream: Streaming Engine": _engine,
        "stream: streaming inserts": _inserts,
        "stream: staged files": _files,
        "stream: index read back, after 30 days": lambda x: _scan(A.windows_met * x.read_back(30)),
        "stream: index read back, after a year": lambda x: _scan(A.windows_met * x.read_back(365)),
        "both: storage of a month's rows": lambda x: 30 * _written(x) / GIB * P.stored_gib_month,
    }


def _worker(vcpu_hour: float) -> float:
    """Price of a worker for an hour."""
    return CORES * vcpu_hour + 7.5 * P.gb_hour


def _scan(a_day: float) -> float:
    return 30 * a_day / 2**40 * P.scanned_tib


def _run_hours(load: Load) -> float:
    hours = min(24.0, load.runs * (A.run_minutes + load.round_minutes) / 60)
    return 30 * hours * load.run_workers * _worker(P.vcpu_hour)


def _runs_read(load: Load, days: float) -> float:
    return _scan(load.runs * load.run_workers * CORES * load.read_back(days))


def _engine(load: Load) -> float:
    """What keyed steps take in: articles with text, their states, shares; states of feeds, in and out."""
    articles = A.mean_article_bytes + M.state_row + M.sharing * M.share_row
    feed = A.state_bytes + A.entry_bytes * min(A.entries, 30 * ARTICLES_A_FEED)
    a_day = load.articles * articles + 2 * load.feeds * A.polls_a_day * feed
    return 30 * a_day / GIB * P.engine_gib


def _inserts(load: Load) -> float:
    rows = load.articles * (1 + 1.2 * M.mentions_an_article) + load.feeds * A.polls_a_day
    return 30 * rows * 1024 / GIB * P.inserted_gib


def _files(load: Load) -> float:
    """Each bundle writes a file for each table and reads it again; a bundle holds one key: a host, or an article."""
    polls = len(load.hosts) * A.polls_a_day
    files = polls + load.articles * (1 + M.mentions_an_article + M.sharing)
    return 30 * files * (P.write + P.read)


def _written(load: Load) -> float:
    mentions = M.mentions_an_article * (M.mentions_row + M.counts_row)
    polls = load.feeds * A.polls_a_day * A.health_row
    return load.articles * (M.articles_row + mentions) + polls


if __name__ == "__main__":
    sys.stdout.write(report())
