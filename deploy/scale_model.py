"""What 200,000 feeds and 5 million articles a day would need: ``python deploy/scale_model.py``.

A simulated day, hour by hour, from figures measured on this code (`Measured`) and stated prices (`Prices`).
Seeded, so the same command prints the same page; ``docs/scale.md`` holds what it prints.
"""

import math
import random
import sys
from dataclasses import dataclass

FEEDS = 200_000
ARTICLES_A_DAY = 5_000_000
HOSTS = 60_000
SEED = 7
HOUR = 3600
DAYS_STORED = 365


@dataclass(frozen=True)
class Measured:
    """What ``python tests/benchmarks/bench_scale.py`` printed on a core of a shared two-core machine.

    Python 3.11, Beam 2.77, 39,568 real news items and 17 real feeds. CPU is user and system seconds.
    """

    start_cpu: float = 2.2  # s a worker process, to import everything and load words and model
    article_cpu: float = 0.55e-3  # s an item, the slope between 2,473 and 39,568 items
    article_bytes: int = 334
    feed_cpu: float = 0.038  # s to parse one answer: 48 entries on average
    feed_bytes: int = 111_708
    mentions_an_article: float = 0.22
    articles_row: int = 550  # bytes in memory as Arrow, close to BigQuery's logical bytes
    mentions_row: int = 521
    counts_row: int = 23  # for each mention
    known_row: int = 106  # bytes of the columns that a run reads back for each stored article
    index_row: int = 78  # bytes that an index entry holds in a worker
    state_row: int = 141  # bytes of Beam state for each article, for ever: key and standing version
    sharing: float = 0.05  # articles that contribute to a window
    share_row: int = 343  # bytes of such a contribution, kept with its window


@dataclass(frozen=True)
class Assumed:
    """Not measured: what the world looks like. Change them and run again."""

    mean_article_bytes: int = 3_000  # a full text; CPU is taken to grow with bytes
    unchanged: float = 0.85  # polls answered with 304, or the same body
    polls_a_day: float = 48  # a feed each half hour
    host_delay: float = 5.0  # s between two requests to one host; the default of --host-delay
    hour_peak: float = 1.6  # busiest hour of the day to the mean one
    burst: float = 5.0  # an hour of breaking news to the mean one
    busy: float = 0.7  # share of a worker's core that a job can keep busy
    runs_a_day: int = 48
    lateness_days: int = 7  # that a window is kept as state after its end
    feed_seconds: float = 1.0  # wall time of one poll, mostly waiting


@dataclass(frozen=True)
class Prices:
    """List prices in US dollars as remembered for europe-west1 in 2026: check them before you rely on them."""

    vcpu_hour: float = 0.059  # Dataflow batch
    gb_hour: float = 0.0037
    scanned_tib: float = 6.25  # BigQuery on demand
    stored_gib_month: float = 0.02


M, A, P = Measured(), Assumed(), Prices()


def feeds_by_host(rng: random.Random) -> list[int]:
    """How many feeds each host has: heavy-tailed, as blog platforms and newspaper groups are. Largest first."""
    weights = [1 / rank**0.9 for rank in range(1, HOSTS + 1)]
    total = sum(weights)
    counts = [max(1, round(FEEDS * w / total * rng.uniform(0.8, 1.2))) for w in weights]
    return sorted(counts, reverse=True)


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


def article_seconds() -> float:
    """CPU seconds for an article of the assumed size."""
    return M.article_cpu * A.mean_article_bytes / M.article_bytes


def poll_seconds() -> float:
    """CPU seconds for a poll: parsing, where there is something to parse."""
    return M.feed_cpu * (1 - A.unchanged)


def report() -> str:
    """The tables of docs/scale.md."""
    rng = random.Random(SEED)  # noqa: S311 - a simulation
    hosts, hours = feeds_by_host(rng), arrivals(rng)
    lines = [*_polling(hosts), "", *_tagging(hours), "", *_state(), "", *_money(hours)]
    return "\n".join(lines) + "\n"


