"""Swap rings: those who wait for each other's full sessions change seats at once, and nobody else is touched."""

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
    seat,
    states,
    told,
)
from session_changes_room import changed, on

import make
from auth.states import Category
from bookings import answers, swap_rings, waitlist
from bookings.states import BookingState, Origin
from courses.states import Publicity
from lararportal import tick
from lararportal.journal import Entry

NORTH, SOUTH, EAST = date(2027, 5, 3), date(2027, 5, 10), date(2027, 5, 18)


@pytest.fixture
def course(db):
    return make.course(db, seats=1, targets={"ST": 0, "SPEC": 0})


@pytest.fixture
def sessions(db, course):
    """Three sessions of one course, with one seat each."""
    return [make.session(db, of=course, days=[day], place=f"Ort {day:%d}") for day in (NORTH, SOUTH, EAST)]


@pytest.fixture
def holders(db, sessions):
    """Who has the seat in each."""
    people = [make.person(db) for _ in sessions]
    for session, person in zip(sessions, people, strict=True):
        seat(db, session, person)
    return people


def wish(db, session, person):
    """What a doctor does who wants to change: they join the line, and keep their seat."""
    return waitlist.join(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)


def close(db, course) -> int:
    db.flush()
    return swap_rings.close(db, course_id=course.id, now=AFTER)


def booked(db, session) -> list[int]:
    return [person for person, state in states(db, session).items() if state is BookingState.BOOKED]


def test_two_change_seats_though_both_sessions_are_full(db, course, sessions, holders):
    (north, south, _), (anna, sara, _) = sessions, holders
    newcomer = make.person(db)
    waitlist.join(db, session_id=south.id, person_id=newcomer.id, now=AFTER, by=newcomer.id)
    there, back = wish(db, south, anna), wish(db, north, sara)

    assert swap_rings.due(db, now=AFTER) == [course.id]
    assert close(db, course) == 2

    assert [booked(db, each) for each in (north, south)] == [[sara.id], [anna.id]]
    assert (north.seats_taken, south.seats_taken) == (1, 1)
    assert (days_of(db, anna), days_of(db, sara)) == ([SOUTH], [NORTH])
    assert states(db, north)[anna.id] is BookingState.MOVED
    assert line_of(db, south) == [newcomer.id]
    assert noted(db)[-2:] == [
        ("seat.swapped", None, anna.id, south.id),
        ("seat.swapped", None, sara.id, north.id),
    ]
    assert last_facts(db)["ring"] == [there.id, back.id]
    assert (there.origin, back.origin) == (Origin.SWAP, Origin.SWAP)
    assert (occasions(db, anna)[-1], occasions(db, sara)[-1]) == ("seat_swapped", "seat_swapped")
    assert "Ingen plats blev ledig, och ingen utan plats på kursen hade kunnat vara med i bytet." in told(db, anna)
    assert [("METHOD:CANCEL" in each, "METHOD:PUBLISH" in each) for each in letter(db, anna).calendars] == [
        (False, True),
        (True, False),
    ]
    insist_on_invariants(db)
    assert swap_rings.due(db, now=AFTER) == []
    assert close(db, course) == 0


def test_three_change_seats_in_a_ring(db, course, sessions, holders):
    for session, person in zip(sessions, holders[1:] + holders[:1], strict=True):
        wish(db, session, person)
    assert close(db, course) == 3
    assert [booked(db, each) for each in sessions] == [[each.id] for each in holders[1:] + holders[:1]]
    insist_on_invariants(db)


def test_the_tick_closes_rings_once_the_line_has_had_its_free_seats(db, database, course, sessions, holders):
    (north, south, _), (anna, sara, nils) = sessions, holders
    wish(db, south, anna)
    wish(db, north, sara)
    wish(db, south, nils)
    south.seats = 2
    db.flush()
    assert close(db, course) == 0
    done = tick.run_due(database, now=AFTER)
    assert (done["seats filled"], done["seats swapped"]) == (3, 0)
    assert sorted(booked(db, south)) == sorted([anna.id, nils.id])
    assert tick.run_due(database, now=AFTER)["seats swapped"] == 0
    insist_on_invariants(db)


