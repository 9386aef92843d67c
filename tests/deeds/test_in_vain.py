"""Who did not pass a course lacks it: they apply, book and wait as anybody else who does."""

from datetime import date

import pytest
from bookings_room import AFTER, fill, published, refused, seat, sent, states, taken_by_others
from held_room import AWAY, ILL, THERE, held

import make
from bookings import facts, in_line, left_over_seats, queries, waitlist
from bookings.minimum import prospects
from bookings.states import BookingState, Refusal
from lararportal.audit import invariants
from lararportal.clock import day_of


@pytest.fixture
def course(db):
    return make.course(db)


@pytest.fixture
def people(db, course):
    """Who stayed away, who was ill, who left too soon, and who passed."""
    marks = ([AWAY, AWAY], [ILL, ILL], [THERE, AWAY], [THERE, THERE])
    made = [make.person(db) for _ in marks]
    held(db, course, dict(zip(made, marks, strict=True)))
    return made


def test_they_apply_and_are_given_seats_and_who_passed_is_refused(db, course, people):
    *lacking, passed = people
    wanted, other = make.session(db, of=course), make.session(db, of=course, days=[date(2027, 5, 3)])
    with refused(Refusal.COURSE_TAKEN_BEFORE):
        sent(db, make.round_of(db, other), passed, other)
    published(db, {each: [wanted] for each in lacking})
    assert states(db, wanted) == dict.fromkeys([each.id for each in lacking], BookingState.BOOKED)
    wrong = {each.check for each in invariants(db, now=AFTER)}
    assert wrong.isdisjoint({"course_twice", "precedence_left_open"})


def test_they_book_and_wait_and_have_the_next_free_seat(db, course, people):
    away, ill, too_soon, passed = people
    left_over, full = (make.session(db, of=course, days=[date(2027, 4, day)], seats=2) for day in (12, 26))
    about = {"session_id": left_over.id, "now": AFTER}
    left_over_seats.book(db, person_id=away.id, by=away.id, **about)
    with refused(Refusal.COURSE_TAKEN_BEFORE):
        left_over_seats.book(db, person_id=passed.id, by=passed.id, **about)
    taken_by_others(db, full, [make.person(db), make.person(db)])
    for person in (ill, too_soon):
        joined = waitlist.join(db, session_id=full.id, person_id=person.id, now=AFTER, by=person.id)
        # Last on their own list as a new wish, and not in the place of the seat that they had.
        assert joined.rank == 1
    with refused(Refusal.COURSE_TAKEN_BEFORE):
        waitlist.join(db, session_id=full.id, person_id=passed.id, now=AFTER, by=passed.id)
    assert in_line.holders(db, course.id, today=day_of(AFTER)) == {}
    full.seats = 3
    assert (fill(db, full), states(db, full)[ill.id]) == (1, BookingState.BOOKED)
    # Nobody who has the course, or a seat in it to come, could be asked to.
    found = prospects.could_come(db, [left_over], {left_over.id: people}, today=day_of(AFTER))
    assert found == {left_over.id: [too_soon]}


def test_a_page_says_the_same(db, course, people):
    made = seat(db, make.session(db, of=course), make.person(db))
    [session] = facts.sessions_of(db, [made.id])
    said = [queries.my_situation(db, session, person_id=each.id, now=AFTER) for each in people]
    assert [each.may_book for each in said] == [None, None, None, Refusal.COURSE_TAKEN_BEFORE]
    assert [each.keeps is None for each in said] == [True, True, True, False]
