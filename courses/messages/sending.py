"""Sending: what somebody wrote goes to each of the recipients, once for the form that it came with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from courses import letters, reach, seen
from courses.days.half_days import Roster
from courses.messages import recipients
from courses.models import CourseSession, Message, SessionLeader
from courses.rules.messages import Addressed
from courses.states import Refusal
from lararportal import journal, outbox, pages
from lararportal.errors import Refused
from lararportal.outbox import Recipient

ANEW_AFTER = timedelta(hours=24)
"""How long the same words to the same people are a mistake."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody has written, and to whom."""

    addressed: Addressed
    subject: str
    text: str


@dataclass(frozen=True)
class Preview:
    """A letter as each of its recipients has it, but for the name, and how many they are."""

    subject: str
    body: str
    recipients: int
    reply_to: str
    saw: str
    """Stands for the recipients in the form."""


def preview(
    db: Session, *, session: CourseSession, written: Written, roster: Roster, now: datetime, by: int
) -> Preview:
    """What would be sent now by somebody who may write to the session, and to how many."""
    writer, reply_to = _sender(db, session, by)
    people = recipients.people_of(db, session, written.addressed, roster(db, session.id))
    somebody = Recipient(person_id=0, name=pages.words()["message"]["recipient"], address="")
    facts = {"subject": written.subject, "text": written.text, "writer": writer.name, "is_answered": bool(reply_to)}
    subject, body = outbox.rendered(db, "message", to=somebody, now=now, session=session, **facts)
    return Preview(subject, body, len(people), reply_to, _token(people))


def send(
    db: Session,
    *,
    session_id: int,
    written: Written,
    key: str,
    saw: str,
    roster: Roster,
    now: datetime,
    by: int,
) -> Message | None:
    """Each of the recipients has the letter; None when this form was sent in before, and then nothing happens.

    Raises:
        NotFound: there is no such session, or `by` neither leads it nor is a coordinator.
        Refused: there is nobody to write to, they are others than was shown, or the same was sent a while ago.
    """
    session = reach.session_of(db, session_id=session_id, by=by)
    if was_sent(db, session_id, key):
        return None
    of_session = select(Message).where(Message.session_id == session_id)
    people = recipients.people_of(db, session, written.addressed, roster(db, session_id))
    if not people:
        raise Refused(Refusal.NOBODY_TO_WRITE_TO)
    if saw != _token(people):
        raise Refused(Refusal.RECIPIENTS_CHANGED)
    same = (Message.subject == written.subject, Message.text == written.text, Message.addressed == written.addressed)
    earlier = db.scalars(of_session.where(*same, Message.sent_at > now - ANEW_AFTER)).first()
    if earlier is not None:
        raise Refused(Refusal.MESSAGE_TWICE, at=earlier.sent_at)
    made = Message(session_id=session_id, person_id=by, recipients=len(people), form_key=key, sent_at=now)
    made.addressed, made.subject, made.text = written.addressed, written.subject, written.text
    db.add(made)
    db.flush()
    told = [each.id for each in people]
    whom = made.addressed
    journal.note(db, "message.sent", now=now, by=by, session=session_id, message=made.id, to=whom, people=told)
    writer, reply_to = _sender(db, session, by)
    for person in people:
        letters.message(db, person=person, session=session, message=made, writer=writer, answers=reply_to, now=now)
    db.flush()
    return made


def was_sent(db: Session, session_id: int, key: str) -> bool:
    """Whether the form of that key was sent in before."""
    of_form = (Message.session_id == session_id, Message.form_key == key)
    return db.scalar(select(Message.id).where(*of_form)) is not None


def _sender(db: Session, session: CourseSession, by: int) -> tuple[Person, str]:
    """Who writes, and where answers go: to who leads the session, of whom it can be shown, else to the office."""
    writer = db.get_one(Person, by)
    leads = db.get(SessionLeader, (session.id, by)) is not None
    return writer, writer.shown_email if leads else ""


def _token(people: list[Person]) -> str:
    return seen.token([each.id for each in people])
