"""A provider says that somebody has signed out there: so they have here, if the provider says it, and once."""

import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from lying_provider import KEY, STRANGERS_KEY, Story, forged, known_as_demo, lying_provider
from sqlalchemy import select
from structlog.testing import capture_logs

from auth import login_sessions
from auth.models import LoginSession, SpentToken
from lararportal import clock
from lararportal.config import Settings
from lararportal.journal import Entry
from make import person

EVENT = "http://schemas.openid.net/event/backchannel-logout"
PATH = "/logga-ut/demo/besked"


@pytest.fixture
def story() -> Iterator[Story]:
    """What the provider says."""
    with lying_provider() as told:
        yield told


@pytest.fixture
def settings(settings: Settings, story: Story) -> Settings:
    demo = known_as_demo(story)
    return replace(settings, providers=(demo, replace(demo, name="other", title="Den andra", client_id="other")))


@pytest.fixture
def logout_token(story):
    """What the provider would send, but for what a test changes; None takes a claim away."""

    def make(*, header=None, key=KEY, **changes) -> str:
        now = int(time.time())
        right = {
            "iss": story.issuer,
            "aud": "portal",
            "iat": now,
            "exp": now + 60,
            "jti": "one",
            "events": {EVENT: {}},
        }
        claims = {name: value for name, value in (right | {"sub": "anna"} | changes).items() if value is not None}
        header = {"alg": "RS256", "kid": "one", "typ": "logout+jwt"} | (header or {})
        return forged(header, claims, key) if isinstance(key, bytes) else jwt.encode(header, claims, key)

    return make


@pytest.fixture
def begin(db):
    """A sign-in as it is after coming back from a provider."""

    def go(subject="anna", sid: str | None = "s1", provider="demo") -> LoginSession:
        someone, now = person(db), clock.now()
        login_sessions.begin(
            db, person_id=someone.id, provider=provider, id_token="proof", subject=subject, sid=sid, now=now
        )
        db.flush()
        return db.scalars(select(LoginSession).where(LoginSession.person_id == someone.id)).one()

    return go


@pytest.fixture
def lasting(db):
    """Which of the sign-ins last."""

    def go(*rows) -> list[bool]:
        for row in rows:
            db.refresh(row)
        return [row.ended_at is None for row in rows]

    return go


def test_a_sign_in_at_the_provider_that_ends_there_ends_here(client, app, story, logout_token, db):
    story.claims = {"sid": "s1"}
    app.config["WTF_CSRF_ENABLED"] = False
    asked = parse_qs(urlsplit(client.post("/logga-in/demo").location).query)
    story.nonce = asked["nonce"][0]
    client.get("/logga-in/demo/svar", query_string={"code": "abc", "state": asked["state"][0]})
    assert client.get("/profil").status_code == 200
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post(PATH, data={"logout_token": logout_token(sid="s1")})

    assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (200, b"", "no-store")
    assert client.get("/profil").status_code == 302
    row = db.scalars(select(LoginSession)).one()
    assert (row.id_token, row.subject, row.sid) == ("", None, None)
    last = db.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert (last.deed, last.by, last.person_id) == ("login_session.ended", None, row.person_id)
    assert last.facts == {"provider": "demo"}


@pytest.mark.parametrize(
    ("names", "last"),
    [
        ({"sub": "anna"}, [False, False, False, True, True]),
        ({"sub": "anna", "sid": "s1"}, [False, True, False, True, True]),
        ({"sub": None, "sid": "s1"}, [False, True, True, True, True]),
        ({"sub": "bo", "sid": "s9"}, [True, True, True, True, True]),
        ({"sub": "carl"}, [True, True, True, True, True]),
    ],
    ids=["of a person", "of a sign-in", "of a sign-in and nobody by name", "unknown", "of somebody who is not in"],
)
def test_only_what_has_ended_there_ends_here(client, begin, lasting, logout_token, names, last):
    rows = [begin(), begin(sid="s2"), begin(sid=None), begin("bo", "s3"), begin(provider="other")]

    assert client.post(PATH, data={"logout_token": logout_token(**names)}).status_code == 200
    assert lasting(*rows) == last


NOW = int(time.time())
WRONG = {
    "made by another": ({"iss": "https://other.example"}, "issuer"),
    "made by nobody": ({"iss": None}, "issuer"),
    "for another": ({"aud": "other"}, "audience"),
    "for nobody": ({"aud": None}, "audience"),
    "for others": ({"aud": ["other", "more"]}, "audience"),
    "made at no time": ({"iat": None}, "iat"),
    "made at some time": ({"iat": "now"}, "iat"),
    "made long ago": ({"iat": NOW - 800}, "iat"),
    "not made yet": ({"iat": NOW + 7200}, "iat"),
    "over": ({"exp": NOW - 120}, "exp"),
    "never over": ({"exp": None}, "exp"),
    "of no event": ({"events": None}, "events"),
    "of another event": ({"events": {"http://schemas.openid.net/event/other": {}}}, "events"),
    "of an event that is only named": ({"events": [EVENT]}, "events"),
    "of an event without shape": ({"events": {EVENT: True}}, "events"),
    "an answer to a question": ({"nonce": "n"}, "nonce"),
    "without a name of its own": ({"jti": None}, "jti"),
    "with an empty name of its own": ({"jti": ""}, "jti"),
    "with a name of its own that nobody can keep": ({"jti": "a\0b"}, "jti"),
    "about nobody": ({"sub": None}, "subject"),
    "about somebody whom nobody can know": ({"sub": "a\0b"}, "subject"),
    "about a number": ({"sub": 7}, "subject"),
    "about nothing in particular": ({"sid": ""}, "subject"),
    "of another type": ({"header": {"typ": "at+jwt"}}, "type"),
}


