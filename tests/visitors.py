"""Doctors in front of web processes that really run: signed in, with the page and the form that a browser has."""

import re

import requests
from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from auth import login_sessions
from lararportal import clock
from lararportal.app import create_app
from lararportal.config import Settings

PATIENCE = 120.0
"""Seconds for one answer while two hundred wait for theirs."""


class Visitor:
    """One browser, with the cookie of one person.

    The form of a session must be looked at before it is sent, unless the proof in it is known already.
    """

    def __init__(self, portal: str, cookie: str, *, proof: str = "") -> None:
        self._portal = portal
        self._proof = proof
        self.read = ""
        self._browser = requests.Session()
        self._browser.headers["Accept-Encoding"] = "identity"
        self._browser.cookies.set("session", cookie, domain="127.0.0.1", path="/")

    def look(self, session_id: int) -> None:
        """Opens the page of a session, on which there is a button to book."""
        answer = self._browser.get(f"{self._portal}/tillfallen/{session_id}", timeout=PATIENCE)
        assert answer.status_code == 200
        form = re.search(rf'action="/tillfallen/{session_id}/boka".*?</form>', answer.text, re.DOTALL)
        assert form is not None, answer.text
        self._proof = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.group()).group(1)

    def open(self, path: str) -> int:
        """Opens a page; the status of the answer."""
        answer = self._browser.get(f"{self._portal}{path}", timeout=PATIENCE)
        self.read = answer.text
        return answer.status_code

    def book(self, session_id: int) -> tuple[int, str | None]:
        """Presses the button; the status of the answer, and where it leads."""
        return self._press(f"/tillfallen/{session_id}/boka")

    def give_back(self, session_id: int) -> tuple[int, str | None]:
        """Gives a seat back, in good time."""
        return self._press(f"/tillfallen/{session_id}/avboka")

    def _press(self, path: str) -> tuple[int, str | None]:
        answer = self._browser.post(
            f"{self._portal}{path}",
            data={"csrf_token": self._proof},
            timeout=PATIENCE,
            allow_redirects=False,
        )
        self.read = answer.text
        return answer.status_code, answer.headers.get("Location")

    def close(self) -> None:
        self._browser.close()


def cookies(db: Session, settings: Settings, persons: list[int]) -> list[str]:
    """What the browsers of these persons carry after a sign-in, signed as the portal signs it."""
    portal = create_app(settings)
    return [_cookie(portal, db, each) for each in persons]


def visitors(db: Session, settings: Settings, persons: list[int], *, portal: str) -> list[Visitor]:
    """These persons, signed in, as if each had a form before them: two hundred pages take longer than the forms."""
    ours = create_app(settings)
    with ours.test_request_context():
        proof, kept = generate_csrf(), session["csrf_token"]
    return [Visitor(portal, _cookie(ours, db, each, csrf_token=kept), proof=proof) for each in persons]


def _cookie(portal: Flask, db: Session, person: int, **kept: str) -> str:
    signer = portal.session_interface.get_signing_serializer(portal)
    token = login_sessions.begin(db, person_id=person, provider="p", id_token="", now=clock.now())
    return signer.dumps({login_sessions.COOKIE_KEY: token, **kept})
