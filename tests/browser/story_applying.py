"""The first half of the story: from the first sign-in to the letter that confirms the application."""

from playwright.sync_api import Page, expect

from browser.browsing import Visit
from browser.stage import Stage, days_of, heading, press, said, words_of
from browser.story_term import ANNA, ANNA_IS_DONE, LAST_CARE, SKIN, Term
from lararportal import pages


def she_arrives(stage: Stage, anna: Visit) -> None:
    page = anna.go("/")
    stage.look(anna, "start")
    page.get_by_role("link", name="Logga in", exact=True).click()
    heading(page, "Logga in")
    stage.look(anna, "sign-in")
    anna.sign_in_as("anna.st")
    heading(page, "Din profil")
    stage.look(anna, "profile-new")


def she_describes_herself(stage: Stage, anna: Visit) -> None:
    page = anna.page
    page.get_by_label("E-post").fill("anna.st(at)example.org")
    page.get_by_label("Vårdcentral").fill("Vårdcentralen Eken")
    page.get_by_label("Kategori").select_option("ST-läkare (2015 års regler)")
    page.get_by_label("Delområde").select_option("Göteborg")
    page.get_by_role("textbox", name="ST började").fill("2023-02-01")
    page.get_by_label("ST planeras sluta").fill("2022-02-01")
    press(page, "Spara")

    expect(page.locator("#error-summary li")).to_have_text(
        [
            "E-post: Det ser inte ut som en e-postadress. Skriv den så här: namn@exempel.se",
            "ST planeras sluta: ST måste sluta efter att den börjar.",
        ]
    )
    expect(page.get_by_label("E-post")).to_have_value("anna.st(at)example.org")
    expect(page.get_by_label("Vårdcentral")).to_have_value("Vårdcentralen Eken")
    expect(page.get_by_label("Kategori")).to_have_value("st_2015")
    expect(page.get_by_label("Delområde")).to_have_value("goteborg")
    expect(page.get_by_role("textbox", name="ST började")).to_have_value("2023-02-01")
    expect(page.get_by_label("ST planeras sluta")).to_have_value("2022-02-01")
    stage.look(anna, "profile-faults")

    page.get_by_label("E-post").fill(ANNA)
    page.get_by_label("ST planeras sluta").fill(ANNA_IS_DONE.isoformat())
    press(page, "Spara")
    said(page, "Din profil är sparad.")
    expect(page.get_by_text("Eva Nordin")).to_be_visible()
    stage.look(anna, "profile-pending")


def she_is_confirmed(stage: Stage, eva: Visit) -> None:
    eva.is_let_in_as("eva.studierektor")
    page = eva.go("/personer?visa=pending")
    stage.look(eva, "people")
    page.get_by_role("link", name="Anna Stenberg").click()
    heading(page, "Anna Stenberg")
    stage.look(eva, "person")
    page.get_by_role("link", name="Granska och bekräfta").click()
    heading(page, "Bekräfta Anna Stenberg")
    stage.look(eva, "person-confirm")
    press(page, "Bekräfta uppgifterna")
    said(page, "Uppgifterna är bekräftade.")


def she_finds_the_course(stage: Stage, anna: Visit, term: Term) -> None:
    page = anna.go("/kurser")
    expect(page.get_by_role("heading", level=3)).to_have_text(["Försäkringsmedicin", SKIN, LAST_CARE])
    page.get_by_role("searchbox", name="Sök").fill("smågrupper")
    page.get_by_label("Sorts kurs").select_option("klinisk")
    page.get_by_label("Delområde").select_option("Göteborg")
    page.get_by_label("Med lediga platser").check()
    press(page, "Sök")
    expect(page.locator("#traffar")).to_have_text("1 kurs passar din sökning")
    expect(page.get_by_role("searchbox", name="Sök")).to_have_value("smågrupper")
    stage.look(anna, "catalogue")
    page.get_by_role("link", name=SKIN).click()
    heading(page, SKIN)
    stage.look(anna, "course")
    page.get_by_role("link", name=days_of(term.skin)).click()
    expect(page.get_by_role("heading", name="Din plats")).to_be_visible()
    stage.look(anna, "session")
    page.get_by_role("link", name="Lägg till i ansökan").click()
    heading(page, f"Ansök: {term.round.title}")


