"""Answering: it is known who has answered, and of nobody what."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from courses.evaluations import box, questions
from courses.models import Asked, Evaluation
from courses.rules import evaluations
from courses.rules.evaluations import Question
from courses.states import Refusal
from lararportal.errors import NotFound, Refused


def look(db: Session, *, session_id: int, by: int, now: datetime) -> list[Question]:
    """What they are asked.

    Raises:
        NotFound: they are not asked about that session.
        Refused: they have answered, or it has closed.
    """
    row = db.get(Asked, (session_id, by))
    if row is None:
        raise _gone(db, session_id)
    if row.has_answered:
        raise Refused(Refusal.ANSWERED_ALREADY)
    return _open(db, session_id, now=now)


def answer(db: Session, *, session_id: int, given: Mapping[str, str], now: datetime, by: int) -> None:
    """What they say is in the box and they have answered; nothing else is written down, not even that it happened.

    The box is locked first, so that two who answer at once come one after the other.

    Raises:
        NotFound: they are not asked about that session.
        Refused: they have answered, it has closed, or nothing is answered.
    """
    found = box.locked(db, session_id)
    if found is None:
        raise NotFound
    row = db.get(Asked, (session_id, by), populate_existing=True)
    if row is None:
        raise _gone(db, session_id)
    asked = _open(db, session_id, now=now)
    if evaluations.faults(asked, given):
        raise Refused(Refusal.NO_SUCH_ANSWER)
    if not evaluations.says_something(asked, given):
        raise Refused(Refusal.NOTHING_ANSWERED)
    if row.has_answered:
        raise Refused(Refusal.ANSWERED_ALREADY)
    row.has_answered = True
    box.put(db, found, evaluations.with_answer(box.opened(db, found), asked, given))
    db.flush()


def questions_of(db: Session, session_id: int) -> list[Question]:
    """What is asked about a session, or was until it closed, whoever is asked."""
    return questions.read(db.get_one(Evaluation, session_id).questions)


def _open(db: Session, session_id: int, *, now: datetime) -> list[Question]:
    evaluation = db.get_one(Evaluation, session_id, populate_existing=True)
    if evaluation.closed_at is not None or not evaluations.is_open(evaluation.closes_on, now):
        raise Refused(Refusal.EVALUATION_CLOSED)
    return questions.read(evaluation.questions)


def _gone(db: Session, session_id: int) -> Exception:
    """Who was asked is forgotten when it closes; that it has closed is no secret."""
    closed = exists().where(Evaluation.session_id == session_id, Evaluation.closed_at.is_not(None))
    return Refused(Refusal.EVALUATION_CLOSED) if db.scalar(select(closed)) else NotFound()
