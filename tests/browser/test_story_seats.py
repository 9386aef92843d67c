"""Seats after the round: one is changed for another, some are too few, and some cannot be had."""

import io
from datetime import timedelta

from openpyxl import load_workbook
from playwright.sync_api import expect

import make
from auth.models import Person
from auth.states import Area, Category, Role
from bookings import cancellation, left_over_seats, waitlist
from bookings.states import CancelGround
from browser import cast
from browser.stage import Stage, calendars_of, days_of, heading, press, said, words_of
from courses.models import CourseSession, SessionLeader
from courses.states import Kind
from lararportal import clock

ANNA, SARA, KARIN, OLLE = (
    cast.ADDRESS.format(name) for name in ("anna.st", "sara.specialist", "karin.kursledare", "olle.samordnare")
)
INSURANCE, LEADERSHIP = "Försäkringsmedicin", "Ledarskap i vardagen"


def booked(db, session: CourseSession, *people: Person) -> None:
    """They booked it themselves, a month ago."""
    for each in people:
        left_over_seats.book(
            db, session_id=session.id, person_id=each.id, now=clock.now() - timedelta(days=30), by=each.id
        )


def test_a_seat_is_changed_for_another_of_the_course(stage: Stage):
    with stage.house.rows() as db:
        anna = cast.person(stage.house, db, "anna.st")
        course = make.course(db, code="FORS1", title=INSURANCE, objectives_2015=["a5"])
        mine = cast.session(db, course, in_days=60, place="Göteborg, Konferens Aspen", seats=2)
        free = cast.session(db, course, in_days=90, place="Skövde, Billingehus", area=Area.SKARABORG, seats=8)
        full = cast.session(db, course, in_days=120, place="Borås, Medicinens hus", seats=1)
        booked(db, mine, anna, make.person(db))
        booked(db, free, *(make.person(db) for _ in range(3)))
        booked(db, full, make.person(db))
    visit = stage.enter()
    visit.is_let_in_as("anna.st")

    page = visit.go("/mina-kurser")
    page.get_by_role("region", name=INSURANCE).get_by_role("link", name="Boka om").click()
    heading(page, f"Boka om {INSURANCE}")
    expect(page.get_by_role("row", name=days_of(free))).to_contain_text("5 lediga av 8")
    expect(page.get_by_role("row", name=days_of(full))).to_contain_text("Fullt, 1 plats")
    stage.look(visit, "rebook")
    press(page, f"Flytta hit: {days_of(free)}")
    said(page, f"Platsen på {INSURANCE} är ombokad. Ett brev med nya dagar är på väg.")
    seat = page.get_by_role("region", name=INSURANCE)
    expect(seat).to_contain_text(f"{days_of(free)}{free.place}")
    expect(seat).to_contain_text("Ombokad hit")
    stage.look(visit, "rebooked")
    stage.tick()
    letter = stage.letter(ANNA, f"Din plats är ombokad: {INSURANCE}")

    assert f"Du har lämnat din plats på {INSURANCE}, {days_of(mine)}, {mine.place}." in words_of(letter)
    assert sorted(calendars_of(letter)) == [("CANCEL", days(mine)), ("PUBLISH", days(free))]
    visit.go(f"/tillfallen/{mine.id}")
    expect(page.get_by_role("main")).to_contain_text("1 ledig av 2")
    visit.go(f"/tillfallen/{free.id}")
    expect(page.get_by_role("main")).to_contain_text("4 lediga av 8")
    expect(page.get_by_role("region", name="Din plats")).to_contain_text("Du har en plats")
    stage.look(visit, "session-mine")