def _polling(hosts: list[int]) -> list[str]:
    half_hour = int(1800 / A.host_delay)
    slow = [n for n in hosts if n > half_hour]
    polls = FEEDS * A.polls_a_day
    waits = polls * A.feed_seconds / 86_400
    return [
        "| polling | |",
        "| --- | --- |",
        f"| polls a day | {polls:,.0f} |",
        f"| connections open at once, mean | {waits:,.0f} |",
        f"| CPU cores to parse answers | {polls * poll_seconds() / 86_400:.1f} |",
        f"| bytes fetched a day | {polls * (1 - A.unchanged) * M.feed_bytes / 2**40:.2f} TiB |",
        f"| feeds on the largest host | {hosts[0]:,} |",
        f"| one round of the largest host at {A.host_delay:g} s | {hosts[0] * A.host_delay / HOUR:.1f} h |",
        f"| hosts that cannot be asked within 30 minutes | {len(slow):,} with {sum(slow):,} feeds |",
    ]


def _tagging(hours: list[float]) -> list[str]:
    mean = ARTICLES_A_DAY / 24
    lines = [
        "| cores tagging | waiting after the burst | hours until caught up |",
        "| --- | --- | --- |",
    ]
    need = mean * article_seconds() / HOUR / A.busy
    lines.insert(0, f"Cores that tagging keeps busy on average: {need:.2f}.\n")
    for cores in (1, 2):
        waiting = simulate(hours, cores)
        late = sum(1 for w in waiting[16:] if w > mean / 60)
        lines.append(f"| {cores} | {waiting[16]:,.0f} | {late} |")
    return lines


def _state() -> list[str]:
    lines = [
        "| days stored | index of known articles in each worker | read back by each run | BigQuery bytes read a day "
        "| unbounded: Beam state over all workers |",
        "| --- | --- | --- | --- | --- |",
    ]
    for days in (1, 7, 30, DAYS_STORED):
        rows = days * ARTICLES_A_DAY
        read = rows * M.known_row
        a_day = read * A.runs_a_day / 2**40
        kept = min(days, A.lateness_days + 1) * ARTICLES_A_DAY * M.sharing * M.share_row
        state = (rows * M.state_row + kept) / 2**30
        lines.append(
            f"| {days} | {rows * M.index_row / 2**30:.1f} GiB | {read / 2**30:.1f} GiB | {a_day:.1f} TiB "
            f"| {state:.1f} GiB |"
        )
    fits = 12 * 2**30 / M.index_row / ARTICLES_A_DAY
    return [
        *lines,
        "",
        f"A worker with 12 GiB to spare for the index is full after {fits:.0f} days.",
    ]


def _money(hours: list[float]) -> list[str]:
    tag = sum(hours) * article_seconds()
    poll = FEEDS * A.polls_a_day * poll_seconds()
    start = A.runs_a_day * M.start_cpu * 8
    cores = (tag + poll + start) / A.busy / HOUR  # core hours a day
    compute = cores * (P.vcpu_hour + 3.75 * P.gb_hour) * 30
    mentions = ARTICLES_A_DAY * M.mentions_an_article
    written = ARTICLES_A_DAY * M.articles_row + mentions * (M.mentions_row + M.counts_row)
    storage = written * 30 / 2**30 * P.stored_gib_month
    week = 7 * ARTICLES_A_DAY * M.known_row * A.runs_a_day / 2**40 * P.scanned_tib * 30
    return [
        "| a month | |",
        "| --- | --- |",
        f"| core hours a day | {cores:,.0f} |",
        f"| Dataflow | ${compute:,.0f} |",
        f"| BigQuery, bytes written a day | {written / 2**30:.1f} GiB |",
        f"| BigQuery, storage of each month's rows | ${storage:,.0f} |",
        f"| BigQuery, reading back 7 days at each run | ${week:,.0f} |",
    ]


if __name__ == "__main__":
    sys.stdout.write(report())
