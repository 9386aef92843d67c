"""What the page tests share: visitors who come at a fixed moment."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from auth import login_sessions
from auth.models import Person


@pytest.fixture
def visit(app: Flask, db: Session, now: datetime) -> Callable[..., FlaskClient]:
    """A browser for somebody who signs in at `now`, or for nobody; every request of it happens `at` that moment."""
    moments = {"at": now}

    @app.before_request
    def stop_the_clock() -> None:
        g.now = moments["at"]

    def arrive(person: Person | None = None, *, at: datetime = now) -> FlaskClient:
        moments["at"] = at
        client = app.test_client()
        if person is not None:
            token = login_sessions.begin(db, person_id=person.id, provider="demo", id_token="", now=at)
            db.flush()
            with client.session_transaction() as cookie:
                cookie[login_sessions.COOKIE_KEY] = token
        return client

    return arrive
