"""Many at once on full sessions: no deadlock stops anybody, no seat is lost, and everything holds at the end."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from crowd import SPARE, Crowd, insist_on_the_end
from processes import Storm
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

import make
from bookings import answers, cancellation, left_over_seats, waitlist
from bookings.models import Booking
from bookings.states import BookingState
from courses.models import Course, CourseSession
from courses.states import Publicity
from lararportal import tick
from lararportal.db import Database
from lararportal.journal import Entry

SPRING = date(2027, 4, 5)
HOW_MUCH = pytest.mark.parametrize(
    ("threads", "seconds", "often"),
    [pytest.param(16, 2.0, 1, id="moment"), pytest.param(50, 60.0, 20, id="minute", marks=pytest.mark.long)],
)
"""Some for a moment in each run, fifty for a minute where there is time; and how often each act is done at least."""


def world(db: Session, *, now) -> Crowd:
    """Six full sessions of two courses, two of a third one with room, and forty doctors who want seats."""
    courses = [make.course(db, seats=4) for _ in range(2)]
    # The sessions of both courses share days, so that a seat in one keeps people out of the other.
    planned = [
        _planned(db, course, first=SPRING + timedelta(days=number), published=3)
        for number, course in enumerate(courses)
    ]
    roomy = make.course(db, seats=30)
    with_room = _planned(db, roomy, first=date(2027, 8, 3), published=2)
    persons = [make.person(db, planned_end=date(2029, 1 + n % 9, 1)).id for n in range(40)]
    # All have their seats before anybody stands in line: where somebody does, the next who comes does too.
    for number, person in enumerate(persons[:12]):
        for sessions, week in zip(planned, (number % 3, (number + 1) % 3), strict=True):
            left_over_seats.book(db, session_id=sessions[week], person_id=person, now=now, by=person)
    full = [db.get_one(CourseSession, session) for sessions in planned for session in sessions[:3]]
    assert [session.free_seats for session in full] == [0] * 6
    keep_a_seat_in_each(db, [sessions[0] for sessions in planned], persons[12:14], now=now)
    for number, person in enumerate(persons[:12]):
        for sessions in planned:
            waitlist.join(db, session_id=sessions[(number + 2) % 3], person_id=person, now=now, by=person)
    for number, person in enumerate(persons[14:]):
        left_over_seats.book(db, session_id=with_room[number % 2], person_id=person, now=now, by=person)
    spare = {
        course.id: drafts[-SPARE:] for course, drafts in zip([*courses, roomy], [*planned, with_room], strict=True)
    }
    return Crowd(persons, staff=make.coordinator(db).id, spare=spare)


def _planned(db: Session, course: Course, *, first: date, published: int) -> list[int]:
    """Sessions of two days, one a week: so many of them published, and others to be held instead of them."""
    days = [first + timedelta(days=7 * week) for week in range(published + SPARE)]
    how = [Publicity.PUBLISHED] * published + [Publicity.DRAFT] * SPARE
    return [
        make.session(db, of=course, days=[day, day + timedelta(days=1)], publicity=each).id
        for day, each in zip(days, how, strict=True)
    ]


def keep_a_seat_in_each(db: Session, sessions: Sequence[int], persons: Sequence[int], *, now) -> None:
    """Somebody gives a seat back, and it is offered to who waits and wants to be asked."""
    for session, person in zip(sessions, persons, strict=True):
        one = {"session_id": session, "person_id": person, "by": person, "now": now}
        waitlist.join(db, **one)
        answers.answer_beforehand(db, **one, standing_yes=False, short_notice=False)
        seats = select(Booking.person_id).where(Booking.session_id == session, Booking.state == BookingState.BOOKED)
        leaving = db.scalars(seats.order_by(Booking.id).limit(1)).one()
        cancellation.cancel(db, session_id=session, person_id=leaving, reason="", now=now, by=leaving)
        assert waitlist.fill(db, session_id=session, now=now) == 1


def changed_seats(database: Database, deed: str) -> int:
    """How many gave up one seat for another in this way."""
    with database.transaction() as db:
        left = db.scalars(select(Entry.facts["left"]).where(Entry.deed == deed)).all()
    return sum(bool(each) for each in left)


@HOW_MUCH
def test_many_at_once_on_six_full_sessions_keep_every_invariant(
    shared_database: Database, threads: int, seconds: float, often: int, now
):
    with shared_database.transaction() as db:
        crowd = world(db, now=now)
    acts = [*[crowd.join] * 3, crowd.leave, *[crowd.book] * 3, *[crowd.cancel] * 3, *[crowd.undo] * 3]
    acts += [*[crowd.rebook] * 5, *[crowd.wish] * 4, *[crowd.reorder] * 2, *[crowd.ask_first] * 3]
    acts += [*[crowd.accept] * 3, *[crowd.decline] * 2, *[crowd.lapse] * 2]
    acts += [*[crowd.fill] * 5, *[crowd.close_rings] * 4, *[crowd.call_off] * 2]
    storm = Storm(
        database=shared_database,
        acts=acts,
        often=often,
        begins=now + timedelta(minutes=1),
        threads=threads,
        seconds=seconds,
        until=lambda: (
            changed_seats(shared_database, "seat.swapped") >= often
            and changed_seats(shared_database, "seat.from_line") > 0
        ),
        beside=lambda at: tick.run_due(shared_database, now=at),
    )

    with capture_logs() as logs:
        storm.rage()

    assert [each for each in logs if each["log_level"] == "error"] == []
    insist_on_the_end(shared_database, now=now + timedelta(hours=1))
