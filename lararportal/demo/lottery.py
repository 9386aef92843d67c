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

SEED = "lararportal"


def drawn(what: str, round_id: int) -> str:
    """32 bytes in hex that stand for a drawing of chance."""
    return Random(f"{SEED}:{what}:{round_id}").randbytes(32).hex()  # noqa: S311 - the same each time


def source(*, closes: datetime) -> PublicSource:
    """The number that drand publishes an hour after closing."""
    return PublicSource(kind=PublicKind.DRAND, at=closes + timedelta(hours=1))


def bind(db: Session, round_id: int, *, second_party: int, now: datetime) -> str:
    """The second party has left the commitment of a planned round; the secret that it binds to."""
    secret = drawn("second secret", round_id)
    commitment = hashlib.sha256(bytes.fromhex(secret)).hexdigest()
    lottery.bind(db, round_id=round_id, commitment=commitment, replaces=None, now=now, by=second_party)
    return secret


def reveal(round_id: int, *, second_party: int, office: int, at: datetime) -> Iterator[Act]:
    """The second party shows their secret, and a coordinator enters the public value."""
    secret, value = drawn("second secret", round_id), drawn("public value", round_id)
    yield Act(at, lambda db: lottery.reveal(db, round_id=round_id, secret=secret, now=at, by=second_party))
    later = at + timedelta(minutes=20)
    yield Act(later, lambda db: lottery.enter_value(db, round_id=round_id, value=value, now=later, by=office))
