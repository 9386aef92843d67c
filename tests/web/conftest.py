"""What the page tests share: visitors who come at a fixed moment, and the sign-in provider of development."""

import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import requests
from access_ground import Made
from access_walk import Browsers
from common_ground import Ground
from flask import Flask
from flask.testing import FlaskClient
from portals import STOPPED, stop_the_clock
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from auth import login_sessions
from auth.models import Person
from lararportal.dev.program import Program, free_port
from lararportal.edge import Installation

ROOT = Path(__file__).parents[2]


@pytest.fixture
def visit(app: Flask, db: Session, now: datetime) -> Callable[..., FlaskClient]:
    """A browser for somebody who signs in `at` a moment, or for nobody; all its requests happen at that moment."""

    def arrive(person: Person | None = None, *, at: datetime = now, of: Flask = app) -> FlaskClient:
        browser = of.test_client()
        browser.environ_base[STOPPED] = at
        if stop_the_clock not in of.before_request_funcs.get(None, []):
            of.before_request(stop_the_clock)
        if person is not None:
            token = login_sessions.begin(db, person_id=person.id, provider="demo", id_token="", proved_at=at, now=at)
            db.flush()
            with browser.session_transaction() as cookie:
                cookie[login_sessions.COOKIE_KEY] = token
        return browser

    return arrive


@pytest.fixture
def names(ground: Ground[Made], installation: Installation) -> dict[str, int | str]:
    """What stands in addresses, for a module that walks through them all on its own ground."""
    job = installation.queue.enqueue("lararportal.workers.publish_round", 1, 1, 1)
    return ground.made.ids | {"job": job.id}


@pytest.fixture
def ask(app: Flask, db: Session, connection: Connection, ground: Ground[Made]) -> Browsers:
    """The browsers of everybody there."""
    return Browsers(app, db, connection, ground.made)


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sign-in provider of development, in a process of its own."""
    port = free_port()
    program = Program(
        name="provider",
        command=[sys.executable, "-m", "lararportal.dev.provider", "--port", str(port)],
        log=tmp_path_factory.mktemp("provider") / "log",
        directory=ROOT,
    )
    program.start()
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, program)
        yield address
    finally:
        program.stop()


def _wait_for(address: str, program: Program) -> None:
    last = time.monotonic() + 30
    while time.monotonic() < last and program.is_running:
        try:
            requests.get(address, timeout=1)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(program.last_lines())
