"""The page on which a coordinator calls a session off: what it means, why, and what was looked at is done."""

from datetime import date, timedelta

import pytest
from bookings_pages import words_of
from bookings_room import AFTER, seat, states

import make
from auth.states import Category
from bookings.models import Booking
from bookings.states import BookingState
from courses.models import Course
from courses.states import Publicity


@pytest.fixture
def office(db):
    return make.coordinator(db)


@pytest.fixture
def session(db):
    course = make.course(db, title="Hud", seats=1)
    session = make.session(db, of=course)
    make.session(db, of=course, days=[date(2027, 4, 12)])
    seat(db, session, make.person(db, given_name="Anna", family_name="Berg"))
    db.flush()
    return session


def address(session) -> str:
    return f"/samordning/tillfallen/{session.id}/stall-in"


def seen(page: str) -> str:
    return page.split('name="saw" type="hidden" value="')[1].split('"', maxsplit=1)[0]


def test_the_page_of_a_session_leads_to_it(visit, office, session):
    assert f'href="{address(session)}"' in visit(office, at=AFTER).get(f"/tillfallen/{session.id}").text


def test_it_shows_who_goes_where_and_does_it(db, visit, office, session):
    browser = visit(office, at=AFTER)
    page = browser.get(address(session))
    assert "Anna Berg ny plats 12 april 2027, Göteborg, Konferens Aspen" in words_of(page)
    assert db.query(Booking).filter_by(state=BookingState.CALLED_OFF).count() == 0
    answer = browser.post(address(session), data={"reason": "För få.", "saw": seen(page.text)})
    assert (answer.status_code, answer.location) == (302, f"/tillfallen/{session.id}")
    assert "Kurstillfället är inställt" in browser.get(answer.location).text
    db.refresh(session)
    assert session.publicity is Publicity.CALLED_OFF
    assert list(states(db, session).values()) == [BookingState.CALLED_OFF]


def test_it_says_who_is_told_of_a_session_that_begins_too_soon_to_be_put_into(db, visit, office, session):
    session.seats = 2
    make.session(db, of=db.get(Course, session.course_id), days=[AFTER.date() + timedelta(days=4)])
    seat(db, session, make.person(db, given_name="Sara", family_name="Ek"))
    db.flush()
    shown = words_of(visit(office, at=AFTER).get(address(session)))
    assert "före dem som inte har förtur. Får veta att det finns lediga platser på ett tillfälle som börjar" in shown


def test_without_a_reason_nothing_happens(visit, office, session):
    answer = visit(office, at=AFTER).post(address(session), data={"reason": "", "saw": ""})
    assert answer.status_code == 400
    assert "Anna Berg" in answer.text


def test_what_has_changed_meanwhile_is_shown_anew_with_the_reason_kept(db, visit, office, session):
    browser = visit(office, at=AFTER)
    old = seen(browser.get(address(session)).text)
    session.seats = 2
    seat(db, session, make.person(db, given_name="Sara", family_name="Ek"))
    db.flush()
    answer = browser.post(address(session), data={"reason": "För få.", "saw": old})
    assert answer.status_code == 409
    assert "Läs igenom det på nytt" in answer.text
    assert (
        "Sara Ek förtur De andra tillfällena är fulla. Ställs i kö till 1 tillfälle, före dem som inte har förtur."
        in words_of(answer)
    )
    assert "För få." in answer.text
    assert seen(answer.text) != old


def test_somebody_with_a_seat_of_their_own_is_refused(db, visit, office, session):
    office.category, session.seats = Category.SPECIALIST, 2
    seat(db, session, office)
    db.flush()
    browser = visit(office, at=AFTER)
    token = seen(browser.get(address(session)).text)
    assert browser.post(address(session), data={"reason": "x", "saw": token}).status_code == 409


def test_what_is_called_off_already_says_so(db, visit, office, session):
    session.publicity = Publicity.CALLED_OFF
    db.flush()
    browser, why = visit(office, at=AFTER), "Bara ett publicerat kurstillfälle som inte har börjat kan ställas in."
    answer = browser.get(address(session))
    assert (answer.status_code, why in answer.text) == (409, True)
    # Called off by somebody else while this one wrote why: it is not lost.
    answer = browser.post(address(session), data={"reason": "Kursledaren är sjuk.", "saw": "seen before"})
    assert (answer.status_code, why in answer.text) == (409, True)
    assert "Kursledaren är sjuk.</textarea>" in answer.text
