"""What a page and a booking cost the processor, beside the floor: the least that the same libraries can do.

python bench/costs.py [--turns 5] [--share 0.2] [--profile PAGE]

Both sides are servers with one web process each, asked in turns, so that whatever else the machine does meets both; a
ratio is of two turns one right after the other, and the middle one counts. Seconds of the processor are those of the
web process; those of PostgreSQL stand beside them. Statements are counted without BEGIN and COMMIT, in this process.
"""

import argparse
import cProfile
import pstats
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from load_ground import cookies, newcomers, open_seats, say
from load_portal import Place, installed
from sides import Inside, Press, Served, Side, cookie_of_floor, inside, lay_floor, seconds_of_family, served

from lararportal import clock
from lararportal.demo import Term, build_term
from lararportal.demo.cast import OLLE
from lararportal.parting import spare_the_collector

TIMES = 20
"""How often a page is asked for in one turn, and how many doctors book in it."""
COUNTED = 2
"""How often it is done once more to count statements: the second is as all after it."""
PAGE, BOOKING, WITH_PAGE = "floor: page", "floor: booking", "floor: booking and the page after"


@dataclass
class Cost:
    """What one thing cost in each turn: seconds of the web process, of PostgreSQL, and beside the floor."""

    floor: str
    statements: int
    own: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)


@dataclass
class Measured:
    """Takes turns, and remembers what each cost."""

    postgres: int
    """The number of its process."""
    costs: dict[str, Cost] = field(default_factory=dict)

    def turn(self, name: str, side: Served, deeds: Sequence[Press], *, floor: str, statements: int) -> None:
        """Does all of it, one after the other; the floor has had its turn just before."""
        backends, own = seconds_of_family(self.postgres), side.seconds
        for deed in deeds:
            deed()
        cost = self.costs.setdefault(name, Cost(floor, statements))
        cost.own.append((side.seconds - own) / len(deeds))
        cost.database.append((seconds_of_family(self.postgres) - backends) / len(deeds))
        cost.ratios.append(cost.own[-1] / self.costs[floor].own[-1])


@dataclass
class Sides:
    """The floor and the portal as servers, and in this process for counting; all on one database."""

    place: Place
    term: Term
    least: Served
    portal: Served
    least_inside: Inside
    portal_inside: Inside
    of_floor: Iterator[str]
    """Cookies of users of the floor who have nothing yet."""

    def look(self, measured: Measured) -> None:
        """Every page in turn with the floor's."""
        mine = next(self.of_floor)
        shown, counted = self.least.page(mine, "/1"), self.least_inside.page(mine, "/1")
        least = _statements(self.least_inside, [counted] * COUNTED)
        inside = pages(self.place, self.term, self.portal_inside)
        for name, page in pages(self.place, self.term, self.portal).items():
            page()  # So that nothing is done for the first time.
            measured.turn(PAGE, self.least, [shown] * TIMES, floor=PAGE, statements=least)
            statements = _statements(self.portal_inside, [inside[name]] * COUNTED)
            measured.turn(name, self.portal, [page] * TIMES, floor=PAGE, statements=statements)

    def book(self, measured: Measured) -> None:
        """As many as there are seats book, and as many come too late; then others book and read the page after."""
        now = clock.now()
        many = COUNTED + TIMES
        first, second = open_seats(self.place, self.term, 2, seats=many, now=now)
        carried = cookies(self.place, newcomers(self.place, 4 * many, now=now), now=now)
        early, late, others, last = (carried[at : at + many] for at in range(0, len(carried), many))
        alone = self._buttons(early, first), self._buttons(late, first)
        shown = self._buttons(others, second, after=True), self._buttons(last, second, after=True)
        self._press(measured, BOOKING, self._floors(), floor=BOOKING)
        self._press(measured, "booking", alone[0], floor=BOOKING)
        self._press(measured, "booking that becomes a place in line", alone[1], floor=BOOKING)
        self._press(measured, WITH_PAGE, self._floors(after=True), floor=WITH_PAGE)
        self._press(measured, "booking and the page after", shown[0], floor=WITH_PAGE)
        self._press(measured, "place in line and the page after", shown[1], floor=WITH_PAGE)

    def _press(self, measured: Measured, name: str, buttons: Sequence[Press], *, floor: str) -> None:
        side, counted = (self.least, self.least_inside) if name == floor else (self.portal, self.portal_inside)
        statements = _statements(counted, buttons[:COUNTED])
        measured.turn(name, side, buttons[COUNTED:], floor=floor, statements=statements)

    def _buttons(self, carried: Sequence[str], session: int, *, after: bool = False) -> list[Press]:
        """Each has read the page; the first press theirs in this process."""
        sides = [self.portal_inside] * COUNTED + [self.portal] * TIMES
        page = f"/tillfallen/{session}"
        return [side.button(each, page, "/boka", after=after) for side, each in zip(sides, carried, strict=True)]

    def _floors(self, *, after: bool = False) -> list[Press]:
        sides = [self.least_inside] * COUNTED + [self.least] * TIMES
        return [side.button(next(self.of_floor), "/2", "", after=after) for side in sides]