def test_two_change_full_sessions_through_a_ring(stage: Stage):
    with stage.house.rows() as db:
        anna = cast.person(stage.house, db, "anna.st")
        specialist = {"category": Category.SPECIALIST, "residency_start": None, "planned_end": None}
        sara = cast.person(stage.house, db, "sara.specialist", **specialist)
        course = make.course(db, code="KL1", title=INSURANCE, kind=Kind.CLINICAL, targets={"ST": 0, "SPEC": 0})
        annas = cast.session(db, course, in_days=60, place="Göteborg, Konferens Aspen", seats=2)
        saras = cast.session(db, course, in_days=90, place="Skövde, Billingehus", area=Area.SKARABORG, seats=1)
        booked(db, annas, anna, make.person(db))
        booked(db, saras, sara)
        waitlist.join(db, session_id=saras.id, person_id=make.person(db).id, now=clock.now(), by=None)

    visit = stage.enter()
    visit.is_let_in_as("anna.st")
    page = visit.go(f"/tillfallen/{annas.id}")
    page.get_by_role("region", name="Din plats").get_by_role("link", name="Boka om").click()
    expect(page.get_by_role("main")).to_contain_text("Ingen i kö förlorar på det")
    press(page, f"Ställ i kö: {days_of(saras)}")
    said(page, "Du står i kö, och ett brev om det är på väg. Alla dina köer finns på Mina kurser.")
    page.get_by_role("link", name="Alla mina köer").click()
    wish = page.get_by_role("table", name="Köer du står i").get_by_role("row", name=INSURANCE)
    expect(wish).to_contain_text(f"Du behåller platsen {days_of(annas)} tills du får den här.")
    stage.look(visit, "swap-wished")
    stage.tick()
    page.reload()
    expect(page.get_by_role("region", name=INSURANCE)).to_contain_text(days_of(annas))

    other = stage.enter()
    other.is_let_in_as("sara.specialist")
    page = other.go(f"/tillfallen/{saras.id}/boka-om")
    press(page, f"Ställ i kö: {days_of(annas)}")
    stage.tick()
    page = other.go("/mina-kurser")
    expect(page.get_by_role("region", name=INSURANCE)).to_contain_text(days_of(annas))
    expect(page.get_by_role("table", name="Köer du står i")).to_have_count(0)

    page = visit.go("/mina-kurser")
    seat = page.get_by_role("region", name=INSURANCE)
    expect(seat).to_contain_text(f"{days_of(saras)}{saras.place}")
    stage.look(visit, "swapped")
    letter = stage.letter(ANNA, f"Du har bytt plats: {INSURANCE}")
    assert "Ingen i kö gick miste om något." in words_of(letter)
    assert f"Du har lämnat din plats på {INSURANCE}, {days_of(annas)}, {annas.place}." in words_of(letter)
    assert sorted(calendars_of(letter)) == [("CANCEL", days(annas)), ("PUBLISH", days(saras))]
    assert stage.subjects(SARA).count(f"Du har bytt plats: {INSURANCE}") == 1
    visit.go(f"/tillfallen/{saras.id}")
    expect(page.get_by_role("main")).to_contain_text("Fullt, 1 plats")


def days(session: CourseSession) -> list[str]:
    return [each.day.isoformat() for each in session.days]


def test_leader_and_coordinator_are_asked_whether_a_session_runs(stage: Stage):
    with stage.house.rows() as db:
        cast.staff(stage.house, db, "olle.samordnare", Role.COORDINATOR)
        karin = cast.staff(stage.house, db, "karin.kursledare", Role.LEADER)
        course = make.course(db, code="LED1", title=LEADERSHIP, kind=Kind.OTHER, minimum=6)
        today = clock.day_of(clock.now())
        few = cast.session(db, course, in_days=27, place="Göteborg, Konferens Aspen", go_no_go_on=today)
        enough = cast.session(db, course, in_days=26, place="Skövde, Billingehus", go_no_go_on=today, minimum=2)
        db.add(SessionLeader(session_id=few.id, person_id=karin.id))
        booked(db, few, make.person(db), make.person(db))
        booked(db, enough, make.person(db), make.person(db))
    visit = stage.enter()
    visit.is_let_in_as("olle.samordnare")

    page = visit.go("/samordning")
    expect(page.get_by_role("main").get_by_role("listitem").nth(1)).to_contain_text(
        "1 kurstillfälle med för få bokade"
    )
    page.get_by_role("link", name="Se vilka").click()
    heading(page, "För få bokade")
    rows = page.get_by_role("row").filter(has_text=LEADERSHIP)
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("dags att besluta")
    expect(rows.get_by_role("cell").last).to_contain_text("varnas")
    stage.look(visit, "minimum")
    stage.tick()
    page.reload()
    expect(rows.get_by_role("cell").last).to_contain_text("beslut begärt")
    stage.look(visit, "minimum-asked")

    subject = f"För få bokade: {LEADERSHIP}, {days_of(few)}"
    for address in (KARIN, OLLE):
        assert stage.subjects(address) == [subject]
        letter = words_of(stage.letter(address, subject))
        assert "2 är bokade och minst 6 behövs. Räknar vi med återbud väntas 2 komma, så det fattas 4." in letter


def test_a_seat_that_collides_is_refused_in_words_and_nothing_is_lost(stage: Stage):
    with stage.house.rows() as db:
        cast.person(stage.house, db, "anna.st")
        course = make.course(db, code="FORS1", title=INSURANCE, objectives_2015=["a5"])
        first = cast.session(db, course, in_days=60, place="Göteborg, Konferens Aspen")
        other = make.course(db, code="LED1", title=LEADERSHIP, kind=Kind.OTHER)
        colliding = make.session(db, of=other, days=[first.days[1].day], place="Skövde, Billingehus")
    visit = stage.enter()
    visit.is_let_in_as("anna.st")

    page = visit.go(f"/tillfallen/{colliding.id}")
    stage.look(visit, "session-free")
    elsewhere = visit.context.new_page()
    elsewhere.goto(f"{stage.house.url}/tillfallen/{first.id}")
    press(elsewhere, "Boka plats")
    said(elsewhere, "Du har fått platsen. Ett brev med kalenderfil är på väg.")
    press(page, "Boka plats")

    heading(page, "Det gick inte")
    sentence = (
        f"Du har redan en plats på {INSURANCE}, {days_of(first)}, och dagarna krockar."
        " Avboka eller boka om den först, eller välj ett annat tillfälle."
    )
    expect(page.get_by_role("main")).to_contain_text(sentence)
    expect(page.get_by_role("main")).to_contain_text("Ingenting har ändrats.")
    stage.look(visit, "refused")
    page.get_by_role("link", name="Tillbaka").click()
    heading(page, LEADERSHIP)
    expect(page.get_by_role("region", name="Din plats")).to_contain_text(sentence)
    expect(page.get_by_role("button", name="Boka plats")).to_have_count(0)
    stage.look(visit, "session-collides")
    visit.go("/mina-kurser")
    expect(page.get_by_role("region")).to_have_count(1)
    expect(page.get_by_role("region", name=INSURANCE)).to_contain_text(days_of(first))


