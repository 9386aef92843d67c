"""A change of keys: the personal numbers on certificates are sealed by the newest key as well."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auth import resealing
from auth.resealing import Kind
from courses.models import Certificate
from lararportal import personal_number
from lararportal.checks import Check, When
from lararportal.sealing import CannotOpen, Safe

CERTIFICATES = Kind("certificates", Certificate.id, resealing.by_another(Certificate.sealed), resealing.seal_row)
KINDS = (CERTIFICATES,)


def by_another_key(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """On how many certificates another key than the newest has sealed the number; nobody knows without keys."""
    if isinstance(db.info.get("safe"), Safe) and (count := resealing.behind(db, CERTIFICATES)):
        yield {"count": count}


def unreadable(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """The certificates whose number does not open where it stands, by a key that is known."""
    safe = db.info.get("safe")
    if not isinstance(safe, Safe):
        return
    of_known_key = func.split_part(Certificate.sealed, ":", 2).in_({key.name for key in safe.ring.keys})
    plain = (Certificate.sealed != "") & ~Certificate.sealed.startswith("sealed:")
    for row in db.scalars(select(Certificate).where(of_known_key | plain).order_by(Certificate.id)):
        try:
            number = personal_number.of(safe.open(row.sealed, place=row.place))
        except CannotOpen:
            number = None
        if number is None:
            yield {"certificate": row.number, "person": row.person_id}


CHECKS = (Check("certificate_by_another_key", by_another_key), Check("certificate_unreadable", unreadable))
