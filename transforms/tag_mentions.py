"""TagMentions: find each mention in each article, with its sense, status and participants."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.metrics.metric import Metrics
from apache_beam.pvalue import PCollection

from schemas.records import Article, Mention, Micros
from transforms import tally
from transforms.articles import reject
from transforms.drop_repeats import Fresh
from transforms.files.raw import Problem
from transforms.tagging import shared_tagger
from transforms.tagging.stories import signature


class TaggedArticle(NamedTuple):
    """An article version, its mentions (counted and not), and the publication time of the version
    it replaces."""

    article: Article
    mentions: list[Mention]
    replaces: Micros | None


class TagMentions(beam.PTransform):  # type: ignore[type-arg]
    """Tag articles.

    In: chunks of `Fresh`. Out: `tagged`, the same articles in the same chunks as `TaggedArticle`s, and
    `rejects`: an article in a language without a lexicon, or one that the tagger failed on, is stored without
    mentions and told as a reject. An article with mentions carries the signature that stories are folded by.
    Metrics: `mentions.counted`, `mentions.not_counted`.
    """

    def __init__(self, now: Micros) -> None:
        """Args: the run's clock, microseconds UTC, for rejects."""
        super().__init__()
        self.now = now

    def expand(self, fresh: PCollection[list[Fresh]]) -> Any:
        """The two outputs, as attributes `tagged` and `rejects`."""
        return fresh | "Tag" >> beam.ParDo(_Tag(self.now)).with_outputs("rejects", main="tagged")


class _Tag(beam.DoFn):
    def __init__(self, now: Micros) -> None:
        self.now = now
        self.counted = Metrics.counter("mentions", "counted")
        self.not_counted = Metrics.counter("mentions", "not_counted")

    def setup(self) -> None:
        self.tagger = shared_tagger()

    def process(self, chunk: list[Fresh]) -> Iterator[Any]:
        results = []
        rejects = []
        found = self.tagger.tag([fresh.article for fresh in chunk])
        for fresh, tagged in zip(chunk, found, strict=True):
            article = fresh.article
            if tagged.problem:
                rejects.append(
                    reject("tag", Problem(*tagged.problem), article.url or article.feed, self.now)
                )
            if tagged.mentions:
                article = article._replace(signature=signature(article.text))
            counted = sum(m.counted for m in tagged.mentions)
            self.counted.inc(counted)
            self.not_counted.inc(len(tagged.mentions) - counted)
            tally.add("mentions", counted)
            results.append(TaggedArticle(article, tagged.mentions, fresh.replaces))
        tally.add("tagged", len(chunk))
        yield results
        if rejects:
            yield beam.pvalue.TaggedOutput("rejects", rejects)
