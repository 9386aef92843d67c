"""What a request says of where it comes from and where it was sent to: believed only as the settings say."""

from dataclasses import replace

import pytest
from flask import request

from auth.access import public
from lararportal.app import create_app
from lararportal.edge import Installation
from lararportal.web import Server

SAYS = {"X-Forwarded-For": "203.0.113.9, 198.51.100.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.test"}


@pytest.fixture
def seen(settings, database, redis):
    """What a view sees of a request, behind so many proxies."""

    def ask(proxies: int) -> list[str]:
        told = replace(settings, proxies=proxies)
        app = create_app(told, Installation(settings=told, database=database, redis=redis))

        @app.get("/test-seen")
        @public
        def view() -> list[str | None]:
            return [request.remote_addr, request.scheme, request.host]

        return app.test_client().get("/test-seen", headers=SAYS, environ_base={"REMOTE_ADDR": "10.0.0.1"}).json

    return ask


@pytest.mark.parametrize(
    ("proxies", "saw"),
    [
        (0, ["10.0.0.1", "http", "localhost"]),
        (1, ["198.51.100.1", "https", "localhost"]),
        (2, ["203.0.113.9", "http", "localhost"]),
    ],
    ids=["none", "the nearest", "a second one, which said nothing of the scheme"],
)
def test_as_many_proxies_are_believed_as_there_are(seen, proxies, saw):
    assert seen(proxies) == saw


def test_the_web_server_believes_nobody_by_itself(settings, monkeypatch):
    server = Server(settings, bind="127.0.0.1:0", processes=1)

    assert (server.cfg.forwarded_allow_ips, server.cfg.secure_scheme_headers) == ([], {})


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("portal.test", 200),
        ("portal.test:8000", 200),
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("evil.test", 400),
        ("portal.test.evil.test", 400),
        ("sub.portal.test", 400),
        ("portal.test@evil.test", 400),
        ("", 400),
    ],
)
def test_it_answers_to_its_own_name_alone(client, host, status):
    for path in ("/om", "/finns-inte"):
        answer = client.get(path, headers={"Host": host})
        assert (answer.status_code == 400) is (status == 400)

    if status == 400:
        assert (answer.text, answer.mimetype) == ("Det gick inte att läsa det som skickades.\n", "text/plain")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert client.post("/logga-ut", headers={"Host": host}).status_code == 400
