"""A leader's day on a telephone: who is there, by the code and by tick, with a network that is away for a while."""

from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect

import make
from auth.states import Role
from bookings import queries, seats
from bookings.models import Booking
from bookings.states import LATE, BookingState, Origin
from browser import cast
from browser.browsing import PHONE, Visit
from browser.stage import Stage, heading, press, said
from courses.days import check_in, half_days
from courses.models import CourseSession, SessionLeader
from courses.rules import days
from lararportal import clock

PROJECTOR = {"width": 1280, "height": 720}
TITLE = "Försäkringsmedicin"
BY_CODE, BY_BUTTON = 14, 13
"""How many come beside Anna, Bo and Cia, and how each of them is noted: thirty in all."""
LUNCH, LAST = time(13), time(23, 59)


def hours_around(now: datetime) -> tuple[time, time]:
    """Hours of which one half day has just begun."""
    local = now.astimezone(clock.STOCKHOLM)
    begun = local.replace(second=0, microsecond=0) - timedelta(minutes=5)
    noon = local.replace(hour=12, minute=0, second=0, microsecond=0)
    if local < noon:
        return (begun.time() if begun.date() == local.date() else time(0)), LUNCH
    over = local + timedelta(hours=2)
    return max(begun, noon).time(), over.time().replace(second=0) if over.date() == local.date() else LAST


def seated(db, session: CourseSession, *people) -> None:
    for each in people:
        facts = {"state": BookingState.WAITING, "origin": Origin.DIRECT, "rank": 1, "wave": LATE, "key": []}
        booking = Booking(person_id=each.id, session_id=session.id, joined_at=make.LONG_AGO, **facts)
        db.add(booking)
        db.flush()
        seats.take(db, booking, session, now=make.LONG_AGO)


def code_now(stage: Stage, session: CourseSession) -> str:
    """What the telephone of a participant reads off the screen."""
    with stage.house.rows() as db:
        half = days.open_at(half_days.halves_of(session), clock.now())
        assert half is not None
        return check_in.code_now(db, session.id, half, now=clock.now())


def on_a_phone(stage: Stage) -> Visit:
    visit = stage.enter()
    visit.show("light", PHONE)
    return visit


def prepared(stage: Stage) -> tuple[CourseSession, str, list[int]]:
    """A session of this day that Karin leads, with thirty people; where letters to Bo go, and who read the code."""
    with stage.house.rows() as db:
        karin = cast.staff(stage.house, db, "karin.kursledare", Role.LEADER)
        cast.staff(stage.house, db, "olle.samordnare", Role.COORDINATOR)
        anna = cast.person(stage.house, db, "anna.st")
        bo, cia = (make.person(db, given_name=name, family_name="Ek") for name in ("Bo", "Cia"))
        course = make.course(db, title=TITLE, objectives_2015=["a5"])
        session = make.session(db, of=course, days=[clock.day_of(clock.now())], seats=30)
        [day] = session.days
        day.starts, day.ends = hours_around(clock.now())
        db.add(SessionLeader(session_id=session.id, person_id=karin.id))
        others = [make.person(db, given_name=f"Dag {number:02}") for number in range(BY_CODE + BY_BUTTON)]
        seated(db, session, anna, bo, cia, *others)
    return session, bo.email, [each.id for each in others[:BY_CODE]]


@pytest.mark.parametrize("stage", ["with script"], indirect=True)
def test_a_leader_notes_the_day_on_a_telephone_and_completes_the_session(stage: Stage):
    session, address_of_bo, at_the_screen = prepared(stage)
    leader = on_a_phone(stage)
    leader.is_let_in_as("karin.kursledare")
    page = leader.go("/kursledare")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("link", name="Närvaro").click()
    heading(page, "Närvaro")
    page.get_by_role("link", name="Visa koden på skärmen").click()
    the_code_is_whole_and_light(leader)
    annas = on_a_phone(stage)
    reads_the_code_and_signs_in(stage, annas, session)
    stage.look(annas, "checked-in")
    read_the_code_too(stage, session, at_the_screen)

    page = leader.go(f"/kursledare/tillfallen/{session.id}/narvaro")
    expect(page.get_by_label("Närvaro för Anna")).to_have_value("present")
    ticks_the_others(leader, page)
    press(page, "Spara, och alla andra är på plats")
    kept = [page.get_by_label(f"Närvaro för {name}").input_value() for name in ("Anna", "Bo Ek", "Cia Ek")]
    assert kept == ["present", "absent_ill", "left_early"]
    stage.look(leader, "attendance")

    page.get_by_role("link", name="Slutför kurstillfället").click()
    heading(page, "Slutför kurstillfället")
    expect(page.get_by_label("Kompetenskraven är uppfyllda för Bo Ek")).to_have_count(0)
    for each in page.get_by_role("checkbox").all():
        each.check()
    press(page, "Slutför kurstillfället")
    said(page, "Kurstillfället är slutfört. Godkända: 29.")
    expect(page.get_by_role("row", name="Bo Ek")).to_contain_text("inte godkänd")
    stage.look(leader, "completed")
    certifies(stage, leader, page)
    stage.tick()
    assert sorted(stage.subjects(address_of_bo)) == [f"Frånvaro: {TITLE}", f"Kallelse: {TITLE}"]
    office = on_a_phone(stage)
    office.is_let_in_as("olle.samordnare")
    is_put_right(stage, office, session)


