"""The second half of the story: decisions with their reasons, and a seat that goes to the next in line."""

from playwright.sync_api import expect

from bookings.rules.register import months_left
from browser.browsing import Visit
from browser.stage import Stage, calendars_of, days_of, heading, held, press, prove_anew, said, words_of
from browser.story_term import ANNA, ANNA_IS_DONE, LAST_CARE, NILS, SKIN, Term
from courses.models import CourseSession
from lararportal import clock


def he_closes_the_round(stage: Stage, olle: Visit, term: Term) -> None:
    page = olle.go("/samordning")
    stage.look(olle, "desk")
    page.get_by_role("link", name=term.round.title).click()
    heading(page, term.round.title)
    stage.look(olle, "round-open")
    page.get_by_role("link", name="Stäng nu").click()
    heading(page, f"Stäng {term.round.title}?")
    stage.look(olle, "round-close")
    page.get_by_label("Skäl").fill("Alla har redan sökt.")
    press(page, "Stäng omgången")
    said(page, "Omgången är stängd. Nu återstår lottningen innan platserna kan fördelas.")


def he_publishes(stage: Stage, olle: Visit, term: Term) -> None:
    page = olle.page
    stage.sign_in_grows_old("olle.samordnare")
    page.get_by_role("link", name="Publicera besked").click()
    heading(page, "Logga in igen")
    stage.look(olle, "prove-anew")
    prove_anew(page, "olle.samordnare")
    heading(page, f"Publicera besked för {term.round.title}?")
    stage.look(olle, "round-publish")
    press(page, "Publicera besked")
    heading(page, "Publicerar besked")
    expect(page.get_by_role("status")).to_contain_text("Publiceringen står på tur")
    with held(page):
        stage.look(olle, "round-publishing")


def he_sees_it_done(stage: Stage, olle: Visit, term: Term) -> None:
    """The page looks again by itself, until the worker, who came late, is done."""
    page = olle.page
    heading(page, "Publiceringen är avslutad")
    expect(page.get_by_role("status")).to_have_text("Beskeden är publicerade. 5 brev är på väg.")
    stage.look(olle, "round-published-job")
    page.get_by_role("link", name="Till omgången").click()
    heading(page, term.round.title)
    expect(page.get_by_text("publicerad", exact=True)).to_be_visible()
    stage.look(olle, "round-published")


def all_have_their_decisions(stage: Stage, term: Term) -> None:
    subject = f"Besked om din ansökan \N{EN DASH} {term.round.title}"
    seated, waiting = stage.letter(ANNA, subject), stage.letter(NILS, subject)

    text = words_of(seated)
    assert "Du har fått 2 platser." in text
    assert f"1. {in_short(SKIN, term.skin)} Du har fått platsen." in text
    assert f"2. {in_short(LAST_CARE, term.last_care)} Du har fått platsen." in text
    assert f"3. {in_short(SKIN, term.skin_later)} Du fick ett tillfälle av samma kurs som stod högre" in text
    assert calendars_of(seated) == [("PUBLISH", days_in_calendar(term.skin, term.last_care))]

    text = words_of(waiting)
    assert "Den här gången fick du ingen plats." in text
    assert "När beskedet kom stod du på plats 1 i kön." in text
    last = months_left(planned_end=ANNA_IS_DONE, on=clock.day_of(clock.now()))
    assert (
        f"Den som har kortast tid kvar av sin ST går först: sist antagna i din grupp hade {last} månader kvar" in text
    )
    assert calendars_of(waiting) == []


def days_in_calendar(*sessions: CourseSession) -> list[str]:
    return [each.day.isoformat() for session in sessions for each in session.days]


def in_short(title: str, session: CourseSession) -> str:
    return f"{title}, {days_of(session)}, {session.place}"


def she_sees_why(stage: Stage, anna: Visit, term: Term) -> None:
    page = anna.go("/mina-kurser")
    expect(page.get_by_role("region", name=SKIN)).to_contain_text(days_of(term.skin))
    expect(page.get_by_role("region", name=LAST_CARE)).to_contain_text(days_of(term.last_care))
    rows = page.get_by_role("table", name=f"Besked om dina val i {term.round.title}").get_by_role("row")
    expect(rows.filter(has_text="Du har fått platsen.")).to_have_count(2)
    expect(rows.last).to_contain_text("Du fick ett tillfälle av samma kurs som stod högre på din lista")
    stage.look(anna, "mine")


def he_waits(stage: Stage, nils: Visit, term: Term) -> None:
    nils.sign_in_by_name("nils.st")
    page = nils.go("/mina-kurser")
    expect(page.get_by_text("Du har ingen plats just nu")).to_be_visible()
    row = page.get_by_role("table", name="Köer du står i").get_by_role("row", name=SKIN)
    expect(row).to_contain_text("Plats 1 just nu, av 2 i kön")
    stage.look(nils, "waiting")


def she_cancels(stage: Stage, anna: Visit, term: Term) -> None:
    page = anna.page
    page.get_by_role("region", name=SKIN).get_by_role("link", name="Avboka").click()
    heading(page, "Vill du avboka?")
    stage.look(anna, "cancel")
    press(page, "Avboka platsen")
    said(page, f"Platsen på {SKIN} är avbokad. Ett brev som bekräftar det är på väg.")
    expect(page.get_by_role("region", name=SKIN).get_by_role("link", name="Avboka")).to_have_count(0)
    stage.look(anna, "cancelled")
    letter = stage.letter(ANNA, f"Din plats är avbokad: {SKIN}")
    assert "Avbokningen kom i tid." in words_of(letter)
    assert calendars_of(letter) == [("CANCEL", days_in_calendar(term.skin))]


def the_next_in_line_has_the_seat(stage: Stage, nils: Visit, term: Term) -> None:
    letter = stage.letter(NILS, f"Du har fått en plats: {SKIN}")
    assert "en plats blev ledig och du stod på tur" in words_of(letter)
    assert calendars_of(letter) == [("PUBLISH", days_in_calendar(term.skin))]

    page = nils.go("/mina-kurser")
    expect(page.get_by_role("region", name=SKIN)).to_contain_text("Plats från kön")
    expect(page.get_by_role("table", name="Köer du står i")).to_have_count(0)
    stage.look(nils, "seat-from-line")


def every_letter_has_come_once(stage: Stage, term: Term) -> None:
    received, decided = "Vi har tagit emot din ansökan", "Besked om din ansökan"
    both = [f"{occasion} \N{EN DASH} {term.round.title}" for occasion in (received, decided)]
    assert stage.subjects(ANNA) == [*both, f"Din plats är avbokad: {SKIN}"]
    assert stage.subjects(NILS) == [*both, f"Du har fått en plats: {SKIN}"]
