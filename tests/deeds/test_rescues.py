"""Rescues: a session runs anyway, or has more time; who decides, why, and who is told."""

from datetime import date, timedelta

import pytest
from bookings_room import last_facts, noted, occasions, refused, seat, told
from session_changes_room import change
from sqlalchemy import select

import make
from auth.states import Category, Role
from bookings import seats
from bookings.minimum import calling_off, cases, rescues
from bookings.models import Booking, Invitation, MinimumCase, MinimumStep
from bookings.queries import decided_to_run
from bookings.rules.minimum import Audience, CaseEnd, CaseStep
from bookings.states import BookingState, Refusal
from courses.models import SessionLeader
from lararportal import clock
from lararportal.audit import invariants
from lararportal.errors import NotFound

DECIDED_ON, NEW_DAY = date(2027, 2, 15), date(2027, 2, 22)
MORNING = clock.at(DECIDED_ON, 7)


@pytest.fixture
def leader(db):
    return make.holder(db, Role.LEADER)


@pytest.fixture
def session(db, leader):
    made = make.session(db, minimum=3)
    db.add(SessionLeader(session_id=made.id, person_id=leader.id))
    db.flush()
    return made


def move(db, session, office, *, to=NEW_DAY, reason="Fler har hört av sig.", now=MORNING) -> None:
    db.flush()
    rescues.move_day(db, session_id=session.id, to=to, reason=reason, now=now, by=office.id)
    db.flush()


def run(db, session, office, *, reason="Ämnet behövs.", now=MORNING) -> None:
    db.flush()
    rescues.run_anyway(db, session_id=session.id, reason=reason, now=now, by=office.id)
    db.flush()


def test_a_session_runs_by_a_decision_and_its_leaders_are_told(db, session, leader, office):
    seat(db, session, make.person(db))
    run(db, session, office)
    case = db.scalars(select(MinimumCase)).one()
    assert (case.end, case.booked_then, decided_to_run(db, session.id)) == (CaseEnd.RUNS_ANYWAY, 1, True)
    step = db.scalars(select(MinimumStep)).one()
    assert (step.step, step.by, step.reason) == (CaseStep.RUNS_ANYWAY, office.id, "Ämnet behövs.")
    assert occasions(db) == ["session_runs"]
    assert "Det har Olle Sandberg beslutat. Skäl: Ämnet behövs. En person är bokad nu." in told(db, leader)
    assert noted(db) == [("minimum.runs_anyway", office.id, None, session.id)]


def test_the_day_is_moved_and_everybody_concerned_told_once(db, session, leader, office):
    make.coordinator(db)
    anna = make.person(db)
    seat(db, session, anna)
    cases.ask_for_decision(db, session.id, now=MORNING, by=None)
    move(db, session, office)
    assert session.go_no_go_on == NEW_DAY
    assert (occasions(db, anna), occasions(db, leader)[-1]) == (["decision_day_moved"], "decision_day_moved")
    assert "beslutas det senast måndag 22 februari 2027" in told(db, anna)
    facts = last_facts(db)
    assert (facts["former"], facts["day"]) == ("2027-02-15", "2027-02-22")
    assert cases.due(db, now=MORNING) == []
    cases.ask_for_decision(db, session.id, now=clock.at(NEW_DAY, 7), by=None)
    assert occasions(db, office) == ["too_few_booked"] * 2
    assert [each.step for each in db.query(MinimumStep).order_by(MinimumStep.id)] == [
        CaseStep.ASKED,
        CaseStep.DAY_MOVED,
        CaseStep.ASKED,
    ]


def test_who_heard_that_it_may_not_be_given_hears_that_it_is_and_nobody_else_does(db, session, leader, office):
    other = make.coordinator(db)
    heard, invited, sent_away, late = (make.person(db) for _ in range(4))
    seat(db, session, heard)
    seat(db, session, sent_away)
    move(db, session, office)
    for each in (invited, late):
        seat(db, session, each, at=MORNING + timedelta(days=1))
    db.add(Invitation(session_id=session.id, person_id=invited.id, audience=Audience.ASKED, at=MORNING, by=office.id))
    session.minimum = 5
    booking = db.query(Booking).filter_by(person_id=sent_away.id).one()
    seats.release(db, booking, session, to=BookingState.CANCELLED, now=MORNING)
    run(db, session, office, now=MORNING + timedelta(days=2))
    told_so = [each for each in (heard, invited, sent_away, late) if "session_runs_after_all" in occasions(db, each)]
    assert told_so == [heard, invited]
    assert last_facts(db)["worried"] == [heard.id, invited.id]
    assert "Du har kvar din plats och behöver inte göra något." in told(db, heard)
    assert [occasions(db, each).count("session_runs") for each in (leader, other, office)] == [1, 1, 0]

    seats.release(
        db, db.query(Booking).filter_by(person_id=late.id).one(), session, to=BookingState.CANCELLED, now=MORNING
    )
    run(db, session, office, now=MORNING + timedelta(days=3))
    assert occasions(db, heard).count("session_runs_after_all") == 1


