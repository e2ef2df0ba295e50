"""Tells which articles are one story: syndicated, cut, padded or lightly edited copies of each other.

Each article carries a sketch of its opening: the hashes of all runs of three words, and of its
facts, the numbers and the capitalised words. Two articles are one story when most of the smaller
sketch is in the larger (containment, not overlap: copies are often cut). The facts must agree on
their own too, for a template (a daily exchange rate, a newsletter's greeting) keeps its words and
changes its facts, and a copy does not. Stories are the connected components, so the order of
articles cannot matter.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from struct import pack, unpack
from typing import NamedTuple
from zlib import crc32

from schemas.ids import content_id

LEAD_WORDS = 100  # copies agree at the top; further down they are cut, linked and localised
LEAD_CHARS = 1_000  # hold a hundred words of most languages
SHINGLE_WORDS = 3
# Share of the smaller sketch's runs that the larger must hold, by the size from which it applies:
# a tenth of the words edited leaves 0.73 of the runs, give or take 0.05 when there are a hundred.
CONTAINED = ((60, 0.55), (30, 0.65), (0, 0.72))
SHARED_LEAST = 8  # fewer shared runs may be a common phrase: then only equal sketches count
NUMBERS_AGREE = 0.75  # share of the numbers of the article with fewer; edits drop, rarely add
NAMES_AGREE = ((30, 0.6), (0, 0.88))  # by the number of runs, as above
NAMES_LEAST = 4  # fewer capitalised words say nothing
BODY_LONG = 40  # runs; a shorter body is told from its like by its title, a longer may change it
COMPARED_MOST = 64  # articles compared for one shingle, so that boilerplate stays cheap
HASH_BYTES = 4

_WORD = re.compile(r"\w+")
_LEAD = re.compile(rf"(?:\W*+\w++){{1,{LEAD_WORDS}}}")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NAME = re.compile(r"\b[A-Z]\w+")
_KIND_BITS = 3
_BODY, _NAMES, _TITLE, _NUMBERS = range(4)  # the two low bits of a hash


def signature(text: str) -> bytes:
    """A sketch of the article's title and opening.

    Args:
        text: title, newline, body.

    Returns:
        Four bytes a hash, little endian, ascending, distinct: CRC-32 whose two lowest bits tell
        what was hashed: a three-word run of the body (0), a capitalised word (1), a run of the title
        (2), a number (3). About 450 bytes, at most 1,600; empty for a text without words.
    """
    title, _, body = text.partition("\n")
    title, body = _opening(title), _opening(body)
    whole = f"{title} {body}"
    hashes = {_hash(run, _TITLE) for run in _runs(title)}
    hashes.update(_hash(run, _BODY) for run in _runs(body))
    hashes.update(_hash(name, _NAMES) for name in _NAME.findall(whole))
    hashes.update(_hash(number, _NUMBERS) for number in _NUMBER.findall(whole))
    return pack(f"<{len(hashes)}I", *sorted(hashes))


def story_id(text: str) -> str:
    """Hash of the body's opening words in lower case, of the title's where there is no body.

    Equal for unchanged copies, whatever their title and whoever carries them.
    """
    title, _, body = text.partition("\n")
    words = _WORD.findall(body[:LEAD_CHARS].lower()) or _WORD.findall(title.lower())
    return content_id("story", " ".join(words[:LEAD_WORDS]))


def same_story(a: bytes, b: bytes) -> bool:
    """True if the two signatures are of one story. Symmetric; false for an empty signature."""
    if a == b:
        return bool(a)
    return _agree(_Sketch.of(a), _Sketch.of(b))


def count_stories(signatures: Iterable[bytes]) -> int:
    """The number of stories among articles with these signatures.

    Equal signatures are one story; an article without words is one of its own.
    """
    items = {str(i): s for i, s in enumerate(signatures)}
    return len(set(fold_stories(items).values()))


def fold_stories(items: Mapping[str, bytes]) -> dict[str, str]:
    """Puts each article under the smallest id of its story.

    Args:
        items: article id to signature.

    Returns:
        Article id to story representative, for every article. Independent of the order of `items`;
        time grows linearly, as one shingle makes at most 64 comparisons an article.
    """
    ids_of: dict[bytes, list[str]] = {}
    for article, sketch in items.items():
        ids_of.setdefault(sketch, []).append(article)
    sketches = sorted(s for s in ids_of if s)
    roots = _components([_Sketch.of(s) for s in sketches])
    smallest: dict[int, str] = {}
    for root, sketch in zip(roots, sketches, strict=True):
        least = min(ids_of[sketch])
        smallest[root] = min(smallest.get(root, least), least)
    folded = {article: article for article in ids_of.get(b"", ())}
    for root, sketch in zip(roots, sketches, strict=True):
        folded |= dict.fromkeys(ids_of[sketch], smallest[root])
    return folded


class _Sketch(NamedTuple):
    body: frozenset[int]
    names: frozenset[int]
    title: frozenset[int]
    numbers: frozenset[int]

    @classmethod
    def of(cls, sketch: bytes) -> "_Sketch":
        hashes = unpack(f"<{len(sketch) // HASH_BYTES}I", sketch)
        return cls(*(frozenset(h for h in hashes if h & _KIND_BITS == k) for k in range(4)))


def _agree(a: _Sketch, b: _Sketch) -> bool:
    smaller, shared = min(len(a.body), len(b.body)), len(a.body & b.body)
    if smaller < BODY_LONG:
        smaller = min(len(a.body) + len(a.title), len(b.body) + len(b.title))
        shared += len(a.title & b.title)
    if shared < max(SHARED_LEAST, _by_size(CONTAINED, smaller) * smaller):
        return False
    if len(a.numbers & b.numbers) < NUMBERS_AGREE * min(len(a.numbers), len(b.numbers)):
        return False
    names, agreed = min(len(a.names), len(b.names)), len(a.names & b.names)
    return names < NAMES_LEAST or agreed >= _by_size(NAMES_AGREE, smaller) * names


def _by_size(steps: tuple[tuple[int, float], ...], size: int) -> float:
    return next(share for least, share in steps if size >= least)


def _opening(text: str) -> str:
    """The text up to the end of its hundredth word."""
    lead = _LEAD.match(text)
    return lead[0] if lead else ""


def _runs(opening: str) -> Iterator[str]:
    words = _WORD.findall(opening.lower())
    for i in range(max(1, len(words) - SHINGLE_WORDS + 1) if words else 0):
        yield " ".join(words[i : i + SHINGLE_WORDS])


def _hash(token: str, kind: int) -> int:
    return crc32(token.encode("utf-8", "surrogatepass")) & ~_KIND_BITS | kind


def _components(sketches: list[_Sketch]) -> list[int]:
    """For each sketch the number of its connected component; found over an inverted index."""
    parent = list(range(len(sketches)))
    holders: dict[int, list[int]] = {}
    for number, sketch in enumerate(sketches):
        shared: Counter[int] = Counter()
        for run in sketch.body | sketch.title:
            known = holders.setdefault(run, [])
            shared.update(known)
            if len(known) < COMPARED_MOST:
                known.append(number)
        for other, count in shared.items():
            if count >= SHARED_LEAST and _agree(sketch, sketches[other]):
                parent[_root(parent, number)] = _root(parent, other)
    return [_root(parent, number) for number in range(len(sketches))]


def _root(parent: list[int], number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number
