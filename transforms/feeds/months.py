"""Names of months in the languages that news feeds use."""

import functools
import importlib
import unicodedata

_ENGLISH = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
# The languages of the feeds that people poll for world news; dateparser ships the names of each.
LANGUAGES = (
    *("fr", "de", "es", "it", "pt", "nl", "ru", "uk", "pl", "cs", "sk", "sv", "da", "nb", "fi"),
    *("hu", "ro", "bg", "sr", "hr", "sl", "el", "tr", "az", "id", "ms", "vi", "ca", "eu", "gl"),
    *("ar", "fa", "he"),
)


def number(name: str) -> int:
    """1 to 12 for the name or abbreviation of a month, in any case; 0 if it is none.

    A word that means different months in two languages (listopad) is none.

    >>> number("SEPT"), number("сентября"), number("gennaio"), number("Foo")
    (9, 9, 1, 0)
    """
    word = _plain(name)
    return _english().get(word) or _all().get(word, 0)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip(". ")


@functools.cache
def _english() -> dict[str, int]:
    names = {name[:size]: i for i, name in enumerate(_ENGLISH, 1) for size in (3, 4, len(name))}
    return names | {"sept": 9}


@functools.cache
def _all() -> dict[str, int]:
    """Names of every language; an ambiguous one is 0."""
    names: dict[str, int] = {}
    for language in LANGUAGES:
        info = importlib.import_module(f"dateparser.data.date_translation_data.{language}").info
        for month, english in enumerate(_ENGLISH, 1):
            for name in info.get(english, []):
                word = _plain(name)
                if not word.isdigit() and names.setdefault(word, month) != month:
                    names[word] = 0
    return names
