"""Keys are changed: what an older one has sealed is sealed by the newest, a little at a time, as the portal works."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from auth import personal_numbers
from auth.models import Identity, LoginSession, PersonalNumber
from lararportal import personal_number
from lararportal.sealing import SEALED, CannotOpen, key_of, safe_of

BATCH = 200
"""Rows in one transaction: nobody waits for them for long, and no more is done again after an end in the middle."""


@dataclass(frozen=True)
class Kind:
    """Rows that have something sealed, or should have: which of them are behind, and how one catches up."""

    called: str
    number: InstrumentedAttribute[int]
    behind: Callable[[Session], ColumnElement[bool]]
    seal: Callable[[Session, Any], bool]


@dataclass(frozen=True)
class Step:
    """What one batch has done: up to which row, and how many rows could not be sealed anew."""

    after: int
    done: int
    left: int


def behind(db: Session, kind: Kind) -> int:
    """How many rows the newest key has not sealed."""
    return db.scalar(select(func.count(kind.number)).where(kind.behind(db))) or 0


def seal_anew(db: Session, kind: Kind, *, after: int, limit: int = BATCH) -> Step | None:
    """The next rows after that one are sealed by the newest key; None when there are none.

    Each row is found by what it says of its key, so that whoever begins anew does nothing twice.
    """
    found = select(kind.number.class_).where(kind.behind(db), kind.number > after)
    rows = db.scalars(found.order_by(kind.number).limit(limit).with_for_update()).all()
    if not rows:
        return None
    done = [kind.seal(db, row) for row in rows]
    return Step(after=getattr(rows[-1], kind.number.key), done=sum(done), left=len(done) - sum(done))


def other_keys(db: Session) -> Mapping[str, int]:
    """By which keys that are not the newest something is sealed, and how much."""
    found: Counter[str] = Counter()
    for kind, column in ((NUMBERS, PersonalNumber.sealed), (SIGN_INS, LoginSession.id_token)):
        sealed = db.scalars(select(column).where(kind.behind(db), column.startswith(f"{SEALED}:")))
        found.update(key_of(each) or "" for each in sealed)
    return dict(sorted(found.items()))


def _seal_identity(db: Session, row: Identity) -> bool:
    """An identity that stands in plain digits has the imprint in their place, and the person the number, sealed."""
    number = personal_number.of(row.value)
    if number is None:
        return False
    imprint, other = personal_numbers.imprint(db, number), aliased(Identity)
    if db.scalar(select(exists().where(other.issuer == row.issuer, other.kind == row.kind, other.value == imprint))):
        return False
    row.value = imprint
    personal_numbers.keep(db, person_id=row.person_id, number=number, now=row.linked_at)
    return True


class Sealed(Protocol):
    """A row with something sealed, for its own place."""

    sealed: Any

    @property
    def place(self) -> str:
        """What it is sealed for."""
        ...


def seal_row(db: Session, row: Sealed) -> bool:
    """What a row has sealed is sealed by the newest key; whether it could be opened."""
    try:
        opened = safe_of(db).open(row.sealed, place=row.place)
    except CannotOpen:
        return False
    row.sealed = safe_of(db).seal(opened, place=row.place)
    return True


def _seal_sign_in(db: Session, row: LoginSession) -> bool:
    """What cannot be opened, or was never sealed, is worth nothing any more: one signs out without it."""
    try:
        opened = safe_of(db).open(row.id_token, place=row.place)
    except CannotOpen:
        row.id_token = ""
    else:
        row.id_token = safe_of(db).seal(opened, place=row.place)
    return True


def in_digits() -> ColumnElement[bool]:
    """An identity whose number anybody can read who has the rows."""
    return (Identity.kind == personal_numbers.KIND) & (func.length(Identity.value) == personal_numbers.DIGITS)


def by_another(column: InstrumentedAttribute[str]) -> Callable[[Session], ColumnElement[bool]]:
    """Whether the newest key has not sealed what stands there."""

    def where(db: Session) -> ColumnElement[bool]:
        newest = f"{SEALED}:{safe_of(db).ring.newest.name}:"
        return (column != "") & ~column.startswith(newest, autoescape=True)

    return where


IDENTITIES = Kind("identities in plain digits", Identity.id, lambda _db: in_digits(), _seal_identity)
NUMBERS = Kind("personal numbers", PersonalNumber.person_id, by_another(PersonalNumber.sealed), seal_row)
SIGN_INS = Kind("sign-ins", LoginSession.id, by_another(LoginSession.id_token), _seal_sign_in)
KINDS = (IDENTITIES, NUMBERS, SIGN_INS)
