"""Deciding: a director of studies confirms what somebody did elsewhere, or declines it with a reason."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth import people
from auth import rules as people_rules
from auth.holders import powers
from auth.models import Person
from courses import letters
from courses.models import CourseReport, ReportDocument
from courses.reports import documents
from courses.rules import reports as rules
from courses.states import Refusal, ReportState
from lararportal import journal
from lararportal.errors import NotFound, Refused, insist


def confirm(db: Session, *, report_id: int, now: datetime, by: int) -> None:
    """The objectives are done, and the person has a letter.

    Raises:
        NotFound: there is no such report.
        Refused: `by` does not answer for the person, who has been erased, or it is decided already.
    """
    report, person = _decided(db, report_id, ReportState.CONFIRMED, reason="", now=now, by=by)
    letters.report_confirmed(db, person=person, report=report, decided_by=db.get_one(Person, by).name, now=now)


def decline(db: Session, *, report_id: int, reason: str, now: datetime, by: int) -> None:
    """It counts for nothing, also if it was confirmed before; the person has a letter that says where the reason is.

    Raises:
        NotFound: there is no such report.
        Refused: as for `confirm`, or no reason is given.
    """
    if not reason.strip():
        raise Refused(Refusal.DECLINED_WITHOUT_REASON)
    report, person = _decided(db, report_id, ReportState.DECLINED, reason=reason.strip(), now=now, by=by)
    letters.report_declined(db, person=person, report=report, decided_by=db.get_one(Person, by).name, now=now)


def fetch(db: Session, *, report_id: int, now: datetime, by: int) -> tuple[str, bytes]:
    """The document and what it is; that somebody else than its owner has looked at it is noted.

    Raises:
        NotFound: there is no such document, or not any more.
    """
    report, document = db.get(CourseReport, report_id), db.get(ReportDocument, report_id)
    if report is None or document is None:
        raise NotFound
    if by != report.person_id:
        journal.note(db, "report.document_fetched", now=now, by=by, person=report.person_id, report=report_id)
    return document.media_type, documents.opened(db, document)


def _decided(
    db: Session, report_id: int, state: ReportState, *, reason: str, now: datetime, by: int
) -> tuple[CourseReport, Person]:
    seen = db.get(CourseReport, report_id)
    if seen is None:
        raise NotFound
    person = people.lock_present(db, seen.person_id)
    report = db.get_one(CourseReport, report_id, populate_existing=True)
    insist(
        people_rules.may_decide_about(powers(db, by), person_id=person.id, old_area=person.area, new_area=person.area)
        or rules.may_become(report.state, state)
    )
    report.state, report.reason, report.decided_at, report.decided_by = state, reason, now, by
    journal.note(db, f"report.{state}", now=now, by=by, person=person.id, report=report_id, reason=reason)
    db.flush()
    return report, person
