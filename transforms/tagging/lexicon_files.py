"""Reads and checks the lexicons: what triggers a mention, what speaks for and against it, in TOML.

A lexicon folder holds shared word classes (`words.toml`), the cues of status (`status.toml`) and one file a
category. Adding a word is a line in a list; adding a category is a file. The format is told in each file's head.
"""

import tomllib
from pathlib import Path
from typing import Any

from schemas.records import STATUSES
from transforms.tagging.lexicon import Lexicon, Lexicons, Sign, Trigger, Words

FOLDER = Path(__file__).parent / "lexicons"
PARTS = ("noun", "verb", "adjective", "any")
SLOTS = (
    "own", "before", "next", "left", "reach", "after", "agent", "aimed", "doer", "done_to", "governor",
    "sentence", "title", "topic", "article", "pointer",
)  # fmt: skip


class LexiconError(ValueError):
    """A lexicon file that cannot be used; the message is one line naming the file and the fault."""


def load(folder: Path | None = None) -> Lexicons:
    """Read every `*.toml` in the folder.

    Args:
        folder: where the lexicons are; the package's own if None.

    Returns:
        The lexicons, ready to use.

    Raises:
        LexiconError: a file is missing, is not TOML or breaks the format; one line that names it.
    """
    folder = folder or FOLDER
    tables = {path: _read(path) for path in sorted(folder.glob("*.toml"))}
    classes: dict[str, list[str]] = {}
    for table in tables.values():
        classes.update(table.get("classes", {}))
    lexicons: dict[str, Lexicon] = {}
    status: dict[str, Words] = {}
    topics: dict[str, Words] = {}
    for path, table in tables.items():
        try:
            for name, listed in table.get("cues", {}).items():
                status[name] = resolve(listed, classes)
            for name, listed in table.get("topics", {}).items():
                topics[name] = resolve(listed, classes)
            if "category" in table:
                lexicons[table["category"]] = _lexicon(table, classes)
        except LexiconError as error:
            raise LexiconError(f"{path}: {error}") from None
        except (KeyError, TypeError, AttributeError) as error:
            raise LexiconError(f"{path}: missing or wrong: {error}") from None
    if not lexicons:
        raise LexiconError(f"{folder}: no lexicon with a category found")
    triggers = {t.name: t for lex in lexicons.values() for t in lex.triggers}
    shared = {n: resolve(v, classes) for n, v in classes.items()}
    return Lexicons(lexicons, shared, status, triggers, topics)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{path}: {error}") from None


def resolve(listed: list[str], classes: dict[str, list[str]]) -> Words:
    """Words with `@class` and `@place:kind` references replaced by what they stand for.

    Raises:
        LexiconError: a class that no file defines, or something that is not a list of strings.
    """
    single: set[str] = set()
    phrases: set[str] = set()
    kinds: set[str] = set()
    if not isinstance(listed, list) or not all(isinstance(w, str) for w in listed):
        raise LexiconError(f"expected a list of words, found {listed!r}")
    for word in listed:
        if word.startswith("@place:"):
            kinds.add(word.removeprefix("@place:"))
        elif word.startswith("@"):
            if word[1:] not in classes:
                raise LexiconError(f"no class {word}")
            inner = resolve(classes[word[1:]], classes)
            single |= inner.single
            phrases.update(inner.phrases)
            kinds |= inner.kinds
        elif " " in word or "-" in word or "'" in word:
            phrases.add(" ".join(word.lower().replace("-", " ").replace("'", " '").split()))
        else:
            single.add(word.lower())
    return Words(frozenset(single), tuple(sorted(phrases)), frozenset(kinds))