def test_a_ring_is_closed_by_the_tick_and_only_once(db, database, course, sessions, holders):
    (north, south, _), (anna, sara, _) = sessions, holders
    wish(db, south, anna)
    wish(db, north, sara)
    db.flush()
    assert [tick.run_due(database, now=AFTER)["seats swapped"] for _ in range(2)] == [2, 0]
    assert occasions(db).count("seat_swapped") == 2


def test_a_ring_that_cannot_be_closed_does_not_stop_others(db, database, course, sessions, holders):
    (north, south, _), (anna, sara, _) = sessions, holders
    wish(db, south, anna)
    wish(db, north, sara)
    place(db, make.session(db, days=[date(2027, 9, 1)]), make.person(db))
    letter(db, anna).once = f"seat:{wish_of(db, south, anna)}"
    db.flush()
    done = tick.run_due(database, now=AFTER)
    assert (done["seats filled"], done["seats swapped"]) == (1, 0)
    db.expire_all()
    assert [booked(db, each) for each in (north, south)] == [[anna.id], [sara.id]]
    insist_on_invariants(db)


def wish_of(db, session, person) -> int:
    return waitlist.live(db, session_id=session.id, person_id=person.id).id


def test_where_it_is_switched_off_nobody_changes(db, course, sessions, holders):
    wish(db, sessions[1], holders[0])
    wish(db, sessions[0], holders[1])
    course.swap_rings = False
    db.flush()
    assert (swap_rings.due(db, now=AFTER), close(db, course)) == ([], 0)
    assert [booked(db, each) for each in sessions[:2]] == [[each.id] for each in holders[:2]]


def test_the_better_key_changes_when_two_could(db, course, sessions, holders):
    north, south, _ = sessions
    first, later = make.person(db, planned_end=date(2028, 1, 1)), make.person(db, planned_end=date(2030, 1, 1))
    north.seats = 3
    for each in (later, first):
        seat(db, north, each)
        wish(db, south, each)
    wish(db, north, holders[1])
    assert close(db, course) == 2
    assert booked(db, south) == [first.id]
    assert line_of(db, south) == [later.id]


def test_who_has_another_seat_on_the_day_is_not_moved_there(db, course, sessions, holders):
    (north, south, _), (anna, sara, _) = sessions, holders
    there = wish(db, south, anna)
    wish(db, north, sara)
    seat(db, make.session(db, days=[SOUTH]), anna, rank=9)
    assert close(db, course) == 0
    assert there.state is BookingState.WAITING


def test_nobody_is_moved_to_other_days_than_those_they_asked_for_unless_they_say_so(db, course, sessions, holders):
    (north, south, _), (anna, sara, _) = sessions, holders
    wish(db, south, anna)
    changed(db, south, days=on(date(2027, 5, 24)))
    wish(db, north, sara)
    assert "Eftersom dagarna är nya blir du tillfrågad innan du får en plats." in told(db, anna)
    assert (swap_rings.due(db, now=AFTER), close(db, course)) == ([], 0)
    yes = {"standing_yes": True, "short_notice": False}
    answers.answer_beforehand(db, session_id=south.id, person_id=anna.id, **yes, now=AFTER, by=anna.id)
    assert close(db, course) == 2
    assert days_of(db, anna) == [date(2027, 5, 24)]


@pytest.mark.parametrize("publicity", [Publicity.CALLED_OFF, Publicity.ARCHIVED])
def test_nobody_is_moved_into_a_session_that_takes_nobody(db, course, sessions, holders, publicity):
    wish(db, sessions[1], holders[0])
    wish(db, sessions[0], holders[1])
    sessions[0].publicity = publicity
    assert close(db, course) == 0


def test_a_seat_past_its_last_day_to_cancel_is_kept(db, course, sessions, holders):
    wish(db, sessions[1], holders[0])
    wish(db, sessions[0], holders[1])
    sessions[0].cancel_by = AFTER.date() - timedelta(days=1)
    assert close(db, course) == 0


def test_a_seat_that_was_bound_stays_bound(db, course, sessions, holders):
    (north, south, _), (anna, sara, _) = sessions, holders
    held = waitlist.live(db, session_id=north.id, person_id=anna.id)
    held.bound_days = 3
    there, back = wish(db, south, anna), wish(db, north, sara)
    assert close(db, course) == 2
    assert (there.bound_days, back.bound_days) == (3, None)
    assert "Lämnar du tillbaka den här platsen räknas det därför som sent." in told(db, anna)


