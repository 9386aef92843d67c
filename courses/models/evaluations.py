"""What is asked about courses, whom, and the sealed box that their answers fall into: rows with no tie."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Identity, String, Text, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lararportal.db import Base


class QuestionForm(Base):
    """A version of what is asked about a course; the newest is asked from then on, and none is ever changed."""

    __tablename__ = "question_forms"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    version: Mapped[int]
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    made_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))

    __table_args__ = (
        UniqueConstraint("course_id", "version", name="uq_question_forms_version"),
        CheckConstraint("version >= 1", name="version"),
    )


class Evaluation(Base):
    """The evaluation of a session. How many were asked and have answered is said when it has closed."""

    __tablename__ = "evaluations"

    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), primary_key=True)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, doc="As they were when it opened.")
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closes_on: Mapped[date] = mapped_column(Date, doc="The last day to answer, in Stockholm.")
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    asked: Mapped[int | None]
    answered: Mapped[int | None]
    mix: Mapped[dict[str, int] | None] = mapped_column(
        JSONB(none_as_null=True), doc="How many of those asked were of each category, as it was when it closed."
    )

    __table_args__ = (
        CheckConstraint(
            "(closed_at IS NULL) = (asked IS NULL) AND (closed_at IS NULL) = (answered IS NULL)", name="closed"
        ),
        CheckConstraint("answered BETWEEN 0 AND asked", name="answered"),
    )


class Asked(Base):
    """Somebody who is asked about a session that they were at, and whether they have answered; nothing of what.

    There is no time in the row, and it goes when the evaluation closes.
    """

    __tablename__ = "evaluations_asked"

    session_id: Mapped[int] = mapped_column(ForeignKey("evaluations.session_id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    has_answered: Mapped[bool] = mapped_column(default=False, server_default=false())
    reminders: Mapped[int] = mapped_column(default=0, server_default="0")


class AnswerBox(Base):
    """The answers about a session as numbers and texts that are nobody's, sealed.

    One row for all of them, sealed anew and filled up to a round length with each answer: it has no order, no sizes
    and no times to go by. Its key is that of the session, which is all that it shares with who was asked.
    """

    __tablename__ = "answer_boxes"

    session_id: Mapped[int] = mapped_column(ForeignKey("evaluations.session_id"), primary_key=True)
    sealed: Mapped[str]

    @property
    def place(self) -> str:
        """What it is sealed for."""
        return f"answer_boxes:{self.session_id}"


class Masking(Base):
    """A text that names a person, and is not to be read: known by its imprint, for it is no row itself.

    It belongs to a unit, by the session that the unit begins with: which session of several a text comes from would
    tell of few who wrote it.
    """

    __tablename__ = "maskings"

    session_id: Mapped[int] = mapped_column(ForeignKey("evaluations.session_id"), primary_key=True)
    imprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    masked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    masked_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
