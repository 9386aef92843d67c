"""Invitations: who could fill a session is told once, and nobody who could not come."""

from datetime import date, timedelta

import pytest
from bookings_room import last_facts, occasions, place, refused, seat, told

import make
from auth.states import Category, Standing
from bookings import seats, waitlist
from bookings.minimum import free_seats, invitations, rescues
from bookings.models import CourseWish, Invitation, MinimumStep
from bookings.rules.minimum import Audience, CaseStep
from bookings.states import BookingState, Refusal
from courses.states import Publicity
from lararportal import clock
from lararportal.errors import NotFound

MORNING = clock.at(date(2027, 2, 15), 7)
LAST_RESERVED = clock.at(date(2027, 1, 31), 23)
"""43 days before the session."""
APRIL = [date(2027, 4, 12)]
WAITING, ASKED, LACKING = Audience.WAITING, Audience.ASKED, Audience.LACKING


@pytest.fixture
def course(db):
    return make.course(db, seats=6, targets={"ST": 0, "SPEC": 0})


@pytest.fixture
def session(db, course):
    return make.session(db, of=course, minimum=3)


@pytest.fixture
def sister(db, course):
    return make.session(db, of=course, days=APRIL)


def reached(db, session, audience, now=MORNING) -> list[int]:
    db.flush()
    found = invitations.reach(db, session_id=session.id, audience=audience, now=now)
    return [each.id for each in found.persons]


def invite(db, session, audience, office, *, saw=None, now=MORNING) -> int:
    db.flush()
    found = invitations.reach(db, session_id=session.id, audience=audience, now=now)
    saw = found.token if saw is None else saw
    done = invitations.invite(db, session_id=session.id, audience=audience, saw=saw, now=now, by=office.id)
    db.flush()
    return done


def asks(db, course, person) -> None:
    free_seats.ask(db, course_id=course.id, person_id=person.id, now=MORNING, by=person.id)


def specialist(db):
    return make.person(db, category=Category.SPECIALIST, residency_start=None, planned_end=None)


def test_who_waits_for_another_session_is_invited_once(db, session, sister, office):
    anna = make.person(db)
    place(db, sister, anna)
    assert invite(db, session, WAITING, office) == 1
    assert occasions(db, anna) == ["free_seats"]
    assert "för att du står i kö till ett annat tillfälle" in told(db, anna)
    assert f"http://portal.test/tillfallen/{session.id}" in told(db, anna)
    step = db.query(MinimumStep).one()
    assert (step.step, step.by, step.count) == (CaseStep.WAITING_INVITED, office.id, 1)
    assert last_facts(db)["invited"] == [anna.id]
    with refused(Refusal.NOBODY_TO_INVITE):
        invite(db, session, WAITING, office)


def test_nobody_has_two_letters_about_one_session_whatever_for(db, course, session, sister, office):
    sara = specialist(db)
    place(db, sister, sara)
    asks(db, course, sara)
    invite(db, session, WAITING, office)
    assert reached(db, session, ASKED) == []


def test_who_asked_to_be_told_is_told_until_they_ask_no_more(db, course, session):
    sara = specialist(db)
    asks(db, course, sara)
    asks(db, course, sara)
    assert reached(db, session, ASKED) == [sara.id]
    assert db.query(CourseWish).count() == 1
    free_seats.ask_no_more(db, course_id=course.id, person_id=sara.id, now=MORNING, by=sara.id)
    assert reached(db, session, ASKED) == []


def test_nobody_asks_to_be_told_of_a_course_that_does_not_exist(db):
    with pytest.raises(NotFound):
        free_seats.ask(db, course_id=10**6, person_id=make.person(db).id, now=MORNING, by=None)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda db, who, here, course: seat(db, here, who), id="has a seat here"),
        pytest.param(lambda db, who, here, course: place(db, here, who), id="waits here"),
        pytest.param(
            lambda db, who, here, course: seat(db, make.session(db, of=course, days=APRIL), who), id="has a sister"
        ),
        pytest.param(lambda db, who, here, course: seat(db, make.session(db), who), id="is elsewhere that day"),
        pytest.param(lambda db, who, here, course: setattr(who, "category", Category.PRE_ST), id="not for them"),
        pytest.param(lambda db, who, here, course: setattr(who, "standing", Standing.PENDING), id="not confirmed"),
        pytest.param(
            lambda db, who, here, course: seat(db, make.session(db, of=course, days=[date(2026, 5, 4)]), who),
            id="has been through it",
        ),
    ],
)
def test_nobody_is_invited_who_could_not_come(db, course, session, change):
    sara = specialist(db)
    asks(db, course, sara)
    assert reached(db, session, ASKED) == [sara.id]
    change(db, sara, session, course)
    assert reached(db, session, ASKED) == []


def test_residents_who_lack_an_objective_are_invited_the_nearest_to_their_end_first(db, course, session):
    course.objectives_2015, course.objectives_2021 = ["c3", "a1"], ["STc3"]
    far, near = (make.person(db, planned_end=date(year, 6, 1)) for year in (2031, 2027))
    new_rules = make.person(db, category=Category.ST_2021, planned_end=date(2029, 6, 1))
    make.person(db, planned_end=date(2027, 1, 1))
    specialist(db)
    assert reached(db, session, LACKING) == [near.id, new_rules.id, far.id]


