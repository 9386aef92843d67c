"""What a page and a booking cost the processor, beside the floor: the least that the same libraries can do.

python bench/costs.py [--rounds 5] [--share 0.2] [--profile PAGE]

Both sides run in this process, in turns, so that whatever else the machine does meets both. Seconds of the processor
are this process' own; those of PostgreSQL stand beside them. Statements are counted without BEGIN and COMMIT.
"""

import argparse
import cProfile
import pstats
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

import floor
import psutil
from flask import Flask
from flask.testing import FlaskClient
from load import cookies, open_seats, say
from load_portal import Place, installed
from sqlalchemy import Engine, create_engine, event

from lararportal import clock, edge
from lararportal.app import create_app
from lararportal.contradictions import PACES
from lararportal.db import driver_url
from lararportal.demo import Term, build_term
from lararportal.demo.cast import OLLE
from lararportal.web import spare_the_collector

Press = Callable[[], object]

TIMES = 20
"""How often a page is asked for in one turn."""
UNHINDERED = dict.fromkeys(PACES, "1000000/minute 1000000/minute")
"""Everybody here asks faster than anybody may, and is counted as everybody is."""
PROOF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
AROUND = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass
class Side:
    """The floor or the portal: its browsers, and how many statements it has asked for."""

    app: Flask
    base_url: str
    cookies: Sequence[str]
    statements: int = 0

    def counted(self, engine: Engine) -> None:
        """Counts what is asked on this engine from now on."""

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            self.statements += not statement.lstrip().upper().startswith(AROUND)

        event.listen(engine, "before_cursor_execute", count)

    def browser(self, number: int) -> FlaskClient:
        """Somebody signed in, by number."""
        client = self.app.test_client()
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookies[number], domain="127.0.0.1")
        return client

    def get(self, number: int, path: str) -> str:
        """A page, which must be there."""
        answer = self.browser(number).get(path, base_url=self.base_url)
        assert answer.status_code == 200, (path, answer.status_code)  # noqa: PLR2004 - well
        return answer.get_data(as_text=True)


@dataclass
class Cost:
    """What one thing cost in each turn: seconds of this process, of PostgreSQL, and statements."""

    own: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    statements: list[float] = field(default_factory=list)


@dataclass
class Measured:
    """Takes turns, and remembers what each cost."""

    postgres: psutil.Process
    costs: dict[str, Cost] = field(default_factory=dict)

    def turn(self, name: str, side: Side, deeds: Sequence[Press]) -> None:
        """Does all of it, one after the other."""
        asked, backends, own = side.statements, self._database(), time.process_time()
        for deed in deeds:
            deed()
        cost = self.costs.setdefault(name, Cost())
        cost.own.append((time.process_time() - own) / len(deeds))
        cost.database.append((self._database() - backends) / len(deeds))
        cost.statements.append((side.statements - asked) / len(deeds))

    def _database(self) -> float:
        spent = 0.0
        for each in (self.postgres, *self.postgres.children(recursive=True)):
            used = each.cpu_times()
            spent += used.user + used.system + used.children_user + used.children_system
        return spent


