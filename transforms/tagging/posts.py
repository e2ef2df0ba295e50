"""What becomes of an envoy's post where nothing that governs his word tells it: sent home, ordered to stop, at work."""

from transforms.tagging.english import words
from transforms.tagging.sentence import Sentence

_MEETS, _TRIPS, _ASKS_FOR = words("meets"), words("trips"), words("asks_for")
_PUT_OFF, _ORDERS, _HOME, _OUT = (words(n) for n in ("put_off", "orders", "homeward", "sends_out"))
_STOPPING = ("end", "halt", "stop", "cease", "suspend", "break", "cut")
_URGES = ("call", "calls", "urge", "urges", "press", "demand", "demands")
_PERHAPS = frozenset({"would", "could", "might", "may"})
_PICKS = ("pick", "choice", "nominee")
_SUBJECTS = ("nsubj", "nsubjpass")


def post(s: Sentence, first: int, last: int, head: int, status: str) -> str:
    """The status of an envoy, given what the words that govern him make of him.

    Args:
        s: the sentence.
        first: first token of the trigger.
        last: its last token.
        head: its head.
        status: as read so far.
    """
    if _sent_away(s, first, last):
        return "called_off"
    if status == "occurred":
        return "threatened" if _wanted(s, head) else _at_work(s, last, head)
    if status == "denied" and _denies_other(s, head):
        return "occurred"
    urges = any(w in _URGES for w in s.low[last + 1 : last + 9])
    if status == "threatened" and first < 2 and urges and _PERHAPS.isdisjoint(s.low):
        return "occurred"  # "Mediators Qatar and Egypt call on both sides to"
    if status == "planned" and _nominee_works(s, head):
        return "occurred"
    return status


def _wanted(s: Sentence, head: int) -> bool:
    """As in "called for a UN envoy", "wants an envoy for the hostages": there is none yet."""
    above = s.heads[head]
    verb = s.heads[above] if s.low[above] == "for" else above
    asks = s.lemmas[verb] == "call" if verb != above else s.lemmas[verb] in _ASKS_FOR
    if not asks or not s.tags[verb].startswith(("VB", "NN")):
        return False
    return any(s.low[k] in ("a", "an") for k in s.children[head] if k < head)


def _sent_away(s: Sentence, first: int, last: int) -> bool:
    """As in "told his envoy to halt", "brings negotiators home", "expelled six, among them the envoy"."""
    before, after = s.low[max(0, first - 6) : first], s.low[last + 1 : last + 6]
    if after[:1] == ["to"] and after[1:2] and after[1] in _STOPPING:
        return any(w in _ORDERS for w in before)
    if "home" in after[:2] and any(w in _HOME for w in before):
        return True
    hours = after[1:2] in (["hours"], ["days"]) and s.tags[last + 1] == "CD"
    if hours and any(w in ("give", "gives", "gave", "given") for w in before):
        return True
    return "including" in before and any(w in _OUT for w in s.low[:first])


def _at_work(s: Sentence, last: int, head: int) -> str:
    """Coming, or put off: "negotiator due in Brussels", "the envoy delays his trip", "to leave his post as envoy"."""
    if s.low[last + 1 : last + 2] == ["due"] and s.low[last + 2 : last + 3] in (
        ["in"],
        ["at"],
        ["back"],
    ):
        return "planned"
    after = s.low[last + 1 : last + 6]
    if after and after[0] in _PUT_OFF and any(w in _TRIPS for w in after[1:]):
        return "called_off"
    before = s.low[max(0, head - 6) : head]
    if "as" in before and "post" in before:
        if "leave" in before:
            return "planned"
        return "called_off" if "leaves" in before or "left" in before else "occurred"
    return "occurred"


def _denies_other(s: Sentence, head: int) -> bool:
    """Whether what an envoy has not done leaves him an envoy: "have not received an answer", but "has not met him"."""
    verb = s.heads[head]
    if s.deps[head] not in _SUBJECTS or not s.tags[verb].startswith("VB"):
        return False
    negated = any(s.deps[k] == "neg" for k in s.children[verb])
    nobody = any(s.low[k] == "no" for k in s.children[head])
    return negated and not nobody and s.lemmas[verb] not in _MEETS and s.low[verb] not in _MEETS


def _nominee_works(s: Sentence, head: int) -> bool:
    """As in "the president's pick as envoy met Hamas": who is picked and meets people is at work."""
    pick = s.heads[s.heads[head]]
    if s.low[s.heads[head]] not in ("as", "for") or s.low[pick] not in _PICKS:
        return False
    if s.deps[pick] == "appos":
        pick = s.heads[pick]
    verb = s.heads[pick]
    meets = s.lemmas[verb] in ("meet", "visit", "hold", "arrive", "land", "fly", "travel")
    return s.deps[pick] == "nsubj" and meets and s.tags[verb] in ("VBD", "VBZ")
