"""When a server wants to be asked again: Retry-After, Cache-Control, Expires."""

import re
from collections.abc import Mapping

from transforms.feeds.dates import parse_date

LONGEST = 31 * 86_400
"""No server's wish counts for longer than this many seconds."""


def retry_after(headers: Mapping[str, str], now: int) -> int | None:
    """Seconds that Retry-After asks to wait, in either form; None if it does not.

    A date counts from the server's own Date, so that a wrong clock on either side does no harm.

    Args:
        headers: of the answer; names in any case.
        now: microseconds UTC, for answers without Date.
    """
    value = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,10}(\.\d+)?", value):
        return min(int(float(value)), LONGEST)
    return _until(value, headers, now)


def max_age(headers: Mapping[str, str], now: int) -> int | None:
    """Seconds for which the answer is fresh, by Cache-Control or else Expires; None if unsaid."""
    control = headers.get("Cache-Control", "").lower()
    if re.search(r"\bno-(?:cache|store)\b", control):
        return None
    if found := re.search(r"\bmax-age\s*=\s*\"?(\d{1,10})", control):
        age = headers.get("Age", "")
        spent = int(age) if age.isdigit() and len(age) < 10 else 0
        return min(max(int(found[1]) - spent, 0), LONGEST)
    return _until(headers.get("Expires", "").strip(), headers, now)


def _until(date: str, headers: Mapping[str, str], now: int) -> int | None:
    """Seconds from the answer's Date until `date`, 0 if it is past; None if it is no date."""
    then = parse_date(date, guess=False)
    if then is None:
        return None
    start = parse_date(headers.get("Date", ""), guess=False) or now
    return min(max((then - start) // 1_000_000, 0), LONGEST)
