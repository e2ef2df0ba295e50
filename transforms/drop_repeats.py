"""DropRepeats: what was counted before, in this run or an earlier one, goes no further; edits do.

What stands of an article that is told several times is the greatest in one total order (`order`), so it is
a function of all that was told, never of the order of arrival: the one whose source states the latest
time, edit or publication. An older one need not be remembered for that.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.metrics.metric import Metrics
from apache_beam.pvalue import PCollection
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec

from schemas.records import Article, Micros
from transforms import tally
from transforms.packing import pack, unpack
from transforms.store.known import Known, KnownArticles

SHARDS = 32
"""Groups that repeats are resolved in: few enough to stay cheap in one process, too few for an engine, which
spreads them by a hash of their numbers (Flink gave one of two workers 19 of 32)."""


CHUNK = 4_000
"""Articles that are tagged and staged together, however large a group is."""


class Fresh(NamedTuple):
    """An article version that was not stored before, and the publication time of the version it
    replaces."""

    article: Article
    replaces: Micros | None


class KnowsArticles(Protocol):
    """A store that can say which article versions stand."""

    def known(self) -> KnownArticles:
        """The standing version of every stored article."""


class DropRepeats(beam.PTransform):  # type: ignore[type-arg]
    """Pass on articles that are new, or edited since the standing version.

    In: chunks of `Article`. Out: chunks of `Fresh` with the version number set, one for each article at most,
    in no particular order. Repeats are counted (metrics `articles.read`, `.repeated`, `.new`, `.edited`) and
    dropped: their content is stored already.
    """

    def __init__(
        self,
        store: KnowsArticles,
        wants_text: Callable[[str], bool] | None = None,
        shards: int = SHARDS,
    ) -> None:
        """Args: the store whose articles are known; which texts matter after this step, all if None: the others
        are emptied, so that the shuffle carries less (both picklable); into how many groups articles are spread
        over workers. The output does not depend on the last two."""
        super().__init__()
        self.store = store
        self.wants_text = wants_text
        self.shards = shards

    def expand(self, articles: PCollection[list[Article]]) -> PCollection[list[Fresh]]:
        """Drop stored repeats before the shuffle, resolve the rest within each shard."""
        if not articles.is_bounded:
            return (
                articles
                | "Key by article" >> beam.FlatMap(_by_article)
                | "Keep versions" >> beam.ParDo(_KeepVersions(self.store))
            )
        return (
            articles
            | "Drop stored"
            >> beam.ParDo(_DropStored(self.store, self.wants_text, self.shards)).with_output_types(
                tuple[int, bytes]
            )
            | "Bring versions together" >> beam.GroupByKey()
            | "Keep the standing version"
            >> beam.ParDo(_KeepStanding(self.store)).with_output_types(list[Fresh])
        )


class _DropStored(beam.DoFn):
    def __init__(
        self, store: KnowsArticles, wants_text: Callable[[str], bool] | None, shards: int
    ) -> None:
        self.store = store
        self.wants_text = wants_text
        self.shards = shards
        self.read = Metrics.counter("articles", "read")
        self.repeated = Metrics.counter("articles", "repeated")

    def process(self, chunk: list[Article]) -> Iterator[tuple[int, bytes]]:
        self.read.inc(len(chunk))
        tally.add("read", len(chunk))
        known = self.store.known().lookup([a.article_id for a in chunk])
        shards: dict[int, list[Article]] = {}
        for article, stored in zip(chunk, known, strict=True):
            if stored and not supersedes(article, stored):
                self.repeated.inc()
            else:
                if self.wants_text and not self.wants_text(article.text):
                    article = article._replace(text="")
                shard = int(article.article_id[:4], 16) % self.shards
                shards.setdefault(shard, []).append(article)
        for shard, articles in shards.items():
            yield shard, pack([tuple(a) for a in articles])


class _KeepStanding(beam.DoFn):
    def __init__(self, store: KnowsArticles) -> None:
        self.store = store
        self.counters = {n: Metrics.counter("articles", n) for n in ("new", "edited", "repeated")}

    def process(self, group: tuple[int, Iterable[bytes]]) -> Iterator[list[Fresh]]:
        versions: dict[str, list[Article]] = {}
        for packed in group[1]:
            for row in unpack(packed):
                article = Article._make(row)
                versions.setdefault(article.article_id, []).append(article)
        known = self.store.known().lookup(list(versions))
        fresh = []
        for candidates, stored in zip(versions.values(), known, strict=True):
            kept = resolve(candidates, stored)
            self.counters["repeated"].inc(len(candidates) - bool(kept))
            if kept:
                self.counters["edited" if kept.article.version > 1 else "new"].inc()
                fresh.append(kept)
        for start in range(0, len(fresh), CHUNK):
            yield fresh[start : start + CHUNK]


class _KeepVersions(beam.DoFn):
    """For unbounded input: the standing version of each article is state, begun from the store's."""

    STANDING = ReadModifyWriteStateSpec("standing", PickleCoder())

    def __init__(self, store: KnowsArticles) -> None:
        self.store = store
        self.counters = {n: Metrics.counter("articles", n) for n in ("new", "edited", "repeated")}

    def process(
        self,
        element: tuple[str, tuple[Any, ...]],
        standing: Any = beam.DoFn.StateParam(STANDING),
    ) -> Iterator[list[Fresh]]:
        article = Article._make(element[1])
        known = standing.read() or self.store.known().lookup([article.article_id])[0]
        kept = resolve([article], known)
        if kept is None:
            self.counters["repeated"].inc()
            return
        standing.write(known_as(kept.article))
        self.counters["edited" if kept.article.version > 1 else "new"].inc()
        yield [kept]


