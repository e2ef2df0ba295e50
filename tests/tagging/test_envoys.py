"""Named envoys and the sentences that name them again."""

from collections.abc import Callable

import pytest

from schemas.records import Mention

Tag = Callable[..., list[Mention]]


@pytest.mark.parametrize(
    ("introduction", "person", "later", "trigger"),
    [
        (
            "Paul Reyes, a special presidential envoy, landed in Caracas.",
            "Paul Reyes",
            "Mr. Reyes declined to comment.",
            "Mr. Reyes",
        ),
        (
            "The U.N. special envoy for Yemen, Anna Lindqvist, arrived in Sanaa.",
            "Anna Lindqvist",
            "Lindqvist urged a truce.",
            "Lindqvist",
        ),
        (
            "Russia's envoy Viktor Malenko met ministers in Ankara.",
            "Viktor Malenko",
            "Talks with Malenko went on.",
            "Malenko",
        ),
        (
            "Envoy Staffan de Vries will visit Damascus.",
            "Staffan de Vries",
            "On Friday de Vries flew home.",
            "de Vries",
        ),
        (
            "Brazil named Ana Souza as its special envoy for Haiti.",
            "Ana Souza",
            "Ms. Souza leaves on Monday.",
            "Ms. Souza",
        ),
        (
            "U.S. Special Envoy for Iran Robert Miles was placed on leave.",
            "Robert Miles",
            "Miles has denied it.",
            "Miles",
        ),
        (
            "Japan's ambassador to China, Kenji Mori, was summoned.",
            "Kenji Mori",
            "Ambassador Mori kept silent.",
            "Ambassador Mori",
        ),
    ],
)
def test_a_later_sentence_that_names_the_envoy_is_a_mention(
    tag: Tag, introduction: str, person: str, later: str, trigger: str
) -> None:
    text = f"Headline\n{introduction} The weather was cold. {later}"
    first, *rest = tag(text, counted=True, category="envoy")
    named = [m for m in rest if m.sentence == later]
    assert first.person == person
    assert [(m.trigger, m.person, m.resolved_from) for m in named] == [
        (trigger, person, first.mention_id)
    ]
    assert named[0].actor_country == first.actor_country


def test_others_of_the_same_surname_or_none_are_not_the_envoy(tag: Tag) -> None:
    text = (
        "Talks\nPaul Reyes, a special envoy of the United States, met President Luis Torres in Quito. "
        "Mr. Torres called the talks useful. Maria Reyes, a singer, performed. The Reyes-born painter left."
    )
    assert [m.trigger for m in tag(text, counted=True, category="envoy")] == ["special envoy"]


def test_a_name_in_the_title_counts_when_the_body_gives_the_role(tag: Tag) -> None:
    text = "Reyes meets rebels\nPaul Reyes, the U.N. envoy for Colombia, met rebels on Friday."
    title, body = tag(text, counted=True, category="envoy")
    assert (title.trigger, title.start) == ("Reyes", 0)
    assert title.resolved_from == body.mention_id


def test_talks_ordered_to_stop_are_called_off(tag: Tag) -> None:
    text = (
        "Talks end\nPaul Reyes, a U.S. special envoy, had met President Nicolas Maduro of Venezuela. "
        "The president told Mr. Reyes that all outreach, including his talks with Mr. Maduro, was to stop."
    )
    first, later = tag(text, counted=True, category="envoy")
    assert first.target_country == "VEN"
    assert (later.trigger, later.status) == ("Mr. Reyes", "called_off")


def test_a_former_envoy_introduces_nobody(tag: Tag) -> None:
    text = "Memoir\nFormer envoy Paul Reyes has written a book. Mr. Reyes lives in Ohio."
    assert tag(text, counted=True, category="envoy") == []
