"""Minimum enrolment: those who decide are warned and then asked, once; and when it falls below again, anew."""

from datetime import date, datetime, timedelta

import pytest
from bookings_room import insist_on_invariants, last_facts, letter, noted, occasions, place, seat, seats, told
from sqlalchemy import select

import make
from auth.states import Role
from bookings.minimum import cases, rescues
from bookings.models import MinimumCase, MinimumStep
from bookings.queries import below_minimum, decided_to_run, minimum_case
from bookings.queries.minimum import undecided_count
from bookings.rules.minimum import CaseEnd, CaseStep
from bookings.states import BookingState, RoundState
from courses.models import Course, SessionLeader
from courses.states import Publicity
from lararportal import clock, tick
from lararportal.errors import NotFound

WARNED_ON, DECIDED_ON = date(2027, 2, 1), date(2027, 2, 15)
EARLY, MORNING = clock.at(WARNED_ON, 7), clock.at(DECIDED_ON, 7)


@pytest.fixture
def session(db):
    """A session that needs two, decided on 15 February 2027."""
    made = make.session(db, minimum=2)
    assert made.go_no_go_on == DECIDED_ON
    return made


def ask(db, session, now=MORNING) -> None:
    cases.ask_for_decision(db, session.id, now=now, by=None)
    db.flush()


def warn(db, session, now=EARLY) -> None:
    cases.warn(db, session.id, now=now, by=None)
    db.flush()


def ends(db) -> list[CaseEnd | None]:
    return list(db.scalars(select(MinimumCase.end).order_by(MinimumCase.id)))


def steps(db) -> list[CaseStep]:
    return list(db.scalars(select(MinimumStep.step).order_by(MinimumStep.id)))


def run_anyway(db, session, *, now=MORNING, by) -> None:
    rescues.run_anyway(db, session_id=session.id, reason="Ämnet behövs.", now=now, by=by.id)
    db.flush()


def filled(db, session, count=2) -> list:
    found = [seat(db, session, make.person(db)) for _ in range(count)]
    db.flush()
    return found


def give_back(db, session, booking, now=MORNING) -> None:
    seats.release(db, booking, session, to=BookingState.CANCELLED, now=now)
    db.flush()


def test_coordinators_and_the_sessions_leaders_are_asked(db, session):
    office, leader, other = make.coordinator(db), make.holder(db, Role.LEADER), make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    seat(db, session, make.person(db))
    sister = make.session(db, of=db.get(Course, session.course_id), days=[date(2027, 5, 3)])
    place(db, sister, make.person(db))
    ask(db, session)
    assert [occasions(db, person) for person in (office, leader, other)] == [
        ["too_few_booked"],
        ["too_few_booked"],
        [],
    ]
    assert (
        "En är bokad och minst 2 behövs. Räknar vi med återbud väntas en komma, så det fattas en. En person"
        in told(db, leader)
    )
    assert noted(db) == [("minimum.asked", None, None, session.id)]
    case = db.scalars(select(MinimumCase)).one()
    assert last_facts(db) == {
        "booked": 1,
        "case": case.id,
        "count": None,
        "reason": "",
        "day": "2027-02-15",
        "told": [office.id, leader.id],
    }
    assert (case.session_id, case.opened_at, case.asked_at, case.booked) == (session.id, MORNING, MORNING, 1)
    insist_on_invariants(db)


def test_who_is_passed_over_in_line_does_not_count_as_somebody_who_could_come(db, session):
    busy = make.person(db)
    elsewhere = make.session(db)
    seat(db, elsewhere, busy)
    place(db, session, busy)
    assert [(each.waiting, each.would_come) for each in below_minimum(db, today=DECIDED_ON)] == [(1, 0)]


def test_they_are_warned_two_weeks_before_and_asked_in_the_same_case(db, session):
    office = make.coordinator(db)
    warn(db, session)
    warn(db, session, now=EARLY + timedelta(hours=1))
    ask(db, session)
    assert occasions(db, office) == ["few_booked", "too_few_booked"]
    assert (ends(db), steps(db)) == ([None], [CaseStep.WARNED, CaseStep.ASKED])


def test_who_acts_before_the_warning_day_does_not_keep_the_others_from_being_warned(db, database, session):
    office, leader = make.coordinator(db), make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    session.reserves = {"SPEC": 1}
    db.flush()
    rescues.open_reserves(db, session_id=session.id, now=EARLY - timedelta(days=1), by=office.id)
    db.flush()
    assert [each.warned_at for each in below_minimum(db, today=clock.day_of(EARLY))] == [None]
    ticks = [tick.run_due(database, now=EARLY + timedelta(hours=hours)) for hours in range(2)]
    assert [each["few booked warned of"] for each in ticks] == [1, 0]
    assert [occasions(db, each) for each in (office, leader)] == [["few_booked"], ["few_booked"]]
    assert (ends(db), steps(db)) == ([None], [CaseStep.RESERVES_OPENED, CaseStep.WARNED])
    assert [each.warned_at for each in below_minimum(db, today=clock.day_of(EARLY))] == [EARLY]


