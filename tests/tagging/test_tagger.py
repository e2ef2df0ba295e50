"""The tagger's contract: spans index the stored text, nothing raises, every field is filled, ids are stable."""

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.records import STATUSES, Article, Mention
from transforms.tagging import Tagger

Tag = Callable[..., list[Mention]]

PIECES = (
    "Israeli jets struck Gaza", "U.S. STRIKES BOAT OFF VENEZUELA", "the envoy", "Ms. Doe left.",
    "Special envoy Jane Doe met ministers.", "sanctions on Iran", "the stri\u200dke on Kyiv killed two",
    "an air\u00adstrike in Syria", "\x00", "\ud800", "\udfff", "\u202eRussia shelled Kharkiv\u202c", "İstanbul",
    "ﬁred missiles at Odesa", "<b>sanctioned</b>", "&amp;", "\n", "\n\n", " ", ". ", "; ", "’s", "“", "—", "\ufeff",
    "drone attack on Moscow", "a 48-hour strike over pay", "ẞ", "𝕾trike", "strike" * 3, "é", "\t", "\r\n",
)  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join))
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_span_indexes_the_stored_text(
    tagger: Tagger, article: Callable[..., Article], text: str
) -> None:
    item = article(text=text)
    result = tagger.tag([item])[0]
    for m in result.mentions:
        assert text[m.start : m.end] == m.trigger != ""
        assert m.status in STATUSES
        assert m.counted == (m.reason == "")
        assert m.trigger in m.sentence or m.resolved_from
        assert m.sentence in text
    if result.mentions:
        assert tagger.has_trigger(text)
    keys = [m.mention_id for m in result.mentions]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("Russian missiles str\u200duck Odesa.", "str\u200duck"),
        ("\ufeffRussian missiles struck Odesa.", "struck"),
        ("RUSSIAN MISSILE STRIKE ON KHARKIV MARKET KILLS 12", "MISSILE STRIKE"),
        ("\ud800 Russia shelled Kharkiv, officials said.", "shelled"),
        ("İİİ Russia shelled Kharkiv, officials said.", "shelled"),
        ("\u202eRussia\u202c shelled Kharkiv, officials said.", "shelled"),
        ("Russia\x00 shelled Kharkiv, officials said.", "shelled"),
    ],
)
def test_odd_characters_leave_the_span_exact(tag: Tag, text: str, trigger: str) -> None:
    found = tag(text, counted=True, category="strike")
    assert [m.trigger for m in found] == [trigger]
    assert text[found[0].start : found[0].end] == trigger


def test_fields_of_a_mention(tag: Tag, article: Callable[..., Article]) -> None:
    item = article(
        text="Port hit\nRussian warships fired missiles at the Ukrainian port of Odesa on Monday."
    )
    m = next(x for x in tag(item.text) if x.counted and x.start > 9)
    assert (m.category, m.subtype, m.status, m.reason) == ("strike", "missile", "occurred", "")
    assert (m.actor, m.actor_country) == ("Russian warships", "RUS")
    assert m.target_country == "UKR"
    assert m.rule == "fired_weapon"
    assert (m.article_id, m.version, m.published) == (item.article_id, 1, item.published)
    assert (m.publisher, m.url, m.story_id) == (item.publisher, item.url, item.story_id)


def test_same_article_gives_the_same_mentions_alone_or_in_a_crowd(
    tagger: Tagger, article: Callable[..., Article]
) -> None:
    texts = [
        "Israel bombed Rafah.", "Nothing here.", "The EU imposed sanctions on Belarus.",
        "The UN envoy Ann Lee flew to Sanaa. Lee met the rebels.", "Pilots went on strike.",
    ]  # fmt: skip
    items = [article(name=str(i), text=t) for i, t in enumerate(texts)]
    alone = [tagger.tag([i])[0] for i in items]
    order = list(range(len(items)))
    random.Random(1).shuffle(order)
    crowd = tagger.tag([items[i] for i in order])
    assert [crowd[order.index(i)] for i in range(len(items))] == alone


def test_a_trigger_seen_and_not_counted_has_its_reason(tag: Tag) -> None:
    found = tag(
        "Bus drivers went on strike over pay.\nThe judge threatened sanctions against the lawyers."
    )
    assert {(m.category, m.counted, m.reason, m.status) for m in found} == {
        ("strike", False, "labour", "occurred"),
        ("sanction", False, "court", "occurred"),
    }


def test_text_in_another_language_is_told_apart(
    tagger: Tagger, article: Callable[..., Article]
) -> None:
    text = (
        "Le gouvernement a annoncé de nouvelles sanctions contre la Russie, et le ministre des Affaires étrangères "
        "a déclaré que les mesures seraient appliquées dès la semaine prochaine par tous les pays de l'Union."
    )
    result = tagger.tag([article(text=text, language="fr")])[0]
    assert result.mentions == []
    assert result.problem is not None
    assert result.problem[0] == "wrong_language"


def test_an_article_of_nothing_but_triggers_is_capped_and_says_so(
    tagger: Tagger, article: Callable[..., Article]
) -> None:
    result = tagger.tag([article(text="strike " * 3_000)])[0]
    assert len(result.mentions) == 2_000
    assert result.problem is not None
    assert result.problem[0] == "too_large"
    assert "2000" in result.problem[1]


@pytest.mark.parametrize(
    "piece",
    [
        "strike ", "a", "Israel struck Gaza. ", "Sanctions\n", "</p><p>", "word" * 50 + " ", ". ", "\u200d", "((((",
        "envoy, ", "“", "The envoy Ann Lee spoke. ",
    ],
)  # fmt: skip
def test_hostile_text_is_tagged_like_any_other(
    tagger: Tagger, article: Callable[..., Article], piece: str
) -> None:
    """bench_tagging.py --hostile shows that the cost grows in proportion."""
    text = piece * (30_000 // len(piece))
    result = tagger.tag([article(text=text)])[0]
    assert all(text[m.start : m.end] == m.trigger for m in result.mentions)
    assert all(len(m.sentence) <= 1000 for m in result.mentions)
