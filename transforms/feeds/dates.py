"""Dates as feeds write them, to microseconds UTC.

Strict forms first (ISO 8601, RFC 822 with every repair that real feeds need, epoch numbers), then
`dateparser` for the rest, believed only inside a window of plausible years. Nothing
here reads a clock, and "now" is never made up: what cannot be read is None.
"""

import datetime as dt
import functools
import re
import warnings
from zoneinfo import ZoneInfo

from transforms.feeds import months

DATE_CHARS = 120
"""Longer text is not a date."""

FIRST_PLAUSIBLE = 788_918_400_000_000  # 1995-01-01: before the first news site, so before any feed
_DAY = 86_400_000_000
FUTURE_SLACK = 2 * _DAY  # two days: zones written wrongly reach 26 hours
_LATEST = 4_102_444_800_000_000  # 2100-01-01
_EARLIEST = -2_208_988_800_000_000  # 1900-01-01
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)

# Hours east of Greenwich. RFC 822 defines the American ones; the others are what agencies write.
# Where one name serves several zones, the one of the larger press: IST India, CST and EST America,
# BST Britain, GST the Gulf, AST the Atlantic, SST Samoa not Singapore (which writes SGT).
_ZONES = {
    **dict.fromkeys(("UTC", "GMT", "UT", "Z", "WET", "ZULU"), 0.0),
    **{"EST": -5, "EDT": -4, "ET": -5, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8},
    **{"PDT": -7, "PT": -8, "AKST": -9, "AKDT": -8, "HST": -10, "AST": -4, "ADT": -3, "NST": -3.5},
    **{"BRT": -3, "ART": -3, "CLT": -4, "CLST": -3, "COT": -5, "PET": -5, "VET": -4, "BOT": -4},
    **{
        "BST": 1,
        "WEST": 1,
        "CET": 1,
        "MET": 1,
        "MEZ": 1,
        "WAT": 1,
        "CEST": 2,
        "MEST": 2,
        "MESZ": 2,
    },
    **{"EET": 2, "CAT": 2, "SAST": 2, "EEST": 3, "MSK": 3, "EAT": 3, "TRT": 3, "IDT": 3, "MSD": 4},
    **{"IRST": 3.5, "GST": 4, "AZT": 4, "GET": 4, "AMT": 4, "AFT": 4.5, "PKT": 5, "UZT": 5},
    **{"IST": 5.5, "NPT": 5.75, "BDT": 6, "ALMT": 6, "MMT": 6.5, "ICT": 7, "WIB": 7, "HKT": 8},
    **{"SGT": 8, "MYT": 8, "PHT": 8, "WITA": 8, "AWST": 8, "JST": 9, "KST": 9, "WIT": 9},
    **{"ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13, "SST": -11},
}
_TIME = r"(?P<h>\d{1,2})[:.h](?P<mi>\d{1,2})(?:[:.](?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9})\d*)?)?"
_REST = rf"(?:(?:[\s,T·|–-]+|\s*(?:at|um|alle|às|a\s+las|в)\s+)?{_TIME}(?P<zone>.*))?\Z"
_ISO = re.compile(rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}}){_REST}")
_DAY_FIRST = re.compile(
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s-]*(?:of\s+|de\s+)?"
    rf"(?P<m>[^\W\d_]+)\.?,?[\s-]*(?:de\s+)?(?P<y>\d{{4}}|\d{{2}})(?:\s*[rг]\.?)?,?{_REST}"
)
_MONTH_FIRST = re.compile(
    rf"(?P<m>[^\W\d_]+)\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}),?{_REST}"
)
_ASCTIME = re.compile(
    r"(?P<m>[^\W\d_]+)\s+(?P<d>\d{1,2})\s+"
    rf"{_TIME}\s+(?P<zone>[A-Za-z]{{1,5}}\s+)?(?P<y>\d{{4}})\Z"
)
_NUMBERS = re.compile(
    rf"(?P<a>\d{{1,2}})(?P<sep>[/.-])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}),?{_REST}"
)
_CJK = re.compile(
    r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일]"
    r"(?:\s*\(?[月火水木金土日월화수목금토일]?\)?)?"
    rf"{_REST}"
)
_BASIC = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)"
    r"(?:[T ]?(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?(?:\.(?P<f>\d{1,9})\d*)?(?P<zone>.*))?\Z"
)
_WEEKDAY = re.compile(r"\A[^\W\d_][^\W\d]*\.?\s*(?:,|\s)\s*(?=\d|[^\W\d_]+\.?\s+\d)")
_EPOCH_NUMBER = re.compile(r"(?P<whole>\d{9,10}|\d{12,13}|\d{15,16})(?:\.(?P<f>\d{1,6})\d*)?\Z")
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?\Z")
_HALF = re.compile(r"([ap])\.?m\b\.?", re.IGNORECASE)


