"""The sign-in provider and the mail sink of development, as the processes they are."""

import base64
import hashlib
import json
import os
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from lararportal.dev.people import ELSEWHERE, PEOPLE
from lararportal.dev.program import Program, free_port

ROOT = Path(__file__).parent.parent.parent
VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-1234"
CALLBACK = "http://portal.test/callback"


def started(module: str, port: int, *options: str, log: Path) -> Program:
    command = [sys.executable, "-m", module, f"--port={port}", *options]
    environment = {**os.environ, "LARARPORTAL_ENV": "development"}
    program = Program(name=module, command=command, log=log, environment=environment, directory=ROOT)
    program.start()
    end = time.monotonic() + 30
    while time.monotonic() < end and program.is_running:
        try:
            with socket.create_connection(("127.0.0.1", port)):
                return program
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{module} does not answer:\n{program.last_lines()}")


@dataclass
class Provider:
    """A browser's and a portal's dealings with the provider."""

    issuer: str

    def discovery(self) -> dict[str, object]:
        found = requests.get(f"{self.issuer}/.well-known/openid-configuration", timeout=5).json()
        assert isinstance(found, dict)
        return found

    def authorize(self, sub: str, **parameters: str) -> requests.Response:
        asked = {
            "response_type": "code",
            "client_id": "lararportal",
            "redirect_uri": CALLBACK,
            "scope": "openid profile email",
            "state": "the-state",
            "nonce": f"nonce-of-{sub}",
            "code_challenge_method": "S256",
            "code_challenge": challenge(VERIFIER),
            **parameters,
        }
        return requests.post(
            f"{self.issuer}/oauth2/authorize", params=asked, data={"sub": sub}, allow_redirects=False, timeout=5
        )

    def token(self, code: str, verifier: str) -> requests.Response:
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
        }
        return requests.post(f"{self.issuer}/oauth2/token", data=asked, auth=("lararportal", "secret"), timeout=5)


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def code_of(response: requests.Response) -> str:
    return parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]


def claims_of(id_token: str) -> dict[str, object]:
    payload = id_token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert isinstance(claims, dict)
    return claims


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    port = free_port()
    program = started("lararportal.dev.provider", port, log=tmp_path_factory.mktemp("provider") / "log")
    yield Provider(f"http://127.0.0.1:{port}")
    program.stop()


def test_every_demonstration_person_signs_in_with_one_click(provider: Provider) -> None:
    for person in PEOPLE:
        answer = provider.token(code_of(provider.authorize(person.subject)), VERIFIER).json()
        claims = claims_of(answer["id_token"])
        assert claims["iss"] == provider.issuer
        assert claims["nonce"] == f"nonce-of-{person.subject}"
        told = requests.get(
            f"{provider.issuer}/userinfo", headers={"Authorization": f"Bearer {answer['access_token']}"}, timeout=5
        ).json()
        assert told == {"sub": person.subject, **person.claims}


def test_the_sign_in_page_names_everybody_and_needs_no_network(provider: Provider) -> None:
    page = requests.get(provider.authorize("anna.st").request.url or "", timeout=5).text
    assert [person.name for person in PEOPLE if person.name not in page] == []
    assert "https://" not in page


def test_another_provider_lives_beside_it_with_people_of_its_own(provider: Provider) -> None:
    other = Provider(provider.issuer.replace("127.0.0.1", "localhost"))
    page = requests.get(other.authorize("petra.privat").request.url or "", timeout=5).text
    answer = other.token(code_of(other.authorize("petra.privat")), VERIFIER).json()
    claims = claims_of(answer["id_token"])

    assert [person.name in page for person in (*ELSEWHERE, *PEOPLE)] == [True] * len(ELSEWHERE) + [False] * len(
        PEOPLE
    )
    assert (claims["iss"], claims["sub"]) == (other.issuer, "petra.privat")
    assert other.discovery()["issuer"] == other.issuer
    assert provider.token(code_of(other.authorize("petra.privat")), VERIFIER).status_code == 400


def test_a_code_without_a_challenge_is_refused(provider: Provider) -> None:
    refused = provider.authorize("anna.st", code_challenge="")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


def test_a_request_without_a_nonce_is_refused(provider: Provider) -> None:
    assert "error=invalid_request" in provider.authorize("anna.st", nonce="").headers["Location"]


def test_a_token_for_somebody_elses_code_is_refused(provider: Provider) -> None:
    refused = provider.token(
        code_of(provider.authorize("anna.st")), "another-verifier-of-the-same-length-as-the-first"
    )
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_discovery_names_proof_key_and_end_of_session(provider: Provider) -> None:
    discovery = provider.discovery()
    assert discovery["issuer"] == provider.issuer
    assert discovery["code_challenge_methods_supported"] == ["S256"]
    assert discovery["end_session_endpoint"] == f"{provider.issuer}/oauth2/end_session"
    page = requests.get(
        str(discovery["end_session_endpoint"]), params={"post_logout_redirect_uri": CALLBACK}, timeout=5
    )
    assert (page.status_code, CALLBACK in page.text) == (200, True)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    port, folder = free_port(), tmp_path / "letters"
    program = started("lararportal.dev.sink", port, f"--folder={folder}", log=tmp_path / "log")
    yield port, folder
    program.stop()
    assert program.exit_code == 0


def letter(to: str, subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "kurser@example.org", to, subject
    message.set_content("Hej på dig, Åsa!\n")
    return message


def test_the_sink_lays_each_letter_as_a_file(sink: tuple[int, Path]) -> None:
    port, folder = sink
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for number in range(30):
            smtp.send_message(letter("anna.st@example.org", f"Letter {number}"))
    files = sorted(folder.iterdir())
    assert [path.suffix for path in files] == [".eml"] * 30
    laid = [message_from_bytes(path.read_bytes()) for path in files]
    assert [message["Subject"] for message in laid] == [f"Letter {number}" for number in range(30)]
    assert {message["X-Envelope-To"] for message in laid} == {"anna.st@example.org"}


@pytest.mark.parametrize(
    "command",
    [
        ["lararportal.dev.provider", "--port=1"],
        ["lararportal.dev.sink", "--port=1", "--folder=letters"],
    ],
)
def test_nothing_for_developers_starts_in_production(command: list[str], tmp_path: Path) -> None:
    environment = {**os.environ, "LARARPORTAL_ENV": "production", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", *command], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "Error: this is for development only, and LARARPORTAL_ENV says production"
    assert list(tmp_path.iterdir()) == []