def test_a_late_cancellation_asks_why_and_keeps_what_was_typed(stage: Stage):
    with stage.house.rows() as db:
        anna = cast.person(stage.house, db, "anna.st")
        course = make.course(db, code="FORS1", title=INSURANCE, objectives_2015=["a5"])
        soon = cast.session(db, course, in_days=10, place="Göteborg, Konferens Aspen")
        booked(db, soon, anna)
    visit = stage.enter()
    visit.is_let_in_as("anna.st")

    page = visit.go(f"/tillfallen/{soon.id}/avboka")
    expect(page.get_by_role("main")).to_contain_text("Avbokningen är sen")
    page.get_by_label("Berätta kort").fill("Jag är ensam på jouren.")
    press(page, "Avboka platsen")
    summary = page.locator("#error-summary")
    expect(summary).to_contain_text("Varför avbokas platsen")
    expect(page.get_by_label("Berätta kort")).to_have_value("Jag är ensam på jouren.")
    stage.look(visit, "cancel-late-faults")

    page.get_by_label("Berätta kort").fill("")
    page.get_by_label("annat skäl").check()
    press(page, "Avboka platsen")
    expect(summary).to_contain_text("Berätta kort vad skälet är.")
    expect(page.get_by_label("annat skäl")).to_be_checked()

    page.get_by_label("Berätta kort").fill("Jag är ensam på jouren.")
    press(page, "Avboka platsen")
    said(page, f"Platsen på {INSURANCE} är avbokad. Ett brev som bekräftar det är på väg.")
    stage.look(visit, "cancel-undoable")

    press(page, "Ångra avbokningen")
    said(page, "Avbokningen är ångrad, och platsen är kvar. Ett brev som bekräftar det är på väg.")
    expect(page.get_by_role("region", name=INSURANCE)).to_contain_text("bokad")
    stage.tick()
    letter = stage.letter(ANNA, f"Sen avbokning: {INSURANCE}")
    assert "är antecknad som sen" in words_of(letter)
    letter = stage.letter(ANNA, f"Du har kvar din plats: {INSURANCE}")
    assert calendars_of(letter) == [("PUBLISH", days(soon))]


def test_the_office_takes_a_cancellation_back_and_home_what_can_be_invoiced(stage: Stage):
    with stage.house.rows() as db:
        cast.staff(stage.house, db, "olle.samordnare", Role.COORDINATOR)
        course = make.course(db, code="FORS1", title=INSURANCE, objectives_2015=["a5"])
        soon = cast.session(db, course, in_days=10, place="Göteborg, Konferens Aspen")
        names = [make.person(db, given_name=name, family_name="Ek") for name in ("Bo", "Cia")]
        booked(db, soon, *names)
        for each in names:
            cancellation.cancel(
                db,
                session_id=soon.id,
                person_id=each.id,
                reason="Har jour och hittar ingen som kan byta",
                ground=CancelGround.OTHER,
                now=clock.now(),
                by=each.id,
            )
    visit = stage.enter()
    visit.is_let_in_as("olle.samordnare")

    page = visit.go(f"/samordning/tillfallen/{soon.id}")
    expect(page.get_by_role("table", name="Avbokningar som går att ångra").get_by_role("row")).to_have_count(3)
    stage.look(visit, "roster-undoable")
    press(page, "Ångra avbokningen för Bo Ek")
    said(page, "Avbokningen är ångrad, och platsen är kvar. Ett brev som bekräftar det är på väg.")
    expect(page.get_by_role("table", name="Bokade deltagare i namnordning")).to_contain_text("Bo Ek")

    page = visit.go("/samordning")
    page.get_by_role("link", name="Fakturaunderlag").click()
    heading(page, "Fakturaunderlag")
    for label in ("Från och med", "Till och med"):
        page.get_by_label(label).fill(str(clock.day_of(clock.now())))
    press(page, "Visa")
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("Cia Ek")
    stage.look(visit, "invoice-basis")
    with page.expect_download() as download:
        page.get_by_role("link", name="Hämta som Excel-fil").click()
    assert load_workbook(io.BytesIO(download.value.path().read_bytes())).active["A2"].value == "Cia Ek"
