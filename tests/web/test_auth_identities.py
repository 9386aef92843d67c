"""Somebody adds another way to sign in to their account, once they have proved both, and removes one."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
from bookings_pages import words_of
from sqlalchemy import select, update

from auth.models import Identity, LoginSession, Person
from lararportal import clock
from lararportal.config import Settings
from lararportal.outbox import Letter
from lararportal.providers import AuthTime, Provider
from make import person

PORTAL = "http://portal.test"
LIST = "/profil/inloggningar"


@pytest.fixture
def settings(settings: Settings, issuer: str) -> Settings:
    """The provider where most sign in, and the other one, in the same process."""
    secret = {"client_secret": "not a secret", "auth_time": AuthTime.ASSUMED}
    demo = Provider(name="demo", title="Demo", issuer=issuer, client_id="portal", **secret)
    other = replace(demo, name="other", title="Privat", issuer=issuer.replace("127.0.0.1", "localhost"))
    return replace(settings, providers=(demo, other))


@pytest.fixture
def anna(db, issuer):
    anna = person(db, given_name="Anna", family_name="Stenberg")
    db.add(Identity(person_id=anna.id, issuer=issuer, kind="sub", value="anna.st", linked_at=anna.created_at))
    db.flush()
    return anna


def onward(client, path: str, subject: str, **form) -> str:
    """Where the provider sends a browser that sets out there, as a path of the portal."""
    away = client.post(path, data=form)
    assert (path, away.status_code) == (path, 302)
    back = requests.post(away.location, data={"sub": subject}, allow_redirects=False, timeout=5)
    return back.headers["Location"].removeprefix(PORTAL)


def identities(db) -> list[tuple[int, str]]:
    return [(row.person_id, row.value) for row in db.scalars(select(Identity).order_by(Identity.id))]


def told(db) -> list[str]:
    return list(db.scalars(select(Letter.occasion).order_by(Letter.id)))


def test_another_sign_in_is_added_after_both_were_proved_and_said(client, db, anna):
    client.get(onward(client, "/logga-in/demo", "anna.st"))
    assert "1 sätt att logga in" in words_of(client.get(LIST))
    # That she is signed in is not enough: it must have been just now.
    db.execute(update(LoginSession).values(proved_at=clock.now() - timedelta(minutes=11)))
    assert client.get(f"{LIST}/ny").location == f"/logga-in/igen?next={LIST}/ny"
    assert client.post(f"{LIST}/ny/other").location.startswith(f"/logga-in/igen?next={LIST}/ny?")
    page = client.get(f"/logga-in/igen?next={LIST}/ny").text
    assert ("Logga in igen med Demo" in page, "Logga in igen med Privat" in page) == (True, False)
    assert client.get(onward(client, "/logga-in/demo/igen", "anna.st", next=f"{LIST}/ny")).location == f"{LIST}/ny"
    assert client.get(f"{LIST}/ny").status_code == 200

    shown = client.get(onward(client, f"{LIST}/ny/other", "petra.privat"))
    assert shown.location == f"{LIST}/bekrafta"
    assert identities(db) == [(anna.id, "anna.st")]
    page = words_of(client.get(f"{LIST}/bekrafta"))
    assert "Ditt konto är Anna Stenberg, och du är inloggad med Demo." in page
    assert "Nyss loggade du också in med Privat, som Petra Lind." in page

    assert client.post(f"{LIST}/bekrafta").location == LIST
    assert identities(db) == [(anna.id, "anna.st"), (anna.id, "petra.privat")]
    assert told(db) == ["identity_linked"]
    page = words_of(client.get(LIST))
    assert ("Inloggningen är tillagd." in page, "2 sätt att logga in" in page, "petra.privat" in page) == (True,) * 3
    # Nothing waits any more; the other way in leads to the same account.
    assert client.post(f"{LIST}/bekrafta").location == LIST
    client.post("/logga-ut")
    assert client.get(onward(client, "/logga-in/other", "petra.privat", next="/om")).location == "/om"
    assert db.scalars(select(Person.id)).all() == [anna.id]


def test_what_belongs_to_an_account_is_refused_with_what_to_do(client, db, anna, issuer):
    bo = person(db)
    db.add(Identity(person_id=bo.id, issuer=issuer, kind="sub", value="sara.specialist", linked_at=bo.created_at))
    db.flush()
    client.get(onward(client, "/logga-in/demo", "anna.st"))

    for subject, sentence in (
        ("sara.specialist", "Den inloggningen hör redan till ett annat konto i portalen"),
        ("anna.st", "Den inloggningen har du redan."),
    ):
        answer = client.get(onward(client, f"{LIST}/ny/demo", subject))
        assert (answer.status_code, sentence in answer.text) == (409, True)
        assert f'href="{LIST}/ny"' in answer.text
    assert len(identities(db)) == 2
    assert told(db) == []


def test_what_is_shown_counts_in_the_sign_in_that_asked_for_it_alone(app, client, db, anna, sign_in):
    """The answer of a provider that another browser, another sign-in or another provider's address brings is none."""
    client.get(onward(client, "/logga-in/demo", "anna.st"))
    path, path_again = (onward(client, f"{LIST}/ny/other", "petra.privat") for _ in range(2))
    with client.session_transaction() as cookie:
        remembered = {name: value for name, value in cookie.items() if name.startswith("_state_")}

    stranger = app.test_client()
    assert stranger.get(path).status_code == 400
    with stranger.session_transaction() as cookie:
        cookie.update(remembered)
    assert stranger.get(path.replace("/other/", "/demo/")).status_code == 400
    assert stranger.get(path).status_code == 400
    sign_in(stranger, person(db))
    assert stranger.get(path_again).status_code == 400
    assert identities(db) == [(anna.id, "anna.st")]
    assert client.get(f"{LIST}/bekrafta").location == LIST


def test_one_is_removed_with_what_began_with_it_and_the_last_one_stays(client, db, anna):
    client.get(onward(client, "/logga-in/demo", "anna.st"))
    client.get(onward(client, f"{LIST}/ny/other", "petra.privat"))
    client.post(f"{LIST}/bekrafta")
    own, other = re.findall(rf'href="({LIST}/satt/\d+/ta-bort)"', client.get(LIST).text)

    assert "Ta bort inloggningen?" in words_of(client.get(other))
    assert client.post(other).location == LIST
    assert "Inloggningen är borttagen." in words_of(client.get(LIST))
    assert identities(db) == [(anna.id, "anna.st")]
    assert client.post(other).status_code == 404
    last = client.post(own)
    assert (last.status_code, "Det är den enda inloggning som du kommer in med." in last.text) == (409, True)
    assert told(db) == ["identity_linked", "identity_removed"]
    assert db.scalars(select(LoginSession).where(LoginSession.ended_at.is_(None))).one().person_id == anna.id


def test_what_one_signed_in_with_just_now_ends_this_sign_in_too(client, db, anna):
    client.get(onward(client, "/logga-in/demo", "anna.st"))
    client.get(onward(client, f"{LIST}/ny/other", "petra.privat"))
    client.post(f"{LIST}/bekrafta")
    own, _ = re.findall(rf'href="({LIST}/satt/\d+/ta-bort)"', client.get(LIST).text)
    client.post(own)

    assert client.get(LIST).location.startswith("/logga-in")
    assert client.get(onward(client, "/logga-in/other", "petra.privat", next="/om")).location == "/om"
    assert client.get(f"{LIST}").status_code == 200
