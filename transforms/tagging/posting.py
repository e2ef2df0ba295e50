"""Where the long title of an ambassador sends him."""

from transforms.tagging.placemap import PlaceMap
from transforms.tagging.sentence import Sentence


def posting(s: Sentence, places: PlaceMap, own: range) -> int:
    """Where a long title sends somebody: "Ambassador of the United States of America to the Kingdom of Bahrain"."""
    i = own.stop
    if s.low[i : i + 1] == ["of"]:
        i = next((k for k in range(i, min(len(s), i + 9)) if not _titles(s, places, k)), len(s))
    elif own.stop - own.start < _LONG:
        return -1
    if s.low[i : i + 1] != ["to"]:
        return -1
    for k in range(i + 1, min(len(s), i + 8)):
        place = places.by_token.get(k)
        if place and place.iso3:
            while places.by_token.get(k + 1) is place:
                k += 1
            return k
        if not _titles(s, places, k):
            return -1
    return -1


def _titles(s: Sentence, places: PlaceMap, i: int) -> bool:
    """Whether a word may stand within the long name of a state."""
    return s.words[i][:1].isupper() or i in places.kinds or s.low[i] in ("the", "of", "and")


_LONG = 3