def she_ranks_three_sessions(stage: Stage, anna: Visit, term: Term) -> None:
    page = anna.page
    ranked(page, SKIN)
    press(page, f"Lägg till {SKIN}, {days_of(term.skin_later)}")
    ranked(page, SKIN, SKIN)
    page.get_by_role("searchbox", name="Visa kurser som innehåller").fill("palliativ")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_have_text("1 av 2 kurser visas.")
    press(page, f"Lägg till {LAST_CARE}")
    ranked(page, SKIN, SKIN, LAST_CARE)
    press(page, f"Flytta upp val 3, {LAST_CARE}")
    ranked(page, SKIN, LAST_CARE, SKIN)
    press(page, f"Flytta ner val 1, {SKIN}")
    ranked(page, LAST_CARE, SKIN, SKIN)
    press(page, f"Ta bort val 1, {LAST_CARE}")
    ranked(page, SKIN, SKIN)
    press(page, f"Lägg till {LAST_CARE}")
    ranked(page, SKIN, SKIN, LAST_CARE)
    press(page, f"Flytta upp val 3, {LAST_CARE}")
    ranked(page, SKIN, LAST_CARE, SKIN)
    expect(page.locator("section[aria-labelledby=choices] li").first).to_contain_text(days_of(term.skin))
    page.get_by_label("Hur många platser vill du ha som mest?").select_option("2")
    stage.look(anna, "apply")


def ranked(page: Page, *titles: str) -> None:
    """The list has these courses, in this order."""
    wanted = [f"{place}. {title}" for place, title in enumerate(titles, 1)]
    expect(page.locator("section[aria-labelledby=choices] li strong")).to_have_text(wanted)


def she_sends_it_in(stage: Stage, anna: Visit, term: Term) -> None:
    page = anna.page
    press(page, "Skicka in ansökan")
    heading(page, "Mina kurser")
    said(
        page,
        "Din ansökan är inskickad, och ett brev som bekräftar den är på väg."
        f" Du kan ändra den till {pages.moment(term.round.closes_at)}.",
    )
    stage.look(anna, "applied")


def she_has_it_in_writing(stage: Stage, anna: Visit, term: Term) -> None:
    subject = f"Vi har tagit emot din ansökan \N{EN DASH} {term.round.title}"
    letter = words_of(stage.letter(ANNA, subject))
    places = [letter.index(f"{rank}. {title}, {days_of(each)}") for rank, title, each in ranking(term)]
    assert places == sorted(places)

    page = anna.go(f"/dev/letters?till={ANNA}")
    stage.look(anna, "letters")
    page.get_by_role("link", name=subject).click()
    heading(page, subject)
    expect(page.get_by_role("main")).to_contain_text("Du vill ha högst 2 platser.")
    stage.look(anna, "letter")


def she_reads_what_counts(stage: Stage, anna: Visit, term: Term) -> None:
    """The round is closed, before its time: the list can be read and not changed."""
    page = anna.go("/mina-kurser")
    page.get_by_role("link", name=f"Se ansökan till {term.round.title}").click()
    heading(page, f"Ansökan: {term.round.title}")
    wanted = [f"{title}{days_of(each)}, {each.place}" for _, title, each in ranking(term)]
    expect(page.get_by_role("region", name="Dina val").get_by_role("listitem")).to_have_text(wanted)
    expect(page.get_by_role("button", name="Skicka in")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text(f"Den skulle ha stängt {pages.moment(term.round.closes_at)}.")
    stage.look(anna, "apply-closed")


def ranking(term: Term) -> list[tuple]:
    return [(1, SKIN, term.skin), (2, LAST_CARE, term.last_care), (3, SKIN, term.skin_later)]
