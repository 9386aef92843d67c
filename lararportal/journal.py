"""The journal: an append-only row for each deed, written in its own transaction; the database refuses all else."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import DDL, BigInteger, DateTime, Identity, Index, String, Table, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from lararportal import added
from lararportal.db import Base
from lararportal.personal_number import without

REFUSE = """
    CREATE OR REPLACE FUNCTION refuse_to_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION USING
            ERRCODE = 'insufficient_privilege',
            MESSAGE = TG_TABLE_NAME || ' is append-only: ' || TG_OP || ' is refused';
    END
    $$
"""
GUARD = """
    CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change()
"""
ALWAYS = "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_kept"
"""Also for a session that calls itself a replica."""


def keep(table: Table) -> None:
    """Whoever may do anything to the rows may only add some; the owner of the table would have to lift this first."""
    for statement in (REFUSE, GUARD, ALWAYS):
        event.listen(table, "after_create", DDL(statement.format(table=table.name)))  # type: ignore[no-untyped-call]


class Entry(Base):
    """Who did what, to whom, when. No foreign keys: an entry outlives what it speaks of."""

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by: Mapped[int | None] = mapped_column(doc="The person who did it; None is the portal itself.")
    deed: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None] = mapped_column(doc="Whom it concerns.")
    session_id: Mapped[int | None] = mapped_column(doc="Which course session it concerns.")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        Index(None, "person_id", "id"),
        Index(None, "session_id", "id"),
        Index(None, "by"),
        Index(None, "deed", "id"),
    )


keep(cast("Table", Entry.__table__))


def note(
    db: Session,
    deed: str,
    *,
    now: datetime,
    by: int | None,
    person: int | None = None,
    session: int | None = None,
    **facts: Any,
) -> None:
    """Remembers a deed, named `thing.done`. Facts are JSON values; a personnummer that stands in one is hidden."""
    entry = Entry(at=now, by=by, deed=deed, person_id=person, session_id=session, facts=without(facts))
    added.add(db, [entry])
