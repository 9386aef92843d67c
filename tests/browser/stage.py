"""An emptied portal for one story: who enters, the worker that can be away, the letters that lie in the sink."""

import email
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

from icalendar import Calendar
from playwright.sync_api import Page, expect
from redis import Redis
from sqlalchemy import select, update
from unkept import empty_all

from auth.models import LoginSession, Person
from browser import cast
from browser.browsing import CROSSED, HARDEST, House, Visit
from courses.models import CourseSession
from lararportal import clock, pages, tick
from lararportal.mail import Mailer

LETTER_WITHIN = 30.0
PAGE_WEIGHT = 60_000
LIGHTEST_STYLES = 20_000
"""What cannot be true of a page with its styles: then nothing was measured."""


@dataclass(frozen=True)
class Stage:
    """One story's portal. `enter` brings somebody new, with a browser of their own."""

    house: House
    enter: Callable[[], Visit]
    pictures: str
    """What the names of the pictures begin with; empty where no page is looked at closely."""

    def look(self, visit: Visit, name: str) -> None:
        """Looks at a main page of the story: axe, width, console, weight, and a picture for people."""
        if not self.pictures:
            return
        weight = weigh(visit)
        assert LIGHTEST_STYLES < weight < PAGE_WEIGHT, f"{visit.page.url} weighs {weight}"
        visit.check_page(HARDEST)
        visit.screenshot(f"{self.pictures}-{name}", CROSSED)

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A worker is there."""
        program = self.house.start("worker", "lararportal.cli", "worker")
        try:
            yield
        finally:
            program.stop()

    def sign_in_grows_old(self, subject: str) -> None:
        """It lasts, but what decides something for many asks for another."""
        who = select(Person.id).where(Person.email == cast.ADDRESS.format(subject)).scalar_subquery()
        older = LoginSession.proved_at - timedelta(minutes=11)
        with self.house.rows() as db:
            db.execute(update(LoginSession).where(LoginSession.person_id == who).values(proved_at=older))

    def tick(self) -> None:
        """What is due is done and every letter delivered: by us, where the story is not about who does it."""
        settings = self.house.environment
        tick.run_due(self.house.database, now=clock.now())
        with Mailer(settings["LARARPORTAL_SMTP_URL"], sender=settings["LARARPORTAL_MAIL_FROM"]) as mailer:
            tick.deliver_letters(self.house.database, mailer, now=clock.now())

    def letters(self, address: str) -> list[EmailMessage]:
        """The letters that have come to somebody, the first one first."""
        found = [_read(path) for path in sorted(self.house.letters.glob("*.eml"))]
        return [each for each in found if address in str(each["To"])]

    def subjects(self, address: str) -> list[str]:
        """What those letters are about."""
        return [str(each["Subject"]) for each in self.letters(address)]

    def letter(self, address: str, subject: str) -> EmailMessage:
        """The letter with that subject, as soon as it has come."""
        last = time.monotonic() + LETTER_WITHIN
        while True:
            found = [each for each in self.letters(address) if each["Subject"] == subject]
            if found:
                return found[0]
            assert time.monotonic() < last, f"{address} has {self.subjects(address)}"
            time.sleep(0.05)


def _read(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def words_of(letter: EmailMessage) -> str:
    """The text of a letter, on one line: where its lines break is no matter of the story."""
    body = letter.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def calendars_of(letter: EmailMessage) -> list[tuple[str, list[str]]]:
    """What the calendar parts of a letter do, and on which days; each day is taken back in a part of its own."""
    found: dict[str, list[str]] = {}
    for part in letter.walk():
        if part.get_content_type() == "text/calendar":
            read = Calendar.from_ical(part.get_payload(decode=True))
            days = [f"{event['DTSTART'].dt:%Y-%m-%d}" for event in read.walk("VEVENT")]
            found[str(read["METHOD"])] = sorted([*found.get(str(read["METHOD"]), []), *days])
    return list(found.items())


def weigh(visit: Visit) -> int:
    """The bytes of a page and all it needs, compressed as they were sent, those in the browser's store as well."""
    return visit.page.evaluate(
        """() => performance.getEntries()
            .filter(each => ['navigation', 'resource'].includes(each.entryType))
            .reduce((sum, each) => sum + each.encodedBodySize, 0)"""
    )


def empty(house: House) -> None:
    """Nothing has ever happened here."""
    with house.rows() as db:
        empty_all(db)
    with Redis.from_url(house.environment["REDIS_URL"]) as redis:
        redis.flushdb()
    for letter in house.letters.glob("*.eml"):
        letter.unlink()


def heading(page: Page, text: str) -> None:
    """The page with that heading has come."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def said(page: Page, text: str) -> None:
    """The page begins by saying what has just been done."""
    expect(page.locator("main > [role=status]")).to_have_text(text)


def press(page: Page, name: str) -> None:
    """Presses the button whose name begins so."""
    page.get_by_role("button", name=name).click()


def prove_anew(page: Page, subject: str) -> None:
    """Is asked to sign in once more, and does."""
    heading(page, "Logga in igen")
    press(page, "Logga in igen med Demo")
    page.locator(f'button[name="sub"][value="{subject}"]').first.click()


def days_of(session: CourseSession) -> str:
    """The days of a session, as pages and letters write them."""
    return pages.days([each.day for each in session.days])


@contextmanager
def held(page: Page) -> Iterator[None]:
    """A page that looks again by itself stands still while it is looked at."""
    here = page.url
    page.route(here, lambda route: route.abort("aborted"))
    yield
    page.unroute(here)
    page.reload()
