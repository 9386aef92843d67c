"""Reserve sessions the other way: enough wait elsewhere, coordinators are told once, and one press fills it."""

from datetime import date, timedelta

import pytest
from bookings_room import AFTER, insist_on_invariants, line_of, occasions, place, refused, seat, states, told

import make
from auth.states import Category
from bookings import waitlist
from bookings.minimum import reserve_sessions
from bookings.models import Booking
from bookings.states import IN_TIME, BookingState, Refusal
from courses.states import Publicity
from lararportal import tick
from lararportal.errors import NotFound

APRIL, MAY = [date(2027, 4, 12)], [date(2027, 5, 10)]


@pytest.fixture
def course(db):
    return make.course(db, targets={"ST": 0, "SPEC": 0})


@pytest.fixture
def full(db, course):
    made = make.session(db, of=course, seats=1)
    seat(db, made, make.person(db))
    return made


@pytest.fixture
def reserve(db, course, full):
    return make.session(db, of=course, days=APRIL, seats=2, minimum=2, publicity=Publicity.DRAFT, is_reserve=True)


def waiting(db, session, count=2) -> list:
    persons = [make.person(db) for _ in range(count)]
    for each in persons:
        place(db, session, each)
    db.flush()
    return persons


def wanted(db, now=AFTER) -> list[int]:
    db.flush()
    return [each.session.id for each in reserve_sessions.wanted(db, now=now)]


def open_it(db, reserve, office, *, saw=None, now=AFTER) -> int:
    db.flush()
    saw = reserve_sessions.demand_for(db, session_id=reserve.id, now=now).token if saw is None else saw
    done = reserve_sessions.open_and_fill(db, session_id=reserve.id, saw=saw, now=now, by=office.id)
    db.flush()
    return done


def test_coordinators_are_told_once_when_as_many_wait_as_it_needs(db, database, full, reserve, office):
    waiting(db, full, 1)
    assert tick.run_due(database, now=AFTER)["reserves asked for"] == 0
    waiting(db, full, 1)
    assert tick.run_due(database, now=AFTER)["reserves asked for"] == 1
    assert tick.run_due(database, now=AFTER + timedelta(hours=1))["reserves asked for"] == 0
    assert occasions(db, office) == ["reserve_wanted"]
    assert f"http://portal.test/samordning/reserv/{reserve.id}" in told(db, office)


def test_it_is_filled_in_the_order_of_the_lines_by_offers_and_nobody_loses_a_place(db, course, full, reserve, office):
    other = make.session(db, of=course, days=MAY, seats=1)
    seat(db, other, make.person(db))
    late, in_time, last = (make.person(db) for _ in range(3))
    place(db, full, late, key=[0, 1, 1, 3, 0, 1])
    place(db, other, in_time, wave=IN_TIME, key=[0, 1, 1, 40, 0, 1], standing_yes=True)
    place(db, other, late, key=[0, 1, 1, 3, 0, 1])
    place(db, full, last, key=[0, 1, 1, 9, 0, 1])
    assert open_it(db, reserve, office) == 3
    db.refresh(reserve)
    assert (reserve.publicity, reserve.is_reserve) == (Publicity.PUBLISHED, False)
    db.flush()
    assert states(db, reserve) == {
        in_time.id: BookingState.OFFERED,
        late.id: BookingState.OFFERED,
        last.id: BookingState.WAITING,
    }
    assert line_of(db, full) == [late.id, last.id]
    assert [occasions(db, each) for each in (in_time, late, last)] == [
        ["seat_offered"],
        ["seat_offered"],
        ["place_in_line"],
    ]
    assert waitlist.fill(db, session_id=reserve.id, now=AFTER) == 0
    insist_on_invariants(db)


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(lambda db, who, course, _: seat(db, make.session(db, days=APRIL), who), id="elsewhere that day"),
        pytest.param(
            lambda db, who, course, _: seat(db, make.session(db, of=course, days=MAY), who), id="has a seat in it"
        ),
        pytest.param(lambda db, who, *_: setattr(who, "category", Category.PRE_ST), id="not eligible today"),
        pytest.param(lambda db, who, course, _: setattr(course, "publicity", Publicity.ARCHIVED), id="archived"),
        pytest.param(lambda db, who, course, reserve: make.round_of(db, reserve), id="a round may open it"),
        pytest.param(
            lambda db, who, course, reserve: [setattr(reserve, name, 3) for name in ("seats", "minimum")],
            id="it needs more",
        ),
        pytest.param(
            lambda db, who, course, reserve: setattr(reserve, "starts_on", date(2027, 1, 20)),
            id="too soon",
        ),
    ],
)
def test_when_it_is_not_wanted(db, course, full, reserve, prepare):
    anna, _ = waiting(db, full)
    assert wanted(db) == [reserve.id]
    prepare(db, anna, course, reserve)
    reserve.cancel_by = reserve.go_no_go_on = reserve.starts_on - timedelta(days=1)
    assert wanted(db) == []