def _lexicon(table: dict[str, Any], classes: dict[str, list[str]]) -> Lexicon:
    category = str(table["category"])
    known = {
        "category", "description", "subtypes", "default_subtype", "trigger", "sign", "otherwise",
        "classes", "subtype", "roles", "status", "example", "counter_example", "cues",
    }  # fmt: skip
    if extra := sorted(set(table) - known):
        raise LexiconError(f"unknown key {extra[0]!r}")
    subtypes = tuple(table.get("subtypes", ["unspecified"]))
    triggers = tuple(_trigger(row, category, classes) for row in table["trigger"])
    names = [t.name for t in triggers]
    if len(set(names)) != len(names):
        raise LexiconError("two triggers share a name")
    for t in triggers:
        if t.subtype and t.subtype not in subtypes:
            raise LexiconError(f"trigger {t.name!r}: subtype {t.subtype!r} is not in subtypes")
    return Lexicon(
        category=category,
        subtypes=subtypes,
        default_subtype=table.get("default_subtype", subtypes[0]),
        triggers=triggers,
        signs=tuple(_sign(row, frozenset(names), classes) for row in table.get("sign", [])),
        otherwise=table.get("otherwise", "no_sign_of_it"),
        subtype_words={k: resolve(v, classes) for k, v in table.get("subtype", {}).items()},
        roles=_roles(table.get("roles", {}), classes),
        status={k: resolve(v, classes) for k, v in table.get("status", {}).items()},
        examples=tuple(table.get("example", [])),
        counter_examples=tuple(table.get("counter_example", [])),
    )


def _trigger(row: dict[str, Any], category: str, classes: dict[str, list[str]]) -> Trigger:
    known = {"name", "words", "prior", "part", "subtype", "rank", "status", "company",
             "follows"}  # fmt: skip
    if extra := sorted(set(row) - known):
        raise LexiconError(f"trigger {row.get('name')!r}: unknown key {extra[0]!r}")
    part = row.get("part", "any")
    if part not in PARTS:
        raise LexiconError(f"trigger {row['name']!r}: part {part!r} is none of {', '.join(PARTS)}")
    if row.get("status", "occurred") not in STATUSES:
        raise LexiconError(f"trigger {row['name']!r}: no status {row['status']!r}")
    words = tuple(row["words"])
    if not words or not all(isinstance(w, str) and w.strip() for w in words):
        raise LexiconError(f"trigger {row['name']!r}: words must be a list of words")
    return Trigger(
        name=str(row["name"]),
        category=category,
        words=tuple(w.lower() for w in words),
        prior=float(row.get("prior", 1)),
        part=part,
        subtype=row.get("subtype", ""),
        rank=int(row.get("rank", 1)),
        status=row.get("status", ""),
        company=resolve(row["company"], classes) if "company" in row else None,
        follows=bool(row.get("follows", False)),
    )


def _sign(row: dict[str, Any], names: frozenset[str], classes: dict[str, list[str]]) -> Sign:
    known = {"name", "of", "where", "words", "weight", "reason", "part", "absent"}
    if extra := sorted(set(row) - known):
        raise LexiconError(f"sign {row.get('name')!r}: unknown key {extra[0]!r}")
    of = frozenset(row.get("of", names))
    if unknown := sorted(of - names):
        raise LexiconError(f"sign {row['name']!r}: no trigger {unknown[0]!r}")
    slots = tuple(row["where"])
    if unknown := sorted(set(slots) - set(SLOTS)):
        raise LexiconError(f"sign {row['name']!r}: no place {unknown[0]!r} to look")
    weight = float(row["weight"])
    if weight < 0 and not row.get("reason"):
        raise LexiconError(f"sign {row['name']!r} speaks against and gives no reason")
    return Sign(
        name=str(row["name"]),
        triggers=of,
        slots=slots,
        words=resolve(row["words"], classes),
        weight=weight,
        reason=row.get("reason", ""),
        part=row.get("part", "any"),
        absent=bool(row.get("absent", False)),
        named=any(w.endswith("_named") for w in row["words"]),
    )


def _roles(table: dict[str, Any], classes: dict[str, list[str]]) -> dict[str, Any]:
    plain = (
        "name_before_is_target", "senders", "often_sanctioned", "names_are_targets", "shared_measures",
        "seldom_sanctioned",
    )  # fmt: skip
    return {
        k: resolve(v, classes) if isinstance(v, list) and k not in plain else v
        for k, v in table.items()
    }
