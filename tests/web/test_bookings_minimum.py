"""The pages of a session that too few have booked: what can be expected and done, and what was done."""

from datetime import date

import pytest
from bookings_pages import words_of
from bookings_room import place, seat

import make
from auth.states import Category
from bookings.minimum import cases
from bookings.models import MinimumCase, MinimumStep
from bookings.rules.minimum import CaseEnd, CaseStep
from courses.models import Course
from courses.states import Publicity
from lararportal import clock

MORNING = clock.at(date(2027, 2, 15), 9)


@pytest.fixture
def office(db):
    return make.coordinator(db, given_name="Olle", family_name="Sandberg")


@pytest.fixture
def session(db):
    made = make.session(db, of=make.course(db, title="Etik"), minimum=3)
    seat(db, made, make.person(db))
    cases.ask_for_decision(db, made.id, now=MORNING, by=None)
    db.flush()
    return made


@pytest.fixture
def browser(visit, office):
    return visit(office, at=MORNING)


def case(session, name: str = "") -> str:
    return f"/samordning/minimum/{session.id}" + (f"/{name}" if name else "")


def test_a_case_says_what_can_be_expected_and_what_was_done(db, browser, session, office):
    number = db.query(MinimumCase).one().id
    db.add(MinimumStep(case_id=number, step=CaseStep.LACKING_INVITED, at=MORNING, by=office.id, count=50))
    db.flush()
    text = words_of(browser.get(case(session)))
    assert "ST-läkare som saknar delmålet bjöds in (50) Olle Sandberg" in text
    assert "Beslut senast måndag 15 februari 2027 dags att besluta" in text
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
    assert "Beslut senast" not in text
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
    page = browser.get(path).text
    assert ("Beslutet har redan skjutits upp en gång" in page, 'name="day"' in page) == (True, False)
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
    assert "behövs, så det finns inget att besluta." in text
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


def token(page: str) -> str:
    return page.split('name="saw" type="hidden" value="')[1].split('"', maxsplit=1)[0]


def test_who_is_invited_is_shown_first(db, browser, session):
    sister = make.session(db, of=db.get(Course, session.course_id), days=[date(2027, 4, 12)])
    anna = make.person(db, given_name="Anna", family_name="Berg")
    place(db, sister, anna)
    db.flush()
    path = case(session, "bjud-in/vantar")
    assert f'href="{path}"' in browser.get(case(session)).text
    page = browser.get(path)
    assert "med en länk till kurstillfället. Det går till dem som väntar på andra" in words_of(page)
    assert "Anna Berg" in page.text
    assert browser.post(path, data={"saw": token(page.text)}).status_code == 302
    assert "De som väntar på andra tillfällen bjöds in (1) Olle Sandberg" in words_of(browser.get(case(session)))
    assert "Ingen att bjuda in" in words_of(browser.get(path))
    assert browser.post(path, data={"saw": ""}).status_code == 409


def test_nobody_else_can_be_invited(browser, session):
    assert browser.get(case(session, "bjud-in/alla")).status_code == 404


def test_reserved_seats_are_opened_while_they_are_reserved(db, visit, browser, office, session):
    session.reserves = {"ST": 2}
    db.flush()
    path = case(session, "reserverade")
    assert f'href="{path}"' not in browser.get(case(session)).text
    late = browser.get(path)
    assert "gäller bara tills 42 dagar är kvar" in words_of(late)
    assert "Öppna platserna" not in late.text
    browser = visit(office, at=clock.at(date(2027, 1, 25), 9))
    assert f'href="{path}"' in browser.get(case(session)).text
    assert "ST-läkare 2 platser" in words_of(browser.get(path))
    assert browser.post(path).status_code == 302
    assert f'href="{path}"' not in browser.get(case(session)).text


def test_two_sessions_become_one_after_a_look_at_who_could_come(db, browser, session):
    sister = make.session(db, of=db.get(Course, session.course_id), days=[date(2027, 4, 12)])
    db.flush()
    path = case(session, f"sla-ihop/{sister.id}")
    assert f'href="{path}"' in browser.get(case(session)).text
    page = browser.get(path)
    assert "ny plats 12 april 2027" in words_of(page)
    sent = {"reason": "För få.", "saw": token(page.text)}
    sister.publicity = Publicity.ARCHIVED
    db.flush()
    gone = browser.post(path, data=sent)
    assert (gone.status_code, browser.get(path).status_code) == (409, 409)
    assert ["inte att flytta deltagarna till" in words_of(gone), "För få.</textarea>" in gone.text] == [True, True]
    sister.publicity = Publicity.PUBLISHED
    db.flush()
    answer = browser.post(path, data=sent)
    assert (answer.status_code, answer.location) == (302, case(session))
    text = words_of(browser.get(case(session)))
    assert "Ihopslaget med ett annat tillfälle Olle Sandberg För få." in text


