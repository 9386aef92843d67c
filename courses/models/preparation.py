"""What there is to do before a course, and who has done it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lararportal.db import Base

PART_TITLE_LENGTH = 200
PART_ADDRESS_LENGTH = 500


class PreparationPart(Base):
    """Something to read, watch or do before every session of a course, or before one; nobody sees a removed one."""

    __tablename__ = "preparation_parts"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("course_sessions.id"), doc="Of the course, if it is for that one alone."
    )
    place: Mapped[int] = mapped_column(doc="Where it stands among the others, smaller first.")
    title: Mapped[str] = mapped_column(String(PART_TITLE_LENGTH))
    about: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(
        String(PART_ADDRESS_LENGTH), default="", doc="Where it is found; empty for what has no address."
    )
    minutes: Mapped[int] = mapped_column(doc="How long it takes, about.")
    questions: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, doc="What is asked, the choices, and which of them is right, counted from 0."
    )
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("minutes >= 1 AND place >= 1", name="size"),)


class PreparationMark(Base):
    """That somebody has done a part. It is about them and not about a seat: it goes with them to another session."""

    __tablename__ = "preparation_marks"

    part_id: Mapped[int] = mapped_column(ForeignKey("preparation_parts.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PreparationReminder(Base):
    """That somebody with a seat has been reminded of what they had not done."""

    __tablename__ = "preparation_reminders"

    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    reminded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
