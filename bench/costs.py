"""What a page and a booking cost the processor, beside the floor: the least that the same libraries can do.

python bench/costs.py [--turns 5] [--share 0.2] [--profile PAGE]

Both sides run in this process, in turns, so that whatever else the machine does meets both; a ratio is of two turns
one right after the other, and the middle one counts. Seconds of the processor are this process' own; those of
PostgreSQL stand beside them. Statements are counted without BEGIN and COMMIT.
"""

import argparse
import cProfile
import pstats
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from statistics import median

import floor
import psutil
from flask import Flask
from load_ground import cookies, newcomers, open_seats, say
from load_portal import AROUND, Place, installed, seconds_of
from sqlalchemy import Engine, create_engine, event
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from lararportal import clock, edge
from lararportal.app import create_app
from lararportal.contradictions import PACES
from lararportal.db import driver_url
from lararportal.demo import Term, build_term
from lararportal.demo.cast import OLLE
from lararportal.garbage import spare_the_collector

Press = Callable[[], object]

TIMES = 20
"""How often a page is asked for in one turn, and how many doctors book in it."""
UNHINDERED = dict.fromkeys(PACES, "1000000/minute 1000000/minute")
"""Everybody here asks faster than anybody may, and is counted as everybody is."""
PROOF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PAGE, BOOKING, WITH_PAGE = "floor: page", "floor: booking", "floor: booking and the page after"


@dataclass
class Side:
    """The floor or the portal, and how many statements it has asked for."""

    app: Flask
    base_url: str
    statements: int = 0

    def counted(self, engine: Engine) -> None:
        """Counts what is asked on this engine from now on."""

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            self.statements += not statement.lstrip().upper().startswith(AROUND)

        event.listen(engine, "before_cursor_execute", count)

    def page(self, cookie: str, path: str) -> Press:
        """Asks for a page, which must be there; what the request is made of is no part of its cost."""
        asked = self._request(cookie, path)
        return lambda: self._answer({**asked}, HTTPStatus.OK)

    def button(self, cookie: str, page: str, button: str, *, after: bool = False) -> Press:
        """Presses a button of a page that has been read, and reads the page that it leads to, where that is meant."""
        headers, body = self._answer(self._request(cookie, page), HTTPStatus.OK)
        proof = PROOF.search(body.decode())
        assert proof is not None, page
        assert f'action="{page}{button}"' in body.decode(), (page, button)
        carried = self._kept(headers) or cookie
        asked = self._request(carried, page + button, {"csrf_token": proof[1]})
        shown = self._request(carried, "/")

        def press() -> None:
            headers, _ = self._answer(asked, HTTPStatus.FOUND)
            if after:
                self._answer({**shown, "PATH_INFO": headers["Location"]}, HTTPStatus.OK)

        return press

    def _request(self, cookie: str, path: str, data: dict[str, str] | None = None) -> dict[str, object]:
        headers = {"Cookie": f"{self._name}={cookie}", "Origin": self.base_url}
        method = "POST" if data else "GET"
        return EnvironBuilder(path, self.base_url, method=method, data=data, headers=headers).get_environ()

    def _answer(self, asked: dict[str, object], expected: HTTPStatus) -> tuple[Headers, bytes]:
        answer, status, headers = run_wsgi_app(self.app, asked)
        assert status.startswith(str(expected.value)), (asked["PATH_INFO"], status)
        return headers, b"".join(answer)

    def _kept(self, headers: Headers) -> str:
        """The cookie that the browser carries from now on."""
        said = [each for each in headers.getlist("Set-Cookie") if each.startswith(f"{self._name}=")]
        return said[-1].removeprefix(f"{self._name}=").partition(";")[0] if said else ""

    @property
    def _name(self) -> str:
        return str(self.app.config["SESSION_COOKIE_NAME"])


@dataclass
class Cost:
    """What one thing cost in each turn: seconds of this process, of PostgreSQL, statements, and beside the floor."""

    floor: str
    own: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    statements: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)


@dataclass
class Measured:
    """Takes turns, and remembers what each cost."""

    postgres: psutil.Process
    costs: dict[str, Cost] = field(default_factory=dict)

    def turn(self, name: str, side: Side, deeds: Sequence[Press], *, floor: str) -> None:
        """Does all of it, one after the other; the floor has had its turn just before."""
        asked, backends, own = side.statements, self._database(), time.process_time()
        for deed in deeds:
            deed()
        cost = self.costs.setdefault(name, Cost(floor))
        cost.own.append((time.process_time() - own) / len(deeds))
        cost.database.append((self._database() - backends) / len(deeds))
        cost.statements.append((side.statements - asked) / len(deeds))
        cost.ratios.append(cost.own[-1] / self.costs[floor].own[-1])

    def _database(self) -> float:
        return sum(seconds_of(each) for each in (self.postgres, *self.postgres.children(recursive=True)))


