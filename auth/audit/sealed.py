"""What is sealed: nobody's number stands there to be read, each opens for whom it belongs to, by the newest key."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auth import personal_numbers, resealing
from auth.models import Identity, LoginSession, PersonalNumber
from lararportal import personal_number
from lararportal.checks import Check, When
from lararportal.sealing import SEALED, CannotOpen, Safe


def not_sealed(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """Whose number, or proof from a provider, can be read by whoever has the rows."""
    plain = (LoginSession.id_token != "") & ~LoginSession.id_token.startswith(f"{SEALED}:", autoescape=True)
    found = select(Identity.person_id).where(resealing.in_digits())
    found_too = select(LoginSession.person_id).where(plain)
    yield from ({"person": person} for person in db.scalars(found.union(found_too).order_by("person_id")))


def by_another_key(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """What a key has sealed that is not the newest any more, or that nobody has."""
    if not _has_keys(db):
        return
    yield from ({"key": key, "count": count} for key, count in resealing.other_keys(db).items())


def unreadable(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """Whose number does not open where it stands, or is found by another's imprint."""
    if not _has_keys(db):
        return
    safe: Safe = db.info["safe"]
    known = {key.name for key in safe.ring.keys}
    of_known_key = func.split_part(PersonalNumber.sealed, ":", 2).in_(known)
    for row in db.scalars(select(PersonalNumber).where(of_known_key).order_by(PersonalNumber.person_id)):
        try:
            number = personal_number.of(safe.open(row.sealed, place=row.place))
        except CannotOpen:
            number = None
        if number is None or personal_numbers.imprint(db, number) != row.imprint:
            yield {"person": row.person_id}


def _has_keys(db: Session) -> bool:
    """Whether the keys are at hand: who tries a backup has none."""
    return db.info.get("safe") is not None


CHECKS = (
    Check("number_not_sealed", not_sealed),
    Check("sealed_by_another_key", by_another_key),
    Check("number_unreadable", unreadable),
)
