"""The records of an article's mentions."""

from collections.abc import Mapping

from schemas.ids import content_id
from schemas.records import Mention
from transforms.tagging.lexicon import Lexicon
from transforms.tagging.senses import Candidate
from transforms.tagging.sentence import Sentence
from transforms.tagging.work import Found, Work


def mention_id(work: Work, c: Candidate) -> str:
    """Hash of article, content, category and span in the stored text."""
    start, end = work.clean.original(c.start, c.end)
    a = work.article
    return content_id(a.article_id, a.content_hash, c.trigger.category, str(start), str(end))


def mentions_of(work: Work, lexicons: Mapping[str, Lexicon]) -> list[Mention]:
    """The records of what was found, in the order of the text."""
    return [
        _mention(work, f, lexicons[f.candidate.trigger.category])
        for f in _one_a_trigger(work.found)
    ]


def _mention(work: Work, item: Found, lexicon: Lexicon) -> Mention:
    a, c = work.article, item.candidate
    start, end = work.clean.original(c.start, c.end)
    first, last = work.clean.original(*work.spans[item.sentence])
    filled = item.filled
    return Mention(
        mention_id=mention_id(work, c),
        article_id=a.article_id,
        version=a.version,
        published=a.published,
        category=c.trigger.category,
        subtype=_subtype(c, work.parsed.get(item.sentence), lexicon),
        status=item.status,
        counted=c.counted,
        reason=c.reason,
        trigger=a.text[start:end],
        start=start,
        end=end,
        sentence=a.text[first:last],
        actor=filled.actor,
        actor_country=filled.actor_country,
        target=filled.target,
        target_country=filled.target_country,
        person=item.person,
        resolved_from=item.resolved_from,
        place=filled.place,
        place_country=filled.place_country,
        rule=item.rule,
        publisher=a.publisher,
        story_id=a.story_id,
        url=a.url,
    )


def _one_a_trigger(found: list[Found]) -> list[Found]:
    """In the order of the text, one of those that share a category and a span: the counted, else the first."""
    best: dict[tuple[int, int, str], Found] = {}
    for item in found:
        c = item.candidate
        key = (c.start, c.end, c.trigger.category)
        if key not in best or (c.counted and not best[key].candidate.counted):
            best[key] = item
    return [best[key] for key in sorted(best)]


def _subtype(c: Candidate, s: Sentence | None, lexicon: Lexicon) -> str:
    if c.trigger.subtype or s is None:
        return c.trigger.subtype or lexicon.default_subtype
    near = {
        w
        for i in range(max(0, c.first - 6), min(len(s), c.last + 7))
        for w in (s.low[i], s.lemmas[i])
    }
    told = (n for n, words in lexicon.subtype_words.items() if not words.single.isdisjoint(near))
    subtype = next(told, lexicon.default_subtype)
    done = lexicon.roles.get("verb_subtype", subtype) if c.part == "verb" else subtype
    return done if subtype in (lexicon.default_subtype, "enforce") else subtype
