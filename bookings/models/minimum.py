"""Sessions that too few have booked: a case for each, and what was done about it, by whom and why."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth.models import Person
from bookings.models.precedence import REASON_LENGTH
from bookings.rules.minimum import Audience, CaseEnd, CaseStep
from courses.models import Course, CourseSession
from lararportal.db import Base


class MinimumCase(Base):
    """A session has fewer booked than it needs, from the moment that was seen until it ended in some way.

    When it falls below again later, that is another case.
    """

    __tablename__ = "minimum_cases"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    booked: Mapped[int] = mapped_column(doc="When it was opened.")
    asked_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), doc="When it was asked whether the session runs; NULL again when that day is moved."
    )
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    end: Mapped[CaseEnd | None]
    booked_then: Mapped[int | None] = mapped_column(doc="When it ended.")

    session: Mapped[CourseSession] = relationship(lazy="raise")

    __table_args__ = (
        Index("uq_minimum_cases_open", "session_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint(
            '(ended_at IS NULL) = ("end" IS NULL) AND (ended_at IS NULL) = (booked_then IS NULL)', name="ending"
        ),
    )


class MinimumStep(Base):
    """Something that was done in a case, by the portal or by somebody with a name."""

    __tablename__ = "minimum_steps"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("minimum_cases.id", ondelete="CASCADE"), index=True)
    step: Mapped[CaseStep]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), doc="None is the portal itself.")
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    count: Mapped[int | None] = mapped_column(doc="How many it reached, where it reached people.")

    person: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint(
            "step NOT IN ('runs_anyway', 'called_off', 'merged', 'day_moved') OR (reason <> '' AND by IS NOT NULL)",
            name="decision",
        ),
    )


class Invitation(Base):
    """Somebody was told of the free seats of a session; once, whatever for."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    audience: Mapped[Audience]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[int] = mapped_column(ForeignKey("persons.id"))

    __table_args__ = (UniqueConstraint("session_id", "person_id"),)


class CourseWish(Base):
    """Somebody wants to be told when a course has free seats."""

    __tablename__ = "course_wishes"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True, index=True)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    course: Mapped[Course] = relationship(lazy="raise")


class ReserveNotice(Base):
    """Coordinators were told that enough wait elsewhere for a reserve session."""

    __tablename__ = "reserve_notices"

    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), primary_key=True)
    told_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    waiting: Mapped[int]
