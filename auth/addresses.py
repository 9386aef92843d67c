"""Addresses: people change their own, and whoever reads the former one hears of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth import letters
from auth.models import Person
from lararportal import journal


def differ(former: str, email: str) -> bool:
    """Whether letters would go somewhere else than they do."""
    return bool(former) and former.lower() != email.lower()


def change(db: Session, person: Person, *, email: str, now: datetime, by: int) -> None:
    """Letters to the person, who is locked, go there from now on; a last one tells the former address.

    Whoever is at a screen that was left open is not to take the letters that say so with them.
    """
    former = person.recipient
    person.email = email
    if differ(former.address, email):
        journal.note(db, "person.address_changed", now=now, by=by, person=person.id)
        letters.address_changed(db, to=former, address=email, now=now)
