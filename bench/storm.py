"""Hundreds press at once for a few seats: the floor and the portal in turns, each as servers of its own.

Where there are fewer seats than users there are two floors: one turns away who comes too late, and one keeps a line.

Everybody is signed in, has a cookie of their own and has read the page. At one moment all of them press, and read the
page that it leads to. Worker and tick rest meanwhile: the floor has neither, and what they cost is measured apart.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import chain, count
from operator import attrgetter
from statistics import median, quantiles

import floor
from load_browser import Answer, Broken, Browser
from load_ground import cookies, for_residents, newcomers, open_seats, say
from load_portal import MB, Cost, Place, running, spent
from sides import FLOOR, FLOOR_WITH_LINE, cookie_of_floor, floor_running, lay_floor
from sqlalchemy import create_engine, select

from bookings.models import Booking
from bookings.states import BookingState
from lararportal import clock
from lararportal.db import driver_url
from lararportal.demo import Term
from lararportal.web import PROCESSES

SEATS = 30
READ_AT_ONCE = 16
"""So many read the page at one moment before it begins."""
FAILED = 400


@dataclass(frozen=True)
class Side:
    """The floor or the portal, where it answers and by what cookie it knows people."""

    name: str
    port: int
    cookie: str
    page: str
    """The page of a session; its number stands in it."""
    button: str


@dataclass
class Storm:
    """What became of one."""

    users: int
    seconds: list[float] = field(default_factory=list)
    """From the common start to the answer, for everybody who had one."""
    shown: list[float] = field(default_factory=list)
    """And to the page after."""
    by_outcome: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    web: float = 0.0
    """Seconds of the processor for all of it."""
    database: float = 0.0
    memory: int = 0
    """Bytes, what is shared counted once."""

    @property
    def lasted(self) -> float:
        """Until everybody had their page."""
        return max(self.shown, default=0.0)


WEB, LASTED = attrgetter("web"), attrgetter("lasted")


@dataclass
class Storms:
    """The same storm of all sides, several times in turns."""

    title: str
    floors: dict[str, list[Storm]] = field(default_factory=lambda: defaultdict(list))
    """By name."""
    portal: list[Storm] = field(default_factory=list)


def storms(
    place: Place, term: Term, title: str, *, users: int, sessions: int, turns: int, processes: int = PROCESSES
) -> Storms:
    """So many users on so many sessions of thirty, on servers with so many processes."""
    found = Storms(title)
    names = [FLOOR, FLOOR_WITH_LINE] if users > SEATS * sessions else [FLOOR]
    lay_floor(place, users=users, seats=[SEATS] * (sessions * turns * len(names)))
    numbers = _numbers(sessions)
    with ExitStack() as stack:
        floors = {
            name: stack.enter_context(floor_running(place, processes=processes, keeps_line=name == FLOOR_WITH_LINE))
            for name in names
        }
        stack.enter_context(place.unhindered())
        stack.enter_context(running(place, "web", processes=processes))
        for turn in range(turns):
            say(f"{title}: turn {turn + 1} of {turns}")
            for name, served in floors.items():
                side = Side(name, served.port, floor.COOKIE, "/{}", "")
                found.floors[name].append(_of_floor(place, side, next(numbers), users=users))
            found.portal.append(once(place, term, users=users, sessions=sessions))
            for name, of_floor in found.floors.items():
                beside = (what(found.portal[-1]) / what(of_floor[-1]) for what in (WEB, LASTED))
                say("  {}: {:.2f} of the processor, {:.2f} of the time".format(name, *beside))
    return found


def _numbers(sessions: int) -> Iterator[range]:
    """So many sessions of the floor for each storm, new ones each time."""
    return (range(first, first + sessions) for first in count(1, sessions))


def _of_floor(place: Place, side: Side, wanted: range, *, users: int) -> Storm:
    engine = create_engine(driver_url(place.settings.database_url))
    carried = [*map(cookie_of_floor(place), range(1, users + 1))]
    storm, seconds = asyncio.run(_rage(place, side, carried, wanted))
    with engine.connect() as connection:
        rows = connection.execute(
            select(floor.Booking.user_id, floor.Booking.place).where(floor.Booking.session_id.in_(wanted))
        ).all()
        places = dict(rows)
    engine.dispose()
    for number, each in enumerate(seconds, start=1):
        outcome = "none" if number not in places else "place in line" if places[number] else "seat"
        storm.by_outcome.setdefault(outcome, []).append(each)
    _insist_on_seats(storm, sum(each is None for each in places.values()), len(wanted))
    return storm


def once(place: Place, term: Term, *, users: int, sessions: int = 1) -> Storm:
    """One of the portal, which runs already."""
    now = clock.now()
    wanted = open_seats(place, term, sessions, seats=SEATS, now=now, among=for_residents(place))
    persons = newcomers(place, users, now=now)
    side = Side(place.answers, place.port, "session", "/tillfallen/{}", "/boka")
    storm, seconds = asyncio.run(_rage(place, side, cookies(place, persons, now=now), wanted))
    with place.database.transaction() as db:
        rows = db.execute(select(Booking.person_id, Booking.state).where(Booking.session_id.in_(wanted))).all()
    states = dict(rows)
    if len(rows) != len(states):
        storm.wrong["somebody has two"] += len(rows) - len(states)
    for person, each in zip(persons, seconds, strict=True):
        match states.get(person):
            case BookingState.BOOKED:
                storm.by_outcome.setdefault("seat", []).append(each)
            case BookingState.WAITING:
                storm.by_outcome.setdefault("place in line", []).append(each)
            case other:
                storm.wrong[f"somebody has neither seat nor place in line: {other}"] += 1
    _insist_on_seats(storm, sum(each is BookingState.BOOKED for each in states.values()), sessions)
    return storm


def _insist_on_seats(storm: Storm, given: int, sessions: int) -> None:
    expected = min(SEATS * sessions, storm.users)
    if given != expected:
        storm.wrong[f"{given} have a seat, of {expected} seats"] += 1


async def _rage(place: Place, side: Side, carried: Sequence[str], wanted: Sequence[int]) -> tuple[Storm, list[float]]:
    """Everybody presses at once; how long each waited for the answer, 0.0 for who had none."""
    kept: set[str] = set()
    told: list[list[Answer]] = [[] for _ in carried]
    browsers = [
        Browser(side.port, each, answers, kept, side.cookie) for each, answers in zip(carried, told, strict=True)
    ]
    gate = asyncio.Semaphore(READ_AT_ONCE)
    pages = [side.page.format(wanted[number % len(wanted)]) for number in range(len(carried))]

    async def read(browser: Browser, page: str) -> object:
        async with gate:
            [form] = (await browser.open(page)).sending(page + side.button)
            return form

    forms = await asyncio.gather(*map(read, browsers, pages))
    for each in told:
        each.clear()
    before = await asyncio.to_thread(place.cost, is_shared_known=False)
    await asyncio.gather(*map(_press, browsers, forms))
    after = await asyncio.to_thread(place.cost, is_shared_known=True)
    return _became(side, told, before, after)


async def _press(browser: Browser, form: object) -> None:
    with suppress(Broken):  # It stands among the answers.
        await browser.press(form)


def _became(side: Side, told: Sequence[Sequence[Answer]], before: Cost, after: Cost) -> tuple[Storm, list[float]]:
    storm = Storm(len(told))
    for answers in told:
        for each in answers:
            if each.status == 0 or each.status >= FAILED:
                storm.wrong[f"{each.what} answered {each.status} {each.trouble}"] += 1
        if len(answers) > 1:
            storm.seconds.append(answers[0].seconds)
            storm.shown.append(sum(each.seconds for each in answers))
    storm.web = spent([before, after], side.name)
    storm.database = spent([before, after], "PostgreSQL")
    storm.memory = after.pss[side.name]
    return storm, [answers[0].seconds if answers else 0.0 for answers in told]


def _middle(found: Storms, name: str, what: Callable[[Storm], float]) -> str:
    """The ratio of the portal to that floor in the middle turn, and of all turns."""
    ratios = [what(ours) / what(least) for least, ours in zip(found.floors[name], found.portal, strict=True)]
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


ASKED: dict[str, Callable[[Storm], float]] = {
    "processor of the web processes": WEB,
    "and of PostgreSQL": lambda storm: storm.web + storm.database,
    "until everybody has their page": LASTED,
}


def ratios(all_of_them: Sequence[Storms]) -> Iterator[str]:
    """Beside the floors: the processor of the web processes, and the time until everybody has their page."""
    yield "| many at once, beside | the floor that keeps a line | the floor that turns away, or gives all a seat |"
    yield "|---|---:|---:|"
    for found in all_of_them:
        for title, what in ASKED.items():
            cells = [_middle(found, name, what) if name in found.floors else "" for name in (FLOOR_WITH_LINE, FLOOR)]
            yield f"| {found.title}: {title} | {' | '.join(cells)} |"


def absolutes(all_of_them: Sequence[Storms]) -> Iterator[str]:
    """Of the middle turn: seconds, milliseconds of the processor for each user, and percentiles by outcome."""
    yield "| many at once | all answered | web, each | PostgreSQL, each | memory | waited: p50, p95, worst |"
    yield "|---|---:|---:|---:|---:|---|"
    for found in all_of_them:
        for name, some in (*found.floors.items(), ("portal", found.portal)):
            storm = sorted(some, key=lambda each: each.lasted)[len(some) // 2]
            cells = [f"{found.title}, {name}", f"{storm.lasted:.1f} s"]
            cells += [f"{1000 * each / storm.users:.1f} ms" for each in (storm.web, storm.database)]
            cells += [f"{storm.memory / MB:.0f} MB", "; ".join(_waited(storm))]
            yield f"| {' | '.join(cells)} |"


def _waited(storm: Storm) -> Iterator[str]:
    for outcome, seconds in sorted(storm.by_outcome.items()):
        p95 = quantiles(seconds, n=20)[-1]
        yield f"{len(seconds)} {outcome}: {median(seconds):.1f}, {p95:.1f}, {max(seconds):.1f} s"


def wrong(all_of_them: Sequence[Storms]) -> list[str]:
    """Whatever must not be: over-booked, nobody's, not answered."""
    return [
        f"{found.title}: {times} x {what}"
        for found in all_of_them
        for storm in (*chain.from_iterable(found.floors.values()), *found.portal)
        for what, times in storm.wrong.items()
    ]
