"""The gazetteer: what names a country and what only looks like it."""

import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.tagging import places
from transforms.tagging.places import find_places, leader_country

DATA = Path(places.__file__).with_name("data")


def micros(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1_000_000


def found(text: str) -> list[tuple[str, str, str]]:
    return [(text[p.start : p.end], p.iso3, p.kind) for p in find_places(text)]


@pytest.mark.parametrize(
    ("surface", "iso3", "kind"),
    [
        ("Ukraine", "UKR", "country"),
        ("US", "USA", "country"),
        ("U.S.", "USA", "country"),
        ("United States", "USA", "country"),
        ("UK", "GBR", "country"),
        ("U.K.", "GBR", "country"),
        ("Britain", "GBR", "country"),
        ("England", "GBR", "country"),
        ("Scotland", "GBR", "country"),
        ("Northern Ireland", "GBR", "country"),
        ("UAE", "ARE", "country"),
        ("United Arab Emirates", "ARE", "country"),
        ("DPRK", "PRK", "country"),
        ("North Korea", "PRK", "country"),
        ("South Korea", "KOR", "country"),
        ("S. Korea", "KOR", "country"),
        ("DR Congo", "COD", "country"),
        ("Democratic Republic of the Congo", "COD", "country"),
        ("Republic of the Congo", "COG", "country"),
        ("Burma", "MMR", "country"),
        ("Myanmar", "MMR", "country"),
        ("Turkey", "TUR", "country"),
        ("Türkiye", "TUR", "country"),
        ("Taiwan", "TWN", "country"),
        ("Kosovo", "XKX", "country"),
        ("Gaza", "PSE", "country"),
        ("Gaza Strip", "PSE", "country"),
        ("West Bank", "PSE", "country"),
        ("Côte d'Ivoire", "CIV", "country"),
        ("Papua New Guinea", "PNG", "country"),
        ("South Sudan", "SSD", "country"),
        ("Russian", "RUS", "demonym"),
        ("Russians", "RUS", "demonym"),
        ("Israelis", "ISR", "demonym"),
        ("American", "USA", "demonym"),
        ("British", "GBR", "demonym"),
        ("North Koreans", "PRK", "demonym"),
        ("South Korean", "KOR", "demonym"),
        ("Emirati", "ARE", "demonym"),
        ("Palestinians", "PSE", "demonym"),
        ("Filipino", "PHL", "demonym"),
        ("Dutch", "NLD", "demonym"),
        ("Congolese", "COD", "demonym"),
        ("Tehran", "IRN", "capital"),
        ("Beijing", "CHN", "capital"),
        ("Pyongyang", "PRK", "capital"),
        ("Islamabad", "PAK", "capital"),
        ("Kyiv", "UKR", "capital"),
        ("Kiev", "UKR", "capital"),
        ("Sana'a", "YEM", "capital"),
        ("Sana’a", "YEM", "capital"),
        ("Khartoum", "SDN", "capital"),
        ("Kremlin", "RUS", "seat"),
        ("Pentagon", "USA", "seat"),
        ("White House", "USA", "seat"),
        ("Washington", "USA", "seat"),
        ("Downing Street", "GBR", "seat"),
        ("OFAC", "USA", "seat"),
        ("Élysée", "FRA", "seat"),
        ("Brussels", "", "seat"),
        ("IDF", "ISR", "force"),
        ("Revolutionary Guards", "IRN", "force"),
        ("Royal Air Force", "GBR", "force"),
        ("CENTCOM", "USA", "force"),
        ("EU", "", "body"),
        ("United Nations", "", "body"),
        ("NATO", "", "body"),
        ("Hamas", "", "group"),
        ("Hezbollah", "", "group"),
        ("Houthis", "", "group"),
        ("Islamic State", "", "group"),
        ("RSF", "", "group"),
        ("Vladimir Putin", "RUS", "leader"),
        ("Zelensky", "UKR", "leader"),
        ("Zelenskiy", "UKR", "leader"),
        ("Zelenskyy", "UKR", "leader"),
        ("Nicolás Maduro", "VEN", "leader"),
        ("Nicolas Maduro", "VEN", "leader"),
        ("Netanyahu", "ISR", "leader"),
        ("Xi Jinping", "CHN", "leader"),
        ("Odesa", "UKR", "city"),
        ("Kharkiv", "UKR", "city"),
        ("Mariupol", "UKR", "city"),
        ("Sevastopol", "UKR", "city"),
        ("Bakhmut", "UKR", "city"),
        ("Aleppo", "SYR", "city"),
        ("Idlib", "SYR", "city"),
        ("Rafah", "PSE", "city"),
        ("Belgorod", "RUS", "city"),
        ("Hodeidah", "YEM", "city"),
        ("São Paulo", "BRA", "city"),
        ("Sao Paulo", "BRA", "city"),
        ("Texas", "USA", "city"),
        ("Washington, D.C.", "USA", "city"),
        ("Washington state", "USA", "city"),
    ],
)
def test_surface_forms(surface: str, iso3: str, kind: str) -> None:
    """Each form is found alone, in a sentence, in the possessive and before a hyphen."""
    for text in (
        surface,
        f"Officials said on Monday that {surface} was named in the report.",
        f"The plan for {surface}’s future remains unclear, aides said.",
        f"A {surface}-based monitor said so.",
    ):
        assert found(text) == [(surface, iso3, kind)], text


@pytest.mark.parametrize(
    "text",
    [
        "Let us go, and tell us about turkey and china plates.",
        "TELL US MORE ABOUT THE VOTE",
        "It cost US$50 at the shop.",
        "South America and North Americans, the Gulf of Mexico and the Indian Ocean",
        "The Guinea pig sat in a China shop in Chinatown.",
        "Malia spoke; Nigeriana and Iranianness are not words.",
        "Michael Jordan and Jim Jordan met the lawyer for Chad Daybell.",
        "The midfielder Jordan Henderson seals his move after weeks of talks",
        "Georgia Gov. Brian Kemp signed the voting bill on Friday.",
        "The Washington Post and the Moscow Times reported it.",
        "Former actor Denzel Washington arrived late.",
        "An African American church; Asian Americans; Latin American music.",
        "The Geneva Conventions, the Paris Agreement and the Kyoto Protocol",
        "Melania Trump and Hunter Biden were not there.",
        "Hurricane season on the reunion tour with a male nurse and a kurd cheese",
        "",
        "\x00\ud800\u200d",
    ],
)
def test_not_places(text: str) -> None:
    assert found(text) == []


def test_longest_name_wins() -> None:
    assert found("North Korean and South Sudanese troops in Guinea-Bissau") == [
        ("North Korean", "PRK", "demonym"),
        ("South Sudanese", "SSD", "demonym"),
        ("Guinea-Bissau", "GNB", "country"),
    ]


def test_compounds_keep_each_country() -> None:
    text = (
        "U.S.-led talks on the Russia-Ukraine war and Israeli-occupied land with Iran-backed groups"
    )
    assert [h[1] for h in found(text)] == ["USA", "RUS", "UKR", "ISR", "IRN"]


def test_names_that_need_company() -> None:
    assert found("Georgia voters go to the polls") == []
    assert ("Georgia", "GEO", "country") in found("Tbilisi says Georgia will not join")
    sentence = "A bill would punish judges in Georgia."
    assert not find_places(sentence)
    assert find_places(sentence, f"{sentence} Tbilisi called it an insult.")[0].iso3 == "GEO"
    assert found("Chad said he would call later") == []
    assert ("Chad", "TCD", "country") in found("Refugees from Darfur cross into Chad")


def test_person_or_country_by_the_words_around() -> None:
    assert found("Jordan Strikes Drug Smugglers in Syria")[0] == ("Jordan", "JOR", "country")
    assert found("The talks in Jordan ended")[0] == ("Jordan", "JOR", "country")
    assert found("Jordan King Abdullah said that peace was near")[0][0] == "Jordan"


def test_capitals_are_read_by_line() -> None:
    text = "TURKEY BOMBS TARGETS IN SYRIA, US SAYS\nThey told us that turkey was served in Ankara."
    assert found(text) == [
        ("TURKEY", "TUR", "country"),
        ("SYRIA", "SYR", "country"),
        ("US", "USA", "country"),
        ("Ankara", "TUR", "capital"),
    ]


def test_a_name_may_run_over_a_line_break() -> None:
    assert found("the United\nStates and Saudi\u00a0Arabia") == [
        ("United\nStates", "USA", "country"),
        ("Saudi\u00a0Arabia", "SAU", "country"),
    ]


@pytest.mark.parametrize(
    ("name", "when", "iso3"),
    [
        ("Vladimir Putin", (2022, 2, 24), "RUS"),
        ("Putin", (2016, 5, 1), "RUS"),
        ("President Putin", (2016, 5, 1), "RUS"),
        ("Mr. Maduro", (2025, 10, 7), "VEN"),
        ("Maduro’s", (2025, 10, 7), "VEN"),
        ("Nicolás Maduro", (2025, 10, 7), "VEN"),
        ("Maduro", (2010, 1, 1), ""),
        ("Biden", (2023, 10, 7), "USA"),
        ("Biden", (2019, 10, 7), ""),
        ("Trump", (2018, 4, 14), "USA"),
        ("Trump", (2023, 4, 14), ""),
        ("Mr. Trump", (2025, 10, 6), "USA"),
        ("Prime Minister Benjamin Netanyahu", (2024, 4, 1), "ISR"),
        ("Netanyahu", (2022, 1, 1), ""),
        ("Zelensky", (2023, 1, 1), "UKR"),
        ("Mr. Johnson", (2021, 1, 1), "GBR"),
        ("King Abdullah", (2021, 1, 1), "JOR"),
        ("Kim", (2021, 1, 1), "PRK"),
        ("Li", (2020, 1, 1), "CHN"),
        ("Assad", (2017, 4, 7), "SYR"),
        ("Assad", (2025, 1, 10), "SYR"),  # left a month before
        ("Assad", (2025, 9, 1), ""),
        ("Al Thani", (2020, 1, 1), "QAT"),
        ("Nobody Known", (2020, 1, 1), ""),
        ("", (2020, 1, 1), ""),
    ],
)
def test_leaders_by_date(name: str, when: tuple[int, int, int], iso3: str) -> None:
    assert leader_country(name, micros(*when)) == iso3


def test_leader_of_impossible_time_is_unknown() -> None:
    assert leader_country("Putin", 10**30) == ""
    assert leader_country("Putin", -(10**30)) == ""


def test_codes_and_kinds_are_from_the_lists() -> None:
    table = json.loads((DATA / "countries.json").read_text("utf-8"))
    codes = {code for code, _ in table.values()} | {""}
    hand = tomllib.loads((DATA / "places.toml").read_text("utf-8"))
    for kind in ("country", "demonym", "capital", "seat", "force", "city"):
        assert set(hand[kind]) <= codes, kind
    leaders = tomllib.loads((DATA / "leaders.toml").read_text("utf-8"))["leader"]
    assert {row["iso3"] for row in leaders} <= codes
    assert all(row["from"] < row["to"] for row in leaders if "to" in row)
    assert len(leaders) >= 120


@given(st.text(max_size=80), st.sampled_from(["Iran", "U.S.", "KYIV", "Sana’a", "Xi Jinping"]))
def test_spans_are_sound_on_any_text(noise: str, name: str) -> None:
    """Spans lie in the text, in order, apart, and start and end at word boundaries."""
    text = f"{noise} {name} {noise}"
    last = 0
    for place in find_places(text):
        assert last <= place.start < place.end <= len(text)
        assert not text[place.start - 1 : place.start].isalnum()
        last = place.end
