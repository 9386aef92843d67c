"""The walk through every address: what stands in it, and the browsers of everybody who asks."""

import re
from datetime import datetime

from access_ground import Made
from access_words import NOBODY, RESIDENT
from bookings_room import AFTER
from flask import Flask
from portals import STOPPED
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from auth import login_sessions

IN_ADDRESS = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
THEIRS = {
    "action_id": "action",
    "booking_id": "near_booking",
    "certificate_id": "near_certificate",
    "code": "course",
    "half": "2026-2",
    "identity_id": "near_identity",
    "imprint": "imprint",
    "into": "sister",
    "invitation_id": "invitation",
    "job_id": "job",
    "letter_id": "letter",
    "material_id": "led_material",
    "login_session_id": "near_sign_in",
    "name": "demo",
    "number": "seated",
    "part_id": "part",
    "person_id": "near",
    "precedence_id": "near_precedence",
    "report_id": "near_report",
    "review_id": "review",
    "round_id": "open",
    "session_id": "seated",
    "token": "link",
    "whom": "vantar",
}
"""What stands in an address where nothing else is said: the name of a thing that is there, or the word itself."""

MASKS = ("dolj", "visa")

THERE = {
    "/dev/galleri/fel/<int:code>": {"code": "400"},
    **{
        f"/utvarderingar/<code>{way}": {"code": "led_course"}
        for way in ("", "/sammanstallning.pdf", "/sammanstallning.xlsx")
    },
    "/utvardering/<int:session_id>": {"session_id": "led"},
    "/kursledare/tillfallen/<int:session_id>": {"session_id": "led"},
    **{
        f"/kursledare/tillfallen/<int:session_id>/{way}": {"session_id": "led"}
        for way in ("forberedelse", "grupplista", "kod", "narvaro", "slutfor")
    },
    "/intyg/<token>": {"token": "certificate_code"},
    **{
        f"/kurstillfallen/<int:session_id>/intyg{way}": {"session_id": "led"}
        for way in ("", ".pdf", "/framstall", "/underskrifter")
    },
    **{
        f"/kurstillfallen/<int:session_id>/{way}": {"session_id": "led"}
        for way in (
            "behov",
            "brev",
            "brev/nytt",
            "program",
            "program/skicka",
            "material",
            "material/<int:material_id>",
            "material/<int:material_id>/ta-bort",
        )
    },
    **{
        f"/kurstillfallen/<int:session_id>/forberedelse{way}": {"session_id": "led", "part_id": "led_part"}
        for way in ("", "/<int:part_id>/fil", "/<int:part_id>/ta-bort")
    },
    "/kurstillfallen/<int:session_id>/reflektion": {"session_id": "led"},
    "/tillfallen/<int:session_id>/material/<int:material_id>": {"session_id": "led"},
    "/kalender/<token>.ics": {"token": "feed"},
    "/mina-kurser/besked/<int:round_id>": {"round_id": "published"},
    "/regler/omgang/<int:round_id>/verifiering.json": {"round_id": "published"},
    "/samordning/kontroll/<name>/<int:number>": {"name": "recount"},
    **{f"/samordning/kommentarer/<int:session_id>/<imprint>/{way}": {"session_id": "evaluated"} for way in MASKS},
    **{
        f"/samordning/kurser/<code>/forberedelse/<int:part_id>{way}": {"part_id": "course_part"}
        for way in ("", "/fil", "/ta-bort")
    },
    "/samordning/kurser/<code>/publicera": {"code": "draft_course"},
    "/samordning/omgangar/<int:round_id>/fordela": {"round_id": "drawn_up"},
    "/samordning/omgangar/<int:round_id>/oppna": {"round_id": "planned"},
    "/samordning/omgangar/<int:round_id>/publicera": {"round_id": "drawn_up"},
    "/samordning/reserv/<int:session_id>": {"session_id": "reserve"},
    "/samordning/tillfallen/<int:session_id>/deltagare/<int:person_id>/ur-kon": {"session_id": "waited"},
    "/samordning/tillfallen/<int:session_id>/oppna": {"session_id": "reserve"},
    "/samordning/tillfallen/<int:session_id>/publicera": {"session_id": "draft"},
    **{
        f"/samordning/omgangar/<int:round_id>/tillfallen/<int:session_id>/{way}": {
            "round_id": "drawn_up",
            "session_id": "given",
        }
        for way in ("oppna", "stang")
    },
    **{f"/tillfallen/<int:session_id>/{way}": {"session_id": "free"} for way in ("boka", "ko")},
    **{
        f"/tillfallen/<int:session_id>/{way}": {"session_id": "waited"}
        for way in ("lamna-ko", "ko-val", "ko-upp", "ko-ner")
    },
    **{f"/tillfallen/<int:session_id>/{way}": {"session_id": "offered"} for way in ("tacka-ja", "tacka-nej")},
    **{f"/tillfallen/<int:session_id>/{way}": {"session_id": "moved"} for way in ("behall-platsen", "lamna-platsen")},
    **{
        f"/studierektor/lottning/<int:round_id>{way}": {"round_id": "own_lottery"}
        for way in ("", "/atagande", "/hemlighet")
    },
}
"""What stands there instead, so that there is something to open."""

