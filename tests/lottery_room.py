"""What the tests of a lottery share: its moments and secrets, and its steps in a few words."""

import hashlib
from datetime import timedelta

from bookings_room import CLOSES, OPENS
from sqlalchemy.orm import Session

import make
from auth.models import Person
from bookings import lottery
from bookings.lottery_plan import PublicSource
from bookings.models import Round
from bookings.states import PublicKind
from lararportal.db import Database

EARLIER = OPENS - timedelta(days=9)
KNOWN = CLOSES + timedelta(hours=1)
SECRET, OTHER = make.OWN_SECRET, "44" * 32
DRAW = PublicSource(kind=PublicKind.NAMED, at=KNOWN, name="Lotto 13 januari 2027, vinstraden i stigande ordning")


def bound_to(secret: str) -> str:
    """The commitment of a secret, as anybody reckons it."""
    return hashlib.sha256(bytes.fromhex(secret)).hexdigest()


COMMITMENT = bound_to(SECRET)


def seed_of(*values: str) -> str:
    """The seed of values in hex, as anybody reckons it."""
    parts = [bytes.fromhex(each) for each in values]
    written = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hashlib.sha256(b"lp-seed-1" + written).hexdigest()


def commit(db: Session, round_: Round, by: Person, *, secret=SECRET, replaces=None, now=EARLIER) -> Round:
    return lottery.bind(db, round_id=round_.id, commitment=bound_to(secret), replaces=replaces, now=now, by=by.id)


def reveal(db: Session, round_: Round, by: Person, *, secret=SECRET, now=CLOSES) -> Round:
    return lottery.reveal(db, round_id=round_.id, secret=secret, now=now, by=by.id)


def reveal_and_die(database: Database, round_: Round, by: Person) -> None:
    """Reveals, and is killed before the commit."""
    with database.transaction() as own:
        reveal(own, round_, by, now=KNOWN)
        raise InterruptedError


def enter(db: Session, round_: Round, by: Person, *, value=make.DRAWN, replaces=None, now=KNOWN) -> Round:
    return lottery.enter_value(db, round_id=round_.id, value=value, replaces=replaces, now=now, by=by.id)