def _by_article(chunk: list[Article]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for article in chunk:
        yield article.article_id, tuple(article)


def known_as(article: Article) -> Known:
    """What a store will know of an article once it is stored."""
    return Known(
        article.version,
        article.content_hash,
        article.published,
        stamp(article),
        article.published_origin != "first_seen",
        article.withdrawn,
        article.publisher,
    )


def stamp(article: Article) -> Micros:
    """The time that orders versions: the stated edit, else the stated publication, else 0."""
    if article.updated:
        return article.updated
    return 0 if article.published_origin == "first_seen" else article.published


def supersedes(article: Article, stored: Known) -> bool:
    """Whether an article takes the place of the standing version."""
    early = -stored.published if stored.dated else 0
    theirs = (stored.stamp, stored.content_hash, stored.withdrawn, stored.dated, early)
    mine = order(article)
    return mine > theirs or (mine == theirs and article.publisher < stored.publisher)


def resolve(candidates: list[Article], stored: Known | None) -> Fresh | None:
    """The version that stands among all seen now and the stored one, None if the stored one stands.

    Its number counts the contents that were seen now and supersede the stored one, from the stored version on.
    """
    fresh = [a for a in candidates if stored is None or supersedes(a, stored)]
    if not fresh:
        return None
    latest = max(map(order, fresh))
    best = min((a for a in fresh if order(a) == latest), key=_names)
    version = len({a.content_hash for a in fresh}) + (stored.version if stored else 0)
    return Fresh(best._replace(version=version), stored.published if stored else None)


def order(article: Article) -> tuple[Micros, str, bool, bool, Micros]:
    """What a later or better telling of an article has more of: the time that its source states (`stamp`), at equal
    times its content hash; of equal contents the withdrawn, then the dated, of those the one published first."""
    dated = article.published_origin != "first_seen"
    early = -article.published if dated else 0
    return stamp(article), article.content_hash, article.withdrawn, dated, early


def _names(article: Article) -> tuple[str, ...]:
    """Decides between tellings that `order` holds for equal: the first by name stands."""
    return article.publisher, article.url, article.feed, article.author
