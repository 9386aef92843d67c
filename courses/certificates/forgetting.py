"""Forgetting: of whom is erased, the certificates say no more who they were; that there were some stays."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import Certificate
from courses.states import CertificateState
from lararportal import journal

NAMES = ("given", "family")


def forget(db: Session, *, person_id: int, now: datetime, by: int) -> None:
    """Name and personal number are gone from the person's certificates, and none is made any more.

    Number, code, course and what became of each stay: whoever holds the paper can still have it checked.
    """
    rows = select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.id).with_for_update()
    for row in db.scalars(rows):
        row.content = {**row.content, **dict.fromkeys(NAMES, "")}
        row.sealed = row.imprint = ""
        if row.state is CertificateState.MAKING:
            row.state, row.ended_at = CertificateState.WITHDRAWN, now
            said = {"certificate": row.id, "number": row.number, "version": row.version, "told": False}
            journal.note(
                db, "certificate.withdrawn", now=now, by=by, person=person_id, session=row.session_id, **said
            )
    db.flush()
