"""Whoever has not answered an offer half-way is reminded of it, once."""

from datetime import timedelta

import pytest
from bookings_room import fill, occasions, place, set_free, told

import make
from auth.states import Standing
from bookings import answers, deadlines, offers
from bookings.models import Booking
from bookings.states import BookingState
from lararportal import clock, tick

SOON = clock.parse("2027-02-24T10:00")
DEADLINE = clock.parse("2027-03-01T12:00")
HALF_WAY = SOON + (DEADLINE - SOON) / 2
LATER = timedelta(hours=1)


@pytest.fixture
def anna(db):
    return make.person(db)


@pytest.fixture
def offered(db, full, anna):
    """The one seat of the session is kept for Anna."""
    place(db, full, anna)
    set_free(db, full)
    assert fill(db, full, now=SOON) == 1
    db.flush()
    return full


def decline(db, session, person) -> None:
    answers.decline(db, session_id=session.id, person_id=person.id, now=SOON, by=person.id)


def to_remind(db, now) -> list[int]:
    return deadlines.half_way(db, state=BookingState.OFFERED, now=now)


def test_who_has_not_answered_is_reminded_once_half_way(db, database, offered, anna):
    moments = HALF_WAY - timedelta(seconds=1), HALF_WAY, HALF_WAY + LATER
    assert [tick.run_due(database, now=each)["answers reminded of"] for each in moments] == [0, 1, 0]
    assert occasions(db) == ["seat_offered", "answer_reminder"]
    assert "Platsen hålls åt dig till 1 mars 2027 kl. 12.00." in told(db, anna)


def test_nobody_is_reminded_when_it_is_too_late_to_answer(db, offered):
    assert len(to_remind(db, now=DEADLINE - timedelta(seconds=1))) == 1
    assert to_remind(db, now=DEADLINE) == []


def test_an_answer_that_came_before_the_reminder_stands(db, offered, anna):
    [booking_id] = to_remind(db, now=HALF_WAY)
    decline(db, offered, anna)
    offers.remind(db, booking_id, now=HALF_WAY, by=None)
    assert occasions(db) == ["seat_offered"]


def test_of_another_offer_one_is_reminded_anew(db, offered, anna):
    offers.remind(db, *to_remind(db, now=HALF_WAY), now=HALF_WAY, by=None)
    anna.standing = Standing.PENDING
    assert fill(db, offered, now=HALF_WAY + LATER) == 1
    anna.standing = Standing.CONFIRMED
    assert fill(db, offered, now=HALF_WAY + 2 * LATER) == 1
    assert to_remind(db, now=HALF_WAY + 3 * LATER) == []
    again = db.query(Booking).filter_by(person_id=anna.id).one().answer_by - LATER
    assert len(to_remind(db, now=again)) == 1
