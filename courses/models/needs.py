"""What somebody needs to eat, or to take part, on the days of one session."""

from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, DateTime, ForeignKey, Identity, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lararportal.db import Base

NEED_LENGTH = 300


class Need(Base):
    """For one session. It may tell of somebody's health: it stands in no journal and letter, and goes by itself."""

    __tablename__ = "needs"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("course_sessions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    diets: Mapped[list[str]] = mapped_column(ARRAY(String(20)), doc="Of the usual ones, which are counted.")
    other_food: Mapped[str] = mapped_column(String(NEED_LENGTH), default="", doc="For the caterer, without a name.")
    access: Mapped[str] = mapped_column(String(NEED_LENGTH), default="", doc="For who prepares the room.")
    said_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("session_id", "person_id", name="uq_needs_person"),
        CheckConstraint("cardinality(diets) > 0 OR other_food <> '' OR access <> ''", name="said"),
    )