def pages(place: Place, term: Term, portal: Side) -> dict[str, Press]:
    """What is looked at, signed in: as a doctor with a past, and as a coordinator."""
    now = clock.now()
    doctor, office = cookies(place, [term.cast.doctors[0].id, term.cast.colleague(OLLE).id], now=now)
    [wanted] = open_seats(place, term, 1, seats=TIMES, now=now)
    looked_at = (
        ("page of a session", doctor, f"/tillfallen/{wanted}"),
        ("catalogue", doctor, "/kurser"),
        ("own courses", doctor, "/mina-kurser"),
        ("first page", doctor, "/"),
        ("sessions, for staff", office, "/samordning/tillfallen"),
        ("persons, for staff", office, "/personer"),
        ("letters, for staff", office, "/samordning/brev"),
        ("journal, for staff", office, "/samordning/journal"),
    )
    return {name: portal.page(cookie, path) for name, cookie, path in looked_at}


def measure(place: Place, term: Term, *, turns: int, books: bool = True) -> Measured:
    """Pages, and bookings where they are wanted too, in so many turns."""
    users = (2 * (COUNTED + TIMES) + 1) * turns
    lay_floor(place, users=users + 1, seats=[users, users])
    measured = Measured(place.servers[0].process.pid)
    of_floor = map(cookie_of_floor(place), range(2, users + 2))
    with served(place) as (least, portal):
        sides = Sides(place, term, least, portal, *inside(place), of_floor)
        for _ in range(turns):
            sides.look(measured)
            if books:
                sides.book(measured)
    return measured


def _statements(side: Inside, deeds: Sequence[Press]) -> int:
    """Of the last of them."""
    before = side.statements
    for deed in deeds:
        before = side.statements
        deed()
    return side.statements - before


def main() -> None:
    asked = _asked()
    with installed() as place:
        say("building a term")
        issuer = place.settings.providers[0].issuer
        with place.hasty() as database:
            term = build_term(database, now=clock.now(), issuer=issuer, progress=lambda *_: None, share=asked.share)
        if asked.profile:
            _profile(place, term, asked.profile)
            return
        measured = measure(place, term, turns=asked.turns)
        print("\n".join([*ratios(measured), "", *absolutes(measured)]))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5, help="of which the middle counts")
    parser.add_argument("--share", type=float, default=0.2, help="how large a term: this share of its people")
    parser.add_argument("--profile", help="where the time of one page goes, instead")
    return parser.parse_args()


def _profile(place: Place, term: Term, name: str) -> None:
    _, portal = inside(place)
    page = pages(place, term, portal)[name]
    spare_the_collector()
    page()
    profiler = cProfile.Profile(time.process_time)
    profiler.enable()
    for _ in range(TIMES):
        page()
    profiler.disable()
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(80)


def ratios(measured: Measured) -> Iterator[str]:
    """What each costs beside the floor, with the least and the greatest of the turns."""
    yield "| processor, beside the floor | ratio | of all turns | statements |"
    yield "|---|---:|---:|---:|"
    for name, cost in measured.costs.items():
        if name != cost.floor:
            cells = [name, f"{median(cost.ratios):.2f}", f"{min(cost.ratios):.2f} to {max(cost.ratios):.2f}"]
            yield row([*cells, str(cost.statements)])


def absolutes(measured: Measured) -> Iterator[str]:
    """Milliseconds of the processor, and statements."""
    yield "| processor, each | web process | PostgreSQL | statements |"
    yield "|---|---:|---:|---:|"
    for name, cost in measured.costs.items():
        spent = [f"{1000 * median(each):.1f} ms" for each in (cost.own, cost.database)]
        yield row([name, *spent, str(cost.statements)])


def in_short(cost: Cost) -> str:
    spent = sum(1000 * median(each) for each in (cost.own, cost.database))
    return f"{median(cost.ratios):.1f} · {cost.statements} · {spent:.0f} ms"


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
