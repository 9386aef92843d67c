"""The pages of a session that too few have booked: what can be expected and done, and what was done."""

from datetime import date

import pytest
from bookings_pages import words_of
from bookings_room import seat

import make
from auth.states import Category
from bookings import minimum_enrolment
from bookings.models import MinimumCase, MinimumStep
from bookings.rules.minimum import CaseEnd, CaseStep
from lararportal import clock

MORNING = clock.at(date(2027, 2, 15), 9)


@pytest.fixture
def office(db):
    return make.coordinator(db, given_name="Olle", family_name="Sandberg")


@pytest.fixture
def session(db):
    made = make.session(db, of=make.course(db, title="Etik"), minimum=3)
    seat(db, made, make.person(db))
    minimum_enrolment.ask_for_decision(db, made.id, now=MORNING, by=None)
    db.flush()
    return made


@pytest.fixture
def browser(visit, office):
    return visit(office, at=MORNING)


def case(session, name: str = "") -> str:
    return f"/samordning/minimum/{session.id}" + (f"/{name}" if name else "")


def test_a_case_says_what_can_be_expected_and_what_was_done(browser, session):
    text = words_of(browser.get(case(session)))
    assert "Prognos: 1 av 3 väntas komma" in text
    assert "15 februari 2027 kl. 09.00 Beslut begärt portalen" in text
    for name in ("ge-anda", "flytta-beslutet"):
        assert f'href="{case(session, name)}"' in browser.get(case(session)).text
    assert f'href="/samordning/tillfallen/{session.id}/stall-in"' in browser.get(case(session)).text


def test_it_is_decided_to_run_and_everybody_can_read_it(db, browser, session):
    answer = browser.post(case(session, "ge-anda"), data={"reason": "Ämnet behövs."})
    assert (answer.status_code, answer.location) == (302, case(session))
    text = words_of(browser.get(answer.location))
    assert "Beslutat att kursen ges ändå Olle Sandberg Ämnet behövs." in text
    assert "Blir de bokade färre än 1 börjar ärendet om." in text
    assert "ges ändå" in words_of(browser.get("/samordning/minimum"))
    assert "Det är beslutat att kurstillfället ges." in browser.get(f"/tillfallen/{session.id}").text
    assert db.query(MinimumCase).one().end is CaseEnd.RUNS_ANYWAY
    assert "0 kurstillfällen med för få bokade" in words_of(browser.get("/samordning"))


def test_a_reason_is_asked_for(browser, session):
    assert browser.post(case(session, "ge-anda"), data={"reason": ""}).status_code == 400


def test_the_day_is_moved_and_cannot_be_moved_again(db, browser, session):
    path = case(session, "flytta-beslutet")
    assert "En person som är bokad får ett brev om det" in words_of(browser.get(path))
    answer = browser.post(path, data={"day": "2027-02-22", "reason": "Fler kommer."})
    assert answer.status_code == 302
    db.refresh(session)
    assert session.go_no_go_on == date(2027, 2, 22)
    assert f'href="{path}"' not in browser.get(case(session)).text
    answer = browser.post(path, data={"day": "2027-03-01", "reason": "Fler kommer."})
    assert answer.status_code == 409
    assert "Beslutet har redan skjutits upp en gång." in answer.text


def test_a_day_that_cannot_be_says_why_and_keeps_what_was_typed(browser, session):
    answer = browser.post(case(session, "flytta-beslutet"), data={"day": "2027-03-10", "reason": "Fler kommer."})
    assert answer.status_code == 409
    assert "längst till måndag 8 mars 2027" in answer.text
    assert "Fler kommer." in answer.text


def test_who_has_a_seat_in_the_course_is_refused(db, browser, session, office):
    office.category = Category.SPECIALIST
    seat(db, session, office)
    db.flush()
    answer = browser.post(case(session, "ge-anda"), data={"reason": "x"})
    assert answer.status_code == 409
    assert "Du har själv en plats på kursen" in answer.text


def test_a_session_with_enough_has_nothing_to_decide(db, browser):
    session = make.session(db)
    db.flush()
    text = words_of(browser.get(case(session)))
    assert "Det finns inget att besluta" in text
    assert "Kursledare och koordinatorer varnas måndag 1 februari 2027" in text
    assert browser.post(case(session, "ge-anda"), data={"reason": "x"}).status_code == 409


def test_no_session_has_no_case(browser):
    assert browser.get("/samordning/minimum/999999").status_code == 404


def test_it_asks_the_database_as_often_for_one_step_as_for_many(db, browser, session, queries):
    counts = []
    for _ in range(2):
        queries.reset()
        assert browser.get(case(session)).status_code == 200
        counts.append(queries.count)
        number = db.query(MinimumCase).one().id
        db.add_all(MinimumStep(case_id=number, step=CaseStep.WARNED, at=MORNING) for _ in range(5))
        db.flush()
    assert counts[0] == counts[1]
