"""What the owner of the tables alone can do: change what is kept, for tests that begin anew or plant a fault."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from lararportal.db import Base
from lararportal.rights import ADDED_TO

LIFTED = [f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_kept" for table in ADDED_TO]
BACK = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_kept" for table in ADDED_TO]


def lifting(*statements: str) -> list[str]:
    """The statements, and what the database needs to do them."""
    return [*LIFTED, *statements, *BACK]


def empty_all(db: Session) -> None:
    """Nothing has ever happened here."""
    for statement in lifting(f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY CASCADE"):
        db.execute(text(statement))
