"""Who was there on the half days of a session, and who has been through it."""

from datetime import date, datetime

from sqlalchemy import ARRAY, CheckConstraint, Date, DateTime, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from courses.states import Absence, CourseOutcome, Half, Presence, Refusal, Source
from lararportal.database_faults import guard
from lararportal.db import Base
from lararportal.errors import Refused


class Attendance(Base):
    """What is noted of somebody for a half day; a half day without a row is one of which nothing is noted."""

    __tablename__ = "attendance"

    session_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    half: Mapped[Half] = mapped_column(primary_key=True)
    state: Mapped[Presence]
    minutes: Mapped[int | None] = mapped_column(doc="That they missed, if they missed a part and somebody said it.")
    source: Mapped[Source]
    noted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    __table_args__ = (
        # A day of which something is noted is neither moved nor taken away.
        ForeignKeyConstraint(
            ["session_id", "day"], ["course_days.session_id", "course_days.day"], name="fk_attendance_day"
        ),
        CheckConstraint("minutes IS NULL OR minutes > 0 AND state IN ('late', 'left_early')", name="minutes"),
    )


class Completion(Base):
    """What came of somebody's seat when the session was completed: what a certificate is made from.

    `half_days`, `of_half_days` and `minutes` are counted from the attendance; `lacks` is what is missing of what the
    course demanded then, and whoever lacks nothing has passed.
    """

    __tablename__ = "completions"

    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    outcome: Mapped[CourseOutcome]
    half_days: Mapped[int]
    of_half_days: Mapped[int]
    minutes: Mapped[int] = mapped_column(doc="That they were there, without lunch.")
    competence_met: Mapped[bool | None] = mapped_column(
        doc="What the leader says; None where no objective of the course demands one, or of who never was there."
    )
    prepared: Mapped[bool | None] = mapped_column(doc="The same, of the preparation; None where it is not demanded.")
    absence: Mapped[Absence | None] = mapped_column(doc="Why they were never there; None for who was.")
    lacks: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    told_of: Mapped[list[str]] = mapped_column(
        ARRAY(String(20)), doc="The half days of absence that a letter has told them of, as addresses name them."
    )
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    __table_args__ = (
        CheckConstraint("(outcome = 'passed') = (cardinality(lacks) = 0)", name="passed"),
        CheckConstraint("(absence IS NULL) = (half_days > 0)", name="never_there"),
        CheckConstraint("half_days BETWEEN 0 AND of_half_days AND minutes >= 0", name="half_days"),
    )


guard("fk_attendance_day", Refused(Refusal.DAY_HAS_ATTENDANCE))