def parse_date(value: str, *, now: int | None = None, guess: bool = True) -> int | None:
    """The instant that `value` names, or None if it names none that can be believed.

    A date without a zone, or with one that does not exist, is read as UTC (as RFC 2822, 4.3, asks
    for unknown zones); a date without a time as its first instant. In ``3/4/2025`` the month comes
    first unless that is impossible, in ``3.4.2025`` the day. The epoch (in any zone) and year 1 are
    how software writes "no date", so they are None.

    Args:
        value: text of a date, at most `DATE_CHARS` long.
        now: microseconds UTC. If given, whatever is not `plausible` then is None.
        guess: also try the slow parser on text of no known form (4 ms a date).

    Returns:
        Microseconds since the epoch, UTC.
    """
    text = " ".join(value[: 2 * DATE_CHARS].split())
    if not text or len(text) > DATE_CHARS or not any(c.isdigit() for c in text):
        return None
    micros, certain = _strict(text), True
    if micros is None and guess:
        micros, certain = _guess(text), False
    if micros is None or abs(micros) < _DAY or not _EARLIEST <= micros < _LATEST:
        return None
    if not certain and micros < FIRST_PLAUSIBLE:
        return None
    return micros if now is None or plausible(micros, now) else None


def plausible(micros: int, now: int) -> bool:
    """True if news can have been published then: from 1995 until two days after `now`."""
    return FIRST_PLAUSIBLE <= micros <= now + FUTURE_SLACK


@functools.lru_cache(maxsize=4096)
def _strict(text: str) -> int | None:
    """Read the forms whose meaning is certain; None for any other."""
    if number := _EPOCH_NUMBER.match(text):
        digits = number["whole"]
        scale = {9: 10**6, 10: 10**6, 12: 10**3, 13: 10**3}.get(len(digits), 1)
        return int(digits) * scale
    try:
        return _micros(dt.datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        pass
    for pattern in (_ISO, _BASIC, _CJK):
        if found := pattern.match(text):
            return _instant(found, int(found["m"]), int(found["d"]))
    text = _WEEKDAY.sub("", text, count=1)
    for pattern in (_DAY_FIRST, _MONTH_FIRST, _ASCTIME):
        if (found := pattern.match(text)) and (month := months.number(found["m"])):
            return _instant(found, month, int(found["d"]))
    if found := _NUMBERS.match(text):
        first, second = int(found["a"]), int(found["b"])
        month_first = found["sep"] == "/" and first <= 12
        day, month = (second, first) if month_first else (first, second)
        return _instant(found, month, day)
    return None


def _instant(found: re.Match[str], month: int, day: int) -> int | None:
    """The instant of a match's named groups; None if there is no such day or time."""
    groups = found.groupdict()
    year = int(groups["y"])
    if len(groups["y"]) == 2:
        year += 2000 if year < 69 else 1900
    hour, minute, second = (int(groups[k] or 0) for k in ("h", "mi", "s"))
    micro = int((groups["f"] or "0").ljust(9, "0")[:6])
    zone = (groups["zone"] or "").strip()
    if half := _HALF.match(zone):
        zone = zone[half.end() :].strip()
        hour = hour % 12 + (12 if half[1] in "pP" else 0) if hour <= 12 else hour
    extra = dt.timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else dt.timedelta()
    try:
        local = dt.datetime(year, month, day, hour % 24 if extra else hour, minute, min(second, 59))
        return _micros((local + extra).replace(microsecond=micro, tzinfo=_zone(zone)))
    except (ValueError, OverflowError):
        return None


def _micros(moment: dt.datetime) -> int:
    if moment.tzinfo is None or abs(moment.utcoffset() or dt.timedelta()) > dt.timedelta(hours=14):
        moment = moment.replace(tzinfo=dt.UTC)
    return (moment - _EPOCH) // _MICROSECOND


@functools.lru_cache(maxsize=1024)
def _zone(text: str) -> dt.tzinfo:
    """The zone that a date ends with; UTC if it is missing, unknown or impossible."""
    text = text.strip(" ()[],;").removesuffix(".")
    name = text.upper().removeprefix("(").partition(" (")[0]
    if name in _ZONES:
        return _fixed(_ZONES[name])
    bare = re.sub(r"^(?:UTC|GMT|UT|Z)\s*(?=[+-])", "", name).replace(" ", "")
    if offset := _OFFSET.match(bare):
        hours = int(offset[2]) + int(offset[3] or 0) / 60
        return _fixed(-hours if offset[1] == "-" else hours)
    if re.fullmatch(r"[A-Za-z_]+(?:/[A-Za-z_+-]+\d{0,2}){1,2}", text):
        try:
            return ZoneInfo(text)
        except (ValueError, OSError):
            return dt.UTC
    word = name.partition(" ")[0].partition("(")[0]
    return _fixed(_ZONES.get(word, 0.0))


def _fixed(hours: float) -> dt.tzinfo:
    """An offset as a zone; more than 14 hours exist nowhere and are read as UTC."""
    return dt.timezone(dt.timedelta(hours=hours)) if abs(hours) <= 14 else dt.UTC


@functools.lru_cache(maxsize=4096)
def _guess(text: str) -> int | None:
    """Read a date in other words or order; None unless day, month and year are all there.

    Only texts with a four-digit year are tried: without one the parser fills in its own.
    """
    if not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text):
        return None
    import dateparser  # a quarter of a second; few dates need it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = dateparser.parse(
                text,
                languages=["en", *months.LANGUAGES],
                settings={
                    "PARSERS": ["absolute-time"],
                    "REQUIRE_PARTS": ["day", "month", "year"],
                    "RETURN_AS_TIMEZONE_AWARE": True,
                    "TIMEZONE": "UTC",
                    "RELATIVE_BASE": dt.datetime(2001, 1, 1),
                },
            )
        except Exception:  # it raises half a dozen kinds on free text
            return None
    return None if found is None else _micros(found)
