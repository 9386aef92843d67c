"""Protected identity: of somebody who has one, nobody reads here who they are who need not know it."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth import people, queries, rules
from auth.holders import powers
from auth.models import Person
from auth.states import Refusal
from lararportal import journal, unsaid
from lararportal.errors import Refused, insist


def protect(db: Session, *, person_id: int, now: datetime, by: int) -> Person:
    """Something stands for the name from now on, and letters say no more than that there is something to read.

    The letters that were written before, to the person or with the name in them, lose both, but for the one whose
    link still opens their account.

    Raises:
        NotFound: there is no such person.
        Refused: `by` may not, or they are protected already.
    """
    person = _decided_about(db, person_id=person_id, by=by)
    if person.is_protected:
        raise Refused(Refusal.PROTECTED_ALREADY)
    person.is_protected = True
    called = queries.called_like(db, person.own_name)
    needed = [each.once for each in queries.open_invitations(db, person.id, now=now)]
    unsaid.take_content_away(
        db, person_id=person.id, name=person.own_name, instead=person.name, called=called, needed=needed
    )
    unsaid.answer_the_office(db, address=person.email)
    journal.note(db, "person.protected", now=now, by=by, person=person_id)
    return person


def lift(db: Session, *, person_id: int, now: datetime, by: int) -> Person:
    """The name is shown again; the letters of the time between stay as they were sent.

    Raises:
        NotFound: there is no such person.
        Refused: `by` may not, or they are not protected.
    """
    person = _decided_about(db, person_id=person_id, by=by)
    if not person.is_protected:
        raise Refused(Refusal.NOT_PROTECTED)
    person.is_protected = False
    journal.note(db, "person.unprotected", now=now, by=by, person=person_id)
    return person


def _decided_about(db: Session, *, person_id: int, by: int) -> Person:
    person = people.lock_present(db, person_id)
    insist(rules.may_protect(powers(db, by)))
    return person
