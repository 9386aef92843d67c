"""What a leader thinks of their session afterwards, and what there is to do about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lararportal.db import Base


class Reflection(Base):
    """The reflection on a session, as it was written last; all that was written before is in the journal."""

    __tablename__ = "reflections"

    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    actions: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, doc="What is to be done, by whom, and by which day in Stockholm (ISO)."
    )
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    written_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
