"""Closing: after three weeks, or when everybody has answered; from then on nobody knows who was asked."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from auth.models import Person
from courses import letters
from courses.catalogue import lock_course
from courses.evaluations import box
from courses.models import COURSE_AND_DAYS, Asked, CourseSession, Evaluation, SessionLeader
from lararportal import clock, journal


def due(db: Session, *, now: datetime) -> list[int]:
    """The open evaluations whose time is up, or in which nobody is left to answer."""
    somebody_left = exists().where(Asked.session_id == Evaluation.session_id, ~Asked.has_answered)
    found = select(Evaluation.session_id).where(
        Evaluation.closed_at.is_(None), or_(Evaluation.closes_on < clock.day_of(now), ~somebody_left)
    )
    return list(db.scalars(found.order_by(Evaluation.session_id)))


def close(db: Session, session_id: int, *, now: datetime, by: int | None) -> None:
    """It is written down how many were asked and have answered, and forgotten who; its leaders have a letter."""
    box.locked(db, session_id)
    evaluation = db.get_one(Evaluation, session_id, populate_existing=True)
    if evaluation.closed_at is not None:
        return
    session = db.get_one(CourseSession, session_id, options=COURSE_AND_DAYS, populate_existing=True)
    closed_at, mix = _after_all_others(db, session.course_id, now), _mix(db, session_id)
    gone = delete(Asked).where(Asked.session_id == session_id).returning(Asked.has_answered)
    said = db.scalars(gone).all()
    evaluation.closed_at, evaluation.asked, evaluation.answered = closed_at, len(said), sum(said)
    evaluation.mix = mix
    led_by = select(Person).join(SessionLeader, SessionLeader.person_id == Person.id)
    found = db.scalars(led_by.where(SessionLeader.session_id == session_id).order_by(Person.id)).all()
    leaders = found if said else []
    told = [each.id for each in leaders]
    journal.note(
        db, "evaluation.closed", now=now, by=by, session=session_id, asked=len(said), answered=sum(said), leaders=told
    )
    for leader in leaders:
        letters.evaluation_closed(db, person=leader, session=session, evaluation=evaluation, now=now)
    db.flush()


def _after_all_others(db: Session, course_id: int, now: datetime) -> datetime:
    """When it closes: units are made in this order, and what is a unit stays one though a clock were set back."""
    lock_course(db, course_id)
    of_course = select(func.max(Evaluation.closed_at)).join(CourseSession, CourseSession.id == Evaluation.session_id)
    last = db.scalar(of_course.where(CourseSession.course_id == course_id))
    return now if last is None else max(now, last + timedelta(microseconds=1))


def _mix(db: Session, session_id: int) -> dict[str, int]:
    """Who is of no category is in none of them."""
    found = select(Person.category, func.count()).join(Asked, Asked.person_id == Person.id)
    rows = db.execute(found.where(Asked.session_id == session_id).group_by(Person.category))
    return {category.value: count for category, count in rows if category is not None}
