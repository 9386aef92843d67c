"""Invitations: who could fill a session that too few have booked is told of it, once, and books for themselves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auth.models import Person
from auth.states import Category, Standing
from bookings import impartiality, letters
from bookings.in_vain import in_vain
from bookings.minimum import cases, displaced, prospects
from bookings.models import Booking, CourseWish, Invitation
from bookings.rules.minimum import LACKING_A_DAY, Audience, CaseStep, lacks
from bookings.states import SEATED, Refusal
from courses import sessions
from courses.models import Course, CourseSession
from lararportal.clock import STOCKHOLM, day_of
from lararportal.errors import NotFound, Refused

STEPS = {
    Audience.WAITING: CaseStep.WAITING_INVITED,
    Audience.ASKED: CaseStep.ASKED_INVITED,
    Audience.LACKING: CaseStep.LACKING_INVITED,
}


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Whom an invitation would reach now."""

    session: CourseSession
    audience: Audience
    persons: Sequence[Person]
    left_for_later: int
    """How many more there are than can be invited on one day."""

    @property
    def token(self) -> str:
        """Stands for exactly these people."""
        return sha256(repr((self.session.id, self.audience, [each.id for each in self.persons])).encode()).hexdigest()


def reach(db: Session, *, session_id: int, audience: Audience, now: datetime) -> Reach:
    """Whom an invitation would reach: nobody who was invited to the session before, nor who could not come to it.

    And nobody while all its seats are taken or kept for somebody.

    Raises:
        NotFound: there is no such session.
    """
    session = displaced.sessions_by_id(db, [session_id]).get(session_id)
    if session is None:
        raise NotFound
    return _reach(db, session, audience, now=now)


def invite(db: Session, *, session_id: int, audience: Audience, saw: str, now: datetime, by: int) -> int:
    """Everybody whom `saw` stands for has a letter about the free seats; how many.

    Raises:
        NotFound: there is no such session.
        Refused: `by` has something to do with the course, enough have booked, booking is closed, there is nobody to
            invite, or it would reach others by now.
    """
    [session] = sessions.lock(db, [session_id])
    impartiality.insist(db, session, now=now, by=by)
    case = cases.case_of(db, session, now=now)
    if session.booking_is_closed:
        raise Refused(Refusal.BOOKING_CLOSED, why=session.booking_closed_reason)
    found = _reach(db, session, audience, now=now)
    if not found.persons:
        raise Refused(Refusal.NOBODY_TO_INVITE)
    if saw != found.token:
        raise Refused(Refusal.OUTLOOK_CHANGED)
    ids = [each.id for each in found.persons]
    db.add_all(Invitation(session_id=session_id, person_id=each, audience=audience, at=now, by=by) for each in ids)
    cases.note_step(db, session, STEPS[audience], count=len(ids), now=now, by=by, invited=ids)
    for person in found.persons:
        letters.free_seats(db, case, person=person, session=session, audience=audience, now=now)
    return len(ids)


def _reach(db: Session, session: CourseSession, audience: Audience, *, now: datetime) -> Reach:
    today = day_of(now)
    invited = set(db.scalars(select(Invitation.person_id).where(Invitation.session_id == session.id)))
    asked = _audience(db, session, audience, today=today) if session.free_seats > 0 else []
    found = [each for each in asked if each.id not in invited]
    able = prospects.could_come(db, [session], {session.id: found}, today=today)[session.id]
    room = max(0, LACKING_A_DAY - _invited_today(db, session, now=now)) if audience is Audience.LACKING else None
    taken = able[:room]
    return Reach(session=session, audience=audience, persons=taken, left_for_later=len(able) - len(taken))


def _audience(db: Session, session: CourseSession, audience: Audience, *, today: date) -> Iterable[Person]:
    if audience is Audience.WAITING:
        return prospects.waiting_elsewhere(db, [session], today=today)[session.id]
    if audience is Audience.ASKED:
        asked = select(CourseWish.person_id).where(CourseWish.course_id == session.course_id)
        return db.scalars(select(Person).where(Person.id.in_(asked)).order_by(Person.id)).all()
    return _lacking(db, session.course, today=today)


def _lacking(db: Session, course: Course, *, today: date) -> list[Person]:
    """Residents without a seat, now or before, that covers an objective of the course; nearest to their end first."""
    objectives = {Category.ST_2015: course.objectives_2015, Category.ST_2021: course.objectives_2021}
    residents = db.scalars(
        select(Person)
        .where(
            Person.standing == Standing.CONFIRMED,
            Person.erased_at.is_(None),
            Person.category.in_([each for each, found in objectives.items() if found]),
            Person.planned_end >= today,
        )
        .order_by(Person.planned_end, Person.id)
    ).all()
    covered = _covered(db, {each.id for each in residents})
    return [
        each for each in residents if each.category and lacks(objectives[each.category], covered=covered[each.id])
    ]


def _covered(db: Session, person_ids: Collection[int]) -> dict[int, set[str]]:
    """The objectives of the courses in which each of them has a seat, or had one to the end and not in vain."""
    rows = db.execute(
        select(Booking.person_id, Course.objectives_2015, Course.objectives_2021)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .join(Course, Course.id == CourseSession.course_id)
        .where(Booking.person_id.in_(person_ids), Booking.state.in_(SEATED), ~in_vain())
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, old, new in rows:
        found[person_id].update(old, new)
    return found


def _invited_today(db: Session, session: CourseSession, *, now: datetime) -> int:
    day = func.date(func.timezone(str(STOCKHOLM), Invitation.at))
    count = select(func.count()).where(
        Invitation.session_id == session.id, Invitation.audience == Audience.LACKING, day == day_of(now)
    )
    return db.scalar(count) or 0