def main() -> None:
    asked = _asked()
    with installed() as place:
        say("building a term")
        now = clock.now()
        issuer = place.settings.providers[0].issuer
        with place.hasty() as database:
            term = build_term(database, now=now, issuer=issuer, progress=lambda *_: None, share=asked.share)
        wanted = open_seats(place, term, now=now)
        settings = replace(place.settings, **UNHINDERED)
        doctors = [each.id for each in term.cast.doctors]
        portal = Side(create_app(settings), place.settings.base_url, cookies(place, doctors, now=now))
        with portal.app.app_context():
            portal.counted(edge.installation().database.engine)
        least = _floor(place, users=len(doctors))
        spare_the_collector()  # As the web processes do.
        measured = Measured(psutil.Process(place.servers[0].process.pid))
        pages = dict(_pages(place, term, portal, wanted))
        if asked.profile:
            _profile(pages[asked.profile])
            return
        for each in (lambda: least.get(0, "/1"), *pages.values()):
            each()  # So that nothing is done for the first time.
        numbers = iter(range(1, len(doctors)))
        for number in range(1, asked.rounds + 1):
            say(f"turn {number} of {asked.rounds}")
            _look(measured, pages, least, portal)
            some = [next(numbers) for _ in range(len(portal.cookies) // (asked.rounds + 2))]
            measured.turn("floor: booking", least, list(_presses(least, some, ["/1"], "")))
            addresses = [f"/tillfallen/{each}" for each in wanted]
            measured.turn("booking", portal, list(_presses(portal, some, addresses, "/boka")))
        print("\n".join(_table(measured)))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="turns, of which the middle counts")
    parser.add_argument("--share", type=float, default=0.2, help="how large a term: this share of its people")
    parser.add_argument("--profile", help="where the time of one page goes, instead")
    return parser.parse_args()


def _floor(place: Place, *, users: int) -> Side:
    url = driver_url(place.settings.database_url)
    engine = create_engine(url)
    floor.lay(engine, users=users, seats=[users, users])
    app = floor.create_app(url)
    side = Side(app, "http://127.0.0.1", [floor.cookie(app, number) for number in range(1, users + 1)])
    side.counted(app.extensions["engine"])
    return side


def _pages(place: Place, term: Term, portal: Side, wanted: Sequence[int]) -> Iterator[tuple[str, Press]]:
    """What is looked at, signed in; the last as a coordinator."""
    for name, path in (
        ("page of a session", f"/tillfallen/{wanted[0]}"),
        ("catalogue", "/kurser"),
        ("own courses", "/mina-kurser"),
        ("first page", "/"),
    ):
        yield name, lambda path=path: portal.get(0, path)  # type: ignore[misc]
    [cookie] = cookies(place, [term.cast.colleague(OLLE).id], now=clock.now())
    portal.cookies = [*portal.cookies, cookie]
    for name, path in (("sessions, for staff", "/samordning/tillfallen"), ("persons, for staff", "/personer")):
        yield name, lambda path=path: portal.get(-1, path)  # type: ignore[misc]


def _look(measured: Measured, pages: dict[str, Press], least: Side, portal: Side) -> None:
    for name, page in pages.items():
        measured.turn("floor: page", least, [lambda: least.get(0, "/1")] * TIMES)
        measured.turn(name, portal, [page] * TIMES)


def _presses(side: Side, doctors: Sequence[int], pages: Sequence[str], button: str) -> Iterator[Press]:
    """The buttons of these doctors on pages that have been read before, where there is one."""
    for each in doctors:
        page = pages[each % len(pages)]
        client = side.browser(each)
        read = client.get(page, base_url=side.base_url).get_data(as_text=True)
        if f'action="{page}{button}"' in read:
            yield _press(side, client, page + button, read)


def _press(side: Side, client: FlaskClient, address: str, read: str) -> Press:
    found = PROOF.search(read)
    assert found is not None, address

    def press() -> None:
        sent = client.post(
            address, data={"csrf_token": found[1]}, base_url=side.base_url, headers={"Origin": side.base_url}
        )
        assert sent.status_code == 302, (address, sent.status_code)  # noqa: PLR2004 - leads on

    return press


def _profile(page: Press) -> None:
    page()
    profiler = cProfile.Profile(time.process_time)
    profiler.enable()
    for _ in range(TIMES):
        page()
    profiler.disable()
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(80)


def _table(measured: Measured) -> Iterator[str]:
    yield "| what | ratio to the floor | statements | processor | of PostgreSQL |"
    yield "|---|---:|---:|---:|---:|"
    for name, cost in measured.costs.items():
        ground = measured.costs["floor: booking" if "booking" in name else "floor: page"]
        ratio = median(cost.own) / median(ground.own)
        cells = [name, f"{ratio:.1f}", f"{median(cost.statements):.1f}"]
        cells += [f"{1000 * median(each):.1f} ms" for each in (cost.own, cost.database)]
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
