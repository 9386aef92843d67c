"""What was written to the participants of a session."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from courses.rules.messages import SUBJECT_LENGTH, Addressed
from lararportal.db import Base


class Message(Base):
    """A letter from a leader or coordinator as they wrote it; each of the recipients has one of the outbox."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True, doc="Who wrote it.")
    addressed: Mapped[Addressed]
    recipients: Mapped[int] = mapped_column(doc="How many they were.")
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    text: Mapped[str] = mapped_column(Text)
    form_key: Mapped[str] = mapped_column(String(32), doc="Of the form that it was sent in with: that counts once.")
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), doc="When it came to the outbox.")

    __table_args__ = (
        UniqueConstraint("session_id", "form_key", name="uq_messages_form"),
        CheckConstraint("recipients >= 1", name="recipients"),
    )
