"""The code on the screen by which participants say that they are there: another one every half minute.

It is made of a key that only the portal has, the session, the half day and the half minute. So nothing is stored, and
a code that was photographed is worth nothing a minute later.

Whoever has read it in time and has to sign in first is given longer, in the browser that they read it with (`Scan`).
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.rules.days import HalfDay
from courses.states import Refusal

STEP_SECONDS = 30
VALID_STEPS = 2
"""The code of the moment, and the one before, which may have been on the screen when somebody held up a telephone."""

LENGTH = 16
"""Letters and digits of five bits each."""

SCAN_LASTS = timedelta(minutes=5)
"""To sign in takes up to a minute, and longer for whoever has to look for a card."""


@dataclass(frozen=True)
class Scan:
    """A code was read off the screen while it was good, as a browser can prove."""

    session_id: int
    code: str
    at: datetime


def read_at(scan: Scan | None, *, session_id: int, code: str, now: datetime) -> datetime:
    """The moment by which a code is judged: when it was read, if that is proved of this code and not long ago."""
    if scan is None or (scan.session_id, scan.code) != (session_id, code):
        return now
    return scan.at if scan.at <= now <= scan.at + SCAN_LASTS else now


def step_at(now: datetime) -> int:
    """The half minute that a moment lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def code(key: bytes, session_id: int, half: HalfDay, step: int) -> str:
    """What is on the screen in that half minute."""
    told = f"{session_id}:{half.name}:{step}".encode()
    return base64.b32encode(hmac.digest(key, told, hashlib.sha256)).decode().lower()[:LENGTH]


def fault_of(
    shown: str, *, key: bytes, session_id: int, halves: Sequence[HalfDay], half: HalfDay | None, now: datetime
) -> Refusal | None:
    """Why a code is not taken: nothing is open, it was on the screen too long ago, or it never was on this one."""
    last = step_at(now)
    if half is not None and _is_one_of(shown, key, session_id, half, range(last - VALID_STEPS + 1, last + 1)):
        return None
    for each in halves:
        was_on = range(step_at(each.opens), min(last, step_at(each.ends)) + 1)
        if _is_one_of(shown, key, session_id, each, was_on):
            return Refusal.CODE_OLD
    return Refusal.CODE_FORGED if half is not None else Refusal.CHECK_IN_CLOSED


def _is_one_of(shown: str, key: bytes, session_id: int, half: HalfDay, steps: range) -> bool:
    """Compared so that the time it takes tells nothing of how much of it is right."""
    given = shown.lower().encode()
    return any(hmac.compare_digest(code(key, session_id, half, each).encode(), given) for each in steps)
