"""What a lexicon says: triggers of a category, the signs for and against them, words that lead to participants."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Words:
    """Words and phrases to look for, lower case, classes resolved.

    Attributes:
        single: words that are one token.
        phrases: words with a space in them, matched against the joined text.
        kinds: kinds of place (country, force, ...) that count as well.
    """

    single: frozenset[str]
    phrases: tuple[str, ...]
    kinds: frozenset[str]

    @cached_property
    def spaced(self) -> tuple[str, ...]:
        """The phrases between spaces, as they stand in joined words."""
        return tuple(f" {p} " for p in self.phrases)


NOTHING = Words(frozenset(), (), frozenset())
"""No words at all."""


@dataclass(frozen=True)
class Trigger:
    """A set of words that may be a mention of a category; `name` is the `rule` of its mentions.

    Everyday words ("hit") have `company`: they are seen at all only in a sentence that holds one of those words.
    """

    name: str
    category: str
    words: tuple[str, ...]
    prior: float
    part: str
    subtype: str
    rank: int
    status: str
    company: Words | None
    follows: bool


@dataclass(frozen=True)
class Sign:
    """One thing that speaks for (positive weight) or against (negative) a trigger's counting.

    `absent` signs speak where the words are missing; `named` ones where the article
    counts another mention of the category.
    """

    name: str
    triggers: frozenset[str]
    slots: tuple[str, ...]
    words: Words
    weight: float
    reason: str
    part: str
    absent: bool
    named: bool


@dataclass(frozen=True)
class Lexicon:
    """One category: its triggers, signs and the words that lead to its participants."""

    category: str
    subtypes: tuple[str, ...]
    default_subtype: str
    triggers: tuple[Trigger, ...]
    signs: tuple[Sign, ...]
    otherwise: str
    subtype_words: dict[str, Words]
    roles: dict[str, Any]
    status: dict[str, Words]
    examples: tuple[dict[str, Any], ...]
    counter_examples: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Lexicons:
    """All that a folder of lexicons says.

    Attributes:
        categories: lexicon by category name, in the order of the file names.
        classes: the shared word classes.
        status: cue words by cue name, shared by all categories.
        triggers: every trigger by name.
        topics: words by topic, to tell what an article is about.
    """

    categories: dict[str, Lexicon]
    classes: dict[str, Words]
    status: dict[str, Words]
    triggers: dict[str, Trigger] = field(default_factory=dict)
    topics: dict[str, Words] = field(default_factory=dict)

    def vocabulary(self) -> set[str]:
        """Every single word and the words of every phrase that any list holds."""
        lists = [*self.classes.values(), *self.status.values()]
        for lex in self.categories.values():
            lists += [s.words for s in lex.signs] + list(lex.status.values())
            lists += [w for w in lex.roles.values() if isinstance(w, Words)]
        words = {w for listed in lists for w in listed.single}
        words |= {w for listed in lists for p in listed.phrases for w in p.split()}
        return words | {w for t in self.triggers.values() for p in t.words for w in p.split()}
