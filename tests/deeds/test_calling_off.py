"""Calling off: everybody has a seat in a sister session or precedence, one letter each, and nobody waits any more."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    days_of,
    insist_on_invariants,
    letter,
    line_of,
    noted,
    occasions,
    place,
    published,
    refused,
    reload,
    seat,
    states,
    told,
)
from calling_off_room import call_off, merge

import make
from auth.states import Category, Role
from bookings import left_over_seats, queries, waitlist
from bookings.minimum import calling_off
from bookings.models import Booking, LineException, Precedence
from bookings.rules.calling_off import Unplaced
from bookings.states import IN_TIME, BookingState, Ground, Origin, PrecedenceKind, Refusal
from courses.models import SessionLeader
from courses.states import Publicity
from lararportal.calendars import method_of
from lararportal.errors import NotFound

NEXT, LATER = [date(2027, 4, 12), date(2027, 4, 13)], [date(2027, 5, 10), date(2027, 5, 11)]
NEAR, FAR = date(2027, 9, 1), date(2031, 1, 11)


@pytest.fixture
def course(db):
    return make.course(db, title="Hud", seats=3)


@pytest.fixture
def session(db, course):
    return make.session(db, of=course, minimum=2)


@pytest.fixture
def sister(db, course):
    return make.session(db, of=course, days=NEXT)


def test_everybody_has_a_seat_in_a_sister_session_and_one_letter(db, session, sister, office):
    anna, sara = make.person(db), make.person(db)
    olds = [seat(db, session, each) for each in (anna, sara)]
    call_off(db, session, office)
    assert (session.publicity, session.seats_taken) == (Publicity.CALLED_OFF, 0)
    assert states(db, session) == dict.fromkeys((anna.id, sara.id), BookingState.CALLED_OFF)
    assert states(db, sister) == dict.fromkeys((anna.id, sara.id), BookingState.BOOKED)
    assert [each.end_reason for each in olds] == ["Kursledaren är sjuk."] * 2
    assert days_of(db, anna) == NEXT
    assert occasions(db) == ["session_called_off"] * 2
    assert "Skäl: Kursledaren är sjuk." in told(db, anna)
    assert "Du har i stället fått en plats" in told(db, anna)
    assert list(map(method_of, letter(db, anna).calendars)) == ["PUBLISH", "CANCEL", "CANCEL"]
    assert [each.used_by for each in db.query(Precedence).order_by(Precedence.person_id)] == [
        db.query(Booking.id).filter_by(session_id=sister.id, person_id=each.id).scalar() for each in (anna, sara)
    ]
    assert [each for each in noted(db) if each[2] == anna.id] == [
        ("precedence.displaced", office.id, anna.id, session.id),
        ("precedence.used", None, anna.id, sister.id),
        ("seat.called_off", office.id, anna.id, session.id),
        ("seat.displaced", office.id, anna.id, sister.id),
    ]
    assert noted(db)[-2:] == [
        ("calling_off.decided", office.id, None, session.id),
        ("session.called_off", office.id, None, session.id),
    ]
    insist_on_invariants(db)


def test_the_new_seat_is_as_free_to_give_back_as_any_other(db, session, sister, office):
    anna = make.person(db)
    seat(db, session, anna)
    call_off(db, session, office)
    [found] = queries.my_courses(db, anna.id, now=AFTER).seats
    assert (found.origin, found.is_late, found.is_bound) == (Origin.DISPLACED, False, False)
    [past] = queries.my_courses(db, anna.id, now=AFTER).past
    assert past.state is BookingState.CALLED_OFF


def test_who_finds_no_room_has_precedence_and_stands_first_in_the_lines_of_the_others(db, course, session, office):
    full = make.session(db, of=course, seats=1, days=NEXT)
    seat(db, full, make.person(db))
    waits, anna = make.person(db), make.person(db)
    ahead = place(db, full, waits, wave=IN_TIME, key=[0, 1, 0, 1, 0, 1])
    old = seat(db, session, anna)
    call_off(db, session, office)
    [held] = db.query(Precedence)
    assert (held.person_id, held.course_id, held.kind, held.term, held.granted_by, held.reason) == (
        anna.id,
        course.id,
        PrecedenceKind.CALLED_OFF,
        "2027-1",
        office.id,
        "Kursledaren är sjuk.",
    )
    assert old.state is BookingState.CALLED_OFF
    assert line_of(db, full) == [anna.id, waits.id]
    [mine] = db.query(Booking).filter_by(person_id=anna.id, session_id=full.id)
    assert (mine.wave, mine.key[1], mine.standing_yes, mine.round_id) == (IN_TIME, 0, False, None)
    [made] = db.query(LineException)
    assert (made.ground, made.booking_id, made.round_id, made.made_by) == (
        Ground.CALLED_OFF,
        mine.id,
        None,
        office.id,
    )
    assert [each.overtaken_at for each in queries.my_courses(db, waits.id, now=AFTER).places] == [AFTER]
    assert occasions(db) == ["session_called_off"]
    assert "vi har ställt dig i kö till dem. Där går du före dem i din målgrupp som inte har förtur" in told(db, anna)
    assert "förtur till kursen till och med vårterminen 2028" in told(db, anna)
    assert ahead.key[1] == 1
    insist_on_invariants(db)


def test_of_two_without_room_nobody_is_told_that_they_are_first(db, course, session, office):
    seat(db, make.session(db, of=course, seats=1, days=NEXT), make.person(db))
    displaced = [make.person(db) for _ in range(2)]
    for each in displaced:
        seat(db, session, each)
    call_off(db, session, office)
    assert ["först" in told(db, each) for each in displaced] == [False, False]


def test_whoever_waited_for_the_sister_keeps_their_standing_yes_and_has_its_next_seat(db, course, session, office):
    full = make.session(db, of=course, seats=1, days=LATER)
    other, anna = make.person(db), make.person(db)
    theirs = seat(db, full, other)
    place(db, full, make.person(db), wave=IN_TIME, key=[0, 1, 0, 1, 0, 1])
    seat(db, session, anna, rank=2)
    mine = place(db, full, anna, rank=1)
    call_off(db, session, office)
    assert (mine.state, mine.wave, mine.standing_yes) == (BookingState.WAITING, IN_TIME, True)
    waitlist.seats.release(db, theirs, full, to=BookingState.CANCELLED, now=AFTER)
    db.flush()
    assert waitlist.fill(db, session_id=full.id, now=AFTER) == 1
    assert mine.state is BookingState.BOOKED
    assert db.query(Precedence).one().used_by == mine.id
    insist_on_invariants(db)


def test_a_reserved_seat_in_the_sister_is_kept_for_its_group(db, course, session, office):
    course.targets = {"ST": 0, "SPEC": 0}
    sister = make.session(db, of=course, seats=2, days=NEXT, reserves={"SPEC": 1})
    specialist = make.person(db, category=Category.SPECIALIST, residency_start=None, planned_end=None)
    place(db, sister, specialist, standing_yes=True)
    persons = [make.person(db) for _ in range(2)]
    for each in persons:
        seat(db, session, each)
    found = call_off(db, session, office)
    assert [(each.to, each.why_not) for each in found.fates] == [(sister.id, None), (None, Unplaced.FULL)]
    assert waitlist.fill(db, session_id=sister.id, now=AFTER) == 1
    assert states(db, sister)[specialist.id] is BookingState.BOOKED


def test_of_a_session_that_begins_soon_they_are_told_and_can_take_a_seat_in_it(db, course, session, office):
    soon = make.session(db, of=course, days=[AFTER.date() + timedelta(days=4)])
    anna = make.person(db)
    seat(db, session, anna)
    call_off(db, session, office)
    assert states(db, soon) == {}
    assert f"http://portal.test/tillfallen/{soon.id}" in told(db, anna)
    assert "inget annat tillfälle" not in told(db, anna)
    left_over_seats.book(db, session_id=soon.id, person_id=anna.id, now=AFTER, by=anna.id)
    assert db.query(Precedence).one().used_by is not None


def test_the_first_in_the_courses_order_has_the_last_seat(db, session, office, course):
    last = make.session(db, of=course, seats=1, days=NEXT)
    far, near = make.person(db, planned_end=FAR), make.person(db, planned_end=NEAR)
    for each in (far, near):
        seat(db, session, each)
    found = call_off(db, session, office)
    assert [(each.person.person_id, each.to) for each in found.fates] == [(near.id, last.id), (far.id, None)]


def test_nobody_is_put_on_a_day_on_which_they_are_elsewhere(db, session, sister, office, course):
    later = make.session(db, of=course, days=LATER)
    anna = make.person(db)
    seat(db, session, anna)
    seat(db, make.session(db, days=[NEXT[1]]), anna)
    call_off(db, session, office)
    assert states(db, sister) == {}
    assert states(db, later) == {anna.id: BookingState.BOOKED}
    insist_on_invariants(db)


def test_a_seat_that_is_kept_for_somebody_in_the_sister_is_theirs(db, session, office, course):
    full = make.session(db, of=course, seats=1, days=NEXT)
    anna = make.person(db)
    seat(db, session, anna)
    kept = place(db, full, anna)
    waitlist.seats.hold(kept, full, until=AFTER + timedelta(days=2), now=AFTER)
    call_off(db, session, office)
    assert kept.state is BookingState.BOOKED
    reload(db, full)
    assert (full.seats_taken, full.seats_offered) == (1, 0)
    insist_on_invariants(db)


def test_less_wanted_places_of_who_was_moved_are_struck(db, session, sister, office, course):
    later = make.session(db, of=course, days=LATER, seats=1)
    seat(db, later, make.person(db))
    anna = make.person(db)
    seat(db, session, anna, rank=1)
    place(db, sister, anna, rank=2)
    place(db, later, anna, rank=3)
    call_off(db, session, office)
    assert states(db, later)[anna.id] is BookingState.LEFT


def test_whoever_waits_is_told_where_else_the_course_is_given(db, session, sister, office):
    waits, offered = make.person(db), make.person(db)
    places = [place(db, session, each) for each in (waits, offered)]
    waitlist.seats.hold(places[1], session, until=AFTER + timedelta(days=2), now=AFTER)
    call_off(db, session, office)
    assert [each.state for each in places] == [BookingState.LEFT] * 2
    assert places[0].end_reason == "kurstillfället är inställt"
    assert occasions(db) == ["line_called_off"] * 2
    assert f"http://portal.test/tillfallen/{sister.id}" in told(db, waits)
    assert (session.seats_offered, waitlist.to_end(db, now=AFTER)) == (0, [])
    insist_on_invariants(db)


def test_its_leaders_are_told_who_decided_and_why(db, session, sister, office):
    leader = make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    seat(db, session, make.person(db))
    call_off(db, session, office)
    assert occasions(db, leader) == ["session_called_off_to_staff"]
    assert "Det har Olle Sandberg beslutat. Skäl: Kursledaren är sjuk." in told(db, leader)
    assert "En av dem har fått en plats på ett annat tillfälle, och ingen har fått förtur" in told(db, leader)


def test_other_coordinators_are_told_and_who_has_decided_is_not(db, session, sister, office):
    other = make.coordinator(db)
    db.add(SessionLeader(session_id=session.id, person_id=office.id))
    seat(db, session, make.person(db))
    merge(db, session, sister, office)
    db.flush()
    assert (occasions(db, other), occasions(db, office)) == (["session_called_off_to_staff"], [])


def test_a_session_of_a_round_that_is_not_published_takes_nobody_in(db, session, sister, office):
    make.round_of(db, sister)
    seat(db, session, make.person(db))
    assert [each.to for each in call_off(db, session, office).fates] == [None]


def test_who_was_admitted_in_time_keeps_the_key_and_goes_first(db, course, office):
    first = make.session(db, of=course)
    near, far = make.person(db, planned_end=NEAR), make.person(db, planned_end=FAR)
    published(db, {far: [first]})
    seat(db, first, near)
    make.session(db, of=course, seats=1, days=NEXT)
    found = call_off(db, first, office)
    assert [(each.person.person_id, each.to is not None) for each in found.fates] == [
        (far.id, True),
        (near.id, False),
    ]


def test_what_was_not_looked_at_is_not_done(db, session, sister, office):
    seen = calling_off.foreseen(db, session_id=session.id, now=AFTER).token
    seat(db, session, make.person(db))
    with refused(Refusal.OUTLOOK_CHANGED):
        call_off(db, session, office, saw=seen)
    assert session.publicity is Publicity.PUBLISHED


def test_it_does_not_matter_in_which_order_the_sisters_were_last_written(db, course, session, office):
    first, second = (make.session(db, of=course, days=days, seats=1) for days in (NEXT, LATER))
    for each in (second, first):
        seat(db, each, make.person(db))
        db.flush()
    anna = make.person(db)
    seat(db, session, anna)
    [fate] = call_off(db, session, office).fates
    assert fate.lines == (first.id, second.id)
    assert occasions(db, anna) == ["session_called_off"]


def test_nothing_is_called_off_without_a_reason(db, session, office):
    with refused(Refusal.DECISION_WITHOUT_REASON):
        call_off(db, session, office, reason="  ")


@pytest.mark.parametrize(
    "involve",
    [
        pytest.param(seat, id="a seat in it"),
        pytest.param(place, id="a place in its line"),
        pytest.param(
            lambda db, session, who: seat(db, make.session(db, of=session.course, days=LATER), who), id="a sister"
        ),
    ],
)
def test_nobody_decides_over_a_course_of_their_own(db, session, office, involve):
    office.category = Category.SPECIALIST
    db.refresh(session, ["course"])
    involve(db, session, office)
    with refused(Refusal.DECIDES_OVER_OWN_SESSION):
        call_off(db, session, office)


def test_a_session_whose_seats_a_round_has_still_to_give_is_closed_there(db, session, office):
    make.round_of(db, session)
    with refused(Refusal.SESSION_TO_BE_GIVEN):
        call_off(db, session, office, saw="")


def test_a_session_that_is_called_off_already_is_refused(db, session, office):
    call_off(db, session, office)
    with refused(Refusal.NOT_TO_BE_CALLED_OFF):
        call_off(db, session, office, saw="")


def test_a_session_that_does_not_exist_is_not_found(db, office):
    with pytest.raises(NotFound):
        calling_off.call_off(db, session_id=10**6, reason="x", saw="", now=AFTER, by=office.id)


def test_two_sessions_become_one(db, session, sister, office):
    persons = [make.person(db) for _ in range(3)]
    for each in persons:
        seat(db, session, each)
    merge(db, session, sister, office)
    assert states(db, sister) == dict.fromkeys([each.id for each in persons], BookingState.BOOKED)
    reload(db, session)
    assert session.publicity is Publicity.CALLED_OFF
    insist_on_invariants(db)


def test_two_sessions_do_not_become_one_when_that_leaves_somebody(db, session, sister, office):
    for number in range(3):
        seat(db, session, make.person(db))
        if not number:
            seat(db, sister, make.person(db))
    with refused(Refusal.MERGE_LEAVES_SOMEBODY, left=1):
        merge(db, session, sister, office)
    assert db.query(Booking).filter_by(state=BookingState.CALLED_OFF).count() == 0


def test_what_nobody_has_booked_is_called_off_and_not_merged(db, course, session, office):
    full = make.session(db, of=course, seats=1, days=NEXT)
    seat(db, full, make.person(db))
    with refused(Refusal.NOBODY_TO_MOVE):
        merge(db, session, full, office)


def test_only_a_sister_with_seats_to_give_is_merged_with(db, session, office):
    with refused(Refusal.NO_SUCH_SISTER):
        merge(db, session, make.session(db, days=NEXT), office)


def test_calling_off_costs_the_same_number_of_looks_for_one_as_for_many(db, session, sister, office, queries):
    counts = []
    for people in (1, 3):
        of = make.course(db, seats=9)
        one, _ = make.session(db, of=of, minimum=2), make.session(db, of=of, days=NEXT)
        for _ in range(people):
            seat(db, one, make.person(db))
        db.flush()
        queries.reset()
        calling_off.foreseen(db, session_id=one.id, now=AFTER)
        counts.append(queries.count)
    assert counts == [counts[0]] * 2
    assert counts[0] == 14
