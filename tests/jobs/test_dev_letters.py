"""The letters of the mail sink, in the browser."""

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lararportal.app import create_app
from lararportal.config import Settings


@pytest.fixture
def lay(tmp_path: Path) -> Callable[..., None]:
    def lay(name: str, *, to: str, subject: str, text: str = "Hej!\n", calendar: str = "") -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "kurser@example.org", to, subject
        message["Date"] = "Mon, 11 Jan 2027 07:00:00 -0000"
        message.set_content(text)
        if calendar:
            message.add_attachment(calendar, subtype="calendar", filename="kurs.ics")
        (tmp_path / f"{name}.eml").write_bytes(f"X-Envelope-To: {to}\r\n".encode() + message.as_bytes())

    return lay


@pytest.fixture
def reader(settings: Settings, tmp_path: Path) -> FlaskClient:
    return create_app(replace(settings, letters_dir=str(tmp_path))).test_client()


def test_letters_are_listed_newest_first(reader: FlaskClient, lay: Callable[..., None]) -> None:
    lay("20270111T070000.000001-aa", to="anna.st@example.org", subject="Din ansökan har kommit in")
    lay("20270111T070000.000002-bb", to="olle.samordnare@example.org", subject="För få bokade")
    page = reader.get("/dev/letters").text
    assert 0 < page.index("För få bokade") < page.index("Din ansökan har kommit in")


def test_letters_are_found_by_recipient(reader: FlaskClient, lay: Callable[..., None]) -> None:
    lay("1", to="anna.st@example.org", subject="Plats")
    lay("2", to="olle.samordnare@example.org", subject="Besked till anna.st@example.org")
    page = reader.get("/dev/letters?till=ANNA.st").text
    assert ("/dev/letters/1.eml" in page, "/dev/letters/2.eml" in page) == (True, False)


def test_a_letter_shows_its_text_and_its_calendar_part(reader: FlaskClient, lay: Callable[..., None]) -> None:
    lay(
        "1", to="anna.st@example.org", subject="Plats", text="Du har fått en <plats>.\n", calendar="BEGIN:VCALENDAR\n"
    )
    page = reader.get("/dev/letters/1.eml").text
    assert [
        part for part in ("Du har fått en &lt;plats&gt;.", "BEGIN:VCALENDAR", "kurs.ics") if part not in page
    ] == []


def test_nothing_but_letters_is_shown(reader: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("secret")
    (tmp_path.parent / "above.eml").write_text("Subject: above\n\n")
    for name in ("secret-key", "..%2Fabove.eml", "missing.eml", "%2e%2e/above.eml"):
        assert reader.get(f"/dev/letters/{name}").status_code == 404


def test_there_are_no_letters_to_see_in_production(settings: Settings, tmp_path: Path) -> None:
    client = create_app(replace(settings, env="production", letters_dir=str(tmp_path))).test_client()
    assert client.get("/dev/letters").status_code == 404