def certifies(stage: Stage, leader: Visit, page: Page) -> None:
    """Those who have passed, in the job that the tick would do if nobody else did."""
    page.get_by_role("link", name="Framställ intyg för de godkända").click()
    page.get_by_role("link", name="Framställ intyg").click()
    heading(page, "Framställ intyg")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(29)
    stage.look(leader, "certificates-asked")
    press(page, "Framställ valda intyg")
    expect(page.get_by_role("status")).to_contain_text("0 av 29 är klara.")
    stage.tick()
    page.get_by_role("link", name="Notera underskrifter").click()
    heading(page, "Notera underskrifter")
    for each in page.get_by_role("checkbox").all():
        each.check()
    press(page, "Spara")
    said(page, "Sparat. Ändrade underskrifter: 29.")
    expect(page.get_by_text("giltigt", exact=True)).to_have_count(29)
    stage.look(leader, "certificates")


def the_code_is_whole_and_light(leader: Visit) -> None:
    """On the projector of a room, where the reader prefers the dark: no telephone reads black on black."""
    leader.show("dark", PROJECTOR)
    code = leader.page.get_by_role("img", name="QR-kod för incheckning").locator("svg")
    expect(code).to_be_in_viewport(ratio=1)
    expect(code.locator("path[fill='#fff']")).to_have_count(1)
    leader.show("light", PHONE)


def reads_the_code_and_signs_in(stage: Stage, visit: Visit, session: CourseSession) -> None:
    page = visit.go(f"/incheckning/{session.id}/{code_now(stage, session)}")
    press(page, "Logga in med Demo")
    page.locator('button[name="sub"][value="anna.st"]').first.click()
    press(page, "Checka in")
    expect(page.get_by_role("main")).to_contain_text("Du är incheckad sedan")


def read_the_code_too(stage: Stage, session: CourseSession, people: list[int]) -> None:
    """Fourteen telephones more, without a browser each."""
    code = code_now(stage, session)
    for person_id in people:
        with stage.house.rows() as db:
            check_in.by_code(
                db, session_id=session.id, code=code, proof="", roster=queries.seated, now=clock.now(), by=person_id
            )


def ticks_the_others(leader: Visit, page: Page) -> None:
    """Bo while the network is away, and Cia first with more minutes than there are, then by who is signed out."""
    status, minutes = page.locator("form [data-status]"), page.get_by_label("Minuter som Cia Ek missade")
    leader.context.set_offline(True)
    page.get_by_label("Närvaro för Bo Ek").select_option("absent_ill")
    expect(status).to_contain_text("Inte sparat än: nätet svarar inte.")
    leader.context.set_offline(False)
    expect(page.get_by_role("row", name="Bo Ek")).to_contain_text("Sparat kl.")
    page.get_by_label("Närvaro för Cia Ek").select_option("late")
    expect(page.get_by_role("row", name="Cia Ek")).to_contain_text("Sparat kl.")
    for typed, answer in (("900", "Minuter skrivs för den som kom sent"), ("3", "Sparat kl.")):
        minutes.fill(typed)
        minutes.blur()
        expect(status).to_contain_text(answer)
    cookies = leader.context.cookies()
    leader.context.clear_cookies()
    page.get_by_label("Närvaro för Cia Ek").select_option("left_early")
    expect(status).to_contain_text("du är inte inloggad längre")
    leader.context.add_cookies(cookies)
    page.reload()
    expect(page.get_by_role("row", name="Cia Ek")).to_contain_text("Sparat kl.")
    # The browser itself tells of the network that was away, and of what was refused.
    leader.complaints.clear()


def is_put_right(stage: Stage, visit: Visit, session: CourseSession) -> None:
    """Bo was there in the end, and a coordinator says so and why."""
    page = visit.go(f"/samordning/tillfallen/{session.id}")
    page.get_by_role("link", name="Närvaro och resultat").click()
    heading(page, "Närvaro och resultat")
    stage.look(visit, "results")
    page.get_by_role("link", name="Rätta för Bo Ek").click()
    page.get_by_label("Närvaro för Bo Ek").select_option("present")
    page.get_by_label("Kompetenskraven är uppfyllda").check()
    page.get_by_label("Varför rättas närvaron?").fill("Kom efter lunch.")
    stage.look(visit, "correction")
    press(page, "Spara rättelsen")
    said(page, "Rättelsen för Bo Ek är sparad.")
    expect(page.get_by_role("row", name="Bo Ek")).to_contain_text("1 av 1")
