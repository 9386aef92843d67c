"""Between two dry runs: a reserve session is opened when it is seen whom it would help."""

from datetime import timedelta

from browser import cast
from browser.stage import Stage, days_of, heading, press, said
from playwright.sync_api import expect

import make
from auth.states import Role
from bookings import allocation, rounds
from courses.states import Publicity
from lararportal import clock

SKIN = "Hud och venereologi för allmänläkare"


def a_crowded_round(stage: Stage):
    """One seat, two who want it, and a session in reserve; it is drawn up once."""
    now = clock.now()
    with stage.house.rows() as db:
        cast.staff(stage.house, db, "olle.samordnare", Role.COORDINATOR)
        course = make.course(db, code="HUD1", title=SKIN, minimum=1)
        full = cast.session(db, course, in_days=70, place="Göteborg, Konferens Aspen", seats=1)
        hidden = {"publicity": Publicity.DRAFT, "is_reserve": True}
        spare = cast.session(db, course, in_days=105, place="Borås, Medicinens hus", seats=8, minimum=3, **hidden)
        round_ = make.round_of(
            db, full, spare, opens_at=now - timedelta(days=30), closes_at=now - timedelta(days=3), title="Vårterminen"
        )
        for name, months in (("Nea", 12), ("Finn", 40)):
            doctor = make.person(db, given_name=name, family_name="Fors", planned_end=cast.in_months(months))
            cast.has_applied(db, round_, doctor, full, spare)
        rounds.close_round(db, round_.id, now=round_.closes_at, by=None)
        make.revealed(db, round_)
        allocation.draw_up(db, round_id=round_.id, now=now, by=None)
    return round_, spare


def test_a_reserve_session_is_opened_when_it_is_seen_whom_it_would_help(stage: Stage):
    round_, spare = a_crowded_round(stage)
    olle = stage.enter()
    olle.sign_in_as("olle.samordnare")
    page = olle.go(f"/samordning/omgangar/{round_.id}")
    expect(page.get_by_text("1 utan plats på kursen")).to_be_visible()
    stage.look(olle, "round-with-reserve")

    page.get_by_role("link", name="Se vad det skulle ändra att öppna").click()
    heading(page, f"Öppna {SKIN}")
    page.get_by_text("Får plats: 1").click()
    expect(page.get_by_text(f"Finn Fors, {SKIN}")).to_be_visible()
    stage.look(olle, "open-reserve")
    page.get_by_label("Skäl").fill("En sökande saknar plats på kursen.")
    press(page, "Öppna tillfället")
    said(page, "Tillfället är öppnat. Fördela igen för att se vad det betyder.")
    expect(page.get_by_text("Fördela igen innan du publicerar.")).to_be_visible()

    page.get_by_role("link", name="Fördela igen").click()
    press(page, "Fördela platserna")
    said(page, "Platserna är fördelade. Granska förslaget innan du publicerar det.")
    expect(page.get_by_text("Fördela igen innan du publicerar.")).to_be_hidden()
    page.get_by_text("Får plats: 1").click()
    expect(page.get_by_text(f"Finn Fors, {SKIN}")).to_be_visible()
    row = page.get_by_role("row", name=days_of(spare))
    expect(row.get_by_role("cell").nth(4)).to_have_text("1 (minst 3)")
    stage.look(olle, "round-reserve-opened")

    page.get_by_role("link", name="Se vad det skulle ändra att stänga").click()
    heading(page, f"Stäng {SKIN}")
    page.get_by_text("Blir utan plats: 1").click()
    stage.look(olle, "close-session")