def test_with_reserved_seats_everybody_has_one_letter_about_what_they_have(db, full, reserve, office):
    reserve.reserves = {"SPEC": 1}
    first, second = waiting(db, full)
    specialist = make.person(db, category=Category.SPECIALIST, residency_start=None, planned_end=None)
    place(db, full, specialist)
    db.flush()
    demand = reserve_sessions.demand_for(db, session_id=reserve.id, now=AFTER)
    assert [each.is_next for each in demand.line] == [True, False, True]
    open_it(db, reserve, office)
    db.flush()
    assert [occasions(db, each) for each in (first, second, specialist)] == [
        ["seat_offered"],
        ["place_in_line"],
        ["seat_offered"],
    ]
    assert "Just nu har du plats 1 i kön." in told(db, second)


def test_who_was_not_shown_is_not_moved_in(db, full, reserve, office):
    waiting(db, full)
    saw = reserve_sessions.demand_for(db, session_id=reserve.id, now=AFTER).token
    waiting(db, full, 1)
    with refused(Refusal.OUTLOOK_CHANGED):
        open_it(db, reserve, office, saw=saw)


def test_who_waits_for_the_course_does_not_open_it(db, full, reserve, office):
    office.category = Category.SPECIALIST
    place(db, full, office)
    waiting(db, full)
    with refused(Refusal.DECIDES_OVER_OWN_SESSION):
        open_it(db, reserve, office)
    assert db.query(Booking).filter_by(session_id=reserve.id).count() == 0


def test_only_what_is_held_in_reserve_is_opened_so(db, full, office):
    with refused(Refusal.NOT_HELD_IN_RESERVE):
        open_it(db, full, office)
    with pytest.raises(NotFound):
        reserve_sessions.demand_for(db, session_id=10**6, now=AFTER)


def test_looking_for_them_takes_the_same_number_of_statements_for_long_lines(db, course, full, reserve, queries):
    counts = []
    for days in ([date(2027, 6, 1)], [date(2027, 6, 2)]):
        waiting(db, full)
        make.session(db, of=course, days=days, seats=2, minimum=2, publicity=Publicity.DRAFT, is_reserve=True)
        db.flush()
        queries.reset()
        found = reserve_sessions.wanted(db, now=AFTER)
        counts.append((len(found), queries.count))
    assert [found for found, _ in counts] == [2, 3]
    assert counts[0][1] == counts[1][1]


def test_filling_it_takes_the_same_number_of_statements_for_two_as_for_eight(db, course, full, office, queries):
    counts = []
    for count in (2, 6):
        waiting(db, full, count)
        one = make.session(db, of=course, days=APRIL, seats=9, minimum=2, publicity=Publicity.DRAFT, is_reserve=True)
        db.flush()
        saw = reserve_sessions.demand_for(db, session_id=one.id, now=AFTER).token
        queries.reset()
        assert open_it(db, one, office, saw=saw) in (2, 8)
        counts.append(queries.apart)
    assert counts[0] == counts[1]


def test_nothing_is_looked_for_when_coordinators_know(db, full, reserve, queries):
    waiting(db, full)
    reserve_sessions.tell(db, reserve.id, now=AFTER, by=None)
    db.flush()
    queries.reset()
    assert (reserve_sessions.to_tell(db, now=AFTER), queries.count) == ([], 1)
