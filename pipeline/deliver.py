"""Signals on their way out: to a file of JSON lines or a webhook, at least once and remembered.

What was delivered is written down only after it arrived, so a crash between the two delivers a signal twice and
never loses one; the receiver can tell by `signal_id`. A file is its own memory.
"""

import hashlib
import hmac
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import urllib3

from pipeline.options import UsageError

TRIES = 5
TIMEOUT_SECONDS = 10.0
RETRIED = (408, 425, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Target:
    """Where signals go.

    Attributes:
        place: path of a file, or URL of a webhook.
        memory: file of JSON lines whose `signal_id` fields tell what was delivered.
        secret: key that signs what a webhook gets; empty leaves it unsigned.
    """

    place: str
    memory: Path
    secret: str = ""

    @property
    def is_webhook(self) -> bool:
        """True for an http(s) address."""
        return self.place.startswith(("http://", "https://"))


@dataclass
class Delivery:
    """What came of it: signals sent now, known from before, and still waiting, with the reason."""

    sent: int = 0
    known: int = 0
    waiting: int = 0
    error: str = ""


def target_of(place: str, output: str, secret: str, sent: str = "") -> Target:
    """The target that the user named.

    Args:
        place: path of a file, or URL of a webhook.
        output: the output whose signals go there.
        secret: key that signs what a webhook gets.
        sent: where to remember what was sent to a webhook; by default in the output's folder.

    Raises:
        UsageError: an address that is not http(s), or an output that cannot hold the memory.
    """
    if "://" not in place:
        return Target(place, Path(place))
    if urlsplit(place).scheme not in ("http", "https") or not urlsplit(place).hostname:
        raise UsageError(f"--deliver {place}: a file, or an http(s) address")
    if not sent and "://" in output:
        raise UsageError(
            "--deliver to a webhook from bq:// needs --sent FILE, to remember what was sent"
        )
    name = hashlib.sha256(place.encode()).hexdigest()[:16]
    memory = Path(sent) if sent else Path(output) / "_tocsin" / f"sent-{name}.jsonl"
    return Target(place, memory, secret)


def deliver(target: Target, signals: Sequence[dict[str, Any]], wait: float = 1.0) -> Delivery:
    """Send each signal that was not sent before, in order; stop at the first that will not go.

    Args:
        target: where to.
        signals: JSON-ready rows with a `signal_id`.
        wait: seconds before the first retry of a webhook; doubles with each.

    Returns:
        What was sent and what waits. Calling again sends what waits.

    Raises:
        UsageError: a memory that is no file of signals.
    """
    done = _remembered(target.memory)
    fresh = [s for s in signals if s["signal_id"] not in done]
    report = Delivery(known=len(signals) - len(fresh))
    for signal in fresh:
        try:
            if target.is_webhook:
                _post(target, signal, wait)
                _remember(target.memory, {"signal_id": signal["signal_id"]})
            else:
                _remember(target.memory, signal)
        except (OSError, urllib3.exceptions.HTTPError) as error:
            report.error = " ".join(str(error).split()) or type(error).__name__
            break
        report.sent += 1
    report.waiting = len(fresh) - report.sent
    return report


def signature(secret: str, moment: int, body: bytes) -> str:
    """HMAC-SHA256, in hex, of the moment in seconds, a dot, and the body.

    >>> signature("key", 0, b"{}")[:8]
    '7314351d'
    """
    return hmac.new(secret.encode(), str(moment).encode() + b"." + body, hashlib.sha256).hexdigest()


def _post(target: Target, signal: dict[str, Any], wait: float) -> None:
    body = orjson.dumps(signal)
    pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT_SECONDS)
    for attempt in range(TRIES):
        moment = int(time.time())
        headers = {"Content-Type": "application/json", "Tocsin-Signal-Id": signal["signal_id"]}
        if target.secret:
            headers["Tocsin-Signature"] = f"t={moment},v1={signature(target.secret, moment, body)}"
        last = attempt == TRIES - 1
        try:
            answer = pool.request("POST", target.place, body=body, headers=headers)
        except urllib3.exceptions.HTTPError:
            if last:
                raise
        else:
            if 200 <= answer.status < 300:
                return
            if last or answer.status not in RETRIED:
                raise OSError(f"{urlsplit(target.place).hostname} answered {answer.status}")
        time.sleep(wait * 2**attempt)


def _remembered(memory: Path) -> set[str]:
    """Ids in the memory; a last line that a crash cut short is no memory, and is taken off.

    Raises:
        UsageError: it cannot be read, or is a file of other things, which is left as it is.
    """
    try:
        text = memory.read_bytes()
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise UsageError(f"{memory}: cannot be read: {error.strerror}") from error
    whole = text[: text.rfind(b"\n") + 1]
    cut = text[len(whole) :]
    try:
        known = {orjson.loads(line)["signal_id"] for line in whole.splitlines() if line.strip()}
    except (ValueError, KeyError, TypeError):
        known = None
    if known is None or not b'{"signal_id":'.startswith(cut[:13]):
        raise UsageError(f"{memory}: holds what is no signal; deliver to a file of their own")
    if cut:
        os.truncate(memory, len(whole))
    return known


def _remember(memory: Path, row: dict[str, Any]) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    with memory.open("ab") as file:
        file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        file.flush()
        os.fsync(file.fileno())
