"""The values that options take, and the errors that a command line ends in."""

import argparse
import difflib
import re
from collections.abc import Iterable
from datetime import UTC, datetime

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LONGEST = 36_525 * 86_400  # sums of longer ones and moments leave the range of dates


class UsageError(Exception):
    """The user asked for something that cannot be done; the message is one line that names it.

    Status 2.
    """


class NothingYet(UsageError):
    """Nothing was committed to the output yet, or it is not there at all."""


class RunFailed(Exception):
    """A run that began and could not finish; nothing of it was committed.

    Status 1.
    """


def duration(value: str) -> int:
    """Seconds in "15m", "1h", "24h", "7d" or a plain number of seconds.

    >>> duration("15m")
    900
    """
    match = re.fullmatch(r"(\d+)\s*([smhdw]?)", value.strip().lower())
    if not match:
        raise argparse.ArgumentTypeError(f"{value!r} is not a duration such as 15m, 1h or 7d")
    seconds = int(match[1]) * _UNITS[match[2] or "s"]
    if not 0 < seconds <= _LONGEST:
        raise argparse.ArgumentTypeError(f"{value!r} is nothing, or over a century")
    return seconds


def count(value: str) -> int:
    """A whole number from 1 up."""
    if not re.fullmatch(r"0*[1-9]\d*", value):
        raise argparse.ArgumentTypeError(f"{value!r} is not a whole number from 1 up")
    return int(value)


def seconds(value: str) -> float:
    """Seconds from 0 to a day's in "5" or "0.5".

    >>> seconds("0.5")
    0.5
    """
    if not re.fullmatch(r"\d+(\.\d+)?", value) or float(value) > 86_400:
        raise argparse.ArgumentTypeError(f"{value!r} is not 0 to 86400 seconds, as 5 or 0.5")
    return float(value)


def listed(value: str) -> tuple[str, ...]:
    """The words of a list with commas.

    >>> listed("strike, envoy,")
    ('strike', 'envoy')
    """
    return tuple(part.strip() for part in value.split(",") if part.strip())


def country_codes(option: str, value: str) -> tuple[str, ...]:
    """Upper-case country codes of a list with commas; "US" would find nothing, and look like a zero.

    Raises:
        UsageError: not three letters.
    """
    codes = listed(value.upper())
    for code in codes:
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise UsageError(f"{option}: {code!r} is not an ISO alpha-3 code such as USA")
    return codes


def check_period(since: int | None, until: int | None) -> None:
    """Refuse a period that ends before it begins, which holds nothing and looks like a zero.

    Raises:
        UsageError: `until` is not after `since`.
    """
    if since is not None and until is not None and until <= since:
        raise UsageError("--until is not after --since: nothing lies between them")


def moment(value: str) -> int:
    """Microseconds UTC of an ISO date or time; times without a zone are UTC.

    >>> moment("1970-01-02")
    86400000000
    """
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{value!r} is not a date such as 2026-03-01 or 2026-03-01T12:00:00+00:00"
        ) from None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return int(when.timestamp()) * 1_000_000 + when.microsecond


def unknown_choice(option: str, given: str, known: Iterable[str]) -> str:
    """What to say of a value that is none of the known ones."""
    choices = list(known)
    near = difflib.get_close_matches(given, choices, 1, 0.6)
    hint = f"; did you mean {near[0]}?" if near else f"; one of {', '.join(choices)}"
    return f"{option}: unknown {given!r}{hint}"
