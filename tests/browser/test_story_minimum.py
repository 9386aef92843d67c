"""Too few have booked: a coordinator rescues one session, and calls another off."""

from datetime import timedelta

from playwright.sync_api import Page, expect

import make
from auth.models import Person
from auth.states import Category, Role
from bookings import left_over_seats, waitlist
from bookings.minimum import free_seats
from browser import cast
from browser.stage import Stage, calendars_of, days_of, heading, press, said, words_of
from courses.models import CourseSession, SessionLeader
from courses.states import Kind
from lararportal import clock

ANNA, SARA, KARIN = (cast.ADDRESS.format(name) for name in ("anna.st", "sara.specialist", "karin.kursledare"))
LEADERSHIP, WOUNDS = "Ledarskap i vardagen", "Svårläkta sår"


def booked(db, session: CourseSession, *people: Person) -> None:
    for each in people:
        left_over_seats.book(
            db, session_id=session.id, person_id=each.id, now=clock.now() - timedelta(days=30), by=each.id
        )


def case_of(page: Page, title: str) -> None:
    """From the desk to the case of a session."""
    page.get_by_role("link", name="Se vilka").click()
    heading(page, "För få bokade")
    page.get_by_role("link", name=title).click()
    heading(page, title)


def a_session_to_rescue(stage: Stage) -> CourseSession:
    """Two of three have booked; Sara has asked to be told, and somebody waits for the full sister."""
    with stage.house.rows() as db:
        cast.staff(stage.house, db, "olle.samordnare", Role.COORDINATOR)
        sara = cast.person(
            stage.house, db, "sara.specialist", category=Category.SPECIALIST, residency_start=None, planned_end=None
        )
        course = make.course(
            db, code="LED1", title=LEADERSHIP, kind=Kind.OTHER, targets={"ST": 0, "SPEC": 0}, objectives_2015=["a5"]
        )
        few = cast.session(db, course, in_days=25, place="Göteborg, Konferens Aspen", seats=8, minimum=3)
        full = cast.session(db, course, in_days=60, place="Skövde, Billingehus", seats=1)
        booked(db, few, make.person(db), make.person(db))
        booked(db, full, make.person(db))
        waitlist.join(db, session_id=full.id, person_id=make.person(db).id, now=clock.now(), by=None)
        free_seats.ask(db, course_id=course.id, person_id=sara.id, now=clock.now(), by=sara.id)
    return few


def test_a_coordinator_rescues_a_session_and_who_asked_to_be_told_fills_it(stage: Stage):
    few = a_session_to_rescue(stage)
    stage.tick()
    olle = stage.enter()
    olle.is_let_in_as("olle.samordnare")
    page = olle.go("/samordning")
    case_of(page, LEADERSHIP)
    expect(page.get_by_role("main")).to_contain_text("Prognos: 2 av 3 väntas komma")
    expect(page.get_by_role("row", name="Beslut begärt")).to_be_visible()
    stage.look(olle, "minimum-case")

    page.get_by_role("link", name="Bjud in dem som har bett").click()
    heading(page, f"Bjud in till {LEADERSHIP}")
    page.get_by_text("Vilka som får brevet: 1").click()
    expect(page.get_by_role("main")).to_contain_text("Sara")
    stage.look(olle, "minimum-invite")
    press(page, "Skicka inbjudan")
    said(page, "Inbjudan är på väg.")

    page.get_by_role("link", name="Skjut upp beslutet").click()
    heading(page, f"Skjut upp beslutet om {LEADERSHIP}")
    page.get_by_label("Ny dag för beslutet").fill(f"{few.starts_on - timedelta(days=8):%Y-%m-%d}")
    page.get_by_label("Skäl").fill("Vi väntar på svar på inbjudan.")
    stage.look(olle, "minimum-move-day")
    press(page, "Skjut upp beslutet")
    said(page, "Beslutet är uppskjutet, och breven är på väg.")
    expect(page.get_by_role("row", name="Beslutet sköts upp")).to_contain_text("Vi väntar på svar på inbjudan.")

    stage.tick()
    letter = stage.letter(SARA, f"Lediga platser: {LEADERSHIP}, {days_of(few)}")
    assert "för att du har bett att få veta när kursen har lediga platser" in words_of(letter)
    sara = stage.enter()
    sara.is_let_in_as("sara.specialist")
    sara.go(f"/tillfallen/{few.id}")
    press(sara.page, "Boka plats")
    said(sara.page, "Du har fått platsen. Ett brev med kalenderfil är på väg.")

    stage.tick()
    page = olle.go(f"/samordning/minimum/{few.id}")
    expect(page.get_by_role("row", name="Minsta antalet nåddes")).to_be_visible()
    stage.look(olle, "minimum-rescued")


def test_a_coordinator_calls_a_session_off_and_everybody_has_a_seat_elsewhere_or_precedence(stage: Stage):
    with stage.house.rows() as db:
        cast.staff(stage.house, db, "olle.samordnare", Role.COORDINATOR)
        karin = cast.staff(stage.house, db, "karin.kursledare", Role.LEADER)
        anna = cast.person(stage.house, db, "anna.st", planned_end=cast.in_months(9))
        nils = cast.person(stage.house, db, cast.NEXT_IN_LINE, planned_end=cast.in_months(30))
        course = make.course(db, code="SAR1", title=WOUNDS, kind=Kind.CLINICAL)
        few = cast.session(db, course, in_days=25, place="Lidköping, Kurshuset", seats=8, minimum=6)
        sister = cast.session(db, course, in_days=70, place="Skövde, Billingehus", seats=1)
        db.add(SessionLeader(session_id=few.id, person_id=karin.id))
        booked(db, few, nils, anna)
    stage.tick()
    olle = stage.enter()
    olle.is_let_in_as("olle.samordnare")
    page = olle.go("/samordning")
    case_of(page, WOUNDS)
    page.get_by_role("link", name="Ställ in").click()
    heading(page, f"Ställ in {WOUNDS}")
    expect(page.get_by_role("row", name="Anna")).to_contain_text(f"ny plats {days_of(sister)}")
    expect(page.get_by_role("row", name="Nils")).to_contain_text("De andra tillfällena är fulla.")
    stage.look(olle, "call-off")
    page.get_by_label("Skäl").fill("För få har bokat.")
    press(page, "Ställ in kurstillfället")
    said(page, "Kurstillfället är inställt, och breven är på väg.")
    stage.look(olle, "called-off")

    stage.tick()
    moved = stage.letter(ANNA, f"Inställt: {WOUNDS}, och du har en ny plats")
    assert sorted(calendars_of(moved)) == [("CANCEL", on(few)), ("PUBLISH", on(sister))]
    left = stage.letter(cast.ADDRESS.format(cast.NEXT_IN_LINE), f"Inställt: {WOUNDS}")
    assert "så vi har ställt dig i kö till dem" in words_of(left)
    assert "Skäl: För få har bokat." in words_of(stage.letter(KARIN, f"Inställt: {WOUNDS}, {days_of(few)}"))
    visit = stage.enter()
    visit.is_let_in_as("anna.st")
    page = visit.go("/mina-kurser")
    seat = page.get_by_role("region", name=WOUNDS)
    expect(seat).to_contain_text("Flyttad hit när ett annat tillfälle ställdes in")
    expect(page.get_by_role("main")).to_contain_text("Inställt")
    stage.look(visit, "my-courses-after-calling-off")


def on(session: CourseSession) -> list[str]:
    """The days of a session, as a calendar has them."""
    return [f"{each.day:%Y-%m-%d}" for each in session.days]
