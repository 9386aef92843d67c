"""Issuing: somebody asks for the certificates of a session, and they are made one by one, each once."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from auth import personal_numbers
from auth.models import Person
from courses import letters, reach
from courses.certificates import content, typesetting
from courses.certificates.content import Draft
from courses.models import Certificate, CourseSession
from courses.rules import certificates as rules
from courses.states import CertificateState, Refusal
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import Refused
from lararportal.sealing import safe_of

NUMBERING = "certificates numbered"
"""What whoever gives numbers holds: two sessions at once never give the same one."""


def ask(db: Session, *, session_id: int, people: Collection[int], now: datetime, by: int) -> int:
    """Certificates of these people are to be made, or other versions of those that they have; how many.

    Who has not been through the session, and who has one that says just that, is left out. So whoever asks twice
    gets nothing twice.

    Raises:
        Refused: the session is not completed, or has no leader who could sign.
        NotFound: there is no such session, or `by` neither leads it nor is a coordinator.
    """
    session = reach.session_of(db, session_id=session_id, by=by)
    leaders = content.leaders_of(db, session_id)
    if session.completed_at is None:
        raise Refused(Refusal.SESSION_NOT_COMPLETED)
    if not leaders:
        raise Refused(Refusal.NOBODY_SIGNS)
    found = content.drafts(db, session, content.held(db, session_id))
    due = [each for each in found if each.is_due and each.person.id in people]
    if not due:
        return 0
    rows = _frozen(db, due, session_id=session_id, now=now, by=by)
    for row in rows:
        row.signatory_id = content.signatory_of(session, leaders).id
    db.add_all(rows)
    db.flush()
    for row in rows:
        _note(db, "certificate.asked_for", row, now=now, by=by)
    return len(rows)


def follow(db: Session, session: CourseSession, *, people: Collection[int], now: datetime, by: int | None) -> int:
    """Whoever of these has a certificate that says something else of them than holds now is to have another version.

    The one that they have is replaced when that is made. Who calls holds the session locked. How many they are.
    """
    live = (Certificate.session_id == session.id, Certificate.state.in_(content.LIVE))
    if (
        not people
        or db.scalar(select(Certificate.id).where(*live, Certificate.person_id.in_(people)).limit(1)) is None
    ):
        return 0
    found = content.drafts(db, session, content.held(db, session.id))
    due = [each for each in found if each.live is not None and each.is_proposed and each.person.id in people]
    rows = _frozen(db, due, session_id=session.id, now=now, by=by) if due else []
    for row, each in zip(rows, due, strict=True):
        row.signatory_id = each.made[-1].signatory_id
    db.add_all(rows)
    db.flush()
    for row in rows:
        _note(db, "certificate.asked_for", row, now=now, by=by)
    return len(rows)


def _frozen(
    db: Session, due: Sequence[Draft], *, session_id: int, now: datetime, by: int | None
) -> list[Certificate]:
    """A row for each; one that waits to be made says the new thing, since nobody has seen what it said."""
    year = day_of(now).year
    serial = _last_serial(db, year)
    rows = []
    for each in due:
        row = each.live
        if row is None or row.state is not CertificateState.MAKING:
            serial += each.last is None
            row = Certificate(session_id=session_id, person_id=each.person.id, code=_drawn())
            row.year, row.serial, row.version = _after(each.last, (year, serial, 1))
        row.kind, row.content, row.imprint = each.kind, each.content, each.imprint
        row.layout, row.made_at, row.made_by = typesetting.LAYOUT, now, by
        row.state = CertificateState.MAKING
        rows.append(row)
    return rows


def _after(last: Certificate | None, first: tuple[int, int, int]) -> tuple[int, int, int]:
    return first if last is None else (last.year, last.serial, last.version + 1)


def _last_serial(db: Session, year: int) -> int:
    """The highest that was given, under a lock: certificates are never deleted, so that none is given again."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(NUMBERING, year))))
    return db.scalar(select(func.max(Certificate.serial)).where(Certificate.year == year)) or 0


def _drawn() -> str:
    return rules.code_of([secrets.randbelow(len(rules.ALPHABET)) for _ in range(rules.CODE_LENGTH)])


def waiting(db: Session, *, now: datetime) -> list[int]:  # noqa: ARG001 - as whatever the tick looks for
    """What is to be made, in the order in which it was asked for."""
    return list(db.scalars(_waiting().order_by(Certificate.id)))


def waiting_of(db: Session, session_id: int) -> list[int]:
    """The same, of a session."""
    return list(db.scalars(_waiting().where(Certificate.session_id == session_id).order_by(Certificate.id)))


def _waiting() -> Select[int]:
    return select(Certificate.id).where(Certificate.state == CertificateState.MAKING)


def make(db: Session, certificate_id: int, *, now: datetime, by: int | None) -> None:
    """The certificate is valid, and its person told; the one before is replaced. What is made already stays.

    Where the one before says the same, as when a correction was taken back meanwhile, that one stays and this ends.
    It is typeset here so that nothing is valid that cannot be: what is fetched later is typeset anew from the row.
    """
    theirs = _theirs(db, certificate_id)
    row = next(each for each in theirs if each.id == certificate_id)
    if row.state is not CertificateState.MAKING:
        return
    valid = next((each for each in theirs if each.state is CertificateState.VALID), None)
    if valid is not None and not content.differing(row.content, row.imprint, valid):
        row.state, row.ended_at = CertificateState.WITHDRAWN, now
        _note(db, "certificate.unneeded", row, now=now, by=by)
        return
    number = personal_numbers.number_of(db, row.person_id) if row.imprint else None
    row.sealed = "" if number is None else safe_of(db).seal(number.reveal(), place=row.place)
    typesetting.pdf([typesetting.paper(db, row)])
    if valid is not None:
        valid.state, valid.ended_at = CertificateState.REPLACED, now
        _note(db, "certificate.replaced", valid, now=now, by=by)
        db.flush()
    row.state, row.ready_at = CertificateState.VALID, now
    _note(db, "certificate.made", row, now=now, by=by)
    person = db.get_one(Person, row.person_id)
    letters.certificate_ready(db, person=person, certificate=row, now=now)
    db.flush()


def _theirs(db: Session, certificate_id: int) -> Sequence[Certificate]:
    """All versions of whom the certificate is for, of its session, held until the transaction ends."""
    one = select(Certificate.session_id, Certificate.person_id).where(Certificate.id == certificate_id)
    session_id, person_id = db.execute(one).one()
    found = select(Certificate).where(Certificate.session_id == session_id, Certificate.person_id == person_id)
    return db.scalars(
        found.order_by(Certificate.id).with_for_update().execution_options(populate_existing=True)
    ).all()


def _note(db: Session, deed: str, row: Certificate, *, now: datetime, by: int | None) -> None:
    said = {"certificate": row.id, "number": row.number, "version": row.version, "kind": row.kind}
    journal.note(db, deed, now=now, by=by, person=row.person_id, session=row.session_id, **said)
