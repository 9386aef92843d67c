"""What concerns many people in one deed takes as many statements as for a few, while others wait for its locks."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from bookings_room import AFTER, insist_on_invariants, occasions, place, seat, states
from session_changes_room import asked, change, on

import make
from auth.models import Person
from auth.states import Category
from bookings import funding, swap_rings, waitlist
from bookings.minimum import calling_off
from bookings.states import BookingState
from courses import sessions
from courses.models import CourseSession

FEW, MANY = 6, 12
LATER = AFTER + timedelta(hours=1)


@pytest.fixture
def office(db):
    return make.coordinator(db)


def funding_of(at: int, office: Person) -> dict:
    """Every other seat is paid for, so that not all rows are changed alike."""
    return {"funded_at": AFTER, "funded_by": office.id} if at % 2 else {}


def counted(db, queries, deed: Callable[[], object]) -> int:
    """How many statements the deed takes that nobody has looked at anything for."""
    db.flush()
    db.expunge_all()
    queries.reset()
    deed()
    db.flush()
    return queries.apart


def test_the_funding_of_many_seats_is_settled_in_as_many_statements_as_of_few(db, queries, office):
    def settle(people: int) -> int:
        session = make.session(db, seats=people)
        ids = [seat(db, session, make.person(db)).id for _ in range(people)]
        return counted(db, queries, lambda: funding.settle(db, booking_ids=ids, now=AFTER, by=office.id))

    assert settle(FEW) == settle(MANY) == 8


@pytest.mark.parametrize("in_rings_of", [2, 3])
def test_many_change_seats_in_as_many_statements_as_few(db, queries, office, in_rings_of):
    def swap(people: int) -> int:
        course = make.course(db, seats=1, targets={"ST": 0, "SPEC": 0})
        first = date(2027, 5, 3)
        sessions = [make.session(db, of=course, days=[first + timedelta(days=at)]) for at in range(people)]
        persons = [make.person(db) for _ in range(people)]
        for at, person in enumerate(persons):
            ring, turn = divmod(at, in_rings_of)
            seat(db, sessions[at], person, rank=2, **funding_of(at, office))
            place(db, sessions[ring * in_rings_of + (turn + 1) % in_rings_of], person)
        found = counted(db, queries, lambda: swap_rings.close(db, course_id=course.id, now=AFTER))
        assert [occasions(db, each) for each in persons] == [["seat_swapped"]] * people
        return found

    assert swap(in_rings_of) == swap(MANY) == 22
    insist_on_invariants(db)


@pytest.mark.parametrize("has_room", [True, False])
def test_a_session_of_many_is_called_off_in_as_many_statements_as_one_of_few(db, queries, office, has_room):
    def call_off(people: int) -> int:
        course = make.course(db, seats=40)
        session, sister, third = (make.session(db, of=course, days=[date(2027, month, 15)]) for month in (5, 6, 7))
        persons, waiting = ([make.person(db) for _ in range(people)] for _ in range(2))
        for each in () if has_room else (sister, third):
            each.seats = 1
            seat(db, each, make.person(db))
        for at, person in enumerate(persons):
            # Every third waits for the sister too, and every third for the other: not all come with the same.
            seat(db, session, person, rank=2, **funding_of(at, office))
            if at % 3:
                place(db, (sister, third)[at % 3 - 1], person, rank=at % 2 + 1)
        for at, person in enumerate(waiting):
            offer = {"state": BookingState.OFFERED, "asked_at": AFTER, "answer_by": AFTER} if at % 2 else {}
            session.seats_offered += at % 2
            place(db, session, person, **offer)
        db.flush()
        saw = calling_off.foreseen(db, session_id=session.id, now=AFTER).token
        about = {"session_id": session.id, "reason": "För få.", "saw": saw, "now": AFTER, "by": office.id}
        found = counted(db, queries, lambda: calling_off.call_off(db, **about))
        assert [occasions(db, each) for each in persons] == [["session_called_off"]] * people
        assert [occasions(db, each) for each in waiting] == [["line_called_off"]] * people
        return found

    assert call_off(FEW) == call_off(MANY) == (50 if has_room else 47)
    insist_on_invariants(db)


def test_the_offers_of_many_are_withdrawn_in_as_many_statements_as_those_of_few(db, queries):
    def withdraw(people: int) -> int:
        course = make.course(db, seats=40, targets={"ST": 0})
        session, sister = (make.session(db, of=course, days=[date(2027, month, 15)]) for month in (5, 6))
        persons = [make.person(db) for _ in range(people)]
        session.seats_offered = people
        for at, person in enumerate(persons):
            about = {"asked_at": AFTER, "answer_by": AFTER + timedelta(days=3)}
            place(db, session, person, state=BookingState.OFFERED, rank=2, **about)
            if at % 2:
                seat(db, sister, person)
            else:
                person.category = Category.SPECIALIST
        found = counted(db, queries, lambda: waitlist.fill(db, session_id=session.id, now=AFTER))
        assert [occasions(db, each) for each in persons] == [["offer_withdrawn"]] * people
        ended = [BookingState.WAITING, BookingState.LEFT]
        assert states(db, session) == {each.id: ended[at % 2] for at, each in enumerate(persons)}
        return found

    assert withdraw(FEW) == withdraw(MANY) == 13
    insist_on_invariants(db)


MAY, JULY, AUTUMN = [[date(2027, month, day) for day in (17, 18)] for month in (5, 7, 9)]


@pytest.fixture
def many_there(db):
    """A session in May: of four one has a seat, one also in July, one waits and one has an offer; by how many."""

    def fill(people: int) -> tuple[CourseSession, CourseSession, list[Person]]:
        session, other = (make.session(db, days=days, seats=40) for days in (MAY, JULY))
        persons = [make.person(db) for _ in range(people)]
        for at, person in enumerate(persons):
            match at % 4:
                case 0:
                    seat(db, session, person)
                case 1:
                    seat(db, session, person)
                    seat(db, other, person)
                case 2:
                    place(db, session, person, short_notice=at % 8 == 2)
                case 3:
                    session.seats_offered += 1
                    about = {"asked_at": AFTER, "answer_by": AFTER + timedelta(days=3)}
                    place(db, session, person, state=BookingState.OFFERED, standing_yes=False, **about)
        db.flush()
        return session, other, persons

    return fill


def to(db, queries, session: CourseSession, days: list[date], *, now: datetime = AFTER) -> int:
    """How many statements it takes to move the session to these days."""
    db.flush()
    db.expunge_all()
    session = sessions.lock(db, [session.id])[0]
    about = {
        "days": on(*days),
        "cancel_by": days[0] - timedelta(days=21),
        "go_no_go_on": days[0] - timedelta(days=28),
    }
    token = asked(db, session, now=now, **about)["token"]
    queries.reset()
    change(db, session, confirmed=token, now=now, **about)
    return queries.apart


def test_a_session_of_many_is_moved_in_as_many_statements_as_one_of_few(db, queries, many_there):
    counts = []
    for people in (2 * 4, 6 * 4):
        session, _, persons = many_there(people)
        there = to(db, queries, session, JULY)
        assert [occasions(db, each) for each in persons] == [["session_changed"]] * people
        counts.append((there, to(db, queries, session, AUTUMN, now=LATER)))
        assert [occasions(db, each) for each in persons] == [["session_changed"] * 2] * people
    assert counts == [(41, 33)] * 2
    insist_on_invariants(db)


def test_the_choices_of_many_end_in_as_many_statements_as_those_of_few(db, queries, many_there):
    counts = []
    for people in (2 * 4, 6 * 4):
        session, other, persons = many_there(people)
        to(db, queries, session, JULY)
        counts.append(to(db, queries, other, AUTUMN))
        told = [occasions(db, each) for each in persons[1::4]]
        assert told == [["session_changed", "seat_had_again", "session_changed"]] * (people // 4)
    assert counts == [36] * 2
    insist_on_invariants(db)
