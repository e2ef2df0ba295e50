"""The gate before the parser: triggers that no parse could make count are settled on the words alone.

For each trigger the best possible score is reckoned: every sign in its favour whose words stand anywhere in the
sentence is taken to speak, of those against only the ones that need no parse. What stays below the mark then
would stay below it with the parse as well, so the gate changes no count; it saves most of the parser's work.
"""

from transforms.tagging.lexicon import Lexicon, Sign
from transforms.tagging.scan import Hit
from transforms.tagging.senses import ENOUGH, Candidate, Slot


class Surface:
    """What is known of a sentence before it is parsed.

    Attributes:
        outside: the sentence's words without the trigger's; `whole` with them.
        title, topics: as for the judge.
    """

    def __init__(self, outside: Slot, whole: Slot, title: Slot, topics: Slot) -> None:
        """Hold the slots."""
        self.outside, self.whole, self.title, self.topics = outside, whole, title, topics


def settle_on_words(hit: Hit, lexicon: Lexicon, around: Surface) -> Candidate | None:
    """The trigger as not counted, with its reason, if no parse could make it count; else None."""
    best = hit.trigger.prior
    worst: Sign | None = None
    for sign in lexicon.signs_of[hit.trigger.name]:
        if sign.weight > 0:
            best += sign.weight if sign.absent or _may_speak(sign, around) else 0
        elif not sign.absent and sign.part == "any" and _speaks(sign, around):
            best += sign.weight
            if worst is None or sign.weight < worst.weight:
                worst = sign
    if best >= ENOUGH:
        return None
    reason = worst.reason if worst else lexicon.otherwise
    return Candidate(hit.trigger, hit.start, hit.end, reason=reason, score=best)


def _may_speak(sign: Sign, around: Surface) -> bool:
    if "article" in sign.slots or ("topic" in sign.slots and any(w.endswith("_named") for w in sign.words.single)):
        return True
    return _speaks(sign, around) or around.whole.holds(sign.words)


def _speaks(sign: Sign, around: Surface) -> bool:
    """Whether the sign speaks in one of the places that need no parse."""
    return (
        ("sentence" in sign.slots and around.outside.holds(sign.words))
        or ("title" in sign.slots and around.title.holds(sign.words))
        or ("topic" in sign.slots and around.topics.holds(sign.words))
    )
