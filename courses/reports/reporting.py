"""Reporting: a resident says that they have taken a course elsewhere, with the document that shows it."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auth import people
from courses.models import CourseReport, ReportDocument
from courses.reports import documents
from courses.rules import reports as rules
from courses.rules.certificates import FORMS
from courses.states import Refusal, ReportState
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import Refused, insist


def report(
    db: Session,
    *,
    person_id: int,
    objectives: Collection[str],
    title: str,
    provider: str,
    finished_on: date,
    content: bytes,
    now: datetime,
    by: int,
) -> CourseReport:
    """The report and its document are there for whoever decides; nothing counts before somebody has.

    Raises:
        NotFound: there is no such person.
        Refused: they are no resident, or have been erased; the objectives are not among those that demand a course
            by their rules; it is not over; too many wait already; or the document is none that is taken.
    """
    person = people.lock_present(db, person_id)
    if person.category not in FORMS:
        raise Refused(Refusal.NO_RESIDENT)
    demanded = FORMS[person.category][1]
    waits = (CourseReport.person_id == person_id) & (CourseReport.state == ReportState.REPORTED)
    undecided = db.scalar(select(func.count(CourseReport.id)).where(waits)) or 0
    insist(
        rules.may_report(objectives, demanded, finished_on=finished_on, today=day_of(now), undecided=undecided)
        or rules.document_fault(content)
    )
    made = CourseReport(
        person_id=person_id,
        objectives=[each for each in demanded if each in objectives],
        title=title,
        provider=provider,
        finished_on=finished_on,
        state=ReportState.REPORTED,
        sent_at=now,
    )
    db.add(made)
    db.flush()
    document = ReportDocument(report_id=made.id)
    documents.close(db, document, content)
    db.add(document)
    journal.note(db, "report.sent", now=now, by=by, person=person_id, report=made.id, objectives=made.objectives)
    db.flush()
    return made
