"""The lotteries of the demonstration: a director of studies is the second party; what is drawn is always the same."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from bookings import lottery
from bookings.lottery_plan import PublicSource
from bookings.states import PublicKind
from lararportal.demo.agenda import Act
from lararportal.demo.cast import words

SEED = "lararportal"
NUMBERS, DRAWN = 35, 7
"""Of so many numbers the invented draw takes so many."""


def _chance(what: str, round_id: int) -> Random:
    return Random(f"{SEED}:{what}:{round_id}")  # noqa: S311 - a demonstration is to come out the same each time


def source(*, closes: datetime) -> PublicSource:
    """An invented draw an hour after closing: nobody shall look up at a real one what was never drawn there."""
    return PublicSource(kind=PublicKind.NAMED, at=closes + timedelta(hours=1), name=words()["draw"])


def bind(db: Session, round_id: int, *, second_party: int, now: datetime) -> str:
    """The second party has left the commitment of a planned round; the secret that it binds to."""
    secret = _second_secret(round_id)
    commitment = hashlib.sha256(bytes.fromhex(secret)).hexdigest()
    lottery.bind(db, round_id=round_id, commitment=commitment, replaces=None, now=now, by=second_party)
    return secret


def reveal(round_id: int, *, second_party: int, office: int, closed: datetime) -> Iterator[Act]:
    """The day after closing the second party shows their secret, and a coordinator enters the public value."""
    at = closed + timedelta(hours=21)
    secret = _second_secret(round_id)
    numbers = sorted(_chance("public value", round_id).sample(range(1, NUMBERS + 1), DRAWN))
    value = " ".join(map(str, numbers))
    yield Act(at, lambda db: lottery.reveal(db, round_id=round_id, secret=secret, now=at, by=second_party))
    later = at + timedelta(minutes=20)
    yield Act(
        later,
        lambda db: lottery.enter_value(db, round_id=round_id, value=value, replaces=None, now=later, by=office),
    )


def _second_secret(round_id: int) -> str:
    return _chance("second secret", round_id).randbytes(32).hex()
