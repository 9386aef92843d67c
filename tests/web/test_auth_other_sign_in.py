"""A form that outlives the sign-in it was opened in: nothing is done, and nothing that was typed is lost."""

import re
from dataclasses import replace
from datetime import date

import pytest
from flask import session
from sqlalchemy import select
from structlog.testing import capture_logs

import make
from auth import login_sessions
from auth.cookie import sign_in_browser
from bookings.models import Application
from lararportal import clock

PORTAL = "http://localhost"
KEPT = "Det du skrev finns kvar här, men är inte inskickat."


@pytest.fixture
def settings(settings):
    """Of its own, so that the portal is one that asks forms for their proof."""
    return replace(settings, idle_minutes=settings.idle_minutes + 1)


@pytest.fixture
def enter(app, client, db):
    """Signs somebody in as the answer of a provider does."""
    app.config["WTF_CSRF_ENABLED"] = True

    def go(person) -> None:
        now = clock.now()
        token = login_sessions.begin(db, person_id=person.id, provider="demo", id_token="", proved_at=now, now=now)
        db.flush()
        with client.session_transaction() as cookie, app.test_request_context():
            session.update(cookie)
            sign_in_browser(token, person_id=person.id)
            kept = dict(session)
            cookie.clear()
            cookie.update(kept)

    return go


@pytest.fixture
def anna(db):
    return make.person(db)


@pytest.fixture
def offered(db):
    """The address of an application, and two sessions for it."""
    one, other = make.session(db), make.session(db, days=[date(2027, 5, 3)])
    long_ago, far_away = clock.parse("2020-01-01T08:00"), clock.parse("2100-01-01T08:00")
    round_ = make.round_of(db, one, other, opens_at=long_ago, closes_at=far_away, decision_on=date(2100, 2, 1))
    return f"/ansokan/{round_.id}", [other.id, one.id]


def typed(client, offered) -> dict:
    """A list as it stands in the form of whoever is signed in."""
    path, wanted = offered
    proof = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text).group(1)
    return {"choices": wanted, "cap": "2", "action": "submit", "csrf_token": proof}


def send(client, path, data, *, origin=PORTAL):
    return client.post(path, data=data, headers={"Origin": origin})


def chosen_in(page) -> list[int]:
    return [int(each) for each in re.findall(r'name="choices" value="(\d+)"', page.text)]


def test_a_form_is_good_as_long_as_the_sign_in(app):
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None


def test_a_list_from_an_earlier_sign_in_stands_in_the_form_and_can_be_sent_in(client, db, enter, anna, offered):
    enter(anna)
    data = typed(client, offered)
    enter(anna)
    answer = send(client, offered[0], data)

    assert (answer.status_code, answer.location) == (302, offered[0])
    assert db.scalar(select(Application)) is None
    page = client.get(offered[0])
    assert chosen_in(page) == offered[1]
    assert '<option selected value="2">' in page.text
    assert KEPT in page.text
    assert send(client, offered[0], typed(client, offered)).location == "/mina-kurser"
    assert db.scalars(select(Application.person_id)).all() == [anna.id]


def test_a_list_that_is_sent_after_signing_out_waits_for_the_same_person(client, enter, anna, offered):
    enter(anna)
    data = typed(client, offered)
    with client.session_transaction() as cookie:
        cookie.clear()
    answer = send(client, offered[0], data)

    assert answer.location == f"/logga-in?next={offered[0]}"
    enter(anna)
    assert chosen_in(client.get(offered[0])) == offered[1]


def test_somebody_else_never_sees_it(client, db, enter, anna, offered):
    enter(anna)
    data = typed(client, offered)
    enter(make.person(db))

    assert send(client, offered[0], data).status_code == 400
    assert chosen_in(client.get(offered[0])) == []
    enter(anna)
    assert chosen_in(client.get(offered[0])) == []


@pytest.mark.parametrize(
    ("change", "origin"),
    [
        pytest.param({"csrf_token": "forged"}, PORTAL, id="no proof of ours"),
        pytest.param({}, "https://evil.example", id="another site"),
        pytest.param({}, "http://[", id="no site that can be"),
        pytest.param({}, "", id="no site that says so"),
    ],
)
def test_what_no_page_of_ours_sent_is_turned_away(client, enter, anna, offered, change, origin):
    enter(anna)
    data = typed(client, offered) | change
    enter(anna)

    with capture_logs() as logs:
        assert send(client, offered[0], data, origin=origin).status_code == 400
    assert [(each["event"], each["person"]) for each in logs] == [("form without its proof", anna.id)]
    assert chosen_in(client.get(offered[0])) == []
