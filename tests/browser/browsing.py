"""A portal that really runs, a browser in front of it, and what must hold of every page."""

import html
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from sqlalchemy.orm import Session

from auth.models import Identity, Person
from browser.axe import findings_at_another_width, findings_of_colour
from lararportal.db import Database
from lararportal.dev.program import Program

ROOT = Path(__file__).parents[2]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first draws no windows that nobody sees: opening a page costs it a third of what it costs the next."""
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-quic"),
    # No script stays long enough on a page for the time to pay that it takes to compile it.
    "--js-flags=--jitless",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW_DESK = {"width": 992, "height": 900}
"""The narrowest on which tables are tables; a desk of 1280 pixels shows it at 129 per cent."""
NARROWEST = {"width": 320, "height": 844}
"""What a desk of 1280 pixels shows at 400 per cent, where nothing may scroll sideways: WCAG 2.2, 1.4.10."""
FALLS_APART = """
() => [...document.querySelectorAll('.table-cards td')]
    .filter(cell => getComputedStyle(cell).display === 'grid' && [...cell.childNodes].filter(each =>
        each.nodeType === Node.ELEMENT_NODE ? each.checkVisibility() : each.textContent.trim()).length > 1)
    .map(cell => cell.innerText)
"""
"""The cells that say more than one thing beside their name, where each has a place of its own on a telephone."""
Looks = Sequence[tuple[str, dict[str, int]]]
EVERY_LOOK: Looks = [(scheme, size) for scheme in ("light", "dark") for size in (DESKTOP, PHONE)]
CROSSED: Looks = [("light", NARROW_DESK), ("dark", NARROWEST)]
"""Each colour scheme and each width once: enough where many pages are checked."""
HARDEST: Looks = [("dark", NARROWEST)]
"""The one in which most goes wrong, for a page of a kind that is checked elsewhere."""
START_WITHIN = 60.0
PATIENCE = 20_000
"""Milliseconds that a page may take on a machine that does other things as well."""


def chromium() -> str:
    """Where the browser is; a suite that finds none must be left out by name, never in silence."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found is not None, f"no Chromium on this machine: apt-get install {NAMES[0]}, or run -m 'not browser'"
    return found


@dataclass(kw_only=True)
class House:
    """The running portal: where it answers, its database, where its letters land."""

    url: str
    issuer: str
    other_issuer: str
    """The provider of those who have no account at the first."""
    database: Database
    letters: Path
    environment: dict[str, str]
    logs: Path
    pictures: Path | None = None
    """Where pictures of the pages are kept for people to look at, if somebody wants them."""
    programs: list[Program] = field(default_factory=list)

    @contextmanager
    def rows(self) -> Iterator[Session]:
        """A transaction for making rows; they are there when it ends."""
        with self.database.transaction() as db:
            yield db

    def let_sign_in(self, db: Session, person: Person, subject: str) -> None:
        """The person is who the provider calls `subject`."""
        known = Identity(
            person_id=person.id, issuer=self.issuer, kind="sub", value=subject, linked_at=person.created_at
        )
        db.add(known)
        db.flush()

    def start(self, name: str, *command: str) -> Program:
        """Starts a part of the portal, or a helper, beside the tests."""
        program = Program(
            name=name,
            command=[sys.executable, "-m", *command],
            log=self.logs / f"{name}.log",
            environment=self.environment,
            directory=ROOT,
        )
        program.start()
        self.programs.append(program)
        return program

    def stop(self) -> None:
        for program in reversed(self.programs):
            program.stop()
        self.database.dispose()


