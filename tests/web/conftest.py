"""What the page tests share: visitors who come at a fixed moment."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from portals import STOPPED, stop_the_clock
from sqlalchemy.orm import Session

from auth import login_sessions
from auth.models import Person


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
