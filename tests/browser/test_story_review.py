"""A half-year is reviewed: from the office to Gunnar, who comes from outside, and back; at the end is a document."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from bookings_room import seat
from playwright.sync_api import Page, expect

import make
from auth.models import Identity
from auth.states import Role
from bookings.queries import seated
from browser import cast
from browser.browsing import Visit
from browser.stage import Stage, heading, press, said
from courses import programme
from courses.evaluations import answering, closing, opening, reflecting
from courses.models import Completion, SessionLeader
from courses.rules import reviews
from courses.rules.programme import Item
from courses.states import CourseOutcome
from lararportal import clock

TITLE, GUNNAR, OLLE = "Hudsjukdomar", "gunnar.granskare", "olle.samordnare"
ANSWERS = [{"overall": str(number), "level": "right", "keep": f"Fall {number}"} for number in range(2, 7)]


def prepared(stage: Stage) -> tuple[str, date]:
    """A session of the half-year before this one, held by Karin and answered by five; the half-year, and today.

    Gunnar is known at both providers.
    """
    now = clock.now()
    half = reviews.half_year_before(clock.day_of(now))
    day = reviews.days_of(half)[1] - timedelta(days=40)
    then = datetime.combine(day, time(17), clock.STOCKHOLM)
    with stage.house.rows() as db:
        karin = cast.staff(stage.house, db, "karin.kursledare", Role.LEADER)
        cast.staff(stage.house, db, OLLE, Role.COORDINATOR)
        gunnar = cast.staff(stage.house, db, GUNNAR, Role.REVIEWER)
        other = {"issuer": stage.house.other_issuer, "kind": "sub", "value": GUNNAR, "linked_at": now}
        db.add(Identity(person_id=gunnar.id, **other))
        session = make.session(db, of=make.course(db, title=TITLE, objectives_2021=["STc7"]), days=[day])
        db.add(SessionLeader(session_id=session.id, person_id=karin.id))
        people = [make.person(db, family_name="Hemlig") for _ in ANSWERS]
        counted = {"minutes": 420, "half_days": 2, "of_half_days": 2, "told_of": [], "lacks": []}
        for each in people:
            seat(db, session, each)
            passed = {"outcome": CourseOutcome.PASSED, "decided_at": then}
            db.add(Completion(session_id=session.id, person_id=each.id, **passed, **counted))
        db.flush()
        opening.open_(db, session.id, roster=seated, now=then, by=None)
        for each, given in zip(people, ANSWERS, strict=True):
            answering.answer(db, session_id=session.id, given=given, now=then, by=each.id)
        closing.close(db, session.id, now=then, by=None)
        items = [Item(1, time(8, 30), "Eksem", "Karin Holm")]
        programme.put(db, session_id=session.id, items=items, now=now, by=karin.id)
        reflecting.write(db, session_id=session.id, text="En vaken grupp.", actions=[], now=now, by=karin.id)
    return half, clock.day_of(now)


@pytest.mark.parametrize("stage", ["with script"], indirect=True)
def test_gunnar_reviews_a_course_from_outside_and_the_unit_answers(stage: Stage, tmp_path: Path):
    half, today = prepared(stage)
    office, reviewer = stage.enter(), stage.enter()
    office.is_let_in_as(OLLE)
    office.go("/granskning/oppna").get_by_label("Halvår").select_option(half)
    press(office.page, "Öppna granskningen")
    said(office.page, "Granskningen är öppnad, och granskarna får ett brev.")

    page = reviewer.sign_in_as(GUNNAR)
    page.get_by_role("link", name="Granskning").first.click()
    page.get_by_role("link", name=f"Läs {TITLE}").click()
    heading(page, TITLE)
    reads_what_came_of_it(page)
    page.get_by_label("Kursens syfte är tydligt").select_option("met")
    page.get_by_role("textbox", name="Utlåtande").fill("Ett första utkast.")
    press(page, "Spara")
    said(page, "Utkastet är sparat.")
    stage.look(reviewer, "review-draft")
    path = page.url.removeprefix(stage.house.url)
    expect(office.go(path).get_by_role("main")).not_to_contain_text("utkast.")

    reviewer.sign_out()
    comes_by_the_other_way(reviewer, stage)
    states(reviewer.go(path))
    answers(office, today)
    page.reload()
    press(page, "Avsluta granskningen")
    said(page, "Granskningen är avslutad.")
    page = reviewer.go("/granskning/uppfoljning")
    expect(page.get_by_role("row", name="Byt ut fallet")).to_contain_text("pågår")
    stage.look(reviewer, "review-follow-up")
    takes_it_home(reviewer, half, tmp_path)
    stage.tick()
    assert len(stage.subjects(cast.ADDRESS.format(GUNNAR))) == 2


def reads_what_came_of_it(page: Page) -> None:
    main = page.get_by_role("main")
    for text in ("STc7", "En vaken grupp.", "5 av 5 har svarat (100 %)", "Fall 6"):
        expect(main).to_contain_text(text)
    page.get_by_text("Program", exact=True).click()
    expect(page.get_by_role("row", name="Eksem")).to_contain_text("Karin Holm")
    assert page.locator("svg.plot").count() > 0
    expect(main).not_to_contain_text("Hemlig")


def comes_by_the_other_way(visit: Visit, stage: Stage) -> None:
    """Signs in at the provider of those who have no account at the first."""
    page = visit.go("/logga-in")
    press(page, "Logga in med Klinik")
    assert page.url.startswith(stage.house.other_issuer)
    page.locator("input#sub").fill(GUNNAR)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{stage.house.url}/**")


def states(page: Page) -> None:
    for each in page.locator("#utlatande select").all():
        each.select_option("met")
    page.get_by_role("textbox", name="Utlåtande").fill("En god kurs, med fall ur vardagen.")
    page.get_by_label("Lämna utlåtandet").check()
    press(page, "Spara")
    said(page, "Utlåtandet är lämnat, och kursenheten får ett brev.")


def answers(office: Visit, today: date) -> None:
    page = office.page
    page.reload()
    page.get_by_label("Svar (måste fyllas i)", exact=True).fill("Tack, vi byter ut ett fall.")
    page.get_by_label("Vad ska göras? (åtgärd 1)").fill("Byt ut fallet")
    page.get_by_label("Ansvarig (åtgärd 1)").fill("Kursenheten")
    page.get_by_label("Klar senast (åtgärd 1)").fill(today.isoformat())
    press(page, "Skicka svaret")
    said(page, "Svaret är skickat, och granskaren får ett brev.")


def takes_it_home(visit: Visit, half: str, folder: Path) -> None:
    page = visit.go("/granskning")
    with page.expect_download() as got:
        page.get_by_role("link", name="Hämta allt om").click()
    assert got.value.suggested_filename == f"granskning-{half}.pdf"
    got.value.save_as(folder / "review.pdf")
    assert (folder / "review.pdf").read_bytes().startswith(b"%PDF-")
