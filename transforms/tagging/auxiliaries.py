"""What a verb's own small words say of how real it is: will, could, to, if, not."""

from transforms.tagging.lexicon import NOTHING, Words
from transforms.tagging.sentence import Sentence

_NOBODY = ("none", "nobody", "neither", "nothing")
_CONDITIONS = frozenset({"if", "unless"})


class Auxiliaries:
    """Reads the auxiliaries of the verbs of one sentence."""

    def __init__(
        self, s: Sentence, shared: dict[str, Words], we_will: str, possible: str = "possible"
    ) -> None:
        """`shared` are the lists of `status.toml`; `we_will` is what "we will" amounts to in the category, `possible`
        the list of modals that make its verbs doubtful.
        """
        self._s, self._shared, self._we_will = s, shared, we_will
        self._possible = possible

    def _words(self, name: str) -> frozenset[str]:
        return self._shared.get(name, NOTHING).single

    def cues(self, verb: int, *, own: bool = False) -> list[str]:
        """Cues of the verb's auxiliaries, conjunctions and negations; `own` if the verb is the trigger itself."""
        s = self._s
        out: list[str] = []
        first = s.heads[verb]
        joined = own and s.deps[verb] == "conj" and s.tags[verb] == "VB" == s.tags[first]
        if self.negated(verb) or (joined and self.negated(first)):
            out.append("denied")
        if s.low[-1] == "?" and self._asked(verb):
            out.append("threatened")
        for kid in s.children[verb]:
            word = s.low[kid]
            if s.deps[kid] in ("aux", "advmod", "mark") or s.tags[kid] == "MD":
                cue = self._modal(verb, kid, word, own)
                if cue:
                    out.append(cue)
        return out

    def _asked(self, verb: int) -> bool:
        """As in "Will it impose sanctions?"."""
        s = self._s
        modal = next((k for k in s.children[verb] if s.tags[k] == "MD"), len(s))
        return any(s.deps[k] in ("nsubj", "nsubjpass") and modal < k for k in s.children[verb])

    def negated(self, verb: int) -> bool:
        """Whether the verb is denied: "not", "never", "no talks were"."""
        s = self._s
        return any(
            s.deps[kid] == "neg"
            or s.low[kid] in ("never", "not", "n't")
            or (
                s.deps[kid] in ("nsubj", "nsubjpass")
                and (s.low[kid] in _NOBODY or any(s.low[g] == "no" for g in s.children[kid]))
            )
            for kid in s.children[verb]
        )

    def _modal(self, verb: int, kid: int, word: str, own: bool) -> str:
        s = self._s
        if word in self._words("future") and self._conditional(verb):
            return "threatened"
        if word in self._words("future"):
            ours = own and any(s.low[k] in ("we", "i") for k in s.children[verb])
            return self._we_will if ours else "planned"
        if word == "would" and self._reported_future(verb):
            return "planned"
        if word in self._words(self._possible) and s.tags[kid] == "MD":
            return "threatened"
        if word == "until" and s.tags[verb] in ("VBZ", "VBP"):
            return "threatened"  # "no talks until it faces sanctions"
        if word in ("if", "unless", "whether") or (word == "once" and s.deps[kid] == "mark"):
            return "threatened"
        if word == "to" and self.headline_future(verb):
            return "planned"
        return "threatened" if own and word in ("almost", "nearly") else ""

    def _reported_future(self, verb: int) -> bool:
        """As in "said it would impose": what was "will" when it was said, unless a condition follows."""
        s = self._s
        said = s.heads[verb]
        told = s.deps[verb] == "ccomp" and s.lemmas[said] in self._words("say")
        told = told and s.tags[said] != "VBZ"  # "says it would" is of what may never be
        return told and not self._conditional(verb)

    def _conditional(self, verb: int) -> bool:
        """As in "will impose sanctions if it attacks"."""
        s = self._s
        clauses = [k for k in s.children[verb] if s.deps[k] == "advcl"]
        if any(s.low[s.subtree(k)[0]] == "should" for k in clauses):
            return True  # "Should it attack, they will impose sanctions"
        words = [s.low[g] for k in (verb, *clauses) for g in s.children[k]]
        return not _CONDITIONS.isdisjoint(words)

    def headline_future(self, verb: int) -> bool:
        """As in "Canada to sanction officials": an infinitive that no verb governs."""
        s = self._s
        above = s.heads[verb]
        if above == verb or s.deps[verb] == "ROOT":
            return True
        if s.deps[verb] in ("acl", "relcl") and not any(
            t in ("VBD", "VBZ", "VBP") for t in s.tags[:verb]
        ):
            return s.tags[above].startswith("NNP")
        if s.deps[verb] == "ccomp" and s.lemmas[above] in self._words("say"):
            return True
        if s.deps[verb] != "xcomp" or s.lemmas[above] not in (
            "be",
            "set",
            "due",
            "poised",
            "about",
            "ready",
        ):
            return False
        subjects = [k for k in s.children[above] if s.deps[k] == "nsubj"]
        return s.lemmas[above] != "be" or any(
            s.tags[k].startswith(("NNP", "PRP")) for k in subjects
        )