@pytest.mark.parametrize(
    ("objectives", "lacks"), [(["c3"], True), (["c3", "a1"], False), (["a1", "b2", "c3"], False)]
)
def test_a_seat_in_another_course_covers_its_objectives(db, course, session, objectives, lacks):
    course.objectives_2015 = ["c3", "a1"]
    anna = make.person(db)
    seat(db, make.session(db, of=make.course(db, objectives_2015=objectives), days=[date(2026, 5, 4)]), anna)
    assert reached(db, session, LACKING) == ([anna.id] if lacks else [])


def test_only_so_many_residents_are_invited_on_one_day(db, session, office, monkeypatch):
    monkeypatch.setattr(invitations, "LACKING_A_DAY", 2)
    people = [make.person(db, planned_end=date(2028, month, 1)) for month in (1, 2, 3)]
    assert invite(db, session, LACKING, office) == 2
    assert reached(db, session, LACKING) == []
    found = invitations.reach(db, session_id=session.id, audience=LACKING, now=MORNING)
    assert found.left_for_later == 1
    assert reached(db, session, LACKING, now=MORNING + timedelta(days=1)) == [people[2].id]


def test_who_is_invited_to_what_is_decided_to_run_reads_that_and_has_nothing_to_worry_about(
    db, session, sister, office
):
    session.minimum = 5
    others = [seat(db, session, make.person(db)) for _ in range(2)]
    days = [MORNING + timedelta(days=each) for each in range(3)]
    people = [make.person(db) for _ in days]
    said = []
    for person, now in zip(people, days, strict=True):
        place(db, sister, person)
        invite(db, session, WAITING, office, now=now)
        said.append("Det är beslutat att kurstillfället ges." in told(db, person))
        seat(db, session, person, at=now)
        if now == days[0]:
            rescues.run_anyway(db, session_id=session.id, reason="Ämnet behövs.", now=now, by=office.id)
        if now == days[1]:
            for each in others:
                seats.release(db, each, session, to=BookingState.CANCELLED, now=now)
    rescues.run_anyway(db, session_id=session.id, reason="Fortfarande.", now=days[2], by=office.id)
    assert said == [False, True, False]
    assert [occasions(db, each).count("session_runs_after_all") for each in people] == [1, 0, 1]


def test_who_was_not_shown_is_not_invited(db, course, session, office):
    asks(db, course, specialist(db))
    saw = invitations.reach(db, session_id=session.id, audience=ASKED, now=MORNING).token
    asks(db, course, specialist(db))
    with refused(Refusal.OUTLOOK_CHANGED):
        invite(db, session, ASKED, office, saw=saw)
    assert db.query(Invitation).count() == 0


def test_nobody_is_invited_to_what_has_enough(db, course, session, office):
    asks(db, course, specialist(db))
    session.minimum = 0
    with refused(Refusal.ENOUGH_BOOKED):
        invite(db, session, ASKED, office)


@pytest.mark.parametrize("spoil", ["full", "on offer", "held", "called off"])
def test_nobody_is_invited_where_there_is_nothing_to_book_though_it_was_decided_to_run(
    db, course, session, office, spoil
):
    asks(db, course, specialist(db))
    db.flush()
    rescues.run_anyway(db, session_id=session.id, reason="Ämnet behövs.", now=MORNING, by=office.id)
    for waiting in [place(db, session, make.person(db)) for _ in range(6)]:
        if spoil == "full":
            seats.take(db, waiting, session, now=MORNING)
        elif spoil == "on offer":
            seats.hold(waiting, session, until=MORNING, now=MORNING)
    session.publicity = Publicity.CALLED_OFF if spoil == "called off" else Publicity.PUBLISHED
    with refused(Refusal.NOBODY_TO_INVITE if spoil == "on offer" else Refusal.ENOUGH_BOOKED):
        invite(db, session, ASKED, office, now=clock.at(date(2027, 3, 20), 9) if spoil == "held" else MORNING)


def test_who_wants_the_course_invites_nobody(db, course, session, sister, office):
    office.category = Category.SPECIALIST
    asks(db, course, specialist(db))
    place(db, sister, office)
    with refused(Refusal.DECIDES_OVER_OWN_SESSION):
        invite(db, session, ASKED, office)


def test_it_takes_as_many_statements_for_many_as_for_one(db, session, queries):
    counts = []
    for _ in range(2):
        for _ in range(3):
            make.person(db)
        db.flush()
        queries.reset()
        invitations.reach(db, session_id=session.id, audience=LACKING, now=MORNING)
        counts.append(queries.count)
    assert counts == [7, 7]


def test_reserved_seats_are_opened_for_whoever_stands_first(db, session, office):
    session.reserves = {"SPEC": 1, "ST": 1}
    resident = place(db, session, make.person(db))
    db.flush()
    with refused(Refusal.NOTHING_RESERVED):
        rescues.open_reserves(db, session_id=session.id, now=clock.at(date(2027, 2, 1), 0), by=office.id)
    rescues.open_reserves(db, session_id=session.id, now=LAST_RESERVED, by=office.id)
    db.flush()
    assert session.reserves == {}
    step = db.query(MinimumStep).one()
    assert (step.step, step.count) == (CaseStep.RESERVES_OPENED, 2)
    assert last_facts(db)["former"] == {"SPEC": 1, "ST": 1}
    assert waitlist.fill(db, session_id=session.id, now=LAST_RESERVED) == 1
    assert resident.state is BookingState.BOOKED
    with refused(Refusal.NOTHING_RESERVED):
        rescues.open_reserves(db, session_id=session.id, now=LAST_RESERVED, by=office.id)