def test_who_was_asked_is_not_warned_when_the_day_is_moved(db, session):
    office = make.coordinator(db)
    ask(db, session)
    rescues.move_day(db, session_id=session.id, to=date(2027, 3, 1), reason="Fler.", now=MORNING, by=office.id)
    db.flush()
    assert cases.to_warn(db, now=MORNING + timedelta(days=4)) == []


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
    filled(db, session)
    ask(db, session)
    assert (occasions(db), noted(db)) == ([], [])


@pytest.mark.parametrize("deed", ["ask_for_decision", "warn", "end_by_itself"])
def test_a_session_that_does_not_exist_is_not_found(db, deed):
    with pytest.raises(NotFound):
        getattr(cases, deed)(db, 10**6, now=MORNING, by=None)


@pytest.mark.parametrize(
    ("now", "found"),
    [
        pytest.param(clock.at(date(2027, 1, 31), 23, 59), (0, 0), id="before the warning day"),
        pytest.param(clock.at(WARNED_ON), (1, 0), id="from midnight in Stockholm"),
        pytest.param(clock.at(date(2027, 2, 14), 23, 59), (1, 0), id="the evening before the question"),
        pytest.param(clock.at(DECIDED_ON), (0, 1), id="asked from midnight"),
        pytest.param(clock.at(date(2027, 3, 14), 12), (0, 1), id="until it begins"),
        pytest.param(clock.at(date(2027, 3, 15)), (0, 0), id="not once it has begun"),
    ],
)
def test_when_somebody_is_warned_or_asked(db, session, now, found):
    assert (len(cases.to_warn(db, now=now)), len(cases.due(db, now=now))) == found


@pytest.mark.parametrize(
    ("decided_on", "now", "found"),
    [
        pytest.param(date(2027, 3, 29), "2027-03-28T21:59:00+00:00", (1, 0), id="before midnight, summer time"),
        pytest.param(date(2027, 3, 29), "2027-03-28T22:00:00+00:00", (0, 1), id="midnight, summer time"),
        pytest.param(date(2027, 3, 29), "2027-03-14T22:59:00+00:00", (0, 0), id="not yet, winter time"),
        pytest.param(date(2027, 3, 29), "2027-03-14T23:00:00+00:00", (1, 0), id="warned over the lost hour"),
        pytest.param(date(2027, 11, 1), "2027-10-31T22:59:00+00:00", (1, 0), id="before midnight, winter time again"),
        pytest.param(date(2027, 11, 1), "2027-10-31T23:00:00+00:00", (0, 1), id="midnight, winter time again"),
        pytest.param(date(2027, 11, 1), "2027-10-17T22:00:00+00:00", (1, 0), id="warned, summer time"),
        pytest.param(date(2027, 1, 1), "2026-12-31T23:00:00+00:00", (0, 1), id="New Year's Day"),
    ],
)
def test_it_is_midnight_in_stockholm_whatever_the_clocks_do(db, decided_on, now, found):
    course = make.course(db, minimum=2)
    starts_on = decided_on + timedelta(days=14)
    make.session(db, of=course, days=[starts_on], go_no_go_on=decided_on, cancel_by=decided_on)
    moment = datetime.fromisoformat(now)
    assert (len(cases.to_warn(db, now=moment)), len(cases.due(db, now=moment))) == found


@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(lambda _db, s: setattr(s, "minimum", 0), id="needs nobody"),
        pytest.param(lambda _db, s: setattr(s, "publicity", Publicity.DRAFT), id="a draft"),
        pytest.param(lambda _db, s: setattr(s, "publicity", Publicity.ARCHIVED), id="archived"),
        pytest.param(make.round_of, id="a round has still to give its seats"),
        pytest.param(filled, id="has enough"),
        pytest.param(ask, id="asked already"),
    ],
)
def test_what_nobody_need_decide(db, session, prepare):
    prepare(db, session)
    db.flush()
    assert cases.due(db, now=MORNING) == []
    assert cases.to_warn(db, now=EARLY) == []


def test_after_its_round_was_published_a_session_is_due(db, session):
    make.round_of(db, session, state=RoundState.PUBLISHED)
    assert cases.due(db, now=MORNING) == [session.id]


@pytest.mark.parametrize(
    ("change", "now", "end"),
    [
        pytest.param(filled, MORNING, CaseEnd.ENOUGH, id="enough"),
        pytest.param(
            lambda _db, s: setattr(s, "publicity", Publicity.ARCHIVED), MORNING, CaseEnd.WITHDRAWN, id="archived"
        ),
        pytest.param(lambda *_: None, clock.at(date(2027, 3, 15)), CaseEnd.BEGUN, id="begun"),
        pytest.param(lambda *_: None, MORNING, None, id="goes on"),
    ],
)
def test_a_case_ends_by_itself(db, session, change, now, end):
    warn(db, session)
    change(db, session)
    db.flush()
    assert cases.to_end(db, now=now) == ([session.id] if end else [])
    cases.end_by_itself(db, session.id, now=now, by=None)
    db.flush()
    assert ends(db) == [end]
    assert cases.to_end(db, now=now) == []


