"""Language of a text: English is never refused, other languages are told apart."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.tagging.language import detect_language

TEXTS = {
    "en": [
        "The defence ministry said that two drones were shot down over the harbour before dawn.",
        "Envoy leaves Doha with no deal as talks on the hostages stall",
        "Zelenskiy and Erdogan to meet in Ankara after Kharkiv strike",
        "WARSAW: The minister said on Tuesday that new sanctions would be announced within days.",
    ],
    "fr": [
        "Le ministre a annoncé que des sanctions seraient prises contre les banques du pays.",
        "La France et ses alliés ont décidé mardi de ne pas livrer les missiles promis.",
    ],
    "de": [
        "Der Kanzler hat am Montag neue Sanktionen angekündigt, die auch Reeder treffen.",
        "Die Regierung in Kiew meldet, dass bei dem Angriff zwei Menschen starben.",
    ],
    "es": [
        "El enviado especial dijo que las conversaciones con el gobierno se han suspendido.",
        "Los bombarderos atacaron una base en el norte, según fuentes que pidieron no ser citadas.",
    ],
    "it": [
        "Il governo ha deciso che le sanzioni contro la banca sono prorogate fino a maggio.",
        "L'inviato speciale è partito per il Cairo, dove vedrà anche il ministro.",
    ],
    "pt": ["O governo disse que as sanções não foram suspensas e que o enviado já está em Luanda."],
    "nl": ["De minister zegt dat het kabinet nieuwe sancties tegen de reder niet wil uitstellen."],
    "pl": [
        "Minister powiedział, że nowe sankcje nie zostaną zniesione, a poseł jest już w Kijowie."
    ],
    "tr": [
        "Bakan, yeni yaptırımların bu hafta açıklanacağını ve elçinin daha sonra geleceğini dedi."
    ],
    "ru": ["Министерство сообщило, что ночью были сбиты два беспилотника, пострадавших нет."],
    "uk": ["Міністерство повідомило, що вночі було збито два безпілотники, постраждалих немає."],
    "ar": ["قالت وزارة الدفاع إن طائرتين مسيرتين أسقطتا فوق الميناء قبل الفجر"],
    "fa": ["وزارت دفاع گفت که دو پهپاد پیش از سپیده دم بر فراز بندر سرنگون شدند"],
    "ur": ["وزارت دفاع نے کہا ہے کہ دو ڈرون طلوع فجر سے پہلے بندرگاہ پر مار گرائے گئے"],
    "he": ["משרד הביטחון הודיע כי שני כטבמים הופלו מעל הנמל לפני עלות השחר"],
    "el": ["Το υπουργείο ανακοίνωσε ότι δύο μη επανδρωμένα καταρρίφθηκαν πάνω από το λιμάνι"],
    "zh": ["国防部表示，黎明前两架无人机在港口上空被击落"],
    "ja": ["国防省は、夜明け前に港の上空で無人機二機が撃墜されたと発表した"],
    "ko": ["국방부는 새벽 전에 항구 상공에서 무인기 두 대를 격추했다고 밝혔다"],
    "hi": ["रक्षा मंत्रालय ने कहा कि भोर से पहले बंदरगाह के ऊपर दो ड्रोन मार गिराए गए"],
}


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in TEXTS.items() for text in texts]
)
def test_languages_are_told_apart(code: str, text: str) -> None:
    assert detect_language(text) == code
    assert detect_language(text, "en-GB") == code, "a wrong declaration does not change it"


@pytest.mark.parametrize(
    "headline",
    [
        "Russia strikes Kyiv apartment block",
        "Netanyahu, Macron, Scholz: Berlin summit",
        "Real Madrid 2-1 Atletico de Madrid",
        "Guterres names Staffan de Mistura envoy",
        "Los Angeles, Las Vegas brace",
        "Lula da Silva meets Ursula von der Leyen",
    ],
)
def test_short_headlines_with_foreign_names_are_not_refused(headline: str) -> None:
    assert detect_language(headline) in ("en", "")
    assert detect_language(headline, "en-us") == "en"


def test_declaration_decides_only_the_undecided() -> None:
    assert detect_language("", "pt-BR") == "pt"
    assert detect_language("1 234", "FR_fr") == "fr"
    assert detect_language("Odesa, Kharkiv", "english") == ""
    assert detect_language("Odesa, Kharkiv") == ""


def test_english_with_a_foreign_quotation_stays_english() -> None:
    text = 'The envoy said "no nos vamos a rendir, que lo sepan todos" and left for the airport.'
    assert detect_language(text) == "en"


@given(st.text(max_size=200), st.text(max_size=8))
def test_any_text_gets_a_code_or_nothing(text: str, declared: str) -> None:
    code = detect_language(text, declared)
    assert code == "" or (len(code) == 2 and code.islower())


def test_real_english_items_are_not_refused() -> None:
    """At most 0.2 % of a month of English feed items may be called foreign."""
    shared = Path(os.environ.get("TOCSIN_SHARED", Path(__file__).parents[2] / ".." / "shared"))
    path = shared / "data" / "news-2023-10.jsonl.gz"
    if not path.exists():
        pytest.skip("no shared data")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    foreign = [
        i for i in items if detect_language(f"{i['title']}\n{i['text']}", i["lang"]) not in ("en",)
    ]
    assert len(foreign) <= 0.002 * len(items)
