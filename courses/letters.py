"""What is posted to whom when: the letters of the courses room."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from auth.models import Person
from courses.models import (
    Certificate,
    Completion,
    CourseReport,
    CourseSession,
    Evaluation,
    Message,
    PreparationPart,
    Review,
    ReviewAction,
)
from courses.rules.days import LOCKED_AFTER, HalfDay
from courses.rules.programme import once_summoned
from courses.states import Presence
from lararportal import outbox


def absence_noted(
    db: Session,
    *,
    person: Person,
    session: CourseSession,
    missed: Sequence[tuple[HalfDay, Presence | None]],
    completion: Completion,
    now: datetime,
) -> None:
    """You were not there, for which half days and as what that is noted; what it means, and whom to ask."""
    outbox.post(
        db,
        "absence_noted",
        to=person.recipient,
        once=f"absence_noted:{session.id}:{person.id}:{now.astimezone(UTC):%Y%m%d%H%M%S%f}",
        now=now,
        session=session,
        missed=missed,
        completion=completion,
    )


def certificate_ready(db: Session, *, person: Person, certificate: Certificate, now: datetime) -> None:
    """Your certificate can be fetched; another version says that the ones before are replaced."""
    _about_certificate(db, "certificate_ready", person=person, certificate=certificate, now=now)


def certificate_withdrawn(db: Session, *, person: Person, certificate: Certificate, now: datetime) -> None:
    """Your certificate does not hold any more, and whom to ask about that."""
    _about_certificate(db, "certificate_withdrawn", person=person, certificate=certificate, now=now)


def report_confirmed(db: Session, *, person: Person, report: CourseReport, decided_by: str, now: datetime) -> None:
    """The course that you took elsewhere counts, for which objectives, and who says so."""
    _about_report(db, "report_confirmed", person=person, report=report, decided_by=decided_by, now=now)


def report_declined(db: Session, *, person: Person, report: CourseReport, decided_by: str, now: datetime) -> None:
    """The course that you took elsewhere does not count, who says so, and where the reason stands."""
    _about_report(db, "report_declined", person=person, report=report, decided_by=decided_by, now=now)


def _about_report(
    db: Session, occasion: str, *, person: Person, report: CourseReport, decided_by: str, now: datetime
) -> None:
    once = f"{occasion}:{report.id}"
    outbox.post(db, occasion, to=person.recipient, once=once, now=now, report=report, decided_by=decided_by)


def _about_certificate(
    db: Session, occasion: str, *, person: Person, certificate: Certificate, now: datetime
) -> None:
    days = [date.fromisoformat(each) for each in certificate.content["days"]]
    once = f"{occasion}:{certificate.id}"
    outbox.post(db, occasion, to=person.recipient, once=once, now=now, certificate=certificate, days=days)


def preparation_reminder(
    db: Session, *, person: Person, session: CourseSession, lacking: Sequence[PreparationPart], now: datetime
) -> None:
    """What you have still to do before the course, and by when."""
    once = f"preparation_reminder:{session.id}:{person.id}"
    outbox.post(db, "preparation_reminder", to=person.recipient, once=once, now=now, session=session, lacking=lacking)


def evaluation_opened(db: Session, *, person: Person, session: CourseSession, closes_on: date, now: datetime) -> None:
    """Say what you thought of the course: until when, where, and why nobody can know who said what."""
    about = f"{session.id}:{person.id}"
    _about_evaluation(db, "evaluation_opened", to=person, about=about, now=now, session=session, closes_on=closes_on)


def evaluation_reminder(
    db: Session, *, person: Person, session: CourseSession, closes_on: date, number: int, now: datetime
) -> None:
    """You have not answered yet; the same once more."""
    about, facts = f"{number}:{session.id}:{person.id}", {"closes_on": closes_on, "number": number}
    _about_evaluation(db, "evaluation_reminder", to=person, about=about, now=now, session=session, **facts)


def evaluation_closed(
    db: Session, *, person: Person, session: CourseSession, evaluation: Evaluation, now: datetime
) -> None:
    """To a leader: how many have answered, and whether it can be read now or with the next session's."""
    about = f"{session.id}:{person.id}"
    _about_evaluation(
        db, "evaluation_closed", to=person, about=about, now=now, session=session, evaluation=evaluation
    )


def _about_evaluation(db: Session, occasion: str, *, to: Person, about: str, now: datetime, **facts: Any) -> None:
    outbox.post(db, occasion, to=to.recipient, once=f"{occasion}:{about}", now=now, **facts)


def review_opened(db: Session, *, person: Person, half: str, courses: int, now: datetime) -> None:
    """To a reviewer: the courses of a half-year are there to be read."""
    once = f"review_opened:{half}:{person.id}"
    outbox.post(db, "review_opened", to=person.recipient, once=once, now=now, half=half, courses=courses)


def review_stated(db: Session, *, person: Person, review: Review, now: datetime) -> None:
    """To a coordinator: what was said of a course waits for an answer."""
    once = f"review_stated:{review.id}:{person.id}"
    outbox.post(db, "review_stated", to=person.recipient, once=once, now=now, review=review)


def review_answered(
    db: Session, *, person: Person, review: Review, actions: Sequence[ReviewAction], now: datetime
) -> None:
    """To who stated it, or reviews after them: what the unit says and promises."""
    once = f"review_answered:{review.id}:{person.id}"
    outbox.post(db, "review_answered", to=person.recipient, once=once, now=now, review=review, actions=actions)


def summons(db: Session, *, person: Person, session: CourseSession, prepares: bool, now: datetime) -> None:
    """When and where it is, what happens when, what to do before, and where to say what you need."""
    once = once_summoned(session.id, person.id)
    outbox.post(db, "summons", to=person.recipient, once=once, now=now, session=session, prepares=prepares)


def message(
    db: Session,
    *,
    person: Person,
    session: CourseSession,
    message: Message,
    writer: Person,
    answers: str,
    now: datetime,
) -> None:
    """What its leader or a coordinator has to say about a session; who answers writes to `answers`, or the office."""
    facts: dict[str, Any] = {"subject": message.subject, "text": message.text, "writer": writer.name}
    facts["is_answered"] = bool(answers)
    once = f"message:{message.id}:{person.id}"
    outbox.post(db, "message", to=person.recipient, once=once, now=now, reply_to=answers, session=session, **facts)


def programme_changed(db: Session, *, person: Person, session: CourseSession, is_first: bool, now: datetime) -> None:
    """The programme is another than the one you have had, or there was none when you were called."""
    once = f"programme_changed:{session.id}:{person.id}:{now.astimezone(UTC):%Y%m%d%H%M%S%f}"
    outbox.post(db, "programme_changed", to=person.recipient, once=once, now=now, session=session, is_first=is_first)


def completion_reminder(db: Session, *, person: Person, session: CourseSession, number: int, now: datetime) -> None:
    """To a leader: the session is over, nobody has certificates yet, and until when you can complete it."""
    once = f"completion_reminder:{number}:{session.id}:{person.id}"
    facts: dict[str, Any] = {"number": number, "locked_after": session.last_day + LOCKED_AFTER}
    outbox.post(db, "completion_reminder", to=person.recipient, once=once, now=now, session=session, **facts)


def review_action_late(db: Session, *, person: Person, action: ReviewAction, now: datetime) -> None:
    """To a coordinator: what was promised after a review should be done by now."""
    once = f"review_action_late:{action.id}:{person.id}"
    outbox.post(db, "review_action_late", to=person.recipient, once=once, now=now, action=action)
