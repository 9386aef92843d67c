"""What a browser carries for a sign-in, and the page where somebody sees where they are signed in and ends it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from bookings_pages import words_of
from sqlalchemy import select

from auth import login_sessions
from auth.models import LoginSession, Person
from lararportal import clock, pages
from lararportal.app import create_app
from lararportal.journal import Entry
from make import person

HERE = "https://portal.test"


def test_the_cookie_is_of_this_host_alone_and_one_that_a_neighbour_planted_is_worth_nothing(app, settings, db):
    outside = replace(settings, env="production", base_url=HERE)
    client = create_app(outside, replace(app.extensions["lararportal"], settings=outside)).test_client()
    token = login_sessions.begin(db, person_id=person(db).id, provider="demo", id_token="", now=clock.now())
    db.flush()
    with client.session_transaction(base_url=HERE) as carried:
        carried[login_sessions.COOKIE_KEY] = token
    answer = client.get("/profil", base_url=HERE)
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    value, *said = rest.split("; ")

    assert (answer.status_code, name) == (200, "__Host-session")
    assert said == ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"]
    client.delete_cookie(name, domain="portal.test")
    client.set_cookie("session", value, domain="portal.test", secure=True)
    assert client.get("/profil", base_url=HERE).status_code == 302


LIST = "/profil/inloggningar"


@pytest.fixture
def anna(db):
    return person(db)


@pytest.fixture
def elsewhere(db, now):
    """Somebody signs in with a browser that is not here, so long ago; the row of it."""

    def begin(whose: Person, *, ago: timedelta = timedelta()) -> LoginSession:
        login_sessions.begin(db, person_id=whose.id, provider="demo", id_token="proof", now=now - ago)
        db.flush()
        return db.scalars(select(LoginSession).order_by(LoginSession.id.desc())).first()

    return begin


def are_open(db, *rows: LoginSession) -> list[bool]:
    db.expire_all()
    return [each.ended_at is None for each in rows]


def ended(db) -> list[tuple]:
    done = db.scalars(select(Entry).where(Entry.deed == "login_session.ended").order_by(Entry.id))
    return [(entry.by, entry.person_id) for entry in done]


def test_a_person_sees_where_they_are_signed_in_and_which_one_this_is(db, anna, elsewhere, visit, queries):
    browser = visit(anna)
    elsewhere(person(db))
    queries.reset()
    browser.get(LIST)
    few = queries.count
    left_open = elsewhere(anna, ago=timedelta(minutes=20))
    elsewhere(anna, ago=timedelta(minutes=30))
    closed = elsewhere(anna)
    login_sessions.end(db, login_session_id=closed.id, now=clock.now(), by=anna.id)
    db.flush()
    queries.reset()
    page = browser.get(LIST)

    assert queries.count == few == 3
    assert page.text.count("den du använder nu") == 1
    assert "2 inloggningar" in words_of(page)
    assert pages.moment(left_open.seen_at) in words_of(page)
    assert re.findall(rf'action="{LIST}/(\d+)/avsluta"', page.text) == [str(left_open.id)]
    assert f'href="{LIST}"' in browser.get("/profil").text


def test_a_person_ends_one_sign_in_and_then_the_others(db, anna, elsewhere, visit):
    browser, one, *more = visit(anna), elsewhere(anna), elsewhere(anna), elsewhere(anna)
    answer = browser.post(f"{LIST}/{one.id}/avsluta")

    assert (answer.status_code, answer.location) == (302, LIST)
    assert "Inloggningen är avslutad." in words_of(browser.get(LIST))
    assert are_open(db, one, *more) == [False, True, True]
    assert browser.post(f"{LIST}/{one.id}/avsluta").status_code == 302
    assert ended(db) == [(anna.id, anna.id)]
    assert browser.post(f"{LIST}/avsluta-andra").location == LIST
    page = browser.get(LIST)
    assert "Dina andra inloggningar är avslutade." in words_of(page)
    assert "1 inloggning " in words_of(page)
    assert "Avsluta alla andra" not in page.text
    assert (are_open(db, *more), [each.id_token for each in more]) == ([False] * 2, [""] * 2)
    assert ended(db) == [(anna.id, anna.id)] * 3


def test_nobody_ends_the_sign_in_of_somebody_else(db, anna, elsewhere, visit):
    theirs, browser = elsewhere(person(db)), visit(anna)

    assert browser.post(f"{LIST}/{theirs.id}/avsluta").status_code == 404
    assert browser.get(f"{LIST}/{theirs.id}/avsluta").status_code == 405
    browser.post(f"{LIST}/avsluta-andra")
    assert (are_open(db, theirs), ended(db)) == ([True], [])