def wait_for(address: str, program: Program) -> None:
    """Waits until somebody answers."""
    last = time.monotonic() + START_WITHIN
    while time.monotonic() < last and program.is_running:
        try:
            requests.get(address, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(program.last_lines())


def environment(**settings: str) -> dict[str, str]:
    """The settings of a portal under test, and nothing of the developer's own."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**inherited, "PYTHONUNBUFFERED": "1", "AUTHLIB_INSECURE_TRANSPORT": "1", **settings}


def provider_settings(issuer: str, other_issuer: str) -> str:
    """Two that are one process, known by what the machine is called."""
    client = {"client_id": "portal", "client_secret": "not a secret", "auth_time": "assumed"}
    demo, clinic = (
        {"name": title.lower(), "title": title, "issuer": address, **client}
        for title, address in (("Demo", issuer), ("Klinik", other_issuer))
    )
    return json.dumps([demo, clinic | {"client_auth": "client_secret_post"}])


@dataclass
class Visit:
    """One person in front of the portal: a context of the browser with its page, and what its console said."""

    house: House
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    shown: tuple[str, dict[str, int]] | None = None
    """The colour scheme and the width that the page was turned to."""

    def go(self, path: str) -> Page:
        self.page.goto(self.house.url + path)
        return self.page

    def sign_in_as(self, subject: str) -> Page:
        """Signs in on the page of the mock provider, as a person would."""
        self.go("/logga-in")
        self.page.get_by_role("button", name="Logga in med Demo").click()
        self.page.locator(f'button[name="sub"][value="{subject}"]').first.click()
        self.page.wait_for_url(f"{self.house.url}/**")
        return self.page

    def sign_in_by_name(self, subject: str) -> Page:
        """Signs in as somebody whom the provider's page does not offer."""
        self.go("/logga-in")
        self.page.get_by_role("button", name="Logga in med Demo").click()
        self.page.locator("input#sub").fill(subject)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.house.url}/**")
        return self.page

    def is_let_in_as(self, subject: str) -> None:
        """The same way by the provider, without anybody who looks: four pages cost as much as ten others."""
        ask = self.context.request
        form = ask.get(f"{self.house.url}/logga-in").text()
        proof = re.search(r'name="csrf_token" value="([^"]+)"', form)
        assert proof is not None, form
        there = ask.post(f"{self.house.url}/logga-in/demo", form={"csrf_token": html.unescape(proof.group(1))})
        back = ask.post(there.url, form={"sub": subject})
        assert (back.status, back.url.startswith(f"{self.house.url}/")) == (200, True), back.url

    def sign_out(self) -> None:
        """Signs out here, and at the provider if it asks."""
        self.page.get_by_role("button", name="Logga ut").click()
        if not self.page.url.startswith(self.house.url):
            self.page.get_by_role("button").first.click()
            self.page.wait_for_url(f"{self.house.url}/**")

    def forget(self) -> None:
        """Leaves the portal, so that the next one in front of this page is somebody else."""
        self.context.clear_cookies()
        self.page.goto("about:blank")
        self.show("light", DESKTOP)
        self.complaints.clear()

    def check_page(self, looks: Looks = EVERY_LOOK) -> None:
        """What must hold of every page: axe, width, console - in light and dark, on a desk and on a phone."""
        self.shown = None
        self.check_in_passing(looks)
        self.show("light", DESKTOP)

    def check_in_passing(self, looks: Looks) -> None:
        """The same, begun as the page stands if that is one of the looks, and left as it was looked at last."""
        found, widths = [], set()
        for scheme, size in sorted(looks, key=lambda look: look != self.shown):
            if self.shown != (scheme, size):
                self.show(scheme, size)
            where = f"{self.page.url} {scheme} {size['width']}"
            is_known = size["width"] in widths
            faults = findings_of_colour(self.page) if is_known else findings_at_another_width(self.page)
            widths.add(size["width"])
            found += [f"{where}: {fault}" for fault in faults]
            width = self.page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                found.append(f"{where}: scrolls sideways, {width} wide")
            if not is_known:
                found += [f"{where}: falls apart: {cell}" for cell in self.page.evaluate(FALLS_APART)]
        faults = found + [f"{self.page.url} console: {complaint}" for complaint in self.complaints]
        assert not faults, "\n".join(faults)

    def screenshot(self, name: str, looks: Looks = EVERY_LOOK) -> None:
        """Pictures for people to look at, desk and phone, light and dark, if somebody wants them."""
        if self.house.pictures is None:
            return
        for scheme, size in looks:
            self.show(scheme, size)
            word = "phone" if size in (PHONE, NARROWEST) else "desk"
            self.page.screenshot(path=self.house.pictures / f"{name}-{word}-{scheme}.png", full_page=True)
        self.show("light", DESKTOP)

    def show(self, scheme: str, size: dict[str, int]) -> None:
        """Turns to a colour scheme and a width."""
        self.shown = (scheme, size)
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.set_viewport_size(size)


@contextmanager
def visiting(house: House, browser: Browser, **options: object) -> Iterator[Visit]:
    """Somebody new in front of the portal, with cookies of their own."""
    context = browser.new_context(viewport=DESKTOP, locale="sv-SE", reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE)
    visit = Visit(house=house, context=context, page=context.new_page())

    def listen(message: ConsoleMessage) -> None:
        # A page that is an error by design is told of by the browser as well; its own address stands with it.
        place = message.location.get("url", "")
        is_the_answer = "status of 4" in message.text and place == visit.page.url
        is_ours = place.startswith(house.url) or "Content Security Policy" in message.text
        if message.type in ("error", "warning") and is_ours and not is_the_answer:
            visit.complaints.append(message.text)

    visit.page.on("console", listen)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    try:
        yield visit
    finally:
        context.close()
