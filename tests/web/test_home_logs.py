"""What is written down of a request, and of what goes wrong: nothing that opens a door."""

import json
import logging
import re

import pytest
import structlog

import make
from lararportal import logs

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl"
SECRETS = {
    "the password of a database": "postgresql://portal:HUSH@db/portal",
    "the password of a queue": "redis://:HUSH@redis.internal:6379/0",
    "an id token": f"id_token={TOKEN}",
    "a header": "Authorization: Bearer HUSHHUSHHUSH",
    "an answer of a provider": "GET /logga-in/demo/svar?code=HUSH&state=HUSH&iss=x",
    "an answer in JSON": '{"access_token": "HUSH", "client_secret": "HUSH", "expires_in": 60}',
    "facts in Python": "{'logout_token': 'HUSH', 'password': 'HUSH'}",
    "the link of an invitation": "/inbjudan/7-HUSH_-HUSH/demo",
    "a cookie": "Set-Cookie: HUSH; Path=/",
    "all cookies of a browser": "{'headers': {'Cookie': 'a=1; __Host-session=HUSHHUSH; b=HUSH'}}",
    "the keys of the settings": "LARARPORTAL_DATA_KEYS=2027:HUSHm1Z=,2026:HUSH= index_key: HUSH+/=",
    "a private key": "-----BEGIN EC PRIVATE KEY-----\nHUSH/HUSH+HUSH=\nHUSH\n-----END EC PRIVATE KEY-----",
    "what a provider is asked": "code=HUSHHUSHHUSHHUSH&grant_type=authorization_code",
    "the same in JSON": '{"code": "HUSHHUSHHUSHHUSH", "state": "HUSHHUSHHUSHHUSHHUSH"}',
    "a password of two words": "password: \"two HUSH\" and 'secret': 'one \" HUSH'",
    "the password of a mail server": "smtp://u:p@HUSH@mail.internal:25",
    "a link that was quoted": "next=%2Finbjudan%2F7-HUSH_-HUSH",
}
HARMLESS = (
    "sign-in refused",
    "request /mina-kurser took 3 s: state queued, code 404",
    "https://portal.test/kurser?q=hud&sida=2",
    "smtp://mail.internal:25 said 250 ok",
    "token used again",
    "KeyError: 'x', key: new, course code: OB01, status_code=404, a cookie was refused",
)


@pytest.fixture
def written(capsys):
    """What stands on standard error of what the function did, line by line."""

    def of(do) -> list[dict]:
        # Only now, since each part of a test has a standard error of its own.
        logs.configure("info")
        do()
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield of
    with capsys.disabled():
        logs.configure("info")


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_no_secret_is_written_down(written, text):
    log = structlog.get_logger("lararportal.test")

    def write() -> None:
        log.warning("said", what=text, facts={"deep": [text]})
        logging.getLogger("other.library").warning("said %s", text)
        log.error("failed", exc_info=RuntimeError(text))

    lines = written(write)
    assert len(lines) == 3
    assert re.findall(r"HUSH|eyJ\w+\.", json.dumps(lines)) == []
    assert "[hidden]" in lines[0]["what"]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(written, text):
    log = structlog.get_logger("lararportal.test")

    [line] = written(lambda: log.warning("said", what=text, tokens=3, secret=None, cookie=True))
    assert (line["what"], line["tokens"], line["secret"], line["cookie"]) == (text, 3, None, True)


def test_a_request_is_known_by_its_path_and_never_by_its_question(own_app, written):
    @own_app.get("/test-broken")
    def broken() -> None:
        raise RuntimeError("as if")

    client = own_app.test_client()

    def ask() -> None:
        client.get("/test-broken?code=abc&q=Anna+Stenberg", headers={"Cookie": "session=abcdefgh"})
        client.get("/logga-in/demo/svar?code=abc&state=def")
        logging.getLogger("gunicorn.error").warning("not understood")

    lines = written(ask)
    assert [(line["event"], line.get("path")) for line in lines] == [
        ("request failed", "/test-broken"),
        ("sign-in failed", "/logga-in/demo/svar"),
        ("not understood", None),
    ]
    assert re.findall(r"code=|state=|Stenberg|abcdefgh", json.dumps(lines)) == []


def test_the_link_of_an_invitation_is_written_down_without_what_opens_it(own_app, written):
    @own_app.get("/test-broken/<token>/<name>")
    def broken(token: str, name: str) -> None:
        raise RuntimeError("as if")

    [line] = written(lambda: own_app.test_client().get("/test-broken/HUSH/demo"))

    assert line["path"] == "/test-broken/[hidden]/demo"
    assert "HUSH" not in json.dumps(line)
    opened = {each.rule for each in own_app.url_map.iter_rules() if "token" in each.arguments}
    assert opened >= {"/inbjudan/<token>", "/inbjudan/<token>/<name>"}


def test_who_asked_for_a_page_that_is_not_for_them_is_written_down_by_number(client, sign_in, db, written):
    anna = make.person(db)
    sign_in(client, anna)

    [line] = written(lambda: client.get("/samordning?q=Anna"))
    assert (line["event"], line["level"]) == ("not for the role", "warning")
    assert (line["person"], line["method"], line["path"]) == (anna.id, "GET", "/samordning")
    assert anna.family_name not in json.dumps(line)
