"""The line: somebody joins, leaves, or is next and has the seat that became free."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    days_of,
    fill,
    insist_on_invariants,
    last_facts,
    letter,
    line_of,
    noted,
    occasions,
    place,
    published,
    refused,
    seat,
    set_free,
    states,
    told,
)

import make
from auth.states import Category, Standing
from bookings import cancellation, freed, left_over_seats, queries, seats, waitlist
from bookings.models import Booking
from bookings.states import IN_TIME, LATE, BookingState, Origin, Refusal
from courses.states import Publicity
from lararportal.errors import NotFound


def join(db, session, person, now=AFTER) -> Booking:
    return waitlist.join(db, session_id=session.id, person_id=person.id, now=now, by=person.id)


def leave(db, session, person) -> None:
    waitlist.leave(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)


def test_who_joins_stands_last_and_is_told_where(db, full):
    place(db, full, make.person(db))
    person = make.person(db)
    booking = join(db, full, person)
    assert (booking.state, booking.origin, booking.wave) == (BookingState.WAITING, Origin.LINE, LATE)
    assert line_of(db, full)[-1] == person.id
    assert noted(db) == [("line.joined", person.id, person.id, full.id)]
    assert last_facts(db) == {"booking": booking.id, "position": 2}
    assert occasions(db, person) == ["place_in_line"]
    assert "Just nu har du plats 2 i kön." in told(db, person)


def test_who_joins_is_told_the_number_that_the_page_shows(db, full):
    content, stranger, first = make.person(db), make.person(db, category=Category.SPECIALIST), make.person(db)
    seat(db, make.session(db), content)
    for waiting in (content, stranger, first):
        place(db, full, waiting)
    person = make.person(db)
    join(db, full, person)
    [shown] = queries.my_courses(db, person.id, now=AFTER).places
    assert (shown.position, last_facts(db)["position"]) == (2, 2)
    assert "Just nu har du plats 2 i kön." in told(db, person)


def test_who_joins_beside_a_seat_that_is_too_late_to_leave_is_told_that_they_are_passed_over(db, full):
    soon, person = make.session(db, course_id=full.course_id, days=[date(2027, 2, 1)]), make.person(db)
    seat(db, soon, person)
    join(db, full, person)
    assert last_facts(db)["position"] is None
    assert "Just nu hoppas du över" in told(db, person)
    assert "plats None" not in told(db, person)


def test_a_seat_in_the_course_is_kept_while_one_waits_for_a_better_one(db, full):
    sister = make.session(db, course_id=full.course_id, days=[date(2027, 5, 3)])
    person = make.person(db)
    held = seat(db, sister, person, rank=3)
    booking = join(db, full, person)
    assert (booking.state, booking.rank) == (BookingState.WAITING, 3)
    assert held.state is BookingState.BOOKED
    set_free(db, full)
    assert fill(db, full) == 1
    assert states(db, full)[person.id] is BookingState.BOOKED
    assert states(db, sister) == {person.id: BookingState.MOVED}
    assert days_of(db, person) == [date(2027, 3, 15), date(2027, 3, 16)]
    insist_on_invariants(db)


def test_one_may_wait_for_two_sessions_on_the_same_day_and_gets_one(db, full):
    other, person = make.session(db, seats=1), make.person(db)
    seat(db, other, make.person(db))
    join(db, full, person)
    join(db, other, person)
    set_free(db, full)
    set_free(db, other)
    assert (fill(db, full), fill(db, other)) == (1, 0)
    assert states(db, other)[person.id] is BookingState.WAITING
    insist_on_invariants(db)


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        pytest.param(seat, Refusal.ALREADY_BOOKED, id="booked there"),
        pytest.param(place, Refusal.ALREADY_WAITING, id="waiting there"),
        pytest.param(
            lambda db, s, p: seat(db, make.session(db, days=[s.starts_on]), p),
            Refusal.DAY_TAKEN,
            id="booked that day",
        ),
        pytest.param(
            lambda _db, _s, p: setattr(p, "standing", Standing.PENDING), Refusal.PROFILE_NOT_CONFIRMED, id="pending"
        ),
        pytest.param(
            lambda _db, _s, p: setattr(p, "category", Category.PRE_ST), Refusal.NOT_IN_TARGET_GROUP, id="not for them"
        ),
        pytest.param(
            lambda _db, s, _p: setattr(s, "publicity", Publicity.ARCHIVED), Refusal.SESSION_NOT_OPEN, id="archived"
        ),
        pytest.param(
            lambda db, s, p: seat(db, make.session(db, course_id=s.course_id, days=[date(2026, 11, 2)]), p),
            Refusal.COURSE_TAKEN_BEFORE,
            id="taken before",
        ),
        pytest.param(lambda db, s, _p: make.round_of(db, s), Refusal.SESSION_IN_ROUND, id="in a round"),
    ],
)
def test_why_one_may_not_join(db, prepare, reason):
    session, person = make.session(db), make.person(db)
    prepare(db, session, person)
    db.flush()
    with refused(reason):
        join(db, session, person)


def test_a_session_that_begins_today_has_no_line(db):
    with refused(Refusal.SESSION_STARTED):
        join(db, make.session(db, days=[date(2027, 1, 15)]), make.person(db))


def test_before_the_respite_is_over_nobody_joins(db):
    session = make.session(db, seats=1)
    round_ = published(db, {make.person(db): [session]})
    with refused(Refusal.BOOKING_NOT_YET_OPEN, opens=round_.booking_opens_at):
        join(db, session, make.person(db), now=round_.booking_opens_at - timedelta(seconds=1))


def test_who_leaves_does_not_wait_any_more_and_others_move_up(db, full):
    first, second = make.person(db), make.person(db)
    for person in (first, second):
        place(db, full, person)
    leave(db, full, first)
    assert states(db, full)[first.id] is BookingState.LEFT
    assert line_of(db, full) == [second.id]
    assert noted(db) == [("line.left", first.id, first.id, full.id)]
    assert occasions(db) == []


def test_who_left_may_join_again_and_stands_last(db, full):
    first, second = make.person(db), make.person(db)
    join(db, full, first)
    join(db, full, second, now=AFTER + timedelta(seconds=1))
    leave(db, full, first)
    join(db, full, first, now=AFTER + timedelta(seconds=2))
    assert line_of(db, full) == [second.id, first.id]


@pytest.mark.parametrize("prepare", [lambda *_: None, seat])
def test_nobody_leaves_a_line_they_do_not_stand_in(db, prepare):
    session, person = make.session(db), make.person(db)
    prepare(db, session, person)
    with refused(Refusal.NOT_WAITING):
        leave(db, session, person)


def test_first_in_line_has_the_freed_seat(db, full):
    first, second = make.person(db), make.person(db)
    for person in (first, second):
        place(db, full, person)
    set_free(db, full)
    assert fill(db, full) == 1
    assert (states(db, full)[first.id], states(db, full)[second.id]) == (BookingState.BOOKED, BookingState.WAITING)
    booking = db.query(Booking).filter_by(session_id=full.id, person_id=first.id).one()
    assert (booking.booked_at, full.seats_taken) == (AFTER, 1)
    assert noted(db) == [("seat.from_line", None, first.id, full.id)]
    assert last_facts(db) == {"booking": booking.id, "left": [], "struck": []}
    assert occasions(db) == ["seat_from_line"]
    assert len(letter(db, first).calendars) == 1
    insist_on_invariants(db)


def test_filling_a_second_time_does_nothing(db, full):
    for _ in range(2):
        place(db, full, make.person(db))
    set_free(db, full)
    assert (fill(db, full), fill(db, full)) == (1, 0)
    assert occasions(db) == ["seat_from_line"]


def test_every_free_seat_finds_somebody(db):
    session = make.session(db, seats=3)
    persons = [make.person(db) for _ in range(5)]
    for person in persons:
        place(db, session, person)
    assert fill(db, session) == 3
    assert line_of(db, session) == [persons[3].id, persons[4].id]
    insist_on_invariants(db)


def test_who_applied_in_time_goes_before_who_came_later_whatever_their_merits(db):
    session = make.session(db, seats=1)
    late, in_time = make.person(db), make.person(db)
    place(db, session, late, key=[0, 0, 0, 1, 0, 1])
    place(db, session, in_time, wave=IN_TIME, key=[0, 1, 1, 60, 0, 9])
    assert fill(db, session) == 1
    assert line_of(db, session) == [late.id]


def test_within_a_wave_the_key_decides_and_not_the_time(db):
    session = make.session(db, seats=1)
    first, better = make.person(db), make.person(db)
    place(db, session, first, key=[0, 1, 1, 60, 0, 9])
    place(db, session, better, key=[0, 1, 1, 7, 0, 9])
    assert fill(db, session) == 1
    assert line_of(db, session) == [first.id]


def test_a_dormant_place_is_kept_and_passed_over(db, full):
    content, second = make.person(db), make.person(db)
    seat(db, make.session(db), content)
    for person in (content, second):
        place(db, full, person)
    set_free(db, full)
    assert fill(db, full) == 1
    assert states(db, full)[second.id] is BookingState.BOOKED
    assert line_of(db, full) == [content.id]


def test_a_dormant_place_wakes_when_what_stood_in_its_way_is_gone(db, full):
    person, elsewhere = make.person(db), make.session(db)
    held = seat(db, elsewhere, person)
    place(db, full, person)
    set_free(db, full)
    assert fill(db, full) == 0
    seats.release(db, held, elsewhere, to=BookingState.CANCELLED, now=AFTER)
    assert fill(db, full) == 1
    insist_on_invariants(db)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda _db, _s, p: setattr(p, "category", Category.SPECIALIST), id="of another group"),
        pytest.param(lambda _db, _s, p: setattr(p, "standing", Standing.PENDING), id="not confirmed any more"),
        pytest.param(
            lambda db, s, p: seat(db, make.session(db, course_id=s.course_id, days=[date(2026, 11, 2)]), p),
            id="been through the course",
        ),
    ],
)
def test_who_is_not_eligible_any_more_is_passed_over_and_keeps_the_place(db, full, changed):
    first, second = make.person(db), make.person(db)
    for person in (first, second):
        join(db, full, person)
    changed(db, full, first)
    set_free(db, full)
    assert fill(db, full) == 1
    assert states(db, full)[second.id] is BookingState.BOOKED
    assert line_of(db, full) == [first.id]


def test_who_is_eligible_again_has_the_next_seat(db):
    session, person = make.session(db), make.person(db, category=Category.SPECIALIST)
    place(db, session, person)
    assert fill(db, session) == 0
    person.category = Category.ST_2021
    assert fill(db, session) == 1


def test_a_free_seat_that_only_somebody_waits_for_whom_the_course_is_not_for_is_booked(db):
    session, person = make.session(db), make.person(db)
    place(db, session, make.person(db, category=Category.SPECIALIST))
    booking = left_over_seats.book(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)
    assert booking.state is BookingState.BOOKED


def test_a_reserve_lets_its_group_go_first_until_42_days_before(db):
    course = make.course(db, targets={"ST": 0, "SPEC": 0}, seats=2)
    session = make.session(db, of=course, days=[date(2027, 3, 15)])
    session.reserves = {"SPEC": 1}
    seat(db, session, make.person(db))
    resident, specialist = make.person(db), make.person(db, category=Category.SPECIALIST)
    for person in (resident, specialist):
        place(db, session, person)
    assert fill(db, session) == 1
    assert line_of(db, session) == [resident.id]


def test_a_reserve_that_is_filled_lets_the_first_go_first(db):
    course = make.course(db, targets={"ST": 0, "SPEC": 0}, seats=2)
    session = make.session(db, of=course)
    session.reserves = {"SPEC": 1}
    seat(db, session, make.person(db, category=Category.SPECIALIST))
    resident, specialist = make.person(db), make.person(db, category=Category.SPECIALIST)
    for person in (resident, specialist):
        place(db, session, person)
    assert fill(db, session) == 1
    assert line_of(db, session) == [specialist.id]


def test_42_days_before_the_reserve_is_open_to_all(db):
    session = make.session(db, of=make.course(db, targets={"ST": 0, "SPEC": 0}, seats=1), days=[date(2027, 2, 26)])
    session.reserves = {"SPEC": 1}
    resident, specialist = make.person(db), make.person(db, category=Category.SPECIALIST)
    for person in (resident, specialist):
        place(db, session, person)
    assert fill(db, session) == 1
    assert line_of(db, session) == [specialist.id]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"publicity": Publicity.ARCHIVED}, id="archived"),
        pytest.param({"days": [date(2027, 1, 15)]}, id="begins today"),
    ],
)
def test_no_seat_is_given_where_none_can_be_booked(db, facts):
    session = make.session(db, **facts)
    place(db, session, make.person(db))
    assert freed.to_fill(db, now=AFTER) == []
    assert fill(db, session) == 0


def test_sessions_without_a_free_seat_or_without_a_line_need_no_filling(db, full):
    place(db, full, make.person(db))
    make.session(db)
    left = make.session(db)
    leave(db, left, left_by(db, left))
    assert freed.to_fill(db, now=AFTER) == []


def left_by(db, session):
    person = make.person(db)
    place(db, session, person)
    return person


def test_a_seat_given_back_comes_to_who_waits(db, full):
    booked = db.query(Booking).filter_by(session_id=full.id).one()
    person = make.person(db)
    left_over_seats.book(db, session_id=full.id, person_id=person.id, now=AFTER, by=person.id)
    cancellation.cancel(db, session_id=full.id, person_id=booked.person_id, reason="", now=AFTER, by=None)
    assert fill(db, full) == 1
    assert occasions(db, person) == ["place_in_line", "seat_from_line"]


@pytest.mark.parametrize("deed", [join, leave])
def test_a_session_that_does_not_exist_is_not_found(db, deed):
    session, person = make.session(db), make.person(db)
    session.id = 10**6
    db.expunge(session)
    with pytest.raises(NotFound):
        deed(db, session, person)
