"""Everybody asks for every address: for what is theirs, for what is somebody else's, for what there is none of."""

import re
from collections.abc import Callable, Iterator

import pytest
from access_ground import FAR, LED, LED_BY_OTHERS, NEAR, everything
from access_words import COORDINATOR, DIRECTOR, FRESH, LEADER, NOBODY, RESIDENT, WHO, said
from bookings_room import AFTER
from common_ground import laid
from portals import STOPPED
from werkzeug.test import TestResponse

from auth import login_sessions
from lararportal.app import create_app
from lararportal.cli.access import COLUMNS, DOCTOR, NOWHERE, rows

SAID = said()
PAST = (200, 302, 400, 409, 422, 503)
"""What is answered to somebody who may: the rest is no matter of access. No provider answers in these tests."""

IN_ADDRESS = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
THEIRS = {
    "booking_id": "near_booking",
    "code": "course",
    "into": "sister",
    "job_id": "job",
    "letter_id": "letter",
    "login_session_id": "near_sign_in",
    "name": "demo",
    "number": "seated",
    "person_id": "near",
    "precedence_id": "near_precedence",
    "round_id": "open",
    "session_id": "seated",
    "whom": "vantar",
}
"""What stands in an address where nothing else is said: the name of a thing that is there, or the word itself."""

