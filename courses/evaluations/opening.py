"""Opening: at the end of the last day whoever was there is asked, and reminded on the third and the tenth day."""

from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from auth.models import Person
from courses import letters
from courses.days import half_days
from courses.days.half_days import Roster
from courses.evaluations import box, questions
from courses.models import COURSE_AND_DAYS, Asked, CourseDay, CourseSession, Evaluation, SessionLeader
from courses.rules import evaluations
from courses.rules.days import THERE
from courses.sessions import lock
from lararportal import clock, journal


def due(db: Session, *, now: datetime) -> list[int]:
    """The sessions that are over and of which nobody has been asked yet, while there is time to answer."""
    ended = func.timezone(clock.STOCKHOLM.key, CourseDay.day + CourseDay.ends)
    found = (
        select(CourseSession.id)
        .join(CourseDay, (CourseDay.session_id == CourseSession.id) & (CourseDay.day == CourseSession.last_day))
        .where(CourseSession.takes_place, ~CourseSession.is_reserve)
        .where(CourseDay.day >= clock.day_of(now) - evaluations.OPEN_FOR, ended <= now)
        .where(~exists().where(Evaluation.session_id == CourseSession.id))
    )
    return list(db.scalars(found.order_by(CourseSession.id)))


def open_(db: Session, session_id: int, *, roster: Roster, now: datetime, by: int | None) -> None:
    """Everybody with a seat is asked by letter, but for those of whom it is noted that they never were there."""
    [session] = lock(db, [session_id])
    closes_on = evaluations.last_day_to_answer(session.last_day)
    led_by = select(SessionLeader.person_id).where(SessionLeader.session_id == session_id)
    leaders = set(db.scalars(led_by))
    asked = evaluations.asked(questions.of_course(db, session.course_id), leaders)
    people = _were_there(db, session_id, roster(db, session_id)) - leaders
    evaluation = Evaluation(
        session_id=session_id, questions=questions.written(asked), opened_at=now, closes_on=closes_on
    )
    db.add(evaluation)
    db.flush()
    box.new(db, session_id)
    # In the order of their numbers: what follows is no order of anything else.
    db.add_all(Asked(session_id=session_id, person_id=each) for each in sorted(people))
    journal.note(
        db, "evaluation.opened", now=now, by=by, session=session_id, people=sorted(people), until=str(closes_on)
    )
    for person in db.scalars(select(Person).where(Person.id.in_(people)).order_by(Person.id)):
        letters.evaluation_opened(db, person=person, session=session, closes_on=closes_on, now=now)
    db.flush()


def _were_there(db: Session, session_id: int, people: frozenset[int]) -> set[int]:
    noted = half_days.rows_of(db, session_id, people)
    return {each for each in people if not noted[each] or any(row.state in THERE for row in noted[each].values())}


def to_remind(db: Session, *, now: datetime) -> list[int]:
    """The open evaluations in which somebody has not answered, and has had fewer reminders than is time for."""
    behind = (
        and_(Asked.reminders < number, Evaluation.closes_on <= latest)
        for number, latest in enumerate(evaluations.closing_when_reminded(now), 1)
    )
    somebody = exists().where(Asked.session_id == Evaluation.session_id, ~Asked.has_answered, or_(*behind))
    found = select(Evaluation.session_id).where(
        Evaluation.closed_at.is_(None), Evaluation.closes_on >= clock.day_of(now), somebody
    )
    return list(db.scalars(found.order_by(Evaluation.session_id)))


def remind(db: Session, session_id: int, *, now: datetime, by: int | None) -> None:
    """Whoever has not answered has a letter; one, though the time for two had come."""
    session = db.get_one(CourseSession, session_id, options=COURSE_AND_DAYS, populate_existing=True)
    evaluation = db.get_one(Evaluation, session_id, with_for_update=True)
    reminders = evaluations.reminders_due(evaluation.closes_on, now)
    behind = select(Asked).where(Asked.session_id == session_id, ~Asked.has_answered, Asked.reminders < reminders)
    rows = db.scalars(behind.order_by(Asked.person_id)).all()
    if evaluation.closed_at is not None or not rows:
        return
    for row in rows:
        row.reminders = reminders
    people = select(Person).where(Person.id.in_([row.person_id for row in rows])).order_by(Person.id)
    for person in db.scalars(people):
        letters.evaluation_reminder(
            db, person=person, session=session, closes_on=evaluation.closes_on, number=reminders, now=now
        )
    told = [row.person_id for row in rows]
    journal.note(db, "evaluation.reminded", now=now, by=by, session=session_id, people=told, number=reminders)
    db.flush()
