"""The lottery in the story: Eva draws her secret and keeps it, and shows it when the round has closed."""

import hashlib
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

import make
from bookings.models import Round
from browser.browsing import Visit
from browser.stage import Stage, heading, press, prove_anew, said
from browser.story_term import Term
from lararportal import clock


def she_draws_her_secret(stage: Stage, eva: Visit, term: Term) -> str:
    """She is bound, and nobody else knows her secret: in the browser it is drawn, without script she brings one."""
    eva.is_let_in_as("eva.studierektor")
    page = eva.go("/")
    page.get_by_role("link", name="Studierektor", exact=True).click()
    page.get_by_role("link", name="Lottning", exact=True).click()
    heading(page, "Lottning")
    stage.look(eva, "lottery-own")
    page.get_by_role("link", name="Lämna åtagandet").click()
    heading(page, "Lämna ditt åtagande")
    stage.look(eva, "lottery-commit")
    secret = drawn_by(page) if page.get_by_role("button", name="Dra min hemlighet").is_visible() else brought_by(page)
    stage.look(eva, "lottery-drawn")
    page.get_by_label("Jag har sparat hemligheten").check()
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    press(page, "Skicka in åtagandet")
    said(page, "Ditt åtagande är lämnat. Behåll hemligheten för dig själv tills ansökan har stängt.")
    assert [data for data in sent if secret in data] == []
    assert [data for data in sent if bound_to(secret) in data] != []
    heading(page, term.round.title)
    stage.look(eva, "lottery-bound")
    return secret


def bound_to(secret: str) -> str:
    return hashlib.sha256(bytes.fromhex(secret)).hexdigest()


def drawn_by(page: Page) -> str:
    """What the browser drew; the form has its SHA-256, and the file that she keeps has both."""
    press(page, "Dra min hemlighet")
    expect(page.get_by_text("Spara den nu.")).to_be_visible()
    secret = page.locator("[data-secret]").inner_text()
    expect(page.get_by_role("textbox", name="Åtagande")).to_have_value(bound_to(secret))
    with page.expect_download() as kept:
        page.get_by_role("link", name="Ladda ner som textfil").click()
    lines = Path(kept.value.path()).read_text("utf-8").splitlines()
    assert [line for line in lines if len(line) == 64] == [secret, bound_to(secret)]
    return secret


def brought_by(page: Page) -> str:
    page.get_by_role("textbox", name="Åtagande").fill(bound_to(make.OWN_SECRET))
    return make.OWN_SECRET


def he_opens_the_round(stage: Stage, olle: Visit, term: Term) -> None:
    olle.is_let_in_as("olle.samordnare")
    page = olle.go(f"/samordning/omgangar/{term.round.id}")
    expect(page.get_by_text("Eva Nordin lämnade sitt åtagande")).to_be_visible()
    stage.look(olle, "round-planned")
    page.get_by_role("link", name="Öppna nu").click()
    heading(page, f"Öppna {term.round.title}?")
    stage.look(olle, "round-open-now")
    press(page, "Öppna omgången")
    said(page, "Omgången är öppen för ansökan.")


def she_shows_her_secret(stage: Stage, eva: Visit, term: Term, secret: str) -> None:
    """A wrong one is refused; the right one is asked to be proved, and stands there when she is back."""
    page = eva.go("/studierektor/lottning")
    page.get_by_role("link", name="Visa hemligheten").click()
    heading(page, "Visa din hemlighet")
    page.get_by_role("textbox", name="Hemlighet").fill(bound_to(secret))
    press(page, "Visa hemligheten")
    expect(page.locator("#error-summary")).to_contain_text("Hemligheten stämmer inte med åtagandet.")
    stage.look(eva, "lottery-wrong")
    page.get_by_role("textbox", name="Hemlighet").fill(secret)
    stage.sign_in_grows_old("eva.studierektor")
    press(page, "Visa hemligheten")
    prove_anew(page, "eva.studierektor")
    heading(page, "Visa din hemlighet")
    expect(page.get_by_role("textbox", name="Hemlighet")).to_have_value(secret)
    said(page, "Det du skrev finns kvar här, men är inte inskickat. Läs igenom det och skicka in det igen.")
    stage.look(eva, "lottery-kept")
    press(page, "Visa hemligheten")
    said(page, "Hemligheten stämmer med åtagandet och är nu offentlig.")
    stage.look(eva, "lottery-shown")


def the_value_becomes_known(stage: Stage, term: Term) -> None:
    with stage.house.rows() as db:
        db.get_one(Round, term.round.id).public_at = clock.now() - timedelta(minutes=1)


def he_enters_it(stage: Stage, olle: Visit, term: Term) -> None:
    page = olle.go(f"/samordning/omgangar/{term.round.id}")
    stage.look(olle, "round-lottery")
    page.get_by_role("link", name="Skriv in det offentliga värdet").click()
    page.get_by_role("textbox", name="Värde (").fill(make.DRAWN)
    page.get_by_label("Värdet en gång till").fill(make.DRAWN)
    stage.look(olle, "lottery-value")
    press(page, "Spara värdet")
    said(page, "Det offentliga värdet är inskrivet.")
    expect(page.get_by_text("Startvärdet räknades fram, och det ändras inte mer")).to_be_visible()
    stage.look(olle, "round-revealed")
