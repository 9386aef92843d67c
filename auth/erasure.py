"""Erasure: what tells who somebody is goes on request; that there was somebody, and what was decided, stays."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from auth import queries, rules
from auth.holders import powers
from auth.models import AccountInvitation, Grant, Identity, LoginSession, Person, PersonalNumber, erased_name
from auth.states import Refusal
from lararportal import journal, unsaid
from lararportal.errors import NotFound, Refused, insist


def lock(db: Session, *, person_id: int, reason: str, by: int) -> Person:
    """The person, locked against whatever would speak of them anew until it is done, whom `by` may erase.

    Raises:
        NotFound: there is no such person.
        Refused: `by` may not, no reason is given or it names them, or they are erased already.
    """
    held = select(Person).where(Person.id == person_id).with_for_update().execution_options(populate_existing=True)
    person = db.scalars(held).one_or_none()
    if person is None:
        raise NotFound
    if person.erased_at is not None:
        raise Refused(Refusal.PERSON_ERASED)
    names = {"name": person.own_name, "email": person.email}
    insist(rules.may_erase(powers(db, by), person_id=person_id) or rules.erasure_reason_fault(reason, **names))
    return person


def holds_role(db: Session, person_id: int) -> bool:
    """Whether the person has something to do here in somebody else's name."""
    return db.scalar(select(Grant.id).where(Grant.person_id == person_id).limit(1)) is not None


def forget(db: Session, person: Person, *, reason: str, now: datetime, by: int) -> None:
    """Nobody reads any more who the person was, and they cannot sign in; who comes back is somebody new.

    What was confirmed of them besides their category goes too. Letters to them say nothing and are not sent, and
    letters to others do not name them.
    """
    called = queries.called_like(db, person.own_name)
    unsaid.rename(db, name=person.own_name, instead=erased_name(person.id), called=called)
    unsaid.forget(db, person_id=person.id, now=now)
    unsaid.answer_the_office(db, address=person.email)
    for table in (Identity, AccountInvitation, PersonalNumber, LoginSession):
        db.execute(delete(table).where(table.person_id == person.id).execution_options(synchronize_session="fetch"))
    person.given_name = person.family_name = person.email = person.workplace = ""
    person.area = person.residency_start = person.planned_end = None
    person.leave_months, person.is_protected, person.erased_at = 0, False, now
    journal.note(db, "person.erased", now=now, by=by, person=person.id, reason=reason.strip())
