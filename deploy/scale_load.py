"""A load of news, and what follows from it: the figures that ``scale_model.py`` reckons with."""

import math
import random
from dataclasses import dataclass

ARTICLES_A_FEED = 25
HOSTS_A_FEED = 0.3
CORES = 2
"""Of a worker, an n1-standard-2 with 7.5 GB; it runs as many Python processes."""


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
    known_row: int = 106  # bytes of the columns that are read back of each stored article
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
    runs_a_day: int = 48  # at most: a run that lasts longer is not joined by another
    run_minutes: float = 4  # of a run, besides polling: starting a worker, most of all
    lateness_days: int = 7  # that a window is kept as state after its end
    feed_seconds: float = 1.0  # wall time of one poll, mostly waiting
    threads: int = (
        24  # bundles that a worker of two cores has in hand; hosts of a stream wait in them
    )
    windows_met: float = 48  # a day by a stream: each new hour, and as many hours of older articles
    health_row: int = 120  # bytes of a row of feed_health
    state_bytes: int = 330  # of a feed's state as JSON, and
    entry_bytes: int = 60  # for each entry that it remembers,
    entries: int = 2_000  # of which there are at most so many


M, A = Measured(), Assumed()


def feeds_by_host(rng: random.Random, feeds: int) -> list[int]:
    """How many feeds each host has: heavy-tailed, as blog platforms and newspaper groups are. Largest first."""
    weights = [1 / rank**0.9 for rank in range(1, int(feeds * HOSTS_A_FEED) + 1)]
    total = sum(weights)
    counts = [max(1, round(feeds * w / total * rng.uniform(0.8, 1.2))) for w in weights]
    return sorted(counts, reverse=True)


def article_seconds() -> float:
    """CPU seconds for an article of the assumed size."""
    return M.article_cpu * A.mean_article_bytes / M.article_bytes


def poll_seconds() -> float:
    """CPU seconds for a poll: parsing, where there is something to parse."""
    return M.feed_cpu * (1 - A.unchanged)


@dataclass(frozen=True)
class Load:
    """A number of feeds with its hosts, and what follows."""

    feeds: int
    hosts: list[int]

    @property
    def articles(self) -> int:
        """Articles a day."""
        return self.feeds * ARTICLES_A_FEED

    def cores(self, burst: float = 1) -> float:
        """Cores that polling and tagging take, while `burst` times as many articles come as on average."""
        polls = self.feeds * A.polls_a_day * poll_seconds()
        return (polls + burst * self.articles * article_seconds()) / 86_400 / A.busy

    @property
    def round_minutes(self) -> float:
        """How long it takes to ask every feed of the largest host once."""
        return self.hosts[0] * A.host_delay / 60

    @property
    def waiting(self) -> float:
        """Hosts that a stream waits for at once: each holds a thread for as long as its round takes."""
        seconds = (n * A.host_delay if n > 1 else A.feed_seconds for n in self.hosts)
        return sum(min(1800, s) for s in seconds) / 1800

    @property
    def stream_workers(self) -> int:
        """Workers of a stream: for its waiting, and for an hour of breaking news."""
        return math.ceil(max(self.waiting / A.threads, self.cores(A.burst) / CORES))

    @property
    def run_workers(self) -> int:
        """Workers of a scheduled run, whose processes each wait for fifty feeds at once."""
        return math.ceil(self.cores(A.burst) / CORES)

    @property
    def runs(self) -> float:
        """Scheduled runs a day."""
        return min(A.runs_a_day, 1440 / (A.run_minutes + self.round_minutes))

    def read_back(self, days: float) -> float:
        """Bytes that a process reads when it first meets windows: the index, and two days in part."""
        mentions = M.mentions_an_article
        touched = 2 * (96 + mentions * (106 + M.counts_row))
        return self.articles * (days * (M.known_row + 8 * mentions) + touched)

    def states(self, days: float) -> float:
        """Bytes of the stored states of feeds: one a feed, which remembers entries. Each run reads all of them."""
        return self.feeds * (A.state_bytes + min(days * ARTICLES_A_FEED, A.entries) * A.entry_bytes)
