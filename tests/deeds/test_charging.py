"""Charging: one sum for each person and session, put down when it happens, and the same however late it is read."""

from datetime import date, timedelta

import pytest
from bookings_room import noted, seat
from session_changes_room import changed, on

import make
from auth.states import Category
from bookings import cancellation, charging, left_over_seats
from bookings.queries.invoicing import Period, invoice_rows
from bookings.states import CancelGround, Charge
from courses.states import GROUPS, Publicity
from lararportal import clock, tick

FEE = ((30, 50), (14, 100))
LATE = clock.parse("2027-02-26T08:00")
"""Seventeen days before the start on 15 March, in another month."""
LATER = clock.parse("2027-03-04T08:00")
AFTER_IT = clock.parse("2027-03-17T00:01")
FEBRUARY = Period(first=date(2027, 2, 1), last=date(2027, 2, 28))
MARCH = Period(first=date(2027, 3, 1), last=date(2027, 3, 31))


@pytest.fixture
def session(db):
    return make.session(db, of=make.course(db, seats=3, targets=dict.fromkeys(GROUPS, 0)))


def before_residency(db, **facts):
    return make.person(db, category=Category.PRE_ST, residency_start=None, planned_end=None, **facts)


def cancel(db, session, person, now=LATE, ground=CancelGround.OTHER, fee=FEE):
    who = {"session_id": session.id, "person_id": person.id, "by": person.id}
    cancellation.cancel(db, **who, reason="Jour", ground=ground, fee=fee, now=now)
    db.flush()


def book(db, session, person, now):
    left_over_seats.book(db, session_id=session.id, person_id=person.id, now=now, by=person.id)
    db.flush()


def run(database, now=AFTER_IT) -> int:
    return tick.run_due(database, now=now)["seats charged"]


def sums(db, *periods: Period) -> list[list[tuple]]:
    db.flush()
    found = [invoice_rows(db, period, number=1).rows for period in periods]
    return [[(row.charge, row.percent) for row in rows] for rows in found]


@pytest.mark.parametrize(
    ("category", "charged"),
    [(Category.PRE_ST, [(Charge.SEAT, 100)]), (Category.ST_2015, [])],
)
def test_who_was_there_after_all_pays_for_one_seat(db, database, session, category, charged):
    person = before_residency(db)
    person.category = category
    seat(db, session, person)
    cancel(db, session, person, now=LATER)
    book(db, session, person, now=LATER + timedelta(minutes=11))
    assert sums(db, MARCH) == [[(Charge.LATE_CANCELLATION, 100)]]
    assert (run(database), run(database)) == (1, 0)
    assert sums(db, MARCH) == [charged]
    charged_by = [each for each in noted(db) if each[0] == "seats.charged"]
    assert charged_by[-1] == ("seats.charged", None, None, session.id)


def test_what_was_in_an_earlier_basis_stays_there_and_is_taken_off_in_the_later(db, database, session):
    paid, resident = before_residency(db), make.person(db)
    for person in (paid, resident):
        seat(db, session, person)
        cancel(db, session, person)
        book(db, session, person, now=LATER)
    before = sums(db, FEBRUARY)
    run(database)
    assert before == [[(Charge.LATE_CANCELLATION, 50)] * 2]
    assert sums(db, FEBRUARY) == before
    assert sums(db, MARCH) == [[(Charge.SEAT, 50), (Charge.CREDIT, -50)]]


@pytest.mark.parametrize(
    ("ground", "last"),
    [(CancelGround.OTHER, (Charge.LATE_CANCELLATION, 50)), (CancelGround.ILLNESS, (Charge.CREDIT, -50))],
)
def test_two_late_cancellations_of_a_seat_cost_the_last(db, session, ground, last):
    person = make.person(db)
    seat(db, session, person)
    cancel(db, session, person)
    seat(db, session, person, at=LATE - timedelta(days=8))
    cancel(db, session, person, now=LATER, ground=ground)
    assert sums(db, FEBRUARY, MARCH) == [[(Charge.LATE_CANCELLATION, 50)], [last]]


def test_a_period_that_has_been_read_does_not_change_with_the_person(db, database, session):
    person = before_residency(db, workplace="Vårdcentralen Asken")
    seat(db, session, person)
    seat(db, session, late := make.person(db, workplace="Vårdcentralen Asken"))
    cancel(db, session, late, now=LATER)
    run(database)
    before = invoice_rows(db, MARCH, number=1).rows
    for each in (person, late):
        each.category, each.workplace = Category.SPECIALIST, "Vårdcentralen Eken"
    db.flush()
    assert invoice_rows(db, MARCH, number=1).rows == before
    assert sorted((row.category, row.workplace) for row in before) == [
        (Category.PRE_ST, "Vårdcentralen Asken"),
        (Category.ST_2015, "Vårdcentralen Asken"),
    ]


@pytest.mark.parametrize("fee", [FEE, ()])
def test_who_was_ill_or_looked_after_a_child_is_in_no_basis(db, session, fee):
    for ground in (CancelGround.ILLNESS, CancelGround.CARE):
        person = make.person(db)
        seat(db, session, person)
        cancel(db, session, person, ground=ground, fee=fee)
    assert sums(db, FEBRUARY) == [[]]


def test_what_is_called_off_costs_nobody_anything_from_then_on(db, database, session):
    person = make.person(db)
    seat(db, session, person)
    cancel(db, session, person)
    session.publicity = Publicity.CALLED_OFF
    db.flush()
    assert (run(database, now=LATER), run(database, now=LATER)) == (1, 0)
    assert sums(db, FEBRUARY, MARCH) == [[(Charge.LATE_CANCELLATION, 50)], [(Charge.CREDIT, -50)]]


def test_what_is_recorded_only_is_listed_until_they_were_there(db, database, session):
    person = make.person(db)
    seat(db, session, person)
    cancel(db, session, person, now=LATER, fee=())
    assert sums(db, MARCH) == [[(Charge.LATE_CANCELLATION, None)]]
    book(db, session, person, now=LATER + timedelta(minutes=11))
    run(database)
    assert sums(db, MARCH) == [[]]


def test_nobody_has_been_to_a_session_that_is_moved_to_days_to_come(db, database, session):
    stays, leaves = before_residency(db), before_residency(db)
    for each in (stays, leaves):
        seat(db, session, each)
    assert run(database) == 1
    april = [date(2027, 4, 26)]
    changed(db, session, days=on(*april), cancel_by=date(2027, 4, 5), now=AFTER_IT + timedelta(minutes=1))
    cancel(db, session, leaves, now=AFTER_IT + timedelta(minutes=2))
    assert sums(db, MARCH) == [[]]
    assert run(database, now=clock.parse("2027-04-27T08:00")) == 1
    assert sums(db, MARCH, Period(first=april[0], last=april[0])) == [[], [(Charge.SEAT, 100)]]


def test_a_seat_is_put_down_the_day_after_the_session(db, session):
    seat(db, session, before_residency(db))
    assert charging.due(db, now=clock.parse("2027-03-16T23:59")) == []
    assert charging.settle(db, session.id, now=clock.parse("2027-03-16T23:59"), by=None) == 0
    assert charging.due(db, now=AFTER_IT) == [session.id]
