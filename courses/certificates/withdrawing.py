"""Withdrawing: of whom it is decided otherwise, the certificate says no more what holds."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from courses import letters
from courses.models import Certificate, Completion
from courses.states import CertificateState, CourseOutcome
from lararportal import journal


def follow(db: Session, *, session_id: int, people: Collection[int], now: datetime, by: int | None) -> None:
    """Whoever of these has not been through the session has no certificate of it, and is told if it was ready.

    Who calls holds the session locked, so that none is asked for meanwhile.
    """
    if not people:
        return
    live = (CertificateState.MAKING, CertificateState.VALID)
    fallen = select(Completion.person_id).where(
        Completion.session_id == session_id,
        Completion.person_id.in_(people),
        Completion.outcome != CourseOutcome.PASSED,
    )
    found = (
        select(Certificate)
        .where(Certificate.session_id == session_id, Certificate.person_id.in_(fallen), Certificate.state.in_(live))
        .order_by(Certificate.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = db.scalars(found).all()
    ids = {row.person_id for row in rows}
    persons = {each.id: each for each in db.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
    for row in rows:
        row.state, row.ended_at = CertificateState.WITHDRAWN, now
        said = {"certificate": row.id, "number": row.number, "version": row.version, "told": row.ready_at is not None}
        journal.note(db, "certificate.withdrawn", now=now, by=by, person=row.person_id, session=session_id, **said)
        if row.ready_at is not None:
            letters.certificate_withdrawn(db, person=persons[row.person_id], certificate=row, now=now)
    db.flush()
