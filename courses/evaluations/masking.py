"""Masking: a text that names a person is hidden from everybody who reads, for a reason, and can be shown again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from auth.models import Person
from courses.evaluations import box, questions, shown
from courses.models import Course, CourseDay, CourseSession, Evaluation, Masking, SessionLeader
from courses.rules.evaluations import Question
from courses.rules.reading import repeats
from courses.states import Refusal
from lararportal import journal
from lararportal.errors import NotFound, Refused


@dataclass(frozen=True)
class Comment:
    """A text as it was written, in its unit, and by whom and why it is masked, if it is."""

    days: Sequence[Sequence[date]]
    """Of each session of the unit."""
    sessions: Sequence[int]
    question: Question
    text: str
    times: int
    """How many wrote the same."""
    imprint: str
    masking: Masking | None


def comments(db: Session, course_id: int) -> list[Comment]:
    """The texts about a course that can be read, each once in its unit, and those that are masked: for who masks."""
    units = shown.as_written(db, [course_id])[course_id]
    sessions = [each for unit in units for each in unit.sessions]
    asked = _asked(db, sessions)
    days: dict[int, list[date]] = {each: [] for each in sessions}
    for day in db.scalars(select(CourseDay).where(CourseDay.session_id.in_(sessions)).order_by(CourseDay.day)):
        days[day.session_id].append(day.day)
    masked = {(each.session_id, each.imprint): each for each in _maskings(db, sessions)}
    found = []
    for unit in reversed(units):
        of_unit = {question.key: question for each in unit.sessions for question in asked[each]}
        for question in of_unit.values():
            written = unit.tallies.texts.get(question.key, ())
            for text in dict.fromkeys(written):
                imprint = box.imprint(db, unit.begins_with, question.key, text)
                its_days, masking = [days[each] for each in unit.sessions], masked.get((unit.begins_with, imprint))
                times = list(written).count(text)
                found.append(Comment(its_days, unit.sessions, question, text, times, imprint, masking))
    return found


def comment(db: Session, *, session_id: int, imprint: str) -> tuple[Course, Comment]:
    """One of them, by the session that its unit begins with; and its course.

    Raises:
        NotFound: there is none.
    """
    of_session = select(Course).join(CourseSession, CourseSession.course_id == Course.id)
    course = db.scalars(of_session.where(CourseSession.id == session_id)).one_or_none()
    all_of_it = [] if course is None else comments(db, course.id)
    for each in all_of_it:
        if (each.sessions[0], each.imprint) == (session_id, imprint) and course is not None:
            return course, each
    raise NotFound


def mask(db: Session, *, session_id: int, imprint: str, reason: str, now: datetime, by: int) -> None:
    """Nobody reads the text any more, wherever it stood; the journal has the reason, and not the text.

    Raises:
        NotFound: there is no such text.
        Refused: it is masked, they have led the session, or the reason repeats the text.
    """
    course, found = _to_decide(db, session_id=session_id, imprint=imprint, reason=reason, by=by)
    if found.masking is not None:
        raise Refused(Refusal.TEXT_MASKED_ALREADY)
    row = Masking(session_id=session_id, imprint=imprint, reason=reason.strip(), masked_at=now, masked_by=by)
    db.add(row)
    _note(db, "evaluation.text_masked", course, found, reason=row.reason, now=now, by=by)


def show(db: Session, *, session_id: int, imprint: str, reason: str, now: datetime, by: int) -> None:
    """The text is read as before.

    Raises:
        NotFound: there is no such text.
        Refused: it is not masked, they have led the session, or the reason repeats the text.
    """
    course, found = _to_decide(db, session_id=session_id, imprint=imprint, reason=reason, by=by)
    if found.masking is None:
        raise Refused(Refusal.TEXT_NOT_MASKED)
    db.delete(found.masking)
    _note(db, "evaluation.text_shown", course, found, reason=reason.strip(), now=now, by=by)


def _to_decide(db: Session, *, session_id: int, imprint: str, reason: str, by: int) -> tuple[Course, Comment]:
    """Whoever has led the session does not decide which answers about it are read."""
    box.locked(db, session_id)
    course, found = comment(db, session_id=session_id, imprint=imprint)
    led = exists().where(SessionLeader.session_id.in_(found.sessions), SessionLeader.person_id == by)
    if db.scalar(select(led)):
        raise Refused(Refusal.LED_THEMSELVES)
    if repeats(reason, found.text):
        raise Refused(Refusal.REASON_TELLS_TEXT)
    return course, found


def _note(db: Session, deed: str, course: Course, found: Comment, *, reason: str, now: datetime, by: int) -> None:
    said: dict[str, Any] = {"sessions": list(found.sessions), "question": found.question.key, "reason": reason}
    journal.note(db, deed, now=now, by=by, course=course.code, imprint=found.imprint, **said)
    db.flush()


def _asked(db: Session, sessions: Sequence[int]) -> dict[int, list[Question]]:
    rows = select(Evaluation.session_id, Evaluation.questions).where(Evaluation.session_id.in_(sessions))
    return {session_id: questions.read(asked) for session_id, asked in db.execute(rows)}


def _maskings(db: Session, sessions: Sequence[int]) -> list[Masking]:
    return list(db.scalars(select(Masking).where(Masking.session_id.in_(sessions))))


def names(db: Session, found: Sequence[Comment]) -> dict[int, str]:
    """Who has masked them."""
    people = {each.masking.masked_by for each in found if each.masking is not None}
    return {each.id: each.name for each in db.scalars(select(Person).where(Person.id.in_(people)))}
