"""What is posted to whom when: the letters of the auth room."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy.orm import Session

from auth.models import Person
from auth.rules import Facts
from lararportal import outbox


def facts_corrected(db: Session, *, person: Person, old: Facts, new: Facts, decided_by: str, now: datetime) -> None:
    """Somebody has corrected what counts of you; what it was, and what it is."""
    names = [each.name for each in fields(Facts)]
    outbox.post(
        db,
        "facts_corrected",
        to=person.recipient,
        once=f"facts:{person.id}:{now:%Y%m%d%H%M%S%f}",
        now=now,
        changes=[
            (name, getattr(old, name), getattr(new, name))
            for name in names
            if getattr(old, name) != getattr(new, name)
        ],
        decided_by=decided_by,
    )