@dataclass
class Sides:
    """The floor and the portal in this process, on one database."""

    place: Place
    term: Term
    portal: Side
    least: Side
    floor_users: Iterator[int]

    def pages(self) -> dict[str, Press]:
        """What is looked at, signed in: as a doctor with a past, and as a coordinator."""
        now = clock.now()
        doctor, office = cookies(
            self.place, [self.term.cast.doctors[0].id, self.term.cast.colleague(OLLE).id], now=now
        )
        [wanted] = open_seats(self.place, self.term, 1, seats=TIMES, now=now)
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
        return {name: self.portal.page(cookie, path) for name, cookie, path in looked_at}

    def look(self, measured: Measured) -> None:
        """Every page once in turn with the floor's."""
        shown = self.least.page(floor.cookie(self.least.app, 1), "/1")
        for name, page in self.pages().items():
            page()  # So that nothing is done for the first time.
            measured.turn(PAGE, self.least, [shown] * TIMES, floor=PAGE)
            measured.turn(name, self.portal, [page] * TIMES, floor=PAGE)

    def book(self, measured: Measured) -> None:
        """As many as there are seats book, and as many come too late; then others book and read the page after."""
        now = clock.now()
        carried = cookies(self.place, newcomers(self.place, 3 * TIMES, now=now), now=now)
        first, second = open_seats(self.place, self.term, 2, seats=TIMES, now=now)
        early, late = (
            [self.portal.button(each, f"/tillfallen/{first}", "/boka") for each in some]
            for some in (carried[:TIMES], carried[TIMES : 2 * TIMES])
        )
        measured.turn(BOOKING, self.least, list(self._floors(after=False)), floor=BOOKING)
        measured.turn("booking", self.portal, early, floor=BOOKING)
        measured.turn("booking that becomes a place in line", self.portal, late, floor=BOOKING)
        shown = [
            self.portal.button(each, f"/tillfallen/{second}", "/boka", after=True) for each in carried[2 * TIMES :]
        ]
        measured.turn(WITH_PAGE, self.least, list(self._floors(after=True)), floor=WITH_PAGE)
        measured.turn("booking and the page after", self.portal, shown, floor=WITH_PAGE)

    def _floors(self, *, after: bool) -> Iterator[Press]:
        for _ in range(TIMES):
            yield self.least.button(floor.cookie(self.least.app, next(self.floor_users)), "/2", "", after=after)


def both(place: Place, term: Term, *, turns: int) -> Sides:
    """The two applications, warm, and as the web processes have them where it comes to garbage."""
    settings = replace(place.settings, **UNHINDERED)
    portal = Side(create_app(settings), place.settings.base_url)
    with portal.app.app_context():
        portal.counted(edge.installation().database.engine)
    url = driver_url(place.settings.database_url)
    users = 2 * TIMES * turns + 1
    floor.lay(create_engine(url), users=users, seats=[users, users])
    least = Side(floor.create_app(url), "http://127.0.0.1")
    least.counted(least.app.extensions["engine"])
    spare_the_collector()
    return Sides(place, term, portal, least, iter(range(2, users + 1)))


def measure(place: Place, term: Term, *, turns: int, books: bool = True) -> Measured:
    """Pages, and bookings where they are wanted too, in so many turns."""
    sides = both(place, term, turns=turns)
    measured = Measured(psutil.Process(place.servers[0].process.pid))
    for _ in range(turns):
        sides.look(measured)
        if books:
            sides.book(measured)
    return measured


def main() -> None:
    asked = _asked()
    with installed() as place:
        say("building a term")
        issuer = place.settings.providers[0].issuer
        with place.hasty() as database:
            term = build_term(database, now=clock.now(), issuer=issuer, progress=lambda *_: None, share=asked.share)
        if asked.profile:
            _profile(both(place, term, turns=1).pages()[asked.profile])
            return
        measured = measure(place, term, turns=asked.turns)
        print("\n".join([*ratios(measured), "", *absolutes(measured)]))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5, help="of which the middle counts")
    parser.add_argument("--share", type=float, default=0.2, help="how large a term: this share of its people")
    parser.add_argument("--profile", help="where the time of one page goes, instead")
    return parser.parse_args()


def _profile(page: Press) -> None:
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
            yield row([*cells, f"{median(cost.statements):.1f}"])


def absolutes(measured: Measured) -> Iterator[str]:
    """Milliseconds of the processor, and statements."""
    yield "| processor, each | Python | PostgreSQL | statements |"
    yield "|---|---:|---:|---:|"
    for name, cost in measured.costs.items():
        spent = [f"{1000 * median(each):.1f} ms" for each in (cost.own, cost.database)]
        yield row([name, *spent, f"{median(cost.statements):.1f}"])


def in_short(cost: Cost) -> str:
    spent = sum(1000 * median(each) for each in (cost.own, cost.database))
    return f"{median(cost.ratios):.1f} · {median(cost.statements):.0f} · {spent:.0f} ms"


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
