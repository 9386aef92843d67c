"""Forgetting: the documents of whom is erased are gone; that they reported something stays, and what was decided."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from courses.models import CourseReport, ReportDocument


def forget(db: Session, *, person_id: int) -> None:
    """No document of the person is left."""
    theirs = select(CourseReport.id).where(CourseReport.person_id == person_id)
    db.execute(delete(ReportDocument).where(ReportDocument.report_id.in_(theirs)))
