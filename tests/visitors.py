"""Doctors in front of web processes that really run: signed in, with the page and the form that a browser has."""

import re

import requests
from sqlalchemy.orm import Session

from auth import login_sessions
from lararportal import clock
from lararportal.app import create_app
from lararportal.config import Settings

PATIENCE = 120.0
"""Seconds for one answer while two hundred wait for theirs."""


class Visitor:
    """One browser, with the cookie of one person; the form of a session must be looked at before it is sent."""

    def __init__(self, portal: str, cookie: str) -> None:
        self._portal = portal
        self._proof = ""
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

    def book(self, session_id: int) -> tuple[int, str | None]:
        """Presses the button; the status of the answer, and where it leads."""
        answer = self._browser.post(
            f"{self._portal}/tillfallen/{session_id}/boka",
            data={"csrf_token": self._proof},
            timeout=PATIENCE,
            allow_redirects=False,
        )
        return answer.status_code, answer.headers.get("Location")

    def close(self) -> None:
        self._browser.close()


def cookies(db: Session, settings: Settings, persons: list[int]) -> list[str]:
    """What the browsers of these persons carry after a sign-in, signed as the portal signs it."""
    portal = create_app(settings)
    signer = portal.session_interface.get_signing_serializer(portal)
    now = clock.now()
    tokens = [login_sessions.begin(db, person_id=each, provider="p", id_token="", now=now) for each in persons]
    return [signer.dumps({login_sessions.COOKIE_KEY: token}) for token in tokens]
