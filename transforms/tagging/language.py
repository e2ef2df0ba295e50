"""Tells the language of an article, surely enough to refuse those that no lexicon covers.

Feeds declare languages carelessly and general detectors stumble over headlines full of foreign
names, so common function words decide first: no other evidence is as short and as sure. Scripts
other than Latin are told by their letters; what has neither is put to resiliparse's detector, or
stays undecided.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from resiliparse.parse.lang import detect_fast

SAMPLE = 600  # characters looked at
SURE = 3  # English function words that settle it at once ...
SHARE = 6  # ... when they are one word in six or more
LONG = 12  # words from which the detector is asked
ANY_SCORE = 5000
DETECTOR_CUTOFF = 1000  # its score runs from 0 (certain) upwards; 1200 is its own default

_SCRIPTS: tuple[tuple[str, str], ...] = (
    (r"[\u3040-\u30ff]", "ja"),
    (r"[\uac00-\ud7af]", "ko"),
    (r"[\u4e00-\u9fff]", "zh"),
    (r"[\u0370-\u03ff]", "el"),
    (r"[\u0590-\u05ff]", "he"),
    (r"[\u0530-\u058f]", "hy"),
    (r"[\u10a0-\u10ff]", "ka"),
    (r"[\u0e00-\u0e7f]", "th"),
    (r"[\u0980-\u09ff]", "bn"),
    (r"[\u0b80-\u0bff]", "ta"),
    (r"[\u0c00-\u0c7f]", "te"),
    (r"[\u0d00-\u0d7f]", "ml"),
    (r"[\u0a80-\u0aff]", "gu"),
    (r"[\u0a00-\u0a7f]", "pa"),
    (r"[\u1200-\u137f]", "am"),
    (r"[\u1000-\u109f]", "my"),
    (r"[\u0900-\u097f]", "hi"),  # Marathi and Nepali share it: no lexicon tells them apart
)
# Letters that only some languages of a shared script use; the first that occurs decides.
_CYRILLIC = (
    ("ў", "be"),
    ("їєґ", "uk"),
    ("әғқңұһ", "kk"),
    ("ђћљњџ", "sr"),
    ("ѓќѕ", "mk"),
    ("ыэё", "ru"),
    ("і", "uk"),
)
_ARABIC = (("ټډړښې", "ps"), ("ٹڈڑںے", "ur"), ("ڕۆێ", "ku"), ("پچژگ", "fa"))


def detect_language(text: str, declared: str = "") -> str:
    """The ISO 639-1 code of the text's language, or "" when it cannot be told.

    Args:
        text: title and body; the first 600 characters are looked at.
        declared: what the feed or page claims (BCP 47, any case); believed only where the text
            itself says nothing.

    English is recognised from three function words up; a foreign verdict needs function words of
    that language and a lack of English ones, or another script. Never raises.
    """
    sample = text[:SAMPLE].lower()
    words = sample.split()
    english = sum(map(_function_words()["en"].__contains__, words))
    if english >= SURE and english * SHARE >= len(words):
        return "en"
    letters = sum(map(str.isalpha, sample))
    latin = len(_LATIN.findall(sample))
    if letters and latin * 2 < letters:
        return _by_script(sample)
    return _by_function_words(sample, words, english) or _primary(declared)


def _by_function_words(sample: str, words: list[str], english: int) -> str:
    counts = {c: sum(map(w.__contains__, words)) for c, w in _function_words().items() if c != "en"}
    code, foreign = max(counts.items(), key=lambda item: item[1])
    tied = [c for c, n in counts.items() if n == foreign]
    if english and english >= foreign:
        return "en"
    if foreign >= SURE and foreign > 2 * english and foreign * SHARE >= len(words):
        return (_ask(sample, tied) if len(tied) > 1 else "") or code
    if english or len(words) < LONG:
        return ""
    guess = _ask(sample, [])
    believed = counts[guess] >= 2 if guess in counts else len(words) >= 2 * LONG
    return guess if believed or guess == "en" else ""


def _by_script(sample: str) -> str:
    if _count(r"[\u0400-\u04ff]", sample) * 2 > len(sample) // 2:
        slavic = ["ru", "bg", "sr", "mk", "uk"]
        return _by_letters(sample, _CYRILLIC) or _ask(sample, slavic) or "ru"
    if _count(r"[\u0600-\u06ff]", sample) * 2 > len(sample) // 2:
        return _by_letters(sample, _ARABIC) or "ar"
    shares = {code: _count(pattern, sample) for pattern, code in _SCRIPTS}
    code, most = max(shares.items(), key=lambda item: item[1])
    if code == "zh" and shares["ja"]:
        return "ja"
    return code if most else ""


def _by_letters(sample: str, marks: tuple[tuple[str, str], ...]) -> str:
    return next((code for letters, code in marks if any(c in sample for c in letters)), "")


def _ask(sample: str, among: list[str]) -> str:
    """The detector's verdict, or "" if it is not close."""
    plain = sample.encode("utf-8", "replace").decode("utf-8")  # it refuses lone surrogates
    code, _ = (
        detect_fast(plain, ANY_SCORE, langs=among) if among else detect_fast(plain, DETECTOR_CUTOFF)
    )
    return "" if code == "unknown" else str(code)


def _count(pattern: str, sample: str) -> int:
    return len(re.findall(pattern, sample))


def _primary(declared: str) -> str:
    """The two-letter primary subtag of a BCP 47 tag, else nothing."""
    primary = re.split(r"[-_]", declared.strip().lower())[0]
    return primary if len(primary) == 2 and primary.isascii() and primary.isalpha() else ""


_LATIN = re.compile(r"[a-z\u00c0-\u024f\u1e00-\u1eff]")


@cache
def _function_words() -> dict[str, frozenset[str]]:
    path = Path(__file__).with_name("data") / "function_words.toml"
    lists = tomllib.loads(path.read_text("utf-8"))
    words = {code: frozenset(text.split()) for code, text in lists.items()}
    names = words.pop("names")
    return {c: w if c == "en" else w - words["en"] - names for c, w in words.items()}
