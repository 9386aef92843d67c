"""A session comes nearer, or its last day to cancel does: it costs nobody anything who reckoned with more time."""

from datetime import date, timedelta

import pytest
from bookings_room import AFTER, fill, place, seat, states, told
from session_changes_room import changed, on

import make
from bookings import answers, cancellation
from bookings import queries as reads
from bookings.states import BookingState, CancelGround
from lararportal import clock

MARCH = date(2027, 3, 15)
ASKED = clock.parse("2027-02-08T10:00")
LATER = clock.parse("2027-02-09T10:00")
SOONER, LAST, DAY = date(2027, 2, 1), date(2027, 2, 22), timedelta(days=1)


@pytest.fixture
def anna(db):
    return make.person(db, given_name="Anna")


def cancelled_late(db, session, person) -> bool:
    found = {"session_id": session.id, "person_id": person.id, "now": LATER, "by": person.id}
    return cancellation.cancel(db, reason="", ground=CancelGround.ILLNESS, **found).ended_late


def test_whoever_was_booked_when_the_last_day_to_cancel_came_nearer_keeps_the_later_day(db, anna):
    session, bo = make.session(db, days=[MARCH]), make.person(db)
    seat(db, session, anna)
    changed(db, session, cancel_by=SOONER)
    assert "du kan avboka på Mina kurser till och med måndag 22 februari" in told(db, anna)
    seat(db, session, bo, at=AFTER + timedelta(minutes=1))
    mine = reads.my_seat(db, session_id=session.id, person_id=anna.id, now=LATER)
    assert (mine.cancel_by, mine.is_free, mine.is_late) == (LAST, False, False)
    assert [cancelled_late(db, session, each) for each in (anna, bo)] == [False, True]


@pytest.mark.parametrize(
    ("days", "free_until"),
    [([LAST - DAY, LAST], LAST), ([LAST + DAY, SOONER], LAST + DAY), ([SOONER, LAST - DAY], LAST)],
    ids=["nearer and back", "put off and nearer", "nearer, and half of it back"],
)
def test_the_latest_last_day_to_cancel_that_somebody_has_known_counts_for_them(db, anna, days, free_until):
    session = make.session(db, days=[MARCH])
    seat(db, session, anna)
    for hour, day in enumerate(days):
        changed(db, session, now=AFTER + timedelta(hours=hour), cancel_by=day)
    assert session.moved_at is None

    def late_on(day: date) -> bool:
        return reads.my_seat(db, session_id=session.id, person_id=anna.id, now=clock.at(day)).is_late

    assert [late_on(free_until), late_on(free_until + DAY), late_on(MARCH - DAY)] == [False, True, True]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"cancel_by": SOONER}, id="only its last day to cancel"),
        pytest.param(
            {"days": on(date(2027, 2, 22)), "cancel_by": SOONER, "go_no_go_on": SOONER}, id="the session itself"
        ),
    ],
)
def test_what_could_be_left_for_an_offer_can_be_left_when_it_comes_nearer(db, anna, change):
    course = make.course(db)
    held = make.session(db, of=course, days=[date(2027, 3, 1)], cancel_by=date(2027, 2, 8))
    wanted = make.session(db, of=course, days=[MARCH], seats=1)
    seat(db, held, anna)
    mine = place(db, wanted, anna, standing_yes=False)
    assert fill(db, wanted, now=ASKED) == 1
    changed(db, held, now=LATER, **change)
    assert fill(db, wanted, now=LATER) == 0
    found = {"session_id": wanted.id, "person_id": anna.id, "now": LATER}
    answers.accept(db, saw=answers.seen(db, **found), by=anna.id, **found)
    assert (states(db, held)[anna.id], mine.bound_days) == (BookingState.MOVED, None)
