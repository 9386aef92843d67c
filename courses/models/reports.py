"""Courses that residents say they have taken elsewhere, each with the document that shows it."""

from datetime import date, datetime

from sqlalchemy import ARRAY, CheckConstraint, Date, DateTime, ForeignKey, Identity, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth.models import Person
from courses.models.sessions import REASON_LENGTH
from courses.states import ReportState
from lararportal.db import Base

TEXT_LENGTH = 200


class CourseReport(Base):
    """A course that somebody says they have taken elsewhere, and what a director of studies says of that."""

    __tablename__ = "course_reports"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    objectives: Mapped[list[str]] = mapped_column(ARRAY(String(6)), doc="Of those that the person's rules demand.")
    title: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    provider: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    finished_on: Mapped[date] = mapped_column(Date)
    state: Mapped[ReportState] = mapped_column(default=ReportState.REPORTED)
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    reason: Mapped[str] = mapped_column(
        String(REASON_LENGTH), default="", server_default="", doc="Why it was declined."
    )

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)

    __table_args__ = (
        CheckConstraint("cardinality(objectives) > 0", name="objectives"),
        CheckConstraint(
            "(state = 'reported') = (decided_at IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
        CheckConstraint("(state = 'declined') = (reason <> '')", name="reason"),
    )


class ReportDocument(Base):
    """The document of a report: closed with a key of its own, which is sealed here. It may have a personal number."""

    __tablename__ = "report_documents"

    report_id: Mapped[int] = mapped_column(ForeignKey("course_reports.id", ondelete="CASCADE"), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(30))
    sealed: Mapped[str] = mapped_column(String(200), doc="The key that closes the content.")
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    @property
    def place(self) -> str:
        """Where alone its key opens."""
        return f"{self.__tablename__}:{self.report_id}"
