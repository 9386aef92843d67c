"""Signs of life of the parts that nobody looks at: when did the tick last run to its end."""

from datetime import datetime

from sqlalchemy import DateTime, String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from lararportal.db import Base


class Heartbeat(Base):
    """When a part last did what it is there for."""

    __tablename__ = "heartbeats"

    part: Mapped[str] = mapped_column(String(30), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def beat(db: Session, part: str, *, now: datetime) -> None:
    """Remembers that the part lives."""
    row = insert(Heartbeat).values(part=part, at=now)
    db.execute(row.on_conflict_do_update(index_elements=[Heartbeat.part], set_={"at": row.excluded.at}))


def last_beat(db: Session, part: str) -> datetime | None:
    """When the part last lived, or None."""
    return db.scalar(select(Heartbeat.at).where(Heartbeat.part == part))
