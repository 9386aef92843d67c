"""What was written to the participants of a session, as it is read afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from auth.models import Person
from courses.models import Message
from courses.rules.messages import Addressed
from lararportal.outbox import Letter


@dataclass(frozen=True)
class Read:
    """A letter, and what its writer is called."""

    message: Message
    writer: str


def of_session(db: Session, session_id: int) -> Sequence[Read]:
    """All that was written, the newest first."""
    return _read(db, session_id)


def to_participant(db: Session, session_id: int, person_id: int) -> Sequence[Read]:
    """What was written to somebody with a seat; what was for all with a seat is also for who came later."""
    once = func.concat("message:", Message.id, ":", person_id)
    had = exists().where(Letter.once == once)
    return _read(db, session_id, or_(Message.addressed == Addressed.SEATED, had))


def _read(db: Session, session_id: int, *where: ColumnElement[bool]) -> Sequence[Read]:
    found = select(Message, Person).join(Person, Person.id == Message.person_id)
    found = found.where(Message.session_id == session_id, *where).order_by(Message.sent_at.desc(), Message.id.desc())
    return [Read(message, writer.name) for message, writer in db.execute(found)]
