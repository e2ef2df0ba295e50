"""The lexicons: each example does what it says, mistakes are told in one line, a category is a file."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.records import Article, Mention
from transforms.tagging import Tagger
from transforms.tagging.lexicon_files import FOLDER, LexiconError, load

Tag = Callable[..., list[Mention]]
LEXICONS = load()
EXAMPLES = [(c, e) for c, lex in LEXICONS.categories.items() for e in lex.examples]
COUNTER_EXAMPLES = [(c, e) for c, lex in LEXICONS.categories.items() for e in lex.counter_examples]


@pytest.mark.parametrize(("category", "example"), EXAMPLES, ids=lambda x: str(x)[:50])
def test_example(tag: Tag, category: str, example: dict[str, Any]) -> None:
    found = tag(example["text"], counted=True, category=category)
    assert [m.trigger.lower() for m in found] == [t.lower() for t in example["trigger"].split("|")]
    for name in ("status", "subtype", "actor_country", "target_country", "person"):
        if name in example:
            assert getattr(found[0], name) == example[name], name


@pytest.mark.parametrize(("category", "example"), COUNTER_EXAMPLES, ids=lambda x: str(x)[:50])
def test_counter_example(tag: Tag, category: str, example: dict[str, Any]) -> None:
    found = tag(example["text"], category=category)
    assert found, "the trigger was not even seen"
    assert not any(m.counted for m in found)
    assert {m.reason for m in found} <= set(example["reason"].split("|"))


def test_each_category_shows_examples_of_both_kinds() -> None:
    for lexicon in LEXICONS.categories.values():
        assert len(lexicon.examples) >= 5, lexicon.category
        assert len(lexicon.counter_examples) >= 5, lexicon.category


def test_each_sign_against_names_a_reason_in_words() -> None:
    for lexicon in LEXICONS.categories.values():
        for sign in lexicon.signs:
            assert sign.weight > 0 or sign.reason.replace("_", "").isalpha(), sign.name


WORD = 'category = "x"\n[[trigger]]\nname = "a"\nwords = ["b"]\n'
SIGN = WORD + '[[sign]]\nname = "s"\n'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("category = ", "Invalid value"),
        ('category = "x"\n[[trigger]]\nname = "a"', "words"),
        ('category = "x"\n[[trigger]]\nname = "a"\nwords = []', "words must be"),
        (WORD + "price = 1", "unknown key 'price'"),
        (WORD + 'part = "adverb"', "part 'adverb'"),
        (WORD + 'subtype = "y"', "subtype 'y'"),
        (SIGN + 'where = ["moon"]\nwords = ["w"]\nweight = 1', "no place 'moon'"),
        (SIGN + 'where = ["left"]\nwords = ["@w"]\nweight = 1', "no class @w"),
        (SIGN + 'where = ["left"]\nwords = ["w"]\nweight = -1', "gives no reason"),
    ],
)
def test_a_broken_lexicon_is_told_in_one_line(tmp_path: Path, content: str, told: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "lexicons")
    broken = tmp_path / "lexicons" / "broken.toml"
    broken.write_text(content)
    with pytest.raises(LexiconError) as error:
        Tagger(tmp_path / "lexicons")
    assert str(broken) in str(error.value)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_without_lexicons_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no lexicon"):
        Tagger(tmp_path)


CEASEFIRE = """
category = "ceasefire"
description = "A halt to fighting, agreed, sought or broken."
subtypes = ["ceasefire", "truce"]

[roles]
light = ["sign", "agree", "announce", "declare", "reach", "propose", "seek", "call for", "urge", "reject"]
target_prepositions = ["with", "between"]
place_prepositions = ["in"]

[[trigger]]
name = "ceasefire"
words = ["ceasefire", "ceasefires", "cease fire"]
subtype = "ceasefire"

[[trigger]]
name = "truce"
words = ["truce", "truces", "armistice"]
subtype = "truce"

[[sign]]
name = "in_sport"
where = ["sentence"]
words = ["@sport_strong", "boardroom"]
weight = -2
reason = "sport"
"""


def test_a_new_category_is_a_file_and_no_code(
    tmp_path: Path, article: Callable[..., Article]
) -> None:
    shutil.copytree(FOLDER, tmp_path / "lexicons")
    (tmp_path / "lexicons" / "ceasefire.toml").write_text(CEASEFIRE)
    tagger = Tagger(tmp_path / "lexicons")
    assert set(tagger.categories) == {"strike", "envoy", "sanction", "ceasefire"}
    text = (
        "Sudan's army rejected a ceasefire.\nIsrael agreed a cease-fire with Lebanon on Tuesday.\n"
        "Egypt has called for a truce in Gaza.\nThe rivals kept a truce until the second half of the match."
    )
    found = [m for m in tagger.tag([article(text=text)])[0].mentions if m.category == "ceasefire"]
    assert [(m.trigger, m.status, m.counted) for m in found] == [
        ("ceasefire", "denied", True),
        ("cease-fire", "occurred", True),
        ("truce", "threatened", True),
        ("truce", "occurred", False),
    ]
    assert (found[1].actor_country, found[1].target_country) == ("ISR", "LBN")
    assert found[3].reason == "sport"


def test_a_word_is_a_line(tmp_path: Path, article: Callable[..., Article]) -> None:
    shutil.copytree(FOLDER, tmp_path / "lexicons")
    path = tmp_path / "lexicons" / "strike.toml"
    text = "The quadcopter sortie on Kherson killed two."
    assert not any(
        m.counted for m in Tagger(tmp_path / "lexicons").tag([article(text=text)])[0].mentions
    )
    path.write_text(
        path.read_text().replace(
            'words = ["airstrike",', 'words = ["quadcopter sortie", "airstrike",', 1
        )
    )
    found = Tagger(tmp_path / "lexicons").tag([article(text=text)])[0].mentions
    assert [(m.trigger, m.counted, m.target_country) for m in found] == [
        ("quadcopter sortie", True, "UKR")
    ]