ASIDE = {"/samordning/tillfallen/nytt": "?kurs={course}"}
"""What an address says after its path."""

OF_PERSONS = {
    "person_id": "far",
    **{f"{each}_id": f"far_{each}" for each in ("booking", "precedence", "report")},
}
ELSEWHERE = {
    "public": {"session_id": "draft", "code": "draft_course"},
    "own": {
        "certificate_id": "far_certificate",
        "login_session_id": "far_sign_in",
        "identity_id": "far_identity",
        "report_id": "far_report",
        "session_id": "draft",
        "code": "draft_course",
        "round_id": "planned",
    },
    "own session": {"session_id": "led_by_others", "code": "course"},
    "own area": OF_PERSONS,
    "all": OF_PERSONS,
    "lottery": {"round_id": "lottery_of_others"},
}
"""What is there, and not for somebody who reaches so far; for who reaches everything it is there."""

OPEN_TO_ALL = {"/ansokan/<int:round_id>", "/incheckning/<int:session_id>/<token>"}
"""What is one's own only after one has sent it in, and what says in a sentence that one has no seat."""

IS_KNOWN = {
    "/regler/omgang/<int:round_id>",
    "/logga-in/<name>",
    "/logga-in/<name>/igen",
    "/profil/inloggningar/ny/<name>",
    "/dev/galleri/fel/<int:code>",
}
"""What has nothing to hide."""

DEVELOPERS = {"/dev/letters", "/dev/letters/<name>"}
"""What only a portal with a folder of letters has."""

CURIOUS = (NOBODY, RESIDENT)
NO_NUMBER = 2_000_000_000


class Browsers:
    """One for everybody, who has just signed in; whatever a request does is undone."""

    def __init__(
        self, app: Flask, db: Session, connection: Connection, made: Made, *, proved_at: datetime = AFTER
    ) -> None:
        self._app, self._db, self._connection, self._made = app, db, connection, made
        self._proved_at = proved_at
        self._cookies: dict[str, str | None] = {NOBODY: None}

    def __call__(self, who: str, method: str, path: str, **form) -> TestResponse:
        """The answer to a form of fields, or to a page that is asked for."""
        return self.send(who, method, path, data=form)

    def send(self, who: str, method: str, path: str, **request) -> TestResponse:
        """The answer to anything."""
        browser = self._app.test_client()
        browser.environ_base[STOPPED] = AFTER
        if (cookie := self._cookie(who)) is not None:
            browser.set_cookie("session", cookie)
        if method == "GET":
            request.pop("data", None)
            return browser.get(path, buffered=True, **request)
        undone = self._connection.begin_nested()
        answer = browser.open(path, method=method, buffered=True, **request)
        undone.rollback()
        return answer

    def _cookie(self, who: str) -> str | None:
        if who not in self._cookies:
            browser = self._app.test_client()
            token = login_sessions.begin(
                self._db,
                person_id=self._made.persons[who],
                provider="p",
                id_token="",
                proved_at=self._proved_at,
                now=AFTER,
            )
            self._db.flush()
            with browser.session_transaction() as cookie:
                cookie[login_sessions.COOKIE_KEY] = token
            self._cookies[who] = browser.get_cookie("session").value
        return self._cookies[who]


def filled(address: str, things: dict[str, str], names: dict[str, int | str]) -> str:
    """The address of these things."""
    chosen = {**THEIRS, **THERE.get(address, {}), **things}
    path = IN_ADDRESS.sub(lambda part: str(names.get(chosen[part[1]], chosen[part[1]])), address)
    return path + ASIDE.get(address, "").format(**names)


def nothing(address: str) -> str:
    """The address of what there is none of."""
    path = re.sub(r"<int:\w+>", str(NO_NUMBER), address).replace("<whom>", "vantar")
    return re.sub(r"<\w+>", "finnsinte", path)


def elsewhere(address: str, cell: str, names: dict[str, int | str]) -> str | None:
    """The address of what is there and not for the visitor; None when there is no such thing."""
    reach = "lottery" if is_lottery(address) else cell
    things = {
        name: ELSEWHERE[reach][name] for name in IN_ADDRESS.findall(address) if name in ELSEWHERE.get(reach, {})
    }
    return filled(address, things, names) if things else None


def is_lottery(address: str) -> bool:
    """Whether it is about the lottery of the director, and not about seats."""
    return address.startswith("/studierektor/lottning")
