"""The story between two dry runs: a session in reserve is opened when it is seen whom that would help."""

from playwright.sync_api import Locator, Page, expect

from browser.browsing import Visit
from browser.stage import Stage, days_of, heading, press, said
from browser.story_term import SKIN, Term

RUN_AGAIN = "Fördela igen innan du publicerar."
HELPED = f"Finn Fors, {SKIN}"


def he_draws_up(stage: Stage, olle: Visit, term: Term) -> None:
    page = olle.go(f"/samordning/omgangar/{term.round.id}")
    page.get_by_role("link", name="Fördela platserna").click()
    heading(page, f"Fördela platserna i {term.round.title}?")
    press(page, "Fördela platserna")
    said(page, "Platserna är fördelade. Granska förslaget innan du publicerar det.")
    expect(fact(page, "Sökande")).to_have_text("5")
    expect(fact(page, "Platser som delas ut")).to_have_text("4")
    expect(fact(page, "Personer utan plats")).to_have_text("2")
    expect(page.get_by_role("row", name=days_of(term.skin)).get_by_role("cell")).to_have_text(
        [f"{days_of(term.skin)}, {term.skin.place}", "3", "5", "5", "3", "2"]
    )
    stage.look(olle, "round-drawn-up")


def he_sees_whom_it_would_help(stage: Stage, olle: Visit, term: Term) -> None:
    page = olle.page
    expect(page.get_by_text("2 utan plats på kursen")).to_be_visible()
    page.get_by_role("link", name="Se vad det skulle ändra att öppna").click()
    heading(page, f"Öppna {SKIN}")
    expect(fact(page, "Skulle få plats")).to_have_text("1")
    page.get_by_text("Får plats: 1").click()
    expect(page.get_by_text(HELPED)).to_be_visible()
    stage.look(olle, "reserve-open")


def he_opens_it(stage: Stage, olle: Visit, term: Term) -> None:
    """What was drawn up does not stand any more, and says so."""
    page = olle.page
    page.get_by_label("Skäl").fill("Två sökande saknar plats på kursen.")
    press(page, "Öppna tillfället")
    said(page, "Tillfället är öppnat. Fördela igen för att se vad det betyder.")
    expect(page.get_by_text(RUN_AGAIN)).to_be_visible()
    expect(page.get_by_text("Skäl: Två sökande saknar plats på kursen.")).to_be_visible()


def he_draws_up_again(stage: Stage, olle: Visit, term: Term) -> None:
    """The seats of the session are given, and what is different from the last dry run stands there."""
    page = olle.page
    page.get_by_role("link", name="Fördela igen").click()
    press(page, "Fördela platserna")
    said(page, "Platserna är fördelade. Granska förslaget innan du publicerar det.")
    expect(page.get_by_text(RUN_AGAIN)).to_be_hidden()
    expect(fact(page, "Platser som delas ut")).to_have_text("5")
    expect(page.get_by_role("heading", name="Skillnad mot förra förslaget")).to_be_visible()
    page.get_by_text("Får plats: 1").click()
    expect(page.get_by_text(HELPED)).to_be_visible()
    row = page.get_by_role("row", name=days_of(term.reserve))
    expect(row.get_by_role("cell").nth(4)).to_have_text("1 (minst 3)")
    stage.look(olle, "round-reserve-opened")


def fact(page: Page, term: str) -> Locator:
    """What stands beside a term."""
    return page.locator(f"dl.facts > div:has(dt:text-is('{term}')) dd")
