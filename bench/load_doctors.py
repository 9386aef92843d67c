"""What one doctor does: looks around, books, gives back, re-books, waits, answers, applies, with time to read."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from load_browser import Broken, Browser, Form, Page

LONGEST_THOUGHT = 4
"""Nobody thinks longer than so many times the usual."""
KEEPS, WANTS_BACK, SAYS_NO = 0.8, 0.25, 0.3
"""How often a seat of the term is kept, a cancellation undone, and an offer declined."""
WISHES = 4
"""Sessions that somebody adds to their application at most."""

COURSE = r"/kurser/[^/?]+"
SESSION = r"/tillfallen/\d+"
BOOK, JOIN = rf"{SESSION}/boka", rf"{SESSION}/ko"
CANCEL, UNDO = rf"{SESSION}/avboka", rf"{SESSION}/angra-avbokning"
REBOOK, LEAVE = rf"{SESSION}/boka-om", rf"{SESSION}/lamna-ko"
YES, NO, KEEP = rf"{SESSION}/tacka-ja", rf"{SESSION}/tacka-nej", rf"{SESSION}/behall-platsen"
APPLY = r"/ansokan/\d+"
MINE = "/mina-kurser"


class Enough(Exception):  # noqa: N818 - the end of the day
    """The time is over."""


@dataclass
class Doctor:
    """One of them; `wanted` are the sessions that everybody talks about, the most wanted first."""

    browser: Browser
    chance: Random
    wanted: Sequence[int]
    thinks: float
    """Seconds between an answer and the next press, in the middle."""
    ends: float
    """By the clock that only goes forward."""
    journeys: int = field(default=0, init=False)

    async def live(self) -> None:
        """One journey after the other until the time is over; a page that did not come ends a journey."""
        acts = list(JOURNEYS)
        try:
            # They do not all sit down at the same moment.
            await self._pause(self.chance.uniform(0, self.thinks))
            while True:
                [act] = self.chance.choices(acts, [JOURNEYS[each] for each in acts])
                self.journeys += 1
                try:
                    await act(self)
                except Broken:
                    await self._think()
        except Enough:
            return

    async def look_around(self) -> None:
        """From the start page over the catalogue and a course to a session."""
        await self._open("/")
        catalogue = await self._open("/kurser")
        course = await self._open(self._one(catalogue.leading(COURSE), "/kurser"))
        for session in course.leading(SESSION)[:1]:
            await self._open(session)

    async def search(self) -> None:
        """With a word in the catalogue."""
        found = await self._open(f"/kurser?q={self.chance.choice(['akut', 'hjärta', 'barn', 'ledarskap', 'zzz'])}")
        for course in found.leading(COURSE)[:1]:
            await self._open(course)

    async def read_the_rules(self) -> None:
        """And how many wanted what."""
        await self._open("/regler")
        await self._open("/regler/soktryck")

    async def look_at_mine(self) -> None:
        """My courses, a decision, and days for the calendar."""
        mine = await self._open(MINE)
        for path in (*mine.leading(rf"{MINE}/besked/\d+"), *mine.leading(rf"{SESSION}/kalender\.ics"))[:2]:
            await self._open(path)

    async def book(self) -> None:
        """A session that everybody talks about: a seat, or a place in line."""
        page = await self._open(f"/tillfallen/{self._talked_about()}")
        ways = [*page.sending(BOOK), *page.sending(JOIN)]
        if ways:
            await self._press(ways[0])
        elif page.leading(REBOOK):
            await self._rebook(page)

    async def give_back(self) -> None:
        """One of my seats; one in four wants it back at once."""
        mine = await self._open(MINE)
        seats = mine.leading(CANCEL)
        talked = [each for each in seats if int(each.split("/")[2]) in self.wanted]
        if not talked and self.chance.random() < KEEPS:
            return
        question = await self._open(self._one(talked or seats, MINE))
        for form in question.sending(CANCEL)[:1]:
            is_late = 'name="reason"' in question.text
            done = await self._press(form, **({"reason": "illness"} if is_late else {}))
            if self.chance.random() < WANTS_BACK:
                await self._press_one(done.sending(UNDO))

    async def rebook(self) -> None:
        """One of my seats into another session of the course, or into its line."""
        await self._rebook(await self._open(MINE))

    async def leave_a_line(self) -> None:
        """One of my places."""
        mine = await self._open(MINE)
        if mine.leading(LEAVE):
            question = await self._open(self._one(mine.leading(LEAVE), MINE))
            await self._press_one(question.sending(LEAVE))

    async def answer(self) -> None:
        """What is offered to me, or has to be chosen: mostly yes."""
        mine = await self._open(MINE)
        if mine.leading(NO) and self.chance.random() < SAYS_NO:
            question = await self._open(self._one(mine.leading(NO), MINE))
            await self._press_one(question.sending(NO))
        else:
            await self._press_one([*mine.sending(YES), *mine.sending(KEEP)])

    async def apply(self) -> None:
        """Some sessions of the open round, ranked, and sent in."""
        page = await self._open("/ansokan")
        for _ in range(self.chance.randint(1, WISHES)):
            page = await self._press_button(page, "add:")
        page = await self._press_button(page, "up:")
        await self._press_button(page, "submit")

    async def take_back(self) -> None:
        """The application, after a page that asks."""
        page = await self._open("/ansokan")
        for path in page.leading(rf"{APPLY}/ta-tillbaka")[:1]:
            question = await self._open(path)
            await self._press_one(question.sending(path))

    async def _rebook(self, page: Page) -> None:
        if not page.leading(REBOOK):
            return
        sisters = await self._open(self._one(page.leading(REBOOK), MINE))
        await self._press_one([*sisters.sending(REBOOK), *sisters.sending(JOIN)])

    async def _press_button(self, page: Page, verb: str) -> Page:
        """The application with one of its buttons, if there is any that says so."""
        forms = page.sending(APPLY)
        found = [(form, each) for form in forms for each in form.buttons if each[1].startswith(verb)]
        if not found:
            return page
        form, button = self.chance.choice(found)
        await self._think()
        return await self.browser.press(form, button)

    async def _press_one(self, forms: Sequence[Form]) -> None:
        if forms:
            await self._press(self.chance.choice(forms))

    async def _press(self, form: Form, **filled: str) -> Page:
        await self._think()
        return await self.browser.press(form, **filled)

    async def _open(self, path: str) -> Page:
        await self._think()
        return await self.browser.open(path)

    async def _think(self) -> None:
        seconds = self.chance.expovariate(1 / self.thinks)
        await self._pause(min(seconds, LONGEST_THOUGHT * self.thinks))

    async def _pause(self, seconds: float) -> None:
        left = self.ends - time.monotonic()
        await asyncio.sleep(max(0.0, min(seconds, left)))
        if seconds >= left:
            raise Enough

    def _one(self, paths: Sequence[str], otherwise: str) -> str:
        return self.chance.choice(paths) if paths else otherwise

    def _talked_about(self) -> int:
        """The first is wanted most, the second half as much, the third a third."""
        [session] = self.chance.choices(self.wanted, [1 / rank for rank in range(1, len(self.wanted) + 1)])
        return session


JOURNEYS: dict[Callable[[Doctor], Awaitable[None]], int] = {
    Doctor.look_around: 10,
    Doctor.search: 6,
    Doctor.read_the_rules: 2,
    Doctor.look_at_mine: 8,
    Doctor.book: 30,
    Doctor.give_back: 14,
    Doctor.rebook: 6,
    Doctor.leave_a_line: 6,
    Doctor.answer: 6,
    Doctor.apply: 10,
    Doctor.take_back: 2,
}
"""How often each is begun, in hundredths."""


async def live(doctors: Sequence[Doctor]) -> None:
    """All of them at once, until their time is over."""
    await asyncio.gather(*(each.live() for each in doctors))