def test_the_day_that_was_moved_is_noted_after_what_was_said_of_the_session_before(db, session, office):
    change(db, session, go_no_go_on=DECIDED_ON + timedelta(days=1), now=MORNING - timedelta(days=1))
    move(db, session, office)
    assert [each.check for each in invariants(db, now=MORNING) if each.check.endswith("_as_noted")] == []


def test_the_day_is_moved_once_also_in_another_case(db, session, office):
    booking = seat(db, session, make.person(db))
    move(db, session, office)
    run(db, session, office)
    seats.release(db, booking, session, to=BookingState.CANCELLED, now=MORNING)
    with refused(Refusal.DAY_MOVED_BEFORE):
        move(db, session, office, to=NEW_DAY + timedelta(days=1))


@pytest.mark.parametrize("rescue", [run, move])
def test_what_was_decided_to_run_is_not_decided_again(db, session, leader, office, rescue):
    run(db, session, office)
    with refused(Refusal.DECIDED_TO_RUN):
        rescue(db, session, office)
    assert occasions(db, leader) == ["session_runs"]


def test_more_participants_may_still_be_looked_for_and_nobody_is_asked_anew(db, session, leader, office):
    session.reserves, early = {"SPEC": 1}, clock.at(date(2027, 1, 25), 7)
    run(db, session, office, now=early)
    rescues.open_reserves(db, session_id=session.id, now=early, by=office.id)
    db.flush()
    case = db.scalars(select(MinimumCase)).one()
    steps = [(each.case_id, each.step) for each in db.query(MinimumStep).order_by(MinimumStep.id)]
    assert steps == [(case.id, CaseStep.RUNS_ANYWAY), (case.id, CaseStep.RESERVES_OPENED)]
    assert (cases.due(db, now=MORNING), case.end) == ([], CaseEnd.RUNS_ANYWAY)


def test_the_day_cannot_be_in_the_last_week(db, session, office):
    with refused(Refusal.DAY_UNFIT, until=date(2027, 3, 8)):
        move(db, session, office, to=date(2027, 3, 9))


@pytest.mark.parametrize("rescue", [run, move])
def test_nothing_is_decided_without_a_reason(db, session, office, rescue):
    with refused(Refusal.DECISION_WITHOUT_REASON):
        rescue(db, session, office, reason=" ")


@pytest.mark.parametrize("rescue", [run, move])
def test_nobody_decides_over_a_session_of_their_own(db, session, office, rescue):
    office.category = Category.SPECIALIST
    seat(db, session, office)
    with refused(Refusal.DECIDES_OVER_OWN_SESSION):
        rescue(db, session, office)


@pytest.mark.parametrize("rescue", [run, move])
def test_nothing_is_decided_about_a_session_with_enough(db, session, office, rescue):
    for _ in range(3):
        seat(db, session, make.person(db))
    with refused(Refusal.ENOUGH_BOOKED):
        rescue(db, session, office)


def test_a_session_that_does_not_exist_is_not_found(db, office):
    with pytest.raises(NotFound):
        rescues.run_anyway(db, session_id=10**6, reason="x", now=MORNING, by=office.id)


def test_calling_off_ends_the_case_by_name_and_reason(db, session, office):
    seat(db, session, make.person(db))
    cases.ask_for_decision(db, session.id, now=MORNING, by=None)
    saw = calling_off.foreseen(db, session_id=session.id, now=MORNING).token
    calling_off.call_off(db, session_id=session.id, reason="För få.", saw=saw, now=MORNING, by=office.id)
    db.flush()
    case = db.scalars(select(MinimumCase)).one()
    assert (case.end, case.booked_then) == (CaseEnd.CALLED_OFF, 1)
    step = db.scalars(select(MinimumStep).order_by(MinimumStep.id.desc())).first()
    assert (step.step, step.by, step.reason) == (CaseStep.CALLED_OFF, office.id, "För få.")
