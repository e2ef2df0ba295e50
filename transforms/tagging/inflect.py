"""Inflected forms of listed words, so that lists hold base forms and no lemmatizer has to run."""

from collections.abc import Iterable

IRREGULAR = {
    "strike": "struck stricken", "begin": "began begun", "say": "said", "be": "is are was were been being 's 're 'm am",
    "have": "has had having 've", "do": "did does done doing", "make": "made", "hold": "held", "meet": "met", "send": "sent",
    "take": "took taken", "go": "went gone goes", "give": "gave given", "come": "came", "lead": "led", "leave": "left",
    "tell": "told", "see": "saw seen", "draw": "drew drawn", "win": "won", "fall": "fell fallen", "break": "broke broken",
    "seek": "sought", "think": "thought", "know": "knew known", "keep": "kept", "run": "ran", "stand": "stood",
    "speak": "spoke spoken", "withdraw": "withdrew withdrawn", "shoot": "shot", "flee": "fled", "fight": "fought",
    "buy": "bought", "sell": "sold", "pay": "paid", "lose": "lost", "blow": "blew blown", "build": "built",
    "choose": "chose chosen", "freeze": "froze frozen", "bring": "brought", "get": "got gotten", "throw": "threw thrown",
    "write": "wrote written", "fly": "flew flown", "shake": "shook shaken", "become": "became", "forgo": "forwent forgone",
    "swear": "swore sworn", "rise": "rose risen", "deal": "dealt", "bite": "bit bitten", "wind": "wound", "overcome": "overcame",
    "mean": "meant", "feel": "felt", "find": "found", "foresee": "foresaw foreseen", "beg": "begged", "will": "'ll wo",
    "would": "'d", "not": "n't", "lie": "lay lain lying", "die": "dying", "withstand": "withstood", "man": "men", "woman": "women",
    "wage": "waging", "abet": "abetted", "drop": "dropped", "sever": "severed", "call": "called", "propel": "propelled",
}  # fmt: skip
_VOWELS = "aeiou"
_DOUBLED = frozenset(
    [
        "stop",
        "drop",
        "ban",
        "plan",
        "scrap",
        "slap",
        "begin",
        "commit",
        "set",
        "hit",
        "let",
        "put",
        "shut",
        "cut",
        "permit",
        "admit",
        "submit",
        "refer",
        "defer",
        "rebut",
        "expel",
        "repel",
        "compel",
        "propel",
        "step",
        "wrap",
        "trap",
        "ship",
        "strip",
        "sack",
        "bat",
        "tap",
        "chat",
        "regret",
        "deter",
        "avert",
        "prefer",
        "get",
        "quit",
        "cap",
        "bar",
        "forbid",
        "run",
        "win",
        "beg",
        "dub",
        "plot",
        "rub",
        "rip",
        "snap",
        "tip",
        "trip",
        "wed",
        "abet",
        "omit",
        "vet",
        "pin",
        "prep",
        "rev",
        "grab",
    ]
)


def forms(word: str) -> set[str]:
    """The word with every regular or known irregular ending of a verb and the plural of a noun.

    >>> sorted(forms("veto"))
    ['veto', 'vetoed', 'vetoes', 'vetoing', 'vetos']
    """
    out = {word, *IRREGULAR.get(word, "").split()}
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
        stem = word + word[-1] if word in _DOUBLED else word
        out |= {stem + "ed", stem + "ing"}
    if word.endswith(("vel", "cel", "nal", "bal")):
        out |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return out


def lemmas(words: Iterable[str]) -> dict[str, str]:
    """Inflected form to listed base form; a listed word that is itself a form of another keeps both readings apart.

    A word never stands for itself, so callers look it up with the word as default.
    """
    out: dict[str, str] = {}
    for word in sorted({*words, *IRREGULAR}, key=len):
        for form in forms(word):
            if form != word:
                out.setdefault(form, word)
    return out
