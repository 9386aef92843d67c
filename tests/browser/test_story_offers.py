"""Seats that are offered: one is taken, one is declined and goes to the next, who is then taken off the line."""

from datetime import timedelta

from playwright.sync_api import expect

import make
from auth.states import Role
from bookings import cancellation, left_over_seats, waitlist
from bookings.states import CancelGround
from browser import cast
from browser.stage import Stage, days_of, heading, press, said, words_of
from courses.models import CourseSession
from courses.states import Kind
from lararportal import clock

ANNA, NILS = (cast.ADDRESS.format(name) for name in ("anna.st", cast.NEXT_IN_LINE))
INSURANCE, LEADERSHIP = "Försäkringsmedicin", "Ledarskap i vardagen"


def freed(db, session: CourseSession, *waiting) -> None:
    """Somebody had the one seat and gives it back, while these wait."""
    holder, before = make.person(db), clock.now() - timedelta(days=30)
    left_over_seats.book(db, session_id=session.id, person_id=holder.id, now=before, by=None)
    for each in waiting:
        waitlist.join(db, session_id=session.id, person_id=each.id, now=before, by=each.id)
    cancellation.cancel(
        db,
        session_id=session.id,
        person_id=holder.id,
        reason="",
        ground=CancelGround.ILLNESS,
        now=clock.now(),
        by=holder.id,
    )


def somebody_is_offered_two(stage: Stage) -> CourseSession:
    """Two seats are kept for Anna, and she waits for a third session; the second offer's session."""
    with stage.house.rows() as db:
        cast.staff(stage.house, db, "olle.samordnare", Role.COORDINATOR)
        anna = cast.person(stage.house, db, "anna.st")
        nils = cast.person(stage.house, db, cast.NEXT_IN_LINE)
        course = make.course(db, code="FORS1", title=INSURANCE, objectives_2015=["a5"])
        other = make.course(db, code="LED1", title=LEADERSHIP, kind=Kind.OTHER)
        wanted = cast.session(db, course, in_days=9, place="Göteborg, Konferens Aspen", seats=1)
        unwanted = cast.session(db, other, in_days=16, place="Skövde, Billingehus", seats=1)
        later = cast.session(db, other, in_days=90, place="Borås, Medicinens hus", seats=1)
        freed(db, wanted, anna)
        freed(db, unwanted, anna, nils)
        left_over_seats.book(db, session_id=later.id, person_id=make.person(db).id, now=clock.now(), by=None)
        waitlist.join(db, session_id=later.id, person_id=anna.id, now=clock.now(), by=anna.id)
    stage.tick()
    return unwanted


def test_an_offer_is_taken_another_declined_and_the_next_is_taken_off_the_line(stage: Stage):
    unwanted = somebody_is_offered_two(stage)
    offer = words_of(stage.letter(ANNA, f"Vill du ha platsen? {INSURANCE}"))
    assert "Platsen hålls åt dig till" in offer

    visit = stage.enter()
    visit.is_let_in_as("anna.st")
    page = visit.go("/mina-kurser")
    expect(page.get_by_role("region", name=LEADERSHIP)).to_contain_text("Platsen hålls åt dig.")
    stage.look(visit, "offers")
    page.get_by_role("region", name=INSURANCE).get_by_role("button", name="Tacka ja").click()
    said(page, "Platsen är din. Ett brev med kalenderfil är på väg.")
    expect(page.get_by_role("region", name=INSURANCE)).to_contain_text("Plats från kön")

    page.get_by_role("region", name=LEADERSHIP).get_by_role("link", name="Tacka nej").click()
    heading(page, "Vill du tacka nej till platsen?")
    stage.look(visit, "offer-decline")
    press(page, "Tacka nej")
    said(page, "Du har tackat nej, och platsen går till nästa i kön.")

    page.get_by_role("link", name=f"Ändra val för kön till {LEADERSHIP}").click()
    heading(page, "Hur vill du få platsen?")
    page.get_by_label("Fråga mig även de sista fem dagarna").check()
    stage.look(visit, "line-choice")
    press(page, "Spara")
    said(page, "Ditt val är sparat.")
    stage.look(visit, "offers-answered")
    stage.tick()
    assert "Platsen hålls åt dig" in words_of(stage.letter(NILS, f"Vill du ha platsen? {LEADERSHIP}"))

    desk = stage.enter()
    desk.is_let_in_as("olle.samordnare")
    page = desk.go(f"/samordning/tillfallen/{unwanted.id}")
    expect(page.get_by_role("row", name="Nils Bergman")).to_contain_text("svar senast")
    stage.look(desk, "roster-offered")
    page.get_by_role("link", name="Ta bort Nils Bergman ur kön").click()
    heading(page, "Vill du ta bort Nils Bergman ur kön?")
    page.get_by_label("Varför tas platsen i kön bort?").fill("Nils ringde och har slutat.")
    stage.look(desk, "take-off")
    press(page, "Ta bort ur kön")
    said(page, "Nils Bergman står inte längre i kön, och ett brev om det är på väg.")
    expect(page.get_by_role("main")).to_contain_text("Ingen står i kö.")
    stage.tick()
    letter = words_of(stage.letter(NILS, f"Du står inte längre i kö: {LEADERSHIP}"))
    assert "Skäl: Nils ringde och har slutat. Platsen som hölls åt dig hålls inte längre." in letter


def test_the_order_of_two_wishes_is_changed(stage: Stage):
    with stage.house.rows() as db:
        anna = cast.person(stage.house, db, "anna.st")
        course = make.course(db, code="FORS1", title=INSURANCE, objectives_2015=["a5"])
        first, second = (
            cast.session(db, course, in_days=days, place="Göteborg, Konferens Aspen", seats=1) for days in (60, 90)
        )
        for each in (first, second):
            left_over_seats.book(db, session_id=each.id, person_id=make.person(db).id, now=clock.now(), by=None)
            waitlist.join(db, session_id=each.id, person_id=anna.id, now=clock.now(), by=anna.id)
    visit = stage.enter()
    visit.is_let_in_as("anna.st")
    page = visit.go("/mina-kurser")
    stage.look(visit, "wishes")
    press(page, f"Flytta upp önskan om {INSURANCE}, {days_of(second)}")
    said(page, "Ordningen mellan dina önskemål är ändrad.")
    line = page.get_by_role("table", name="Köer du står i").get_by_role("row")
    expect(line.filter(has_text=days_of(second))).to_contain_text("Önskan 1 av 2 på kursen.")
    expect(line.filter(has_text=days_of(first))).to_contain_text("Önskan 2 av 2 på kursen.")
