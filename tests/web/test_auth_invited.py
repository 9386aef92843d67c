"""Somebody without a work identity is invited by a coordinator, and comes in by signing in where they are known."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
from bookings_pages import words_of
from sqlalchemy import select

from auth import invitations
from auth.models import AccountInvitation, Grant, Identity, LoginSession, Person
from auth.states import Role
from lararportal import clock
from lararportal.config import Settings
from lararportal.outbox import Letter
from lararportal.providers import AuthTime, Provider
from make import coordinator, person

PORTAL = "http://portal.test"
LIST = "/samordning/inbjudningar"
ERIK = {"given_name": "Erik", "family_name": "B", "email": "Erik.Extern@example.org", "roles": ["reviewer"]}


@pytest.fixture
def settings(settings: Settings, issuer: str) -> Settings:
    """The provider where most sign in, and the other one, in the same process."""
    secret = {"client_secret": "not a secret", "auth_time": AuthTime.ASSUMED}
    demo = Provider(name="demo", title="Demo", issuer=issuer, client_id="portal", **secret)
    other = replace(demo, name="other", title="Privat", issuer=issuer.replace("127.0.0.1", "localhost"))
    return replace(settings, providers=(demo, other))


@pytest.fixture
def olle(db):
    return coordinator(db, given_name="Olle", family_name="Sandberg")


def link(db) -> str:
    """The path in the last letter."""
    db.flush()
    last = db.scalars(select(Letter).where(Letter.occasion == "invited").order_by(Letter.id.desc()).limit(1)).one()
    return "/inbjudan/" + last.body.partition(f"{PORTAL}/inbjudan/")[2].split()[0]


def through(client, path: str, subject: str):
    """The answer to a browser that sets out there and comes back as somebody."""
    away = client.post(path)
    assert (away.status_code, "prompt=login" in away.location, "max_age=0" in away.location) == (302, True, True)
    back = requests.post(away.location, data={"sub": subject}, allow_redirects=False, timeout=5)
    return client.get(back.headers["Location"].removeprefix(PORTAL))


def invited(db, olle, **wanted) -> AccountInvitation:
    facts = {"given_name": "Erik", "family_name": "B", "email": "erik.extern@example.org", "roles": [Role.REVIEWER]}
    facts |= {"lasts": timedelta(days=14), "now": clock.now()} | wanted
    return invitations.invite_somebody_new(db, bound=invitations.by_email(facts["email"]), **facts, by=olle.id)


def test_the_external_reviewer_is_invited_and_comes_in_once(app, client, db, olle, sign_in):
    desk = app.test_client()
    sign_in(desk, olle)
    assert desk.post(f"{LIST}/ny", data=ERIK).location == LIST
    assert "Erik B" in words_of(desk.get(LIST))
    path = link(db)
    page = client.get(path)
    assert (page.status_code, "E…@" in page.text, "e…@example.org" in page.text) == (200, False, True)
    assert "Erik" not in page.text

    answer = through(client, f"{path}/other", "erik.extern")
    assert (answer.status_code, answer.location) == (302, "/")
    assert "Välkommen! Kontot är ditt." in words_of(client.get("/om"))
    erik = db.scalars(select(Person).where(Person.given_name == "Erik")).one()
    assert erik.name == "Erik Berg"
    identity = db.scalars(select(Identity)).one()
    assert (identity.person_id, identity.value) == (erik.id, "erik.extern")
    assert db.scalars(select(Grant.role).where(Grant.person_id == erik.id)).all() == [Role.REVIEWER]
    row = db.scalars(select(LoginSession).where(LoginSession.person_id == erik.id)).one()
    assert (row.provider, row.identity_id, row.proved_at is None) == ("other", identity.id, False)

    again = client.get(path)
    assert (again.status_code, "Inbjudan är redan använd" in again.text) == (409, True)
    assert client.post(f"{path}/demo").status_code == 409
    assert "använd" in words_of(desk.get(f"{LIST}?lage=used"))
    assert "Erik" not in words_of(desk.get(f"{LIST}?lage=open"))


def test_somebody_else_reads_that_it_is_not_for_them_and_gets_no_account(client, db, olle):
    invited(db, olle)
    path = link(db)
    answer = through(client, f"{path}/demo", "anna.st")

    assert (answer.status_code, "Inbjudan är till någon annan" in answer.text) == (409, True)
    assert f'href="{path}"' in answer.text
    assert db.scalars(select(Identity)).all() == []
    assert client.get("/profil").status_code == 302
    assert through(client, f"{path}/other", "erik.extern").location == "/"


def test_who_is_known_by_another_account_is_not_let_into_this_one(client, db, olle, issuer):
    other = person(db)
    at = issuer.replace("127.0.0.1", "localhost")
    db.add(Identity(person_id=other.id, issuer=at, kind="sub", value="erik.extern", linked_at=other.created_at))
    invited(db, olle)
    answer = through(client, f"{link(db)}/other", "erik.extern")

    assert (answer.status_code, "Den inloggningen hör redan till ett annat konto" in answer.text) == (409, True)
    assert db.scalars(select(LoginSession)).all() == []


def test_a_journey_of_an_invitation_ends_nowhere_but_at_the_provider_it_was_to(client, db, olle):
    invited(db, olle)
    away = client.post(f"{link(db)}/other").location
    back = requests.post(away, data={"sub": "erik.extern"}, allow_redirects=False, timeout=5).headers["Location"]
    mixed_up = back.removeprefix(PORTAL).replace("/logga-in/other/", "/logga-in/demo/")

    assert client.get(mixed_up).status_code == 400
    assert db.scalars(select(Identity)).all() == []


@pytest.mark.parametrize(
    ("what", "status", "sentence"),
    [
        ("expired", 409, "Inbjudan gäller inte längre, för tiden har gått ut."),
        ("withdrawn", 409, "Inbjudan är återkallad."),
        ("replaced", 404, "Har du fått ett nyare brev?"),
    ],
)
def test_a_link_that_opens_nothing_says_why(client, db, olle, what, status, sentence):
    made = invited(db, olle, now=clock.now() - timedelta(days=15 if what == "expired" else 0))
    path, about = link(db), {"invitation_id": made.id, "now": clock.now(), "by": olle.id}
    if what == "withdrawn":
        invitations.withdraw(db, **about)
    elif what == "replaced":
        invitations.send_again(db, **about, lasts=timedelta(days=14))
    db.flush()

    answer = client.get(path)
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert client.post(f"{path}/demo").status_code == status


def test_a_coordinator_sends_it_again_withdraws_it_and_does_not_read_the_link(db, olle, visit, now, queries):
    made, desk = invited(db, olle, now=now - timedelta(hours=1)), visit(olle)
    queries.reset()
    desk.get(LIST)
    few = queries.count
    for number in range(5):
        invited(db, olle, now=now, email=f"e{number}@example.org")
    first = link(db)
    queries.reset()
    assert "6 inbjudningar" in words_of(desk.get(LIST))
    assert queries.count == few

    assert desk.post(f"{LIST}/{made.id}/igen").location == LIST
    assert link(db) != first
    letter = db.scalars(select(Letter.id).order_by(Letter.id.desc()).limit(1)).one()
    page = desk.get(f"/samordning/brev/{letter}").text
    assert (link(db) in page, "/inbjudan/…" in page) == (False, True)
    assert "Återkalla inbjudan?" in words_of(desk.get(f"{LIST}/{made.id}/aterkalla"))
    assert desk.post(f"{LIST}/{made.id}/aterkalla").location == LIST
    refused = desk.post(f"{LIST}/{made.id}/igen")
    assert (refused.status_code, "Inbjudan är återkallad" in refused.text) == (409, True)


def test_a_coordinator_invites_somebody_to_the_account_they_have(db, olle, visit, now):
    anna, desk = person(db, email="anna@klinik.example"), visit(olle)
    path = f"{LIST}/person/{anna.id}"
    assert path in desk.get(f"/personer/{anna.id}").text
    assert "anna@klinik.example" in desk.get(path).text

    assert desk.post(path, data={"roles": ["leader"]}).location == LIST
    made = db.scalars(select(AccountInvitation)).one()
    assert (made.person_id, made.bound_to, made.roles) == (anna.id, "anna@klinik.example", ["leader"])
    assert made.expires_at == now + timedelta(days=14)
    twice = desk.post(path)
    assert (twice.status_code, "Personen är redan inbjuden." in words_of(twice)) == (409, True)
    mighty = desk.post(f"{LIST}/person/{olle.id}")
    assert (mighty.status_code, "Det kontot har en roll som beslutar om andra" in words_of(mighty)) == (409, True)
    assert desk.post(f"{LIST}/ny", data=ERIK | {"roles": ["administrator"]}).status_code == 400
    taken = desk.post(f"{LIST}/ny", data=ERIK | {"email": "Anna@klinik.example"})
    assert (taken.status_code, "Det finns redan ett konto med den e-postadressen" in words_of(taken)) == (409, True)
    assert urlsplit(link(db)).path.startswith("/inbjudan/")

    eve = person(db, subject="eve", given_name="Eve", family_name="Ek", email="Erik.Extern@example.org")
    written = desk.post(f"{LIST}/ny", data=ERIK)
    assert (written.status_code, f"Konto {eve.id}: Eve Ek, loggar in med" in words_of(written)) == (409, True)
    assert desk.post(f"{LIST}/ny", data=ERIK | {"others": [str(eve.id)]}).location == LIST
    assert desk.post(f"{LIST}/ny", data=ERIK | {"others": [str(anna.id), "x"]}).status_code == 400
