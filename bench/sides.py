"""The floor and the portal side by side, each in this process and as a server with one web process."""

import http.client
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

import brotli
import floor
import psutil
from flask import Flask
from load_portal import AROUND, UNHINDERED, Place, listening, running
from sqlalchemy import Engine, create_engine, event
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from lararportal import edge
from lararportal.app import create_app
from lararportal.db import driver_url
from lararportal.dev.program import Program, free_port

Press = Callable[[], object]
FLOOR, FLOOR_WITH_LINE = "floor", "floor-with-line"
"""What these servers are called."""

PROOF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Asked:
    """A request as a browser sends it."""

    path: str
    cookie: str
    body: str = ""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"


@dataclass
class Side:
    """The floor or the portal."""

    cookie: str
    """By what it knows people."""
    base_url: str

    def page(self, cookie: str, path: str) -> Press:
        """Asks for a page, which must be there."""
        asked = self._request(cookie, path)
        return lambda: self._insist(asked, HTTPStatus.OK)

    def button(self, cookie: str, page: str, button: str, *, after: bool = False) -> Press:
        """Presses a button of a page that has been read, and reads the page that it leads to, where that is meant."""
        headers, body = self._insist(self._request(cookie, page), HTTPStatus.OK)
        proof = PROOF.search(body.decode())
        assert proof is not None, page
        assert f'action="{page}{button}"' in body.decode(), (page, button)
        carried = self._kept(headers) or cookie
        asked = self._request(carried, page + button, f"csrf_token={proof[1]}")

        def press() -> None:
            headers, _ = self._insist(asked, HTTPStatus.FOUND)
            if after:
                self._insist(self._request(self._kept(headers) or carried, headers["Location"]), HTTPStatus.OK)

        return press

    def answer(self, asked: Asked) -> tuple[int, Headers, bytes]:
        """What it answers."""
        raise NotImplementedError

    def _request(self, cookie: str, path: str, body: str = "") -> Asked:
        return Asked(path, f"{self.cookie}={cookie}", body)

    def _insist(self, asked: Asked, expected: HTTPStatus) -> tuple[Headers, bytes]:
        status, headers, body = self.answer(asked)
        assert status == expected, (asked.path, status)
        return headers, body

    def _kept(self, headers: Headers) -> str:
        """The cookie that the browser carries from now on."""
        said = [each for each in headers.getlist("Set-Cookie") if each.startswith(f"{self.cookie}=")]
        return said[-1].removeprefix(f"{self.cookie}=").partition(";")[0] if said else ""


@dataclass
class Inside(Side):
    """In this process, without a server: to count statements, and to see where the time goes."""

    app: Flask
    statements: int = 0
    """What it has asked for, without BEGIN and COMMIT."""

    def answer(self, asked: Asked) -> tuple[int, Headers, bytes]:
        headers = {"Cookie": asked.cookie, "Origin": self.base_url}
        form = {"content_type": FORM, "data": asked.body} if asked.body else {}
        builder = EnvironBuilder(asked.path, self.base_url, method=asked.method, headers=headers, **form)
        answer, status, told = run_wsgi_app(self.app, builder.get_environ())
        return int(status[:3]), told, b"".join(answer)

    def count(self, engine: Engine) -> None:
        """Counts what is asked on this engine from now on."""

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            self.statements += not statement.lstrip().upper().startswith(AROUND)

        event.listen(engine, "before_cursor_execute", count)


@dataclass
class Served(Side):
    """As a server: what comes over the network is taken, understood, written down in the log and answered."""

    port: int
    program: Program

    def answer(self, asked: Asked) -> tuple[int, Headers, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": self.base_url.partition("//")[2], "Cookie": asked.cookie, "Origin": self.base_url}
        headers["Accept-Encoding"] = "gzip, br"  # As every browser says.
        form = {"Content-Type": FORM} if asked.body else {}
        connection.request(asked.method, asked.path, asked.body or None, headers | form)
        answered = connection.getresponse()
        body = answered.read()
        connection.close()
        if answered.getheader("Content-Encoding") == "br":
            body = brotli.decompress(body)
        return answered.status, Headers(answered.getheaders()), body

    @property
    def seconds(self) -> float:
        """Of the processor, since it began."""
        return seconds_of_family(self.program.process.pid)


def seconds_of_family(pid: int) -> float:
    """Of the processor, of a process and those that it has started and that live."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(time.clock_gettime(_clock_of(each.pid)) for each in family)


def _clock_of(pid: int) -> int:
    """The clock of what a process has used (clock_getcpuclockid), finer than the ticks in /proc."""
    return (~pid << 3) | 2


def inside(place: Place) -> tuple[Inside, Inside]:
    """Floor and portal in this process."""
    url = driver_url(place.settings.database_url)
    least = Inside(floor.COOKIE, "http://127.0.0.1", floor.create_app(url))
    least.count(least.app.extensions["engine"])
    portal = Inside("session", place.settings.base_url, create_app(replace(place.settings, **UNHINDERED)))
    with portal.app.app_context():
        portal.count(edge.installation().database.engine)
    return least, portal


@contextmanager
def served(place: Place) -> Iterator[tuple[Served, Served]]:
    """Floor and portal as servers, each with one web process, until the end."""
    with ExitStack() as stack:
        least = stack.enter_context(floor_running(place, processes=1))
        stack.enter_context(place.unhindered())
        stack.enter_context(running(place, "web", processes=1))
        [program] = [each for each in place.programs if each.name == "web"]
        yield least, Served("session", place.settings.base_url, place.port, program)


@contextmanager
def floor_running(place: Place, *, processes: int, keeps_line: bool = False) -> Iterator[Served]:
    """The floor as gunicorn serves it; its tables are laid."""
    url = driver_url(place.settings.database_url)
    port = free_port()
    with listening(port) as taken:
        options = [
            "--preload",
            f"--workers={processes}",
            f"--bind=fd://{taken.fileno()}",
            "--worker-tmp-dir=/dev/shm",
        ]
        app = f"floor:create_app('{url}', keeps_line={keeps_line})"
        name = FLOOR_WITH_LINE if keeps_line else FLOOR
        program = Program(
            name=name,
            command=[sys.executable, "-m", "gunicorn", "--no-control-socket", *options, app],
            log=place.data.log(name),
            directory=Path(__file__).parent,
            descriptors=(taken.fileno(),),
        )
        with place.beside(program):
            yield Served(floor.COOKIE, f"http://127.0.0.1:{port}", port, program)


def lay_floor(place: Place, *, users: int, seats: list[int]) -> None:
    """Tables of the floor, for so many users, with sessions of so many seats."""
    floor.lay(create_engine(driver_url(place.settings.database_url)), users=users, seats=seats)


def cookie_of_floor(place: Place) -> Callable[[int], str]:
    """What the browser of each user of the floor carries."""
    app = floor.create_app(driver_url(place.settings.database_url))
    return lambda number: floor.cookie(app, number)