THERE = {
    "/dev/galleri/fel/<int:code>": {"code": "400"},
    "/kursledare/tillfallen/<int:session_id>": {"session_id": "led"},
    "/mina-kurser/besked/<int:round_id>": {"round_id": "published"},
    "/regler/omgang/<int:round_id>/verifiering.json": {"round_id": "published"},
    "/samordning/kontroll/<name>/<int:number>": {"name": "recount"},
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

ELSEWHERE = {
    "public": {"session_id": "draft", "code": "draft_course"},
    "own": {"login_session_id": "far_sign_in", "session_id": "draft", "code": "draft_course", "round_id": "planned"},
    "own session": {"session_id": "led_by_others"},
    "own area": {"person_id": "far", "booking_id": "far_booking", "precedence_id": "far_precedence"},
    "all": {"person_id": "far", "booking_id": "far_booking", "precedence_id": "far_precedence"},
    "lottery": {"round_id": "lottery_of_others"},
}
"""What is there, and not for somebody who reaches so far; for who reaches everything it is there."""

OPEN_TO_ALL = {"/ansokan/<int:round_id>"}
"""What is one's own only after one has sent it in."""

IS_KNOWN = {
    "/regler/omgang/<int:round_id>",
    "/logga-in/<name>",
    "/logga-in/<name>/igen",
    "/dev/galleri/fel/<int:code>",
}
"""What has nothing to hide."""

DEVELOPERS = {"/dev/letters", "/dev/letters/<name>"}
"""What only a portal with a folder of letters has."""

CURIOUS = (NOBODY, RESIDENT)
NO_NUMBER = 2_000_000_000


@pytest.fixture(scope="module")
def ground(engine):
    with laid(engine, everything) as ground:
        yield ground


@pytest.fixture
def connection(ground):
    with ground.lent() as connection:
        yield connection


@pytest.fixture
def names(ground, installation) -> dict[str, int | str]:
    job = installation.queue.enqueue("lararportal.workers.publish_round", 1, 1, 1)
    return ground.made.ids | {"job": job.id}


@pytest.fixture
def ask(app, db, connection, ground) -> Callable[..., TestResponse]:
    """The answer to somebody who has just signed in, in a browser of its own; whatever it did is undone."""
    cookies = {NOBODY: None}

    def asked(who: str, method: str, path: str, **form) -> TestResponse:
        if who not in cookies:
            browser, person = app.test_client(), ground.made.persons[who]
            token = login_sessions.begin(db, person_id=person, provider="p", id_token="", proved_at=AFTER, now=AFTER)
            db.flush()
            with browser.session_transaction() as cookie:
                cookie[login_sessions.COOKIE_KEY] = token
            cookies[who] = browser.get_cookie("session").value
        browser = app.test_client()
        browser.environ_base[STOPPED] = AFTER
        if cookies[who] is not None:
            browser.set_cookie("session", cookies[who])
        if method == "GET":
            return browser.get(path, buffered=True)
        undone = connection.begin_nested()
        answer = browser.post(path, data=form, buffered=True)
        undone.rollback()
        return answer

    return asked


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


def heard(answer: TestResponse) -> str:
    """The answer as the table has it."""
    if answer.status_code == 302 and answer.location.startswith("/logga-in"):
        return "sign in"
    return "-" if answer.status_code == 403 else "past" if answer.status_code in PAST else str(answer.status_code)


def questions(who: str, names: dict[str, int | str]) -> Iterator[tuple[str, str, str]]:
    """Method, path, and what is to be heard.

    A door that is shut is shut for both methods, whatever it is asked about: that is asked by two visitors alone.
    """
    shut = set()
    for (method, address), kind in SAID.items():
        cell = kind.cell(who)
        if address in DEVELOPERS:
            continue
        if cell not in ("sign in", "-"):
            yield from ((method, path, what) for path, what in behind(who, method, address, cell, names))
        elif address not in shut or who in CURIOUS:
            yield method, filled(address, {}, names), cell
            if who in CURIOUS:
                yield method, nothing(address), cell
            shut.add(address)


def behind(who: str, method: str, address: str, cell: str, names: dict[str, int | str]) -> Iterator[tuple[str, str]]:
    """What is asked behind a door that is open: path, and what is to be heard."""
    if cell != "own" or who == RESIDENT or "<" not in address or address in OPEN_TO_ALL or is_lottery(address):
        yield filled(address, {}, names), "past"
    elif method == "GET":
        yield filled(address, {}, names), "404"
    if "<" not in address or address in IS_KNOWN:
        return
    if cell not in ("public", "own") or who in CURIOUS:
        yield nothing(address), "404"
    other = elsewhere(address, cell, names)
    if other is not None:
        yield other, "past" if cell == "all" else "404"


def test_what_is_said_by_hand_is_what_the_portal_tells():
    told = {}
    for address, methods, *cells, fresh in rows(create_app(NOWHERE)):
        row = (dict(zip(COLUMNS, cells, strict=True)), bool(fresh))
        told |= {(method, address): row for method in methods.split()}

    assert told == {
        (method, address): (
            {who: kind.cell(RESIDENT if who == DOCTOR else who) for who in COLUMNS},
            address in FRESH,
        )
        for (method, address), kind in SAID.items()
    }


@pytest.mark.parametrize("who", WHO)
def test_everybody_is_answered_as_it_is_said(ask, names, who):
    asked = {(method, path): what for method, path, what in questions(who, names)}

    assert len(asked) > 100
    heard_of = {(method, path): heard(ask(who, method, path)) for method, path in asked}
    assert {each: what for each, what in heard_of.items() if what != asked[each]} == {}


def test_a_list_has_what_is_within_reach(ask):
    listed = {
        (who, path): tuple(name in ask(who, "GET", path).text for name in pair)
        for pair, visitors, paths in (
            ((NEAR, FAR), (DIRECTOR, COORDINATOR), ("/personer", "/personer/fortur", "/finansiering")),
            ((LED, LED_BY_OTHERS), (LEADER,), ("/kursledare",)),
        )
        for who in visitors
        for path in paths
    }

    assert {each: seen for each, seen in listed.items() if seen != (True, each[0] == COORDINATOR)} == {}


def test_what_is_elsewhere_is_not_reached_beside_what_is_near(ask, names):
    """A form or an address that names both: a number that there is none of is answered in the same way."""
    precedence = "/personer/{near}/fortur/{}/aterkalla"

    def answers(number: int | str, booking: int | str) -> list[int]:
        path = precedence.format(number, near=names["near"])
        asked = [ask(DIRECTOR, "GET", path), ask(DIRECTOR, "POST", path, reason="-")]
        return [each.status_code for each in (*asked, ask(DIRECTOR, "POST", "/finansiering", bookings=[booking]))]

    unknown = answers(NO_NUMBER, NO_NUMBER)
    assert unknown[:2] == [404, 404]
    assert unknown[2] in (400, 404)
    assert answers(names["far_precedence"], names["far_booking"]) == unknown