def test_what_falls_below_again_is_another_case_and_asked_about_anew(db, database, session):
    office = make.coordinator(db)
    ask(db, session)
    bookings = filled(db, session)
    cases.end_by_itself(db, session.id, now=MORNING, by=None)
    give_back(db, session, bookings[0])
    later = MORNING + timedelta(days=3)
    assert tick.run_due(database, now=later)["decisions asked for"] == 1
    assert tick.run_due(database, now=later)["decisions asked for"] == 0
    assert ends(db) == [CaseEnd.ENOUGH, None]
    assert occasions(db, office) == ["too_few_booked"] * 2


def test_what_was_decided_to_run_stands_until_even_fewer_are_left(db, session):
    office = make.coordinator(db)
    [booking] = filled(db, session, 1)
    ask(db, session)
    run_anyway(db, session, by=office)
    assert (ends(db), cases.due(db, now=MORNING)) == ([CaseEnd.RUNS_ANYWAY], [])
    give_back(db, session, booking)
    assert cases.due(db, now=MORNING) == [session.id]
    ask(db, session)
    assert ends(db) == [CaseEnd.RUNS_ANYWAY, None]


def test_the_list_shows_what_is_due_and_what_is_coming(db, session):
    coming = make.session(db, minimum=3, days=[date(2027, 4, 26)])
    decided = make.session(db, minimum=3, days=[date(2027, 4, 27)])
    make.session(db, minimum=3, days=[date(2027, 9, 1)])
    place(db, coming, make.person(db))
    seat(db, coming, make.person(db))
    ask(db, session)
    run_anyway(db, decided, by=make.coordinator(db))
    rows = below_minimum(db, today=DECIDED_ON)
    assert [
        (each.session.session_id, each.missing, each.waiting, each.would_come, each.asked_at) for each in rows
    ] == [
        (session.id, 2, 0, 0, MORNING),
        (coming.id, 2, 1, 1, None),
        (decided.id, 3, 0, 0, None),
    ]
    assert [(each.is_due, each.end, each.warned_on) for each in rows] == [
        (True, None, WARNED_ON),
        (False, None, date(2027, 3, 15)),
        (False, CaseEnd.RUNS_ANYWAY, date(2027, 3, 16)),
    ]
    assert undecided_count(db, today=DECIDED_ON) == 2
    assert [each.expected.comers for each in rows] == [0, 1, 0]


def test_the_case_tells_all_that_was_done_by_whom_and_why(db, session):
    office = make.coordinator(db, given_name="Olle", family_name="Sandberg")
    warn(db, session)
    run_anyway(db, session, by=office)
    view = minimum_case(db, session.id, today=DECIDED_ON)
    assert [(each.step, each.at, each.by, each.reason) for each in view.steps] == [
        (CaseStep.WARNED, EARLY, "", ""),
        (CaseStep.RUNS_ANYWAY, MORNING, "Olle Sandberg", "Ämnet behövs."),
    ]
    assert (view.is_below, view.was_moved, view.last_day) == (True, False, date(2027, 3, 8))


def test_two_can_become_one_only_where_there_is_room_for_everybody(db, session):
    course = db.get(Course, session.course_id)
    make.session(db, of=course, days=[date(2027, 4, 5)], seats=1)
    full = make.session(db, of=course, days=[date(2027, 4, 12)], seats=1)
    roomy = make.session(db, of=course, days=[date(2027, 4, 19)], seats=2)
    session.minimum = 3
    filled(db, full, 1)
    assert minimum_case(db, session.id, today=DECIDED_ON).roomy == []
    filled(db, session)
    assert [each.session_id for each in minimum_case(db, session.id, today=DECIDED_ON).roomy] == [roomy.id]


def test_it_says_with_how_many_it_was_decided_to_run_as_long_as_that_stands(db, session):
    [booking] = filled(db, session, 1)
    assert minimum_case(db, session.id, today=DECIDED_ON).runs_with is None
    run_anyway(db, session, by=make.coordinator(db))
    assert (minimum_case(db, session.id, today=DECIDED_ON).runs_with, decided_to_run(db, session.id)) == (1, True)
    give_back(db, session, booking)
    assert (minimum_case(db, session.id, today=DECIDED_ON).runs_with, decided_to_run(db, session.id)) == (None, False)


def test_a_case_of_no_session_is_not_found(db):
    with pytest.raises(NotFound):
        minimum_case(db, 10**6, today=DECIDED_ON)