def test_sessions_that_cannot_become_one_say_who_could_not_come(db, browser, session):
    full = make.session(db, of=db.get(Course, session.course_id), days=[date(2027, 4, 12)], seats=1)
    seat(db, full, make.person(db))
    db.flush()
    assert f'href="{case(session, f"sla-ihop/{full.id}")}"' not in browser.get(case(session)).text
    page = browser.get(case(session, f"sla-ihop/{full.id}"))
    assert "förtur De andra tillfällena är fulla." in words_of(page)
    assert "så tillfällena går inte att slå ihop" in page.text
    assert "<textarea" not in page.text
    # There was room when this was written.
    sent = browser.post(case(session, f"sla-ihop/{full.id}"), data={"reason": "För få.", "saw": "room"})
    assert (sent.status_code, "För få.</textarea>" in sent.text) == (409, True)
    assert "så tillfällena går inte att slå ihop" in sent.text


def test_somebody_asks_on_the_page_of_a_course_to_be_told_and_not_any_more(db, visit):
    course, anna = make.course(db), make.person(db)
    db.flush()
    browser = visit(anna, at=MORNING)
    page = f"/kurser/{course.code}"
    assert "Säg till när det finns platser" in browser.get(page).text
    assert browser.post(f"{page}/sag-till").location == page
    assert "Du får ett brev när ett tillfälle har lediga platser" in browser.get(page).text
    assert browser.post(f"{page}/sag-inte-till").location == page
    assert "Säg till när det finns platser" in browser.get(page).text


@pytest.mark.parametrize("category", [Category.SPECIALIST, None])
def test_whom_a_course_is_not_for_is_not_asked(db, visit, category):
    course = make.course(db, targets={"ST": 0})
    db.flush()
    browser = visit(make.person(db, category=category), at=MORNING)
    assert "Säg till när det finns platser" not in browser.get(f"/kurser/{course.code}").text


def test_a_reserve_session_is_opened_and_filled_after_a_look_at_who_could_come(db, browser):
    course = make.course(db, title="Hud", seats=1)
    full = make.session(db, of=course)
    spare = make.session(
        db, of=course, days=[date(2027, 4, 12)], minimum=1, publicity=Publicity.DRAFT, is_reserve=True
    )
    seat(db, full, make.person(db))
    place(db, full, make.person(db, given_name="Anna", family_name="Berg"))
    place(db, full, make.person(db, given_name="Nils", family_name="Ek"))
    db.flush()
    path = f"/samordning/reserv/{spare.id}"
    assert "Kön räcker till ett reservtillfälle" in browser.get("/samordning").text
    assert f'href="{path}"' in browser.get("/samordning/minimum").text
    assert f'href="{path}"' in browser.get(f"/tillfallen/{spare.id}").text
    page = browser.get(path)
    assert "Anna Berg, får ett erbjudande Nils Ek, i kö" in words_of(page)
    assert browser.post(path, data={"saw": "other"}).status_code == 409
    answer = browser.post(path, data={"saw": token(page.text)})
    assert (answer.status_code, answer.location) == (302, f"/samordning/tillfallen/{spare.id}")
    assert browser.get(path).status_code == 409


def test_a_reserve_session_that_nobody_waits_for_says_so(db, browser):
    spare = make.session(db, publicity=Publicity.DRAFT, is_reserve=True)
    db.flush()
    assert "Ingen väntar på andra tillfällen" in browser.get(f"/samordning/reserv/{spare.id}").text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(
            lambda _, s: setattr(s, "publicity", Publicity.CALLED_OFF), "Kurstillfället är inställt.", id="called off"
        ),
        pytest.param(
            lambda _, s: setattr(s, "publicity", Publicity.ARCHIVED),
            "Kurstillfället är inte publicerat",
            id="archived",
        ),
        pytest.param(make.round_of, "Platserna fördelas i en ansökningsomgång", id="in a round"),
    ],
)
def test_a_case_says_why_there_is_nothing_to_decide(db, browser, session, change, says):
    change(db, session)
    db.flush()
    assert says in words_of(browser.get(case(session)))


def test_the_page_of_what_is_called_off_offers_no_seats_and_no_dates_of_it(db, browser, session):
    session.publicity = Publicity.CALLED_OFF
    db.flush()
    shown = words_of(browser.get(f"/tillfallen/{session.id}"))
    assert "Andra tillfällen står på kursens sida." in shown
    assert [word in shown for word in ("Sista avbokningsdag", "lediga av", "ges om minst")] == [False] * 3
