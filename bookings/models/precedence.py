"""Who goes before others by a decision: precedence for a course, and exceptions in the line of a session."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    String,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth.models import Person
from bookings.models.bookings import Booking
from bookings.states import ExceptionKind, Ground, PrecedenceKind, Refusal
from courses.models import Course, CourseSession
from lararportal.database_faults import guard
from lararportal.db import Base
from lararportal.errors import Refused

REASON_LENGTH = 500


class Precedence(Base):
    """A person goes before others who ask for a course (förtur), for three terms or until they get a seat in it."""

    __tablename__ = "precedences"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    kind: Mapped[PrecedenceKind]
    term: Mapped[str] = mapped_column(String(10), doc="The first of the terms in which it counts.")
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    granted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    used_by: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"), index=True, doc="The seat that it led to.")
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    revoke_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")

    course: Mapped[Course] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=person_id)
    granter: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=granted_by)
    revoker: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=revoked_by)
    seat: Mapped[Booking | None] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "uq_precedences_open",
            "person_id",
            "course_id",
            "term",
            unique=True,
            postgresql_where=text("used_by IS NULL AND revoked_at IS NULL"),
        ),
        CheckConstraint("used_by IS NULL OR revoked_at IS NULL", name="end"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoke_reason = '')",
            name="revocation",
        ),
        CheckConstraint(
            "kind <> 'granted' OR (reason <> '' AND granted_by IS NOT NULL AND granted_by <> person_id)", name="grant"
        ),
    )

    @hybrid_property
    def is_open(self) -> bool:
        """Whether it is neither used nor revoked; the terms may be over all the same."""
        return self.used_by is None and self.revoked_at is None

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        return cls.used_by.is_(None) & cls.revoked_at.is_(None)


class LineException(Base):
    """Somebody stands among those who applied in time, although they did not or by a key that no round gave them."""

    __tablename__ = "line_exceptions"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    round_id: Mapped[int | None] = mapped_column(
        ForeignKey("rounds.id"), index=True, doc="None in the line of a session that no round gave."
    )
    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), index=True)
    kind: Mapped[ExceptionKind]
    ground: Mapped[Ground]
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    key: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), doc="What the place is ordered by from then on.")
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    made_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))

    session: Mapped[CourseSession] = relationship(lazy="raise")

    __table_args__ = (CheckConstraint("reason <> '' AND made_by <> person_id", name="decision"),)


guard("uq_precedences_open", Refused(Refusal.PRECEDENCE_HELD))
