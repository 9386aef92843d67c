"""Prospects: those who wait for another session of the course and could come to this one, and who could at all."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from auth.models import Person
from bookings import facts
from bookings.models import Booking
from bookings.rules.seats import why_not_eligible
from bookings.states import IN_LINE, SEATED
from courses.models import CourseSession
from courses.states import Publicity


def waiting_elsewhere(db: Session, sessions: Collection[CourseSession], *, today: date) -> dict[int, list[Person]]:
    """By session those who wait for another session of its course and could come to it, by id.

    The sessions have their course and days loaded. It takes as many statements for many as for one.
    """
    found: dict[int, list[int]] = defaultdict(list)
    for session_id, person_id in db.execute(_waiting_elsewhere([each.id for each in sessions], today=today)):
        found[session_id].append(person_id)
    ids = {person_id for each in found.values() for person_id in each}
    persons = {each.id: each for each in db.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
    waiting = {session_id: [persons[each] for each in person_ids] for session_id, person_ids in found.items()}
    return could_come(db, sessions, waiting, today=today)


def could_come(
    db: Session, sessions: Collection[CourseSession], persons: Mapping[int, Sequence[Person]], *, today: date
) -> dict[int, list[Person]]:
    """Of these persons, by session, those for whom the course is and who are free.

    They have neither a seat in the course nor a place in the session, and no seat on one of its days. Nobody new
    comes to a session whose booking is closed.
    """
    ids = {each.id for found in persons.values() for each in found}
    held = facts.live_bookings(db, ids) if ids else {}
    return {
        session.id: [
            each
            for each in persons.get(session.id, ())
            if _could_come(each, session, held.get(each.id, []), today=today)
        ]
        for session in sessions
    }


def _could_come(person: Person, session: CourseSession, mine: Sequence[Booking], *, today: date) -> bool:
    if session.booking_is_closed:
        return False
    days, course = facts.days_of(session), session.course
    seats = [each.session for each in mine if each.state in SEATED]
    who = facts.participant(person, mine, today=today)
    return (
        why_not_eligible(who, course_id=course.id, groups=course.targets) is None
        and all(each.course_id != course.id and facts.days_of(each).isdisjoint(days) for each in seats)
        and all(each.session_id != session.id for each in mine)
    )


def _waiting_elsewhere(session_ids: Collection[int], *, today: date) -> Select[int, int]:
    wanted = aliased(CourseSession)
    return (
        select(wanted.id, Booking.person_id)
        .join(CourseSession, and_(CourseSession.course_id == wanted.course_id, CourseSession.id != wanted.id))
        .join(Booking, Booking.session_id == CourseSession.id)
        .where(
            wanted.id.in_(session_ids),
            CourseSession.publicity == Publicity.PUBLISHED,
            CourseSession.starts_on > today,
            Booking.state.in_(IN_LINE),
        )
        .distinct()
        .order_by(wanted.id, Booking.person_id)
    )
