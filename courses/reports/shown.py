"""What the pages of reports show: to whom they are of, and to who decides."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased, contains_eager

from auth.models import Person
from auth.states import Area
from courses.models import CourseReport, ReportDocument
from courses.states import ReportState
from lararportal.errors import NotFound
from lararportal.paging import Page, paginate

WAITS = (CourseReport.state == ReportState.REPORTED, Person.erased_at.is_(None))
"""What somebody has still to decide; of whom is erased nothing more is."""


@dataclass(frozen=True)
class Row:
    """A report, whose it is, who decided it, and whether its document is still there."""

    report: CourseReport
    person: Person
    decided_by: str
    has_document: bool


def of_person(db: Session, person_id: int) -> list[Row]:
    """The person's reports, the latest first."""
    return _rows(db, CourseReport.person_id == person_id)


def one(db: Session, report_id: int, *, areas: Collection[Area] | None) -> Row:
    """A report of somebody in these areas; None is everywhere.

    Raises:
        NotFound: there is none.
    """
    found = [each for each in _rows(db, CourseReport.id == report_id) if areas is None or each.person.area in areas]
    if not found:
        raise NotFound
    return found[0]


def waiting(db: Session, *, areas: Collection[Area] | None, number: int) -> Page[CourseReport]:
    """A page of what nobody has decided, with whose each is, the oldest first."""
    found = (
        select(CourseReport)
        .join(CourseReport.person)
        .where(*WAITS)
        .order_by(CourseReport.sent_at, CourseReport.id)
        .options(contains_eager(CourseReport.person))
    )
    return paginate(db, found if areas is None else found.where(Person.area.in_(areas)), number=number)


def waiting_count(db: Session, *, areas: Collection[Area] | None) -> int:
    """How many nobody has decided."""
    found = select(func.count(CourseReport.id)).join(Person, Person.id == CourseReport.person_id)
    found = found.where(*WAITS)
    return db.scalar(found if areas is None else found.where(Person.area.in_(areas))) or 0


def _rows(db: Session, condition: ColumnElement[bool]) -> list[Row]:
    decider = aliased(Person)
    found = (
        select(CourseReport, Person, decider, ReportDocument.report_id)
        .join(Person, Person.id == CourseReport.person_id)
        .join(decider, decider.id == CourseReport.decided_by, isouter=True)
        .join(ReportDocument, ReportDocument.report_id == CourseReport.id, isouter=True)
        .where(condition)
        .order_by(CourseReport.id.desc())
    )
    return [
        Row(report, person, by.name if by is not None else "", document is not None)
        for report, person, by, document in db.execute(found)
    ]
