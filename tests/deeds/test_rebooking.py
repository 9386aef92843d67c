"""Re-booking: one seat for another of the same course at one stroke, or nothing has changed at all."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    days_of,
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
from auth.states import Standing
from bookings import left_over_seats, rebooking, waitlist
from bookings.models import Booking
from bookings.states import BookingState, Origin, Refusal
from courses.states import Publicity
from lararportal.calendars import method_of
from lararportal.errors import NotFound


def rebook(db, old, new, person, now=AFTER) -> Booking:
    return rebooking.rebook(
        db, from_session_id=old.id, to_session_id=new.id, person_id=person.id, now=now, by=person.id
    )


@pytest.fixture
def pair(db):
    """Two sessions of a course."""
    course = make.course(db)
    first, second = make.session(db, of=course), make.session(db, of=course, days=[date(2027, 5, 3)])
    first.course = second.course = course
    return first, second


def test_one_seat_is_changed_for_another(db, pair):
    old, new = pair
    person = make.person(db)
    held = seat(db, old, person, rank=3)
    booking = rebook(db, old, new, person)
    assert (booking.state, booking.origin, booking.rank) == (BookingState.BOOKED, Origin.REBOOKING, 3)
    assert (held.state, held.ended_at) == (BookingState.MOVED, AFTER)
    assert (old.seats_taken, new.seats_taken) == (0, 1)
    assert days_of(db, person) == [date(2027, 5, 3)]
    assert noted(db) == [("seat.moved", person.id, person.id, new.id)]
    assert last_facts(db) == {"booking": booking.id, "left": held.id, "late": False, "struck": []}
    assert occasions(db) == ["seat_moved"]
    assert list(map(method_of, letter(db, person).calendars)) == ["PUBLISH", "CANCEL", "CANCEL"]
    insist_on_invariants(db)


def test_a_seat_may_be_changed_for_one_on_its_own_day(db):
    course = make.course(db)
    old, new = make.session(db, of=course), make.session(db, of=course)
    person = make.person(db)
    seat(db, old, person)
    rebook(db, old, new, person)
    assert days_of(db, person) == [date(2027, 3, 15), date(2027, 3, 16)]
    insist_on_invariants(db)


def test_there_and_back_again(db, pair):
    first, second = pair
    person = make.person(db)
    seat(db, first, person)
    rebook(db, first, second, person)
    rebook(db, second, first, person)
    assert (first.seats_taken, second.seats_taken) == (1, 0)
    assert occasions(db, person) == ["seat_moved", "seat_moved"]
    insist_on_invariants(db)


def test_who_is_next_in_line_themselves_need_not_wait_for_the_tick(db, pair):
    old, new = pair
    person = make.person(db)
    seat(db, old, person, rank=1)
    for waiting in (person, make.person(db)):
        place(db, new, waiting, rank=1)
    assert rebook(db, old, new, person).state is BookingState.BOOKED
    insist_on_invariants(db)


def test_a_place_in_line_becomes_the_seat(db, pair):
    old, new = pair
    person = make.person(db)
    seat(db, old, person, rank=1)
    waiting = place(db, new, person, rank=2)
    booking = rebook(db, old, new, person)
    assert booking.id == waiting.id
    assert states(db, new) == {person.id: BookingState.BOOKED}
    insist_on_invariants(db)


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        pytest.param(
            lambda db, _o, n, _p: [seat(db, n, make.person(db)) for _ in range(n.seats)],
            Refusal.SESSION_FULL,
            id="full",
        ),
        pytest.param(
            lambda db, _o, n, _p: place(db, n, make.person(db)), Refusal.LINE_GOES_FIRST, id="somebody waits"
        ),
        pytest.param(
            lambda _db, _o, n, _p: setattr(n, "publicity", Publicity.ARCHIVED),
            Refusal.SESSION_NOT_OPEN,
            id="archived",
        ),
        pytest.param(
            lambda _db, _o, _n, p: setattr(p, "standing", Standing.PENDING),
            Refusal.PROFILE_NOT_CONFIRMED,
            id="pending",
        ),
        pytest.param(
            lambda _db, o, _n, _p: setattr(o.course, "targets", {"SPEC": 0}),
            Refusal.NOT_IN_TARGET_GROUP,
            id="for others",
        ),
        pytest.param(lambda db, _o, n, _p: make.round_of(db, n), Refusal.SESSION_IN_ROUND, id="in a round"),
        pytest.param(
            lambda db, o, _n, p: seat(db, make.session(db, course_id=o.course_id, days=[date(2026, 11, 2)]), p),
            Refusal.COURSE_TAKEN_BEFORE,
            id="taken before",
        ),
        pytest.param(lambda db, _o, n, p: seat(db, n, p), Refusal.ALREADY_BOOKED, id="booked there"),
        pytest.param(
            lambda db, _o, n, p: seat(db, make.session(db, days=[n.starts_on]), p),
            Refusal.DAY_TAKEN,
            id="booked that day",
        ),
        pytest.param(
            lambda db, _o, n, p: place(db, make.session(db, days=[n.starts_on]), p),
            Refusal.DAY_WAITED_FOR,
            id="waiting for that day",
        ),
        pytest.param(
            lambda db, _o, n, _p: setattr(n, "course_id", make.course(db).id), Refusal.OTHER_COURSE, id="other course"
        ),
    ],
)
def test_why_nothing_is_changed(db, pair, prepare, reason):
    old, new = pair
    person = make.person(db)
    held = seat(db, old, person)
    prepare(db, old, new, person)
    db.flush()
    with refused(reason):
        rebook(db, old, new, person)
    assert held.state is BookingState.BOOKED
    assert occasions(db, person) == []
    insist_on_invariants(db)


@pytest.mark.parametrize("which", ["from", "to"])
def test_no_seat_is_changed_once_either_session_has_begun(db, which):
    course, person = make.course(db), make.person(db)
    begun, ahead = make.session(db, of=course, days=[date(2027, 1, 15)]), make.session(db, of=course)
    old, new = (begun, ahead) if which == "from" else (ahead, begun)
    seat(db, old, person)
    with refused(Refusal.SESSION_STARTED):
        rebook(db, old, new, person)


@pytest.mark.parametrize("prepare", [lambda *_: None, place])
def test_without_a_seat_there_is_nothing_to_change(db, pair, prepare):
    old, new = pair
    person = make.person(db)
    prepare(db, old, person)
    with refused(Refusal.NOT_BOOKED):
        rebook(db, old, new, person)


def test_a_seat_that_was_given_back_a_moment_ago_is_not_there_to_change(db):
    course, person = make.course(db), make.person(db)
    old, new = (make.session(db, of=course, days=[day]) for day in (date(2027, 5, 3), date(2027, 6, 7)))
    ids = {"from_session_id": old.id, "to_session_id": new.id, "person_id": person.id}
    del course, person, old, new
    db.expunge_all()
    with refused(Refusal.NOT_BOOKED):
        rebooking.rebook(db, **ids, now=AFTER, by=None)


def test_a_seat_is_not_changed_for_itself(db, pair):
    old, _ = pair
    person = make.person(db)
    seat(db, old, person)
    with refused(Refusal.ALREADY_BOOKED):
        rebook(db, old, old, person)


def test_before_the_respite_is_over_no_seat_is_changed(db, pair):
    old, new = pair
    person = make.person(db)
    seat(db, old, person)
    round_ = published(db, {make.person(db): [new]})
    with refused(Refusal.BOOKING_NOT_YET_OPEN, opens=round_.booking_opens_at):
        rebook(db, old, new, person, now=round_.booking_opens_at - timedelta(seconds=1))


def test_a_line_in_which_nobody_would_take_the_seat_does_not_stand_in_the_way(db, pair):
    old, new = pair
    person, content = make.person(db), make.person(db)
    seat(db, old, person)
    seat(db, make.session(db, days=[new.starts_on]), content)
    place(db, new, content)
    assert rebook(db, old, new, person).state is BookingState.BOOKED


def test_a_seat_that_was_chosen_is_not_taken_away_by_a_line_that_was_wanted_more(db, pair):
    """While the first seat was held the line in between was dormant, and changing the seat must not wake it."""
    first, between = pair
    last = make.session(db, of=between.course, days=[date(2027, 6, 7)])
    person = make.person(db)
    for rank, session in enumerate((first, between, last), start=1):
        (seat if session is first else place)(db, session, person, rank=rank)
    assert waitlist.fill(db, session_id=between.id, now=AFTER) == 0
    rebook(db, first, last, person)
    assert waitlist.fill(db, session_id=between.id, now=AFTER) == 0
    assert states(db, last) == {person.id: BookingState.BOOKED}
    insist_on_invariants(db)


def test_a_changed_seat_still_counts_against_what_one_wanted_from_the_round(db, pair):
    """Somebody wanted one seat, got it, and changed it: the less wanted course must not come on top."""
    first, second = pair
    other, person = make.session(db, days=[date(2027, 6, 7)], seats=1), make.person(db, planned_end=date(2031, 1, 1))
    published(db, {person: [first, other], make.person(db): [other]}, cap=1)
    rebook(db, first, second, person)
    db.execute(other.__table__.update().where(other.__table__.c.id == other.id).values(seats=2))
    assert waitlist.fill(db, session_id=other.id, now=AFTER) == 0


def test_a_session_or_a_person_that_does_not_exist_is_not_found(db, pair):
    old, new = pair
    ids = [(10**6, new.id, 1), (old.id, 10**6, 1), (old.id, new.id, 10**6)]
    for from_id, to_id, person_id in ids:
        with pytest.raises(NotFound):
            rebooking.rebook(
                db, from_session_id=from_id, to_session_id=to_id, person_id=person_id, now=AFTER, by=None
            )


def test_how_many_statements_a_change_takes(db, pair, queries):
    old, new = pair
    person = make.person(db)
    seat(db, old, person)
    db.flush()
    db.expunge_all()
    queries.reset()
    rebook(db, old, new, person)
    db.flush()
    assert queries.count == 16


def test_what_is_wanted_less_is_waited_for_no_more_and_the_letter_names_all_lines(db):
    course, anna = make.course(db, seats=1), make.person(db)
    had, more, to, less = (
        make.session(db, of=course, days=[date(2027, 5, day)], place=f"Sal {day}") for day in (3, 10, 17, 24)
    )
    seat(db, had, anna, rank=2)
    for session in (more, less):
        seat(db, session, make.person(db))
    wanted, struck = place(db, more, anna, rank=1), place(db, less, anna, rank=3)
    who = {"person_id": anna.id, "now": AFTER, "by": anna.id}
    rebooking.rebook(db, from_session_id=had.id, to_session_id=to.id, **who)
    assert (wanted.state, struck.state) == (BookingState.WAITING, BookingState.LEFT)
    assert "Du står kvar i kön till" in told(db, anna)
    assert "Sal 10, som du hellre vill ha" in told(db, anna)
    assert "Sal 24, som kommer efter den här platsen i din egen ordning" in told(db, anna)
    assert last_facts(db)["struck"] == [struck.id]


def test_a_seat_that_is_booked_says_which_lines_of_the_course_one_stands_in_still(db):
    course, anna = make.course(db, seats=1), make.person(db)
    full, free = (make.session(db, of=course, days=[date(2027, 5, day)], place=f"Sal {day}") for day in (3, 10))
    seat(db, full, make.person(db))
    waits = place(db, full, anna)
    left_over_seats.book(db, session_id=free.id, person_id=anna.id, now=AFTER, by=anna.id)
    assert waits.state is BookingState.WAITING
    assert "Sal 3, som du hellre vill ha. Blir det din tur där byter du dit." in told(db, anna)