def test_a_seat_reserved_for_a_group_stays_with_it(db, course, sessions, holders):
    (north, south, _), (anna, _, _) = sessions, holders
    south.seats, south.reserves = 2, {"SPEC": 1}
    sara = make.person(db, category=Category.SPECIALIST, residency_start=None, planned_end=None)
    seat(db, south, sara)
    wish(db, south, anna)
    wish(db, north, sara)
    assert close(db, course) == 0
    south.reserves = {}
    assert close(db, course) == 2
    assert sorted(booked(db, south)) == sorted([anna.id, holders[1].id])


def test_what_was_wished_for_first_is_still_waited_for_and_the_rest_is_struck(db, course, sessions, holders):
    (north, south, east), (anna, sara, _) = sessions, holders
    west = make.session(db, of=course, days=[date(2027, 6, 1)])
    seat(db, west, make.person(db))
    first, second, third = wish(db, east, anna), wish(db, south, anna), wish(db, west, anna)
    wish(db, north, sara)
    assert close(db, course) == 2
    assert [each.state for each in (first, second, third)] == [
        BookingState.WAITING,
        BookingState.BOOKED,
        BookingState.LEFT,
    ]
    assert [facts["struck"] for facts in swaps(db)] == [[third.id], []]
    assert "Du står kvar i kön till" in told(db, anna)
    assert "Du står kvar i kön till" not in told(db, sara)
    wish(db, south, holders[2])
    assert close(db, course) == 2
    assert booked(db, east) == [anna.id]


def kept_for(db, session, person):
    """A free seat of the session that is offered to somebody who wants to be asked first."""
    offered = place(db, session, person, rank=0, standing_yes=False)
    session.seats += 1
    assert (fill(db, session), offered.state) == (1, BookingState.OFFERED)
    return offered


def test_a_session_in_which_a_seat_is_kept_for_somebody_else_takes_part(db, course, sessions, holders):
    (north, south, _), (anna, sara, _) = sessions, holders
    newcomer = make.person(db)
    offered = kept_for(db, south, newcomer)
    wish(db, south, anna)
    wish(db, north, sara)
    assert close(db, course) == 2
    assert (booked(db, north), booked(db, south)) == ([sara.id], [anna.id])
    assert (offered.state, south.seats_taken, south.seats_offered) == (BookingState.OFFERED, 1, 1)
    answers.accept(db, session_id=south.id, person_id=newcomer.id, now=AFTER, by=newcomer.id)
    assert sorted(booked(db, south)) == sorted([anna.id, newcomer.id])
    insist_on_invariants(db)


def test_whoever_has_an_offer_to_answer_is_not_moved_meanwhile(db, course, sessions, holders):
    (north, south, _), (anna, sara, _) = sessions, holders
    elsewhere = make.session(db, days=[date(2027, 6, 1)])
    wish(db, south, anna)
    wish(db, north, sara)
    kept_for(db, elsewhere, anna)
    assert (swap_rings.due(db, now=AFTER), close(db, course)) == ([], 0)
    answers.decline(db, session_id=elsewhere.id, person_id=anna.id, now=AFTER, by=anna.id)
    assert close(db, course) == 2
    assert [booked(db, each) for each in (north, south)] == [[sara.id], [anna.id]]


def swaps(db) -> list[dict]:
    found = db.query(Entry).filter_by(deed="seat.swapped").order_by(Entry.id)
    return [each.facts for each in found]


@pytest.mark.parametrize("pairs", [1, 4])
def test_how_many_statements_it_takes_to_find_no_ring(db, course, sessions, queries, pairs):
    north, south, east = sessions
    north.seats = south.seats = pairs
    for _ in range(pairs):
        people = [make.person(db), make.person(db)]
        seat(db, north, people[0])
        seat(db, south, people[1])
        for each in people:
            place(db, east, each)
    db.flush()
    db.expunge_all()
    queries.reset()
    assert swap_rings.due(db, now=AFTER) == []
    assert queries.count == 5