@pytest.mark.parametrize(("changes", "fault"), WRONG.values(), ids=WRONG.keys())
def test_a_token_in_which_something_does_not_hold_ends_nothing(client, begin, lasting, logout_token, changes, fault):
    anna = begin()
    with capture_logs() as logs:
        answer = client.post(PATH, data={"logout_token": logout_token(**changes)})

    assert (answer.status_code, answer.json) == (400, {"error": "invalid_request"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert [entry["code"] for entry in logs] == [f"logout_token_{fault}"]
    assert lasting(anna) == [True]


FORGERIES = {
    "signed by a stranger": ({"key": STRANGERS_KEY}, "BadSignatureError"),
    "signed with what everybody knows": (
        {"key": KEY.as_pem(private=False), "header": {"alg": "HS256"}},
        "UnsupportedAlgorithmError",
    ),
    "signed with the client's secret": ({"key": b"s", "header": {"alg": "HS256"}}, "UnsupportedAlgorithmError"),
    "not signed": ({"key": b"", "header": {"alg": "none"}}, "UnsupportedAlgorithmError"),
    "signed with an unknown key": ({"header": {"kid": "two"}}, "InvalidKeyIdError"),
}


@pytest.mark.parametrize(("forgery", "fault"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_ends_nothing(client, begin, lasting, logout_token, forgery, fault):
    anna = begin()
    with capture_logs() as logs:
        answer = client.post(PATH, data={"logout_token": logout_token(**forgery)})

    assert (answer.status_code, [entry["fault"] for entry in logs]) == (400, [fault])
    assert lasting(anna) == [True]


@pytest.mark.parametrize("text", ["", "text", "a.b.c", "x" * 9000])
def test_what_is_no_token_ends_nothing(client, begin, lasting, text):
    anna = begin()

    assert client.post(PATH, data={"logout_token": text}).status_code == 400
    assert client.post(PATH).status_code == 400
    assert lasting(anna) == [True]


def test_an_id_token_signs_nobody_out_and_a_logout_token_nobody_in(client, begin, lasting, story, logout_token, db):
    anna = begin()
    assert client.post(PATH, data={"logout_token": story.id_token()}).status_code == 400
    asked = parse_qs(urlsplit(client.post("/logga-in/demo").location).query)
    story.token = {"id_token": logout_token()}
    answer = client.get("/logga-in/demo/svar", query_string={"code": "abc", "state": asked["state"][0]})

    assert answer.status_code == 400
    assert (lasting(anna), len(db.scalars(select(LoginSession)).all())) == ([True], 1)


def test_a_token_is_believed_once_and_only_where_it_was_sent(client, begin, lasting, logout_token):
    begin()
    token = logout_token()
    assert client.post("/logga-ut/other/besked", data={"logout_token": token}).status_code == 400
    assert client.post(PATH, data={"logout_token": token}).status_code == 200
    again = begin()

    assert client.post(PATH, data={"logout_token": token}).status_code == 400
    assert lasting(again) == [True]
    assert client.post(PATH, data={"logout_token": logout_token(jti="two")}).status_code == 200
    assert lasting(again) == [False]


def test_strangers_cannot_have_the_keys_fetched_over_and_over(client, story, logout_token):
    for _ in range(3):
        client.post(PATH, data={"logout_token": logout_token(header={"kid": "two"})})

    assert story.asked.count("/jwks") == 2


def test_a_provider_that_does_not_tell_its_keys_may_try_again(client, begin, lasting, story, logout_token):
    anna = begin()
    story.status = 500

    assert client.post(PATH, data={"logout_token": logout_token()}).status_code == 503
    story.status = 200
    assert client.post(PATH, data={"logout_token": logout_token()}).status_code == 200
    assert lasting(anna) == [False]


def test_a_provider_that_nobody_knows_is_not_found(client, logout_token):
    assert client.post("/logga-ut/nobody/besked", data={"logout_token": logout_token()}).status_code == 404


def test_what_is_over_is_forgotten(client, begin, logout_token, db):
    db.add(SpentToken(token_hash="x" * 64, until=clock.parse("2020-01-01T08:00")))
    db.flush()
    client.post(PATH, data={"logout_token": logout_token()})

    assert [each.token_hash == "x" * 64 for each in db.scalars(select(SpentToken))] == [False]


def test_an_answer_of_a_provider_that_takes_its_codes_twice_counts_once(client, app, story, db):
    asked = parse_qs(urlsplit(client.post("/logga-in/demo").location).query)
    with client.session_transaction() as cookie:
        remembered = dict(cookie)
    story.nonce = asked["nonce"][0]
    answer = {"code": "abc", "state": asked["state"][0]}
    assert client.get("/logga-in/demo/svar", query_string=answer).status_code == 302

    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(remembered)
    assert thief.get("/logga-in/demo/svar", query_string=answer).status_code == 400
    assert len(db.scalars(select(LoginSession)).all()) == 1
