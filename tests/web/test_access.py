"""Everybody asks for every address: for what is theirs, for what is somebody else's, for what there is none of."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest
from access_cases import DECIDES_NOTHING, IMPARTIAL, IMPARTIAL_LATER
from access_ground import FAR, LED, LED_BY_OTHERS, NEAR, Made, everything
from access_walk import (
    CURIOUS,
    DEVELOPERS,
    IS_KNOWN,
    NO_NUMBER,
    OPEN_TO_ALL,
    Browsers,
    elsewhere,
    filled,
    is_lottery,
    nothing,
)
from access_words import (
    ADMINISTRATOR,
    COORDINATOR,
    DIRECTOR,
    FRESH,
    LEADER,
    RESIDENT,
    WHO,
    said,
)
from bookings_room import AFTER, OPENS
from common_ground import laid
from pypdf import PdfReader
from scanning import ESCAPED, faults, plant, sheets
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from werkzeug.test import TestResponse

import make
from auth import protection
from auth.models import Person
from bookings.models import Application, Choice, Round
from bookings.states import RoundState
from courses.models import Certificate, Course
from lararportal import pages
from lararportal.app import create_app
from lararportal.cli.access import COLUMNS, DOCTOR, NOWHERE, rows
from lararportal.outbox import Letter

STAFF = (LEADER, COORDINATOR, DIRECTOR, ADMINISTRATOR)
SAID = said()
PAST = (200, 302, 400, 409, 422, 503)
"""What is answered to somebody who may: the rest is no matter of access. No provider answers in these tests."""

SHOWN = {COORDINATOR: 60, RESIDENT: 25}
"""On how many pages they see a text that somebody has written; there it is looked for in what they send out."""


def planted(db: Session) -> Made:
    """Everything, and in every text what a page must not say as it is."""
    made = everything(db)
    plant(db)
    return made


@pytest.fixture(scope="module")
def ground(engine):
    with laid(engine, planted) as ground:
        yield ground


@pytest.fixture
def connection(ground):
    with ground.lent() as connection:
        yield connection


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
    answers = {(method, path): ask(who, method, path) for method, path in asked}
    heard_of = {each: heard(answer) for each, answer in answers.items()}
    assert {each: what for each, what in heard_of.items() if what != asked[each]} == {}
    found = {each: [*faults(answer)] for each, answer in answers.items()}
    assert {each: told for each, told in found.items() if told} == {}
    assert sum(ESCAPED in answer.text for answer in answers.values() if answer.mimetype == "text/html") >= SHOWN.get(
        who, 3
    )


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


HIDDEN = ("Xantippa", "Hemligsson", "xantippa")
WORKS_AT = "Vårdcentralen Gömman"
THEIR_PAGE = "/personer/{near}"
TO_SIGN = "/kurstillfallen/{led}/intyg.pdf"


def told_in(answer: TestResponse) -> str:
    """Whatever stands in an answer; a spreadsheet is an archive of texts, and paper has its own."""
    if answer.mimetype == "application/pdf":
        return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    if not answer.data.startswith(b"PK"):
        return answer.data.decode("utf-8", "replace")
    with ZipFile(BytesIO(answer.data)) as file:
        return "".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())


@pytest.fixture
def protected(db, ground) -> Person:
    """Anna, who had letters and is in everything, has another name and a protected identity from now on."""
    anna = db.get_one(Person, ground.made.persons[RESIDENT])
    old = anna.own_name
    anna.given_name, anna.family_name, anna.email = "Xantippa", "Hemligsson", "xantippa@example.org"
    anna.workplace = WORKS_AT
    for each in db.scalars(select(Letter)):
        each.body = each.body.replace(old, anna.own_name)
    for each in db.scalars(select(Certificate).where(Certificate.person_id == anna.id)):
        each.content |= {"given": anna.given_name, "family": anna.family_name}
        flag_modified(each, "content")
    db.flush()
    protection.protect(db, person_id=anna.id, now=AFTER, by=ground.made.persons[COORDINATOR])
    db.flush()
    return anna


def test_who_has_a_protected_identity_is_read_nowhere_but_by_themselves_and_who_must_know(ask, names, db, protected):
    asked = {
        (who, path)
        for who in WHO
        for method, path, what in questions(who, names)
        if method == "GET" and what == "past"
    }
    asked |= {(who, "/personer?q=Xanti") for who in (COORDINATOR, DIRECTOR)}
    read = {each: told_in(ask(each[0], "GET", each[1])) for each in asked}
    told = {each for each, text in read.items() if any(name in text for name in HIDDEN)}

    may = {(COORDINATOR, each.format(**names)) for each in (THEIR_PAGE, TO_SIGN)}
    assert (len(asked) > 200, {each for each in told if each[0] != RESIDENT} - may) == (True, set())
    assert told >= may | {(RESIDENT, "/profil")}
    assert {who for (who, _), text in read.items() if WORKS_AT in text} == {COORDINATOR, DIRECTOR, RESIDENT}
    stand_in = f"Skyddade uppgifter {protected.id}"
    shown = {path for who, path in asked if who == COORDINATOR and stand_in in read[(who, path)]}
    assert {"/personer", "/personer?q=Xanti", "/samordning/brev", "/finansiering"} <= shown
    assert stand_in not in read[(DIRECTOR, "/personer?q=Xanti")]
    letters = db.scalars(select(Letter)).all()
    assert [each.body for each in letters if any(name in f"{each.subject}{each.body}" for name in HIDDEN)] == []
    theirs = [each for each in letters if each.person_id == protected.id]
    assert ({each.subject for each in theirs}, len(theirs) > 2) == ({"Nytt i Lärportalen"}, True)
    assert [each.calendars for each in theirs] == [[]] * len(theirs)


@pytest.fixture
def applied(db: Session, ground) -> None:
    """Who decides has applied in every round that is not over, and for all courses."""
    wanted = [make.session(db, of=each) for each in db.scalars(select(Course).order_by(Course.id))]
    rounds = [*db.scalars(select(Round).where(Round.state != RoundState.PUBLISHED)), make.round_of(db, *wanted)]
    for who in (COORDINATOR, DIRECTOR):
        for round_ in rounds:
            choices = [Choice(rank=rank, session_id=each.id) for rank, each in enumerate(wanted, 1)]
            about = {"round_id": round_.id, "person_id": ground.made.persons[who], "choices": choices}
            db.add(Application(**about, cap=1, submitted_at=OPENS))
    db.flush()


def decided(ask: Browsers, who: str, path: str, form: dict[str, str] | None) -> TestResponse:
    """The answer to a form, or to the one that stands on the page as it stands there."""
    if form is None:
        page = ask(who, "GET", path).text
        [form] = [each.fields for each in sheets(path, page) if (each.method, each.path) == ("POST", path)]
    return ask(who, "POST", path, **form)


def test_who_has_applied_for_a_course_is_refused_wherever_it_is_decided_about(ask, names, applied):
    asked = {(address, who): case for address, case in IMPARTIAL.items() for who in case.who}
    heard = {each: decided(ask, each[1], filled(each[0], {}, names), case.form) for each, case in asked.items()}

    told = {
        each: (heard[each].status_code, pages.sentence(asked[each].sentence) in heard[each].text) for each in asked
    }
    assert {each: what for each, what in told.items() if what != (409, True)} == {}


def test_of_every_form_that_staff_sends_in_is_said_whether_it_decides_about_seats():
    decided = {
        address
        for (method, address), kind in SAID.items()
        if method == "POST" and {kind.cell(who) for who in STAFF} & {"all", "own area", "own session"}
    }

    assert decided == {*IMPARTIAL, *IMPARTIAL_LATER, *DECIDES_NOTHING}
    assert len(decided) == len(IMPARTIAL) + len(IMPARTIAL_LATER) + len(DECIDES_NOTHING)
