"""Personal numbers: somebody's is kept sealed, looked up by its imprint, and shown to nobody by accident."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from auth import models
from auth.states import Refusal
from lararportal import journal
from lararportal.errors import NotFound, Refused
from lararportal.personal_number import HIDDEN, PersonalNumber, of, redacted
from lararportal.sealing import CannotOpen, Safe, safe_of

KIND = "personal_number"
"""The kind of an identity whose value is the imprint of a number."""

TRACED = "identity"
"""What traces in the journal are made for: they are no imprints of numbers."""

DIGITS = 12

SHOWN = "personal_number.shown"
"""The deed of somebody who has looked at a number."""


def imprint(db: Session, number: PersonalNumber) -> str:
    """What the number is found by, in this table and among identities."""
    return safe_of(db).imprint(number.reveal(), kind=KIND)


def as_kept(db: Session, *, kind: str, value: str) -> tuple[str, ...]:
    """The values under which an identity may stand: as it is kept, and as it was before numbers were sealed.

    A value that is kept already is kept as it is.
    """
    number = of(value) if kind == KIND else None
    return (value,) if number is None else (imprint(db, number), value)


def trace(db: Session, *, issuer: str, kind: str, value: str) -> str:
    """What the journal has of an identity: who has its value can tell it again by the key, and nobody else.

    Empty where there are no keys, as in a rehearsal: nobody signs in there.
    """
    safe = db.info.get("safe")
    return redacted(safe.imprint(f"{issuer}:{kind}:{value}", kind=TRACED)) if isinstance(safe, Safe) else ""


def keep(db: Session, *, person_id: int, number: PersonalNumber, now: datetime) -> bool:
    """The person has the number; not so when they have one already, or somebody else has it.

    Whose it is they have proved. Two accounts with one number are one person who has come in two ways, and are never
    made one without a sign-in by both.
    """
    row = models.PersonalNumber(person_id=person_id, imprint=imprint(db, number), noted_at=now)
    row.sealed = safe_of(db).seal(number.reveal(), place=row.place)
    same = (models.PersonalNumber.person_id == person_id) | (models.PersonalNumber.imprint == row.imprint)
    if db.scalar(select(models.PersonalNumber.person_id).where(same).limit(1)) is not None:
        return False
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return False
    return True


def keep_shown(db: Session, *, person_id: int, kind: str, value: str, now: datetime) -> None:
    """The person has the number that a provider has just shown as theirs, if it is one and they have none yet."""
    number = of(value) if kind == KIND else None
    if number is not None:
        keep(db, person_id=person_id, number=number, now=now)


def forget_shown(db: Session, *, person_id: int, value: str, now: datetime, by: int) -> None:
    """The person has no number any more that came by this identity, unless another of theirs shows the same."""
    kept, theirs = as_kept(db, kind=KIND, value=value), models.PersonalNumber.person_id == person_id
    shows = (models.Identity.person_id == person_id, models.Identity.kind == KIND, models.Identity.value.in_(kept))
    if db.scalar(select(models.Identity.id).where(*shows).limit(1)) is not None:
        return
    same = theirs & models.PersonalNumber.imprint.in_(kept)
    if db.scalar(delete(models.PersonalNumber).where(same).returning(models.PersonalNumber.person_id)) is not None:
        journal.note(db, "personal_number.forgotten", now=now, by=by, person=person_id)


def number_of(db: Session, person_id: int) -> PersonalNumber | None:
    """The person's number; None when nobody has told it.

    Raises:
        CannotOpen: its key is not in the settings.
    """
    row = db.get(models.PersonalNumber, person_id)
    return None if row is None else of(safe_of(db).open(row.sealed, place=row.place))


def mask_of(db: Session, person_id: int) -> str | None:
    """What pages show of the number: the day of birth; None when nobody has told it."""
    try:
        number = number_of(db, person_id)
    except CannotOpen:
        return HIDDEN
    return None if number is None else number.mask


def show(db: Session, *, person_id: int, reason: str, now: datetime, by: int) -> PersonalNumber:
    """The person's number, for somebody who says why they look; the person can read who did, when and why.

    Raises:
        NotFound: nobody has told it.
        Refused: no reason is given, or its key is not in the settings.
    """
    try:
        number = number_of(db, person_id)
    except CannotOpen as fault:
        raise Refused(Refusal.NUMBER_UNREADABLE) from fault
    if number is None:
        raise NotFound
    if not reason.strip():
        raise Refused(Refusal.LOOK_WITHOUT_REASON)
    journal.note(db, SHOWN, now=now, by=by, person=person_id, reason=reason.strip())
    return number
