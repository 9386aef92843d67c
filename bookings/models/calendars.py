"""The private addresses by which people's calendars follow what they have."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lararportal.db import Base


class CalendarFeed(Base):
    """That somebody's calendar may follow their seats; each has one address, or none."""

    __tablename__ = "calendar_feeds"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32), doc="Of which, with a key of the settings, the address is made.")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, doc="By which the address is known again.")
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
