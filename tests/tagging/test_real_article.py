"""One whole real article, read closely: which sentences speak of strikes, who the envoy is, what was called off."""

from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.records import Mention

Tag = Callable[..., list[Mention]]


@pytest.fixture(scope="module")
def found(shared: Path, tag: Tag) -> list[Mention]:
    path = shared / "seed-article.txt"
    if not path.exists():
        pytest.skip("needs the article")
    return tag(path.read_text("utf-8").strip(), counted=True)


def test_strikes_in_exactly_the_five_sentences(found: list[Mention]) -> None:
    strikes = [m for m in found if m.category == "strike"]
    assert [(m.trigger, m.status, m.actor_country) for m in strikes] == [
        ("struck", "occurred", "USA"),
        ("attack", "occurred", "USA"),
        ("striking", "occurred", "USA"),
        ("strikes", "threatened", "USA"),
        ("strikes", "occurred", "USA"),
    ]
    assert strikes[3].target_country == "MEX"


def test_the_envoy_at_his_introduction_and_at_each_later_naming(found: list[Mention]) -> None:
    first, *later = [m for m in found if m.category == "envoy"]
    assert (first.trigger, first.person, first.resolved_from) == (
        "special presidential envoy",
        "Richard Grenell",
        "",
    )
    assert (first.actor_country, first.target_country) == ("USA", "VEN")
    assert [m.trigger for m in later] == ["Mr. Grenell"] * 7
    assert {m.resolved_from for m in later} == {first.mention_id}
    assert [m.status for m in later] == ["called_off"] + ["occurred"] * 6


def test_no_sanction(found: list[Mention]) -> None:
    assert not [m for m in found if m.category == "sanction"]
