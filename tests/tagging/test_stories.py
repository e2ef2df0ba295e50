"""Stories: copies fold together, different news stays apart, order cannot matter."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.tagging.stories import (
    count_stories,
    fold_stories,
    same_story,
    signature,
    story_id,
)

WORDS = [
    "harbour",
    "minister",
    "council",
    "envoy",
    "tanker",
    "river",
    "border",
    "ceasefire",
    "convoy",
    "drone",
    "talks",
    "export",
    "grain",
    "pipeline",
    "officials",
    "village",
    "hospital",
    "shelling",
    "deadline",
    "sanctions",
    "vessel",
    "crew",
    "bridge",
    "ferry",
    "port",
    "ministry",
    "spokesman",
    "statement",
    "morning",
    "evening",
    "overnight",
    "weekend",
    "region",
    "capital",
    "airport",
    "market",
    "reported",
    "confirmed",
    "rejected",
    "promised",
    "delayed",
    "expected",
    "warned",
    "added",
    "described",
    "visited",
    "signed",
    "the",
    "of",
    "and",
    "to",
    "in",
    "for",
    "with",
    "on",
    "from",
    "by",
    "at",
    "after",
    "before",
    "over",
    "under",
    "near",
    "against",
    "without",
]
NAMES = [
    "Tarvos",
    "Belmira",
    "Osk",
    "Kelantra",
    "Ruvia",
    "Dunmore",
    "Aldersea",
    "Pell",
    "Marchetti",
    "Okonjo",
    "Lindqvist",
]


def article(seed: int, words: int = 150) -> tuple[str, str]:
    """An article-like text that no other seed repeats: title and body."""
    rng = random.Random(seed)
    pool = rng.choices(WORDS, k=words - words // 10) + rng.choices(NAMES, k=words // 20)
    pool += [str(rng.randrange(2, 900)) for _ in range(words // 20)]
    rng.shuffle(pool)
    return " ".join(rng.choices(WORDS, k=9)).capitalize(), " ".join(pool)


def cut(body: str) -> str:
    words = body.split()
    return " ".join(words[: int(len(words) * 0.6)])


def padded(body: str) -> str:
    return (
        f"Sign up for our morning letter and follow us wherever you listen. {body} "
        "All rights reserved. Read more from our correspondents."
    )


def edited(body: str, seed: int) -> str:
    rng = random.Random(seed)
    words = body.split()
    for i in rng.sample(range(len(words)), len(words) // 10):
        words[i] = rng.choice(WORDS)
    return " ".join(words)


@pytest.mark.parametrize("words", [60, 150, 600])
def test_copies_fold(words: int) -> None:
    """At least 97 % of cut, padded and edited copies are recognised, whatever their headline."""
    folded = total = 0
    for seed in range(40):
        title, body = article(seed, words)
        original = signature(f"{title}\n{body}")
        for copy in (cut(body), padded(body), edited(body, seed)):
            folded += same_story(original, signature(f"{title}\n{copy}"))
            total += 1
        if words > 100:
            folded += same_story(original, signature(f"An altogether other headline\n{body}"))
            total += 1
    assert folded >= 0.97 * total


def test_different_news_stays_apart() -> None:
    signatures = [signature("\n".join(article(seed, 120))) for seed in range(1000, 1400)]
    assert count_stories(signatures) == 400


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "Copper price today\nThe price of copper on the Aldersea exchange stood at 8,412 marks "
            "a tonne on Tuesday, up 31 marks from the day before, dealers said.",
            "Copper price today\nThe price of copper on the Aldersea exchange stood at 8,377 marks "
            "a tonne on Friday, up 12 marks from the day before, dealers said.",
        ),
        (
            "Envoy flies home and other stories\nWelcome to the morning letter of the Courier, with "
            "everything you need to know before breakfast. Sign up here.",
            "Ferry strike ends and other stories\nWelcome to the morning letter of the Courier, "
            "with everything you need to know before breakfast. Sign up here.",
        ),
        ("Drones hit the port\n", "Drones hit the fort\n"),
    ],
)
def test_templates_are_not_copies(first: str, second: str) -> None:
    assert not same_story(signature(first), signature(second))


def test_signature_is_small_sorted_and_deterministic() -> None:
    text = "\n".join(article(3, 5000))
    sketch = signature(text)
    hashes = [int.from_bytes(sketch[i : i + 4], "little") for i in range(0, len(sketch), 4)]
    assert hashes == sorted(set(hashes))
    assert 0 < len(sketch) <= 1600
    assert sketch == signature(text)


def test_texts_without_words() -> None:
    assert signature("") == signature(" \n —…") == b""
    assert not same_story(b"", b"")
    assert count_stories([]) == 0
    assert count_stories([b"", b""]) == 2
    assert fold_stories({"x": b"", "a": b""}) == {"x": "x", "a": "a"}
    assert signature("\ud800 lone surrogate \x00 here\nbody")


def test_story_id_ignores_title_case_and_spacing() -> None:
    title, body = article(8)
    assert story_id(f"{title}\n{body}") == story_id(f"Other\n{body.upper()}  ")
    assert story_id(f"{title}\n{body}") != story_id(f"{title}\n{edited(body, 1)}")
    assert story_id("Only a title\n") == story_id("only a TITLE")


def test_chains_of_copies_are_one_story() -> None:
    """A resembles B, B resembles C: one story even where A and C are far apart."""
    title, body = article(21)
    versions = [body]
    for step in range(8):
        versions.append(edited(versions[-1], step))
    chain = {f"v{i}": signature(f"{title}\n{v}") for i, v in enumerate(versions)}
    assert not same_story(chain["v0"], chain["v8"])
    assert set(fold_stories(chain).values()) == {"v0"}


def test_many_copies_of_one_story_stay_cheap_and_one() -> None:
    title, body = article(5)
    copies = {f"{i:04}": signature(f"{title}\n{edited(body, i)}") for i in range(200)}
    assert set(fold_stories(copies).values()) == {"0000"}


COPIES = [
    signature(f"{title}\n{text}")
    for title, body in (article(seed, 80) for seed in range(40, 46))
    for text in (body, cut(body), padded(body), edited(body, 7))
]


@given(st.lists(st.sampled_from(COPIES), max_size=16), st.randoms(use_true_random=False))
def test_order_cannot_matter(picked: list[bytes], rng: random.Random) -> None:
    items = [(f"id{i}", s) for i, s in enumerate(picked)]
    folded = fold_stories(dict(items))
    rng.shuffle(items)
    assert fold_stories(dict(items)) == folded
    assert count_stories(s for _, s in items) == len(set(folded.values()))


@given(st.lists(st.sampled_from(COPIES), max_size=12))
def test_folding_is_a_partition_named_by_its_least_member(picked: list[bytes]) -> None:
    items = {f"id{i:02}": s for i, s in enumerate(picked)}
    folded = fold_stories(items)
    assert folded.keys() == items.keys()
    for article_id, least in folded.items():
        assert folded[least] == least <= article_id
    again = fold_stories({least: items[least] for least in set(folded.values())})
    assert set(again.values()) <= set(folded.values())
    for (a, left), (b, right) in combinations(items.items(), 2):
        if same_story(left, right):
            assert folded[a] == folded[b]


@given(st.text(max_size=300))
def test_any_text_has_a_signature(text: str) -> None:
    sketch = signature(text)
    assert len(sketch) % 4 == 0
    assert same_story(sketch, sketch) == bool(sketch)
    assert len(story_id(text)) == 24
