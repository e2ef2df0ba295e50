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
        (
            "The outgoing ambassador of Japan in Kabul, Kenji Mori, met the deputy minister for water.",
            "Kenji Mori",
            "The minister thanked Mori.",
            "Mori",
        ),
        (
            "India's envoy M.K. Sinha met Nepal's foreign minister on Monday.",
            "M.K. Sinha",
            "Later Sinha left.",
            "Sinha",
        ),
        (
            "Russian Ambassador Extraordinary and Plenipotentiary to Nepal H E Oleg V. Garin praised the deal.",
            "Oleg V. Garin",
            "H.E. Oleg Garin will sign it.",
            "H.E. Oleg Garin",
        ),
        (
            "The ambassador of Turkiye to Nepal Dr. Selim Aydogan met the minister for trade.",
            "Selim Aydogan",
            "Dr. Aydogan urged a deal.",
            "Dr. Aydogan",
        ),
        (
            "South Korea's special envoy Yoon Sang-ho met Chinese officials.",
            "Yoon Sang-ho",
            "Yoon flew home.",
            "Yoon",
        ),
        (
            "Peru's special envoy Carlos Vargas Quispe met rebels in Bogota.",
            "Carlos Vargas Quispe",
            "Vargas Quispe called for a truce.",
            "Vargas Quispe",
        ),
        (
            "The EU's envoy for Kosovo, Maria van der Meer, met Serb leaders.",
            "Maria van der Meer",
            "Van der Meer called for calm.",
            "Van der Meer",
        ),
        (
            "US ambassador R. Thomas Whitlow Jr. met Chinese officials.",
            "R. Thomas Whitlow Jr.",
            "Whitlow called for calm.",
            "Whitlow",
        ),
        (
            "- Lars A. Berg, Jr., nominee to be ambassador to Peru - Ann Lind, nominee for a bank.",
            "Lars A. Berg",
            "Lars Berg speaks Spanish.",
            "Lars Berg",
        ),
        (
            "Lars Berg is the newly-appointed UN envoy for Sudan.",
            "Lars Berg",
            "Berg called for calm.",
            "Berg",
        ),
        (
            "Lars Berg, appointed UN envoy for Sudan in May, met rebels.",
            "Lars Berg",
            "Berg called for calm.",
            "Berg",
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


@pytest.mark.parametrize(
    ("title", "body", "named"),
    [
        ("Mori-Karim meeting", "Japan's ambassador in Kabul, Kenji Mori, met Abdul Karim.", "Mori"),
        (
            "Trade may double: Selim",
            "Selim Aydogan, Turkiye's envoy to Nepal, met traders.",
            "Selim",
        ),
        (
            "Wheat deal near – Kenyan envoy",
            "A deal helps, Dan Otieno told reporters.",
            "Dan Otieno",
        ),
        ("Israel's UN envoy slams veto", '"Shame," Dov Peretz wrote on X.', "Dov Peretz"),
        (
            "Israeli envoy: no truce",
            "War goes on, said Dov Peretz, in office since May.",
            "Dov Peretz",
        ),
        ("China's envoy warns US", "Chinese ambassador Lu Feng was guest at a gala.", "Lu Feng"),
        ("Truce is close – US envoy", "A deal is near, Ann Berg told reporters.", "Ann Berg"),
        ("Steele in Doha", "The US envoy, Ronald 'Ron' Steele, met Taliban officials.", "Steele"),
        ("UN mediator quits", "Bo Lind, who took the post in May, is going home.", "Bo Lind"),
        ("US envoys Ann Berg and Bo Lind in Kyiv", "Lind urged Ukraine to sign.", "Lind"),
    ],
)
def test_a_name_apart_from_its_role_is_a_mention(
    tag: Tag, title: str, body: str, named: str
) -> None:
    found = tag(f"{title}\n{body}", counted=True, category="envoy")
    assert [m.trigger for m in found if m.rule == "named_before"] == [named]


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Nuns freed after UN envoy's plea", "Grace Banda told reporters that she was well."),
        ("UN envoy warns on Yemen", "Oxfam's Ali Saleh said that rain had failed."),
        ("UN envoy warns on Yemen", "Farmer Ali Saleh said that rain had failed."),
        ("French ambassador leaves", "General Idriss Oumar said that France had lost."),
        ("Act now, envoy of Kenya says", "They must act, Chairman Daniel Otieno told reporters."),
        ("Wheat deal near – Kenyan envoy", "Prices will rise, farmer Dan Otieno told reporters."),
        (
            "Envoy Ann Berg lands",
            "Police chief Berg kept watch. The Berg, a ship, sank. Mayor Berg slept.",
        ),
    ],
)
def test_who_else_is_quoted_is_no_envoy(tag: Tag, title: str, body: str) -> None:
    found = tag(f"{title}\n{body}", counted=True, category="envoy")
    assert [m.trigger for m in found if m.rule == "named_before"] == []


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
