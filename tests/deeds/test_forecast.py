"""The forecast from rows: who waits elsewhere and could come, and what earlier sessions of the course lost."""

from datetime import date, timedelta

import pytest
from bookings_room import place, seat

import make
from auth.states import Category
from bookings.minimum import forecast, prospects
from bookings.states import BookingState
from courses.models import Course
from courses.states import Publicity
from lararportal import clock

TODAY = date(2027, 2, 15)
BEGINS = date(2027, 3, 15)
"""Of the session: 28 days later."""


@pytest.fixture
def course(db):
    return make.course(db, seats=10)


@pytest.fixture
def session(db, course):
    made = make.session(db, of=course, minimum=4)
    assert made.starts_on == BEGINS
    return made


def expected(db, *sessions):
    db.flush()
    for each in sessions:
        db.refresh(each, ["course", "days"])
    return forecast.expectations(db, sessions, today=TODAY)


def earlier(db, course, *, publicity=Publicity.ARCHIVED, days_ago: int = 30):
    return make.session(db, of=course, days=[TODAY - timedelta(days=days_ago)], publicity=publicity)


def ended(db, session, state, *, days_before: int):
    booking = seat(db, session, make.person(db), at=clock.at(session.starts_on - timedelta(days=90)))
    booking.state, booking.ended_at = state, clock.at(session.starts_on - timedelta(days=days_before), 12)
    return booking


def test_only_seats_there_were_as_long_before_the_start_are_counted_and_only_what_was_lost_later(db, course, session):
    past = earlier(db, course)
    for _ in range(3):
        seat(db, past, make.person(db), at=clock.at(past.starts_on - timedelta(days=60)))
    seat(db, past, make.person(db), at=clock.at(past.starts_on - timedelta(days=27)))
    ended(db, past, BookingState.CANCELLED, days_before=29)
    ended(db, past, BookingState.CANCELLED, days_before=27)
    ended(db, past, BookingState.MOVED, days_before=3)
    found = expected(db, session)[session.id]
    assert (found.past_seats, found.past_lost) == (5, 2)


@pytest.mark.parametrize(
    ("facts", "counted"),
    [
        pytest.param({}, 1, id="archived"),
        pytest.param({"publicity": Publicity.PUBLISHED}, 1, id="over and still listed"),
        pytest.param({"publicity": Publicity.CALLED_OFF}, 0, id="called off"),
        pytest.param({"days_ago": -10}, 0, id="still ahead"),
    ],
)
def test_which_sessions_are_earlier_ones(db, course, session, facts, counted):
    past = earlier(db, course, **facts)
    seat(db, past, make.person(db), at=clock.at(past.starts_on - timedelta(days=60)))
    assert expected(db, session)[session.id].past_seats == counted


def test_another_course_tells_nothing(db, session):
    past = earlier(db, make.course(db))
    seat(db, past, make.person(db), at=clock.at(past.starts_on - timedelta(days=60)))
    assert expected(db, session)[session.id].past_seats == 0


@pytest.mark.parametrize(
    ("involve", "counted"),
    [
        pytest.param(lambda *_: None, True, id="waits elsewhere"),
        pytest.param(lambda db, who, here, _: place(db, here, who), False, id="waits here too"),
        pytest.param(lambda db, who, here, _: seat(db, here, who), False, id="has a seat here"),
        pytest.param(
            lambda db, who, _, course: seat(db, make.session(db, of=course, days=[date(2027, 6, 1)]), who),
            False,
            id="has a seat in the course",
        ),
        pytest.param(
            lambda db, who, *_: seat(db, make.session(db, days=[BEGINS]), who), False, id="is elsewhere that day"
        ),
        pytest.param(lambda _db, who, *_: setattr(who, "category", Category.PRE_ST), False, id="it is not for them"),
        pytest.param(
            lambda db, who, _, course: place(db, make.session(db, of=course, days=[date(2027, 6, 1)]), who),
            True,
            id="waits twice and is counted once",
        ),
    ],
)
def test_who_waits_elsewhere_and_could_come(db, course, session, involve, counted):
    sister, anna = make.session(db, of=course, days=[date(2027, 4, 12)]), make.person(db)
    place(db, sister, anna)
    involve(db, anna, session, course)
    assert expected(db, session)[session.id].waiting_elsewhere == counted
    assert prospects.waiting_elsewhere(db, [session], today=TODAY) == {session.id: [anna] if counted else []}


def test_it_takes_the_same_number_of_statements_for_many_as_for_one(db, course, session, queries):
    others = [make.session(db, minimum=2) for _ in range(3)]
    seat(db, session, make.person(db))
    for each in (session, *others):
        sister = make.session(db, of=db.get(Course, each.course_id), days=[date(2027, 4, 12)])
        place(db, sister, make.person(db))
    expected(db, session, *others)
    counts = []
    for asked in ([session], [session, *others]):
        queries.reset()
        found = forecast.expectations(db, asked, today=TODAY)
        counts.append((queries.count, len(found)))
    assert [found for _, found in counts] == [1, 4]
    assert counts[0][0] == counts[1][0] <= 5
    assert (found[session.id].booked, found[session.id].minimum) == (1, 4)


def test_nothing_is_asked_about_nothing(db, queries):
    queries.reset()
    assert (forecast.expectations(db, [], today=TODAY), queries.count) == ({}, 0)
