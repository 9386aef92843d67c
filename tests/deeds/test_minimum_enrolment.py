"""Minimum enrolment: on the go/no-go day those who decide are asked, once."""

from datetime import date, timedelta

import pytest
from bookings_room import insist_on_invariants, last_facts, letter, noted, occasions, place, seat, told
from sqlalchemy import select

import make
from auth.states import Role
from bookings import minimum_enrolment
from bookings.models import MinimumWarning
from bookings.queries import below_minimum
from bookings.states import RoundState
from courses.models import SessionLeader
from courses.states import Publicity
from lararportal import clock
from lararportal.errors import NotFound

DECIDED_ON = date(2027, 2, 15)
MORNING = clock.at(DECIDED_ON, 7)


@pytest.fixture
def session(db):
    """A session that needs two, decided on 15 February 2027."""
    made = make.session(db, minimum=2)
    assert made.go_no_go_on == DECIDED_ON
    return made


def ask(db, session, now=MORNING) -> None:
    minimum_enrolment.ask_for_decision(db, session.id, now=now, by=None)
    db.flush()


def test_coordinators_and_the_sessions_leaders_are_asked(db, session):
    office, leader, other = make.coordinator(db), make.holder(db, Role.LEADER), make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    seat(db, session, make.person(db))
    place(db, session, make.person(db))
    ask(db, session)
    assert [occasions(db, person) for person in (office, leader, other)] == [
        ["too_few_booked"],
        ["too_few_booked"],
        [],
    ]
    assert (
        "1 av 10 platser är bokade och minst 2 behövs. Det saknas alltså 1. En person i kö kan ta en plats."
        in told(db, leader)
    )
    assert noted(db) == [("minimum.asked", None, None, session.id)]
    assert last_facts(db) == {"booked": 1}
    warning = db.scalars(select(MinimumWarning)).one()
    assert (warning.session_id, warning.warned_at, warning.booked) == (session.id, MORNING, 1)
    insist_on_invariants(db)


def test_who_is_passed_over_in_line_does_not_count_as_somebody_who_could_come(db, session):
    office, busy = make.coordinator(db), make.person(db)
    elsewhere = make.session(db)
    seat(db, elsewhere, busy)
    place(db, session, busy)

    assert [each.would_come for each in below_minimum(db, today=DECIDED_ON)] == [0]
    ask(db, session)
    assert "Det saknas alltså 2. Ingen i kö kan ta en plats nu." in told(db, office)


def test_a_coordinator_who_leads_the_session_is_asked_once(db, session):
    office = make.coordinator(db)
    db.add(SessionLeader(session_id=session.id, person_id=office.id))
    ask(db, session)
    assert occasions(db) == ["too_few_booked"]


def test_asked_twice_they_have_one_letter(db, session):
    make.coordinator(db)
    ask(db, session)
    ask(db, session, now=MORNING + timedelta(minutes=1))
    assert occasions(db) == ["too_few_booked"]
    assert len(noted(db)) == 1


def test_a_long_title_and_many_days_do_not_keep_the_letter_from_being_written(db):
    course = make.course(db, title="Allmänmedicin " * 14)
    session = make.session(db, of=course, days=[date(2027, 3, 1) + timedelta(days=14 * n) for n in range(12)])
    office = make.coordinator(db)
    session.minimum = 1
    ask(db, session)
    assert len(letter(db, office).subject) == 250


def test_nobody_is_asked_about_a_session_that_has_enough_by_now(db, session):
    make.coordinator(db)
    for _ in range(2):
        seat(db, session, make.person(db))
    ask(db, session)
    assert (occasions(db), noted(db)) == ([], [])


def test_a_session_that_does_not_exist_is_not_found(db):
    with pytest.raises(NotFound):
        minimum_enrolment.ask_for_decision(db, 10**6, now=MORNING, by=None)


@pytest.mark.parametrize(
    ("now", "is_due"),
    [
        pytest.param(clock.at(date(2027, 2, 14), 23, 59), False, id="the evening before"),
        pytest.param(clock.at(DECIDED_ON), True, id="from midnight in Stockholm"),
        pytest.param(clock.at(date(2027, 3, 14), 12), True, id="until it begins"),
        pytest.param(clock.at(date(2027, 3, 15)), False, id="not once it has begun"),
    ],
)
def test_when_a_decision_is_due(db, session, now, is_due):
    assert minimum_enrolment.due(db, now=now) == ([session.id] if is_due else [])


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(lambda _db, s: setattr(s, "minimum", 0), id="needs nobody"),
        pytest.param(lambda _db, s: setattr(s, "publicity", Publicity.DRAFT), id="a draft"),
        pytest.param(lambda _db, s: setattr(s, "publicity", Publicity.ARCHIVED), id="archived"),
        pytest.param(make.round_of, id="a round has still to give its seats"),
        pytest.param(lambda db, s: [seat(db, s, make.person(db)) for _ in range(2)], id="has enough"),
        pytest.param(ask, id="asked already"),
    ],
)
def test_what_nobody_need_decide(db, session, prepare):
    prepare(db, session)
    db.flush()
    assert minimum_enrolment.due(db, now=MORNING) == []


def test_after_its_round_was_published_a_session_is_due(db, session):
    make.round_of(db, session, state=RoundState.PUBLISHED)
    assert minimum_enrolment.due(db, now=MORNING) == [session.id]


def test_the_list_shows_what_is_due_and_what_is_coming(db, session):
    coming = make.session(db, minimum=3, days=[date(2027, 4, 26)])
    make.session(db, minimum=3, days=[date(2027, 9, 1)])
    place(db, coming, make.person(db))
    seat(db, coming, make.person(db))
    ask(db, session)
    rows = below_minimum(db, today=DECIDED_ON)
    assert [
        (each.session.session_id, each.missing, each.waiting, each.would_come, each.warned_at, each.is_due)
        for each in rows
    ] == [
        (session.id, 2, 0, 0, MORNING, True),
        (coming.id, 2, 1, 1, None, False),
    ]
