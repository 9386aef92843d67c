"""What is remembered from round to round: who was turned down goes before others where the course says so."""

import json
from datetime import date, timedelta

import pytest
from bookings_room import AFTER, drawn_up, fill, last_run, line_of, published, seat, sent, set_free

import make
from bookings import allocation, cancellation, publication, rounds, waitlist
from bookings.models import Round
from bookings.states import Outcome
from courses.models import CourseSession
from courses.states import Order

NEAR, FAR = date(2028, 1, 11), date(2031, 1, 11)
NEXT_OPENS, NEXT_CLOSES = AFTER + timedelta(days=30), AFTER + timedelta(days=60)
LATER = [date(2027, 10, 4)]


@pytest.fixture
def course(db):
    """New residents first, but before them who was turned down."""
    return make.course(db, code="HUD", order=Order.REVERSED)


def next_round(db, *sessions: CourseSession) -> Round:
    return make.round_of(
        db,
        *sessions,
        term="2027-2",
        opens_at=NEXT_OPENS,
        closes_at=NEXT_CLOSES,
        decision_on=date(2027, 4, 1),
    )


def remembered(db, session: CourseSession, *people) -> list[dict[str, int]]:
    """What the next round, in which all of these ask for the session, is frozen with."""
    round_ = next_round(db, session)
    for person in people:
        sent(db, round_, person, session)
    rounds.close_round(db, round_.id, now=NEXT_CLOSES, by=None)
    applicants = json.loads(round_.frozen)["applicants"]
    return [applicants[person.pseudonym]["rejections"] for person in people]


def turned_down(db, course):
    """Somebody with a seat in the only session of a course, and somebody who waits for it."""
    session = make.session(db, of=course, seats=1)
    winner = make.person(db, residency_start=date(2026, 9, 1), planned_end=FAR)
    loser = make.person(db, residency_start=date(2023, 9, 1), planned_end=NEAR)
    published(db, {winner: [session], loser: [session]})
    return session, winner, loser


def test_who_was_turned_down_is_frozen_with_it_and_goes_first(db, course):
    _, _, loser = turned_down(db, course)
    session = make.session(db, of=course, seats=1, days=LATER)
    newest = make.person(db, residency_start=date(2027, 2, 1), planned_end=FAR)
    round_ = next_round(db, session)
    for person in (newest, loser):
        sent(db, round_, person, session)
    rounds.close_round(db, round_.id, now=NEXT_CLOSES, by=None)
    make.revealed(db, round_)
    run = allocation.draw_up(db, round_id=round_.id, now=NEXT_CLOSES, by=None)

    applicants = json.loads(round_.frozen)["applicants"]
    assert applicants[loser.pseudonym]["rejections"] == {"HUD": 1}
    assert applicants[newest.pseudonym]["rejections"] == {}
    assert json.loads(run.result)["assign"] == {loser.pseudonym: [str(session.id)], newest.pseudonym: []}


def test_each_round_counts_once(db, course):
    _, _, loser = turned_down(db, course)
    second = make.session(db, of=course, seats=1, days=[date(2027, 5, 3)])
    other = make.person(db, residency_start=date(2026, 12, 1), planned_end=FAR)
    round_ = make.round_of(db, second, opens_at=AFTER, closes_at=AFTER + timedelta(days=2))
    sent(db, round_, loser, second)
    seat(db, second, other)
    make.closed_early(db, round_, at=AFTER)
    make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=AFTER, by=None)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=AFTER, by=None)

    assert remembered(db, make.session(db, of=course, days=LATER), loser) == [{"HUD": 2}]


def test_a_round_that_nobody_has_been_told_of_does_not_count(db, course):
    session = make.session(db, of=course, seats=1)
    people = [make.person(db, planned_end=NEAR), make.person(db, planned_end=FAR)]
    drawn_up(db, {person: [session] for person in people})

    assert remembered(db, make.session(db, of=course, days=LATER), *people) == [{}, {}]


def test_courses_are_remembered_each_for_itself(db, course):
    _, _, loser = turned_down(db, course)

    assert remembered(db, make.session(db, days=LATER), loser) == [{}]


def test_who_got_a_seat_has_nothing_to_remember(db, course):
    session, winner, _ = turned_down(db, course)
    cancellation.cancel(db, session_id=session.id, person_id=winner.id, reason="", now=AFTER, by=winner.id)

    assert remembered(db, make.session(db, of=course, days=LATER), winner) == [{}]


def test_a_seat_from_the_line_ends_what_is_remembered_even_if_it_is_given_back(db, course):
    session, _, loser = turned_down(db, course)
    set_free(db, session)
    assert fill(db, session) == 1
    cancellation.cancel(db, session_id=session.id, person_id=loser.id, reason="", now=AFTER, by=loser.id)

    assert remembered(db, make.session(db, of=course, days=LATER), loser) == [{}]


def test_who_leaves_a_line_is_still_somebody_who_was_turned_down(db, course):
    session, _, loser = turned_down(db, course)
    waitlist.leave(db, session_id=session.id, person_id=loser.id, now=AFTER, by=loser.id)

    assert remembered(db, make.session(db, of=course, days=LATER), loser) == [{"HUD": 1}]


def test_who_joins_a_line_late_stands_there_with_what_is_remembered(db, course):
    _, _, loser = turned_down(db, course)
    session, newest = make.session(db, of=course, seats=1, days=LATER), make.person(db)
    seat(db, session, make.person(db))
    for person in (newest, loser):
        waitlist.join(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)

    assert line_of(db, session) == [loser.id, newest.id]


@pytest.mark.parametrize(("days", "outcome"), [(None, Outcome.CONFLICT), (LATER, Outcome.CAP)])
def test_own_choices_are_not_remembered(db, course, days, outcome):
    preferred, session = make.session(db), make.session(db, of=course, days=days)
    person = make.person(db)
    published(db, {person: [preferred, session]}, cap=1 if outcome is Outcome.CAP else 4)

    assert remembered(db, make.session(db, of=course, days=[date(2027, 11, 1)]), person) == [{}]


def test_closing_takes_the_same_few_statements_for_few_and_many(db, queries):
    counts = []
    for size in (2, 9):
        course = make.course(db)
        session, later = make.session(db, of=course, seats=1), make.session(db, of=course, days=LATER)
        people = [make.person(db) for _ in range(size)]
        published(db, {person: [session] for person in people})
        set_free(db, session)
        round_ = next_round(db, later)
        for person in people:
            sent(db, round_, person, later)
        db.flush()
        db.expunge_all()
        queries.reset()
        rounds.close_round(db, round_.id, now=NEXT_CLOSES, by=None)
        db.flush()
        counts.append(queries.count)
    assert counts[0] == counts[1]
