"""Inflected forms of listed words, so that lists hold base forms and no lemmatizer has to run."""

from collections.abc import Iterable

from transforms.tagging.english import irregular, words

_VOWELS = "aeiou"


def forms(word: str) -> set[str]:
    """The word with every regular or known irregular ending of a verb and the plural of a noun.

    >>> sorted(forms("veto"))
    ['veto', 'vetoed', 'vetoes', 'vetoing', 'vetos']
    """
    out = {word, *irregular().get(word, ())}
    if not word.isalpha() or len(word) < 3:
        return out
    if word.endswith("y") and word[-2] not in _VOWELS:
        return out | {word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
    if word.endswith(("s", "x", "z", "ch", "sh", "o")):
        out.add(word + "es")
    out.add(word + "s")
    if word.endswith("e"):
        out |= {word + "d", word[:-1] + "ing"}
    else:
        stem = word + word[-1] if word in words("doubling") else word
        out |= {stem + "ed", stem + "ing"}
    if word.endswith(("vel", "cel", "nal", "bal")):
        out |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return out


def lemmas(listed: Iterable[str]) -> dict[str, str]:
    """Inflected form to listed base form; a listed word that is itself a form of another keeps both readings apart.

    A word never stands for itself, so callers look it up with the word as default.
    """
    out: dict[str, str] = {}
    for word in sorted({*listed, *irregular()}, key=len):
        for form in forms(word):
            if form != word:
                out.setdefault(form, word)
    return out
