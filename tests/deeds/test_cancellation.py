"""Cancellation: a seat is given back, in time, late, or late but given just now."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    days_of,
    fill,
    insist_on_invariants,
    last_facts,
    letter,
    noted,
    occasions,
    place,
    published,
    refused,
    seat,
    states,
    told,
)

import make
from bookings import cancellation, left_over_seats, precedence, queries, rebooking
from bookings.models import Booking
from bookings.rules.seats import GRACE
from bookings.states import BookingState, CancelGround, Refusal
from lararportal import clock
from lararportal.errors import NotFound


def cancel(db, session, person, now=AFTER, *, reason="", ground=CancelGround.ILLNESS, **more) -> Booking:
    return cancellation.cancel(
        db,
        session_id=session.id,
        person_id=person.id,
        reason=reason,
        ground=ground,
        now=now,
        **{"by": person.id, **more},
    )


def rebook(db, old, new, person, now) -> Booking:
    return rebooking.rebook(
        db, from_session_id=old.id, to_session_id=new.id, person_id=person.id, now=now, by=person.id
    )


def test_a_seat_given_back_is_free_and_so_are_its_days(db):
    session, person = make.session(db), make.person(db)
    held = seat(db, session, person)
    booking = cancel(db, session, person, reason="Dottern", ground=CancelGround.CARE)
    assert booking.id == held.id
    assert (booking.state, booking.ended_at, booking.end_reason) == (BookingState.CANCELLED, AFTER, "")
    assert (booking.cancel_ground, booking.fee_percent) == (None, None)
    assert (session.seats_taken, days_of(db, person)) == (0, [])
    assert noted(db) == [("seat.cancelled", person.id, person.id, session.id)]
    assert last_facts(db) == {"booking": booking.id, "late": False, "fee": None}
    assert occasions(db, person) == ["seat_cancelled"]
    assert "METHOD:CANCEL" in letter(db, person).calendars[0]
    insist_on_invariants(db)


@pytest.mark.parametrize(
    ("now", "booked_before", "late"),
    [
        pytest.param("2027-02-22T23:59", timedelta(days=60), False, id="on the last day to cancel"),
        pytest.param("2027-02-23T00:00", timedelta(days=60), True, id="at midnight it is too late"),
        pytest.param("2027-03-14T12:00", GRACE, False, id="late, but given just now"),
        pytest.param("2027-03-14T12:00", GRACE + timedelta(seconds=1), True, id="late, and given a while ago"),
    ],
)
def test_whether_it_was_late_is_kept_and_told(db, now, booked_before, late):
    session, person, now = make.session(db), make.person(db), clock.parse(now)
    assert session.cancel_by == date(2027, 2, 22)
    seat(db, session, person, at=now - booked_before)
    booking = cancel(db, session, person, now=now)
    assert booking.ended_late is late
    assert last_facts(db)["late"] is late
    assert ("är antecknad som sen" in told(db, person)) is late
    assert occasions(db, person) == ["seat_cancelled_late" if late else "seat_cancelled"]


LAST_DAY, DAY_AFTER = clock.parse("2027-02-22T23:59"), clock.parse("2027-02-23T00:00")


@pytest.mark.parametrize(
    ("moved", "booked_before", "late"),
    [
        pytest.param(LAST_DAY, timedelta(days=60), False, id="changed on the last day to cancel"),
        pytest.param(DAY_AFTER, timedelta(days=60), True, id="changed the day after"),
        pytest.param(DAY_AFTER, GRACE, False, id="changed the day after, but given just before"),
    ],
)
def test_a_change_of_seats_is_no_way_round_the_last_day_to_cancel(db, moved, booked_before, late):
    old, person = make.session(db), make.person(db)
    between = make.session(db, course_id=old.course_id, days=[date(2027, 5, 3)])
    new = make.session(db, course_id=old.course_id, days=[date(2027, 6, 7)])
    seat(db, old, person, at=moved - booked_before)
    rebook(db, old, between, person, now=moved)
    assert last_facts(db)["late"] is late
    assert ("Du bokade om efter sista avbokningsdag." in told(db, person)) is late
    rebook(db, between, new, person, now=moved)
    booking = cancel(db, new, person, now=moved + timedelta(days=1))
    assert (booking.ended_late, last_facts(db)["late"]) == (late, late)
    assert ("är antecknad som sen, eftersom platsen bokades om efter sista avbokningsdag" in told(db, person)) is late


def test_a_seat_from_the_line_is_as_late_to_give_back_as_the_one_that_was_left_for_it(db):
    old, person, now = make.session(db), make.person(db), DAY_AFTER
    between = make.session(db, course_id=old.course_id, days=[date(2027, 5, 3)])
    wanted = make.session(db, course_id=old.course_id, days=[date(2027, 6, 7)])
    seat(db, old, person, rank=2)
    rebook(db, old, between, person, now=now)
    place(db, wanted, person, rank=1)
    assert fill(db, wanted, now=now) == 1
    assert "Du bokade om efter sista avbokningsdag." in told(db, person)
    assert cancel(db, wanted, person, now=now).ended_late


@pytest.mark.parametrize(
    ("ground", "reason", "refusal"),
    [
        pytest.param(None, "", Refusal.GROUND_MISSING, id="without"),
        pytest.param(None, "Jag kan inte komma.", Refusal.GROUND_MISSING, id="in words only"),
        pytest.param(CancelGround.OTHER, "  ", Refusal.GROUND_NOT_IN_WORDS, id="another one that is not told"),
    ],
)
def test_what_is_late_needs_a_ground_and_in_time_none(db, ground, reason, refusal):
    session, person = make.session(db), make.person(db)
    held = seat(db, session, person)
    with refused(refusal):
        cancel(db, session, person, now=DAY_AFTER, reason=reason, ground=ground)
    assert (held.state, session.seats_taken, noted(db)) == (BookingState.BOOKED, 1, [])
    assert not cancel(db, session, person, now=LAST_DAY, reason=reason, ground=ground).ended_late


FEE = ((30, 50), (14, 100))
TWO_WEEKS = clock.parse("2027-03-01T00:00")


@pytest.mark.parametrize(
    ("now", "ground", "fee", "percent", "sentence"),
    [
        (LAST_DAY, CancelGround.OTHER, FEE, 0, None),
        (DAY_AFTER, CancelGround.OTHER, FEE, 50, "Avbokningen kostar 50 procent av kursavgiften."),
        (TWO_WEEKS, CancelGround.OTHER, FEE, 100, "Avbokningen kostar 100 procent av kursavgiften."),
        (TWO_WEEKS, CancelGround.ILLNESS, FEE, 0, "Avbokningen kostar ingenting."),
        (TWO_WEEKS, CancelGround.OTHER, (), None, None),
    ],
)
def test_what_it_costs_is_kept_noted_and_told_where_the_rule_is_on(db, now, ground, fee, percent, sentence):
    session, person = make.session(db), make.person(db)
    seat(db, session, person)
    booking = cancel(db, session, person, now=now, reason="Jour", ground=ground, fee=fee)
    assert (booking.fee_percent, last_facts(db)["fee"]) == (percent, percent)
    assert ("kostar" in told(db, person)) is (sentence is not None)
    assert (sentence or "") in told(db, person)


def test_a_change_of_seats_is_no_way_round_the_fee(db):
    old, person, other = make.session(db), make.person(db), CancelGround.OTHER
    between = make.session(db, course_id=old.course_id, days=[date(2027, 5, 3)])
    new = make.session(db, course_id=old.course_id, days=[date(2027, 6, 7)])
    seat(db, old, person)
    rebook(db, old, between, person, now=TWO_WEEKS)
    moved = rebook(db, between, new, person, now=TWO_WEEKS + timedelta(days=1))
    assert moved.bound_days == 14
    assert cancel(db, new, person, now=TWO_WEEKS, reason="Jour", ground=other, fee=FEE).fee_percent == 100


def test_in_time_only_what_staff_say_to_the_person_is_kept(db):
    session, person, olle = make.session(db), make.person(db), make.coordinator(db)
    seat(db, session, person)
    cancel(db, session, person, now=LAST_DAY, reason="Min depression")
    kept = db.query(Booking).filter_by(person_id=person.id).one()
    assert (kept.cancel_ground, kept.end_reason) == (None, "")
    seat(db, session, person)
    booking = cancel(db, session, person, now=LAST_DAY, reason="Ringde i dag.", by=olle.id)
    assert (booking.cancel_ground, booking.end_reason) == (None, "Ringde i dag.")
    assert "Skäl: Ringde i dag." in told(db, person)


def test_staff_cancel_by_the_same_rule_and_the_letter_says_so(db):
    session, person, olle = make.session(db), make.person(db), make.coordinator(db)
    seat(db, session, person)
    with refused(Refusal.GROUND_MISSING):
        cancel(db, session, person, now=DAY_AFTER, ground=None, by=olle.id)
    cancel(db, session, person, now=DAY_AFTER, reason="Ringde i dag.", by=olle.id)
    assert noted(db) == [("seat.cancelled", olle.id, person.id, session.id)]
    assert "En utbildningskoordinator har avbokat platsen åt dig. Skäl: Ringde i dag." in told(db, person)


def test_nobody_is_late_or_pays_when_it_is_the_office_that_takes_the_seat(db):
    session, person, olle = make.session(db), make.person(db), make.coordinator(db)
    seat(db, session, person)
    late = {"now": TWO_WEEKS, "fee": FEE, "ground": CancelGround.OURS}
    with refused(Refusal.GROUND_MISSING):
        cancel(db, session, person, reason="Dubbelbokad", **late)
    with refused(Refusal.GROUND_NOT_IN_WORDS):
        cancel(db, session, person, by=olle.id, **late)
    booking = cancel(db, session, person, reason="Vi bokade fel person.", by=olle.id, **late)
    assert (booking.ended_late, booking.cancel_ground, booking.fee_percent) == (False, CancelGround.OURS, 0)
    assert (booking.charged_on, last_facts(db)["late"]) == (None, False)
    assert occasions(db, person) == ["seat_cancelled"]
    said = "har avbokat din plats, av skäl som är våra och inte dina. Skäl: Vi bokade fel person."
    assert said in told(db, person)
    assert "Avbokningen räknas inte som sen." in told(db, person)


@pytest.mark.parametrize("at", [LAST_DAY, TWO_WEEKS], ids=["in time", "late"])
def test_precedence_is_not_used_up_by_a_seat_that_the_office_takes(db, at):
    session, person, olle = make.session(db), make.person(db), make.coordinator(db)
    about = {"person_id": person.id, "course_id": session.course_id, "now": AFTER, "by": olle.id}
    held = precedence.grant(db, reason="Flyttad", **about)
    seat(db, session, person, at=AFTER)
    assert held.used_by is not None
    about = {"now": at, "ground": CancelGround.OURS, "by": olle.id}
    with refused(Refusal.GROUND_NOT_IN_WORDS):
        cancel(db, session, person, **about)
    mine = queries.my_seat(db, session_id=session.id, person_id=person.id, now=at)
    assert (mine.precedence_until, mine.keeps_precedence) == ("2028-1", False)
    booking = cancel(db, session, person, reason="Vi bokade fel.", **about)
    assert (booking.cancel_ground, booking.ended_late) == (CancelGround.OURS, False)
    assert "av skäl som är våra och inte dina. Skäl: Vi bokade fel." in told(db, person)
    assert (held.used_by, "Förturen som gav dig platsen gäller igen, till och med" in told(db, person)) == (
        None,
        True,
    )


def test_a_seat_that_is_booked_anew_owes_nothing_to_an_earlier_one(db):
    old, person = make.session(db), make.person(db)
    new = make.session(db, course_id=old.course_id, days=[date(2027, 5, 3)])
    seat(db, old, person)
    rebook(db, old, new, person, now=DAY_AFTER)
    assert cancel(db, new, person, now=DAY_AFTER).ended_late
    left_over_seats.book(db, session_id=new.id, person_id=person.id, now=DAY_AFTER, by=person.id)
    assert not cancel(db, new, person, now=DAY_AFTER).ended_late


@pytest.mark.parametrize("day", [date(2027, 1, 15), date(2027, 1, 14)])
def test_what_has_begun_is_not_cancelled(db, day):
    session, person = make.session(db, days=[day, day + timedelta(days=3)]), make.person(db)
    held = seat(db, session, person)
    with refused(Refusal.SESSION_STARTED):
        cancel(db, session, person)
    assert held.state is BookingState.BOOKED


@pytest.mark.parametrize("prepare", [lambda *_: None, place])
def test_without_a_seat_there_is_nothing_to_cancel(db, prepare):
    session, person = make.session(db), make.person(db)
    prepare(db, session, person)
    with refused(Refusal.NOT_BOOKED):
        cancel(db, session, person)


def test_nothing_is_cancelled_twice(db):
    session, person = make.session(db), make.person(db)
    seat(db, session, person)
    cancel(db, session, person)
    with refused(Refusal.NOT_BOOKED):
        cancel(db, session, person)
    assert (session.seats_taken, occasions(db, person)) == (0, ["seat_cancelled"])


def test_a_seat_of_a_round_can_be_given_back_during_the_respite(db):
    session, person = make.session(db), make.person(db)
    round_ = published(db, {person: [session]})
    cancel(db, session, person, now=round_.published_at + timedelta(minutes=1))
    assert states(db, session) == {person.id: BookingState.CANCELLED}


def test_a_session_or_a_person_that_does_not_exist_is_not_found(db):
    session, person = make.session(db), make.person(db)
    for session_id, person_id in ((10**6, person.id), (session.id, 10**6)):
        with pytest.raises(NotFound):
            cancellation.cancel(db, session_id=session_id, person_id=person_id, reason="", now=AFTER, by=None)


def test_how_many_statements_a_cancellation_takes(db, queries):
    session, person = make.session(db), make.person(db)
    seat(db, session, person)
    db.flush()
    db.expunge_all()
    queries.reset()
    cancel(db, session, person)
    db.flush()
    assert queries.count == 10
