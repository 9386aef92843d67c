"""The story, checking: she reads every step of her decision, and has the lottery recomputed."""

from playwright.sync_api import expect

from browser.browsing import Visit
from browser.stage import Stage, heading, press
from browser.story_term import Term


def she_reads_every_step(stage: Stage, anna: Visit, term: Term) -> None:
    page = anna.page
    page.get_by_role("link", name=f"Se varje steg i beskedet om {term.round.title}").click()
    heading(page, f"Besked: {term.round.title}")
    expect(page.get_by_role("table", name="Din plats i turordningen, del för del").first).to_be_visible()
    expect(page.get_by_text("Ditt lottnummer den här terminen är")).to_be_visible()


def she_checks_her_lot(stage: Stage, anna: Visit, term: Term) -> None:
    page = anna.page
    if stage.pictures:
        press(page, "Räkna om i min webbläsare")
        expect(page.get_by_role("status")).to_have_text("Allt som gick att räkna om stämmer.")
        expect(page.locator("#verifier li span[data-verdict]")).to_have_text(["stämmer"] * 6)
    else:
        expect(page.get_by_text("lararportal lottery verify verifiering.json")).to_be_visible()
    stage.look(anna, "decision")
    anna.go("/mina-kurser")
