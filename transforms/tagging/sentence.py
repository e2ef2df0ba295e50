"""A parsed sentence as plain data, free of the parser's memory."""

from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property


class Sentence:
    """A parsed sentence as plain data; token positions are indexes into the lists.

    Attributes:
        text: what was parsed. `start` is its offset in the clean text of its article.
        words, low, tags, deps, heads, offsets: one entry a token; a root is its own head.
    """

    def __init__(
        self,
        text: str,
        start: int,
        rows: list[tuple[str, str, str, int, int]],
        bases: Mapping[str, str],
    ) -> None:
        """Rows are (word, tag, dependency, head, offset in the sentence); `bases` gives base forms."""
        self.text = text
        self._bases = bases
        self.start = start
        self.words = [r[0] for r in rows]
        self.low = [r[0].lower().replace("’", "'") for r in rows]
        self.tags = [r[1] for r in rows]
        self.deps = [r[2] for r in rows]
        self.heads = [r[3] for r in rows]
        self.offsets = [r[4] for r in rows]

    def at(self, start: int) -> "Sentence":
        """The same sentence standing elsewhere."""
        if start == self.start:
            return self
        twin = Sentence.__new__(Sentence)
        twin.__dict__.update(self.__dict__)
        twin.start = start
        return twin

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def lemmas(self) -> list[str]:
        """Base forms of the words that the lexicons list; other words as they are."""
        return [self._bases.get(w, w) for w in self.low]

    @cached_property
    def children(self) -> list[list[int]]:
        """Direct dependents of each token, in order."""
        out: list[list[int]] = [[] for _ in self.words]
        for i, head in enumerate(self.heads):
            if head != i:
                out[head].append(i)
        return out

    @cached_property
    def joined(self) -> str:
        """Words and lemmas for phrase look-up: lower case, single spaces, a space at both ends."""
        return f" {' '.join(w for w in self.low if w != '-')} "

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All lower-case words and lemmas."""
        return frozenset(self.low) | frozenset(self.lemmas)

    def token_at(self, offset: int) -> int:
        """Index of the token that holds the character offset (relative to the sentence)."""
        return max(0, bisect_right(self.offsets, offset) - 1)

    def hyphen_after(self, i: int) -> bool:
        """Whether a hyphen ties token i to the next, as in "sanctions-hit"; a dash between spaces does not."""
        tied = self.low[i + 1 : i + 2] == ["-"]
        return tied and self.offsets[i + 1] == self.offsets[i] + len(self.words[i])

    def subtree(self, i: int) -> tuple[int, int]:
        """First and last token of what hangs on token i, itself included."""
        lo = hi = i
        stack = [i]
        while stack:
            for child in self.children[stack.pop()]:
                lo, hi = min(lo, child), max(hi, child)
                stack.append(child)
        return lo, hi

    def span(self, first: int, last: int) -> str:
        """The text from token first to token last."""
        return self.text[self.offsets[first] : self.offsets[last] + len(self.words[last])]
