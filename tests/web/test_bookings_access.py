"""What those who may open it are answered at every address of the bookings room.

That nobody else may is asked of every address of the portal in `test_access`.
"""

from datetime import date, timedelta
from functools import cache

import pytest
from common_ground import laid
from flask.testing import FlaskClient

import make
from auth.models import Person
from auth.states import Role
from bookings import allocation, left_over_seats, precedence
from bookings.states import RoundState
from lararportal import clock

ANYBODY = "nobody"
PARTICIPANT = "participant"
COORDINATOR, DIRECTOR, LEADER = Role.COORDINATOR, Role.DIRECTOR, Role.LEADER


def for_everybody(status: int, **others: int) -> dict[str, int]:
    """For a doctor, and for somebody who is none."""
    return {PARTICIPANT: status, COORDINATOR: status, **others}


def for_holders(*roles: Role, status: int) -> dict[str, int]:
    return dict.fromkeys(roles, status)


LOTTERY = "/samordning/omgangar/{open}/lottning"
PRECEDENCE = "/personer/{anna}/fortur"
SEAT = "/tillfallen/{session}"
FOR_ANNA = "/samordning/tillfallen/{session}/deltagare/{anna}"

SEEN = {
    "/regler": {ANYBODY: 200},
    "/regler/omgang/{open}": {ANYBODY: 200},
    "/regler/omgang/{drawn_up}/verifiering.json": {ANYBODY: 404},
    "/regler/soktryck": {ANYBODY: 200},
    "/regler/kontrollera": {ANYBODY: 200},
    "/mina-kurser": for_everybody(200),
    "/mina-delmal": for_everybody(200),
    "/profil/mina-uppgifter": for_everybody(200),
    "/profil/mina-uppgifter.json": for_everybody(200),
    "/mina-kurser/besked/{drawn_up}": for_everybody(404),
    "/mina-kurser/kalender": for_everybody(200),
    "/kalender/unknown.ics": {ANYBODY: 404},
    "/ansokan": for_everybody(302),
    "/ansokan/{open}": for_everybody(200),
    "/ansokan/{planned}": for_everybody(404),
    "/ansokan/{open}/ta-tillbaka": for_everybody(404),
    f"{SEAT}/lamna-ko": for_everybody(404),
    f"{SEAT}/ko-val": for_everybody(404),
    f"{SEAT}/tacka-nej": for_everybody(404),
    f"{SEAT}/lamna-platsen": for_everybody(404),
    f"{SEAT}/avboka": for_everybody(404),
    f"{SEAT}/boka-om": for_everybody(404),
    f"{SEAT}/kalender.ics": for_everybody(404),
    "/samordning": for_holders(COORDINATOR, status=200),
    "/samordning/minimum": for_holders(COORDINATOR, status=200),
    "/samordning/minimum/{session}": for_holders(COORDINATOR, status=200),
    "/samordning/reserv/{session}": for_holders(COORDINATOR, status=409),
    "/samordning/minimum/{session}/ge-anda": for_holders(COORDINATOR, status=200),
    "/samordning/minimum/{session}/flytta-beslutet": for_holders(COORDINATOR, status=200),
    "/samordning/minimum/{session}/bjud-in/vantar": for_holders(COORDINATOR, status=200),
    "/samordning/minimum/{session}/reserverade": for_holders(COORDINATOR, status=200),
    "/samordning/minimum/{session}/sla-ihop/{given}": for_holders(COORDINATOR, status=409),
    "/samordning/fakturaunderlag": for_holders(COORDINATOR, status=200),
    "/samordning/fakturaunderlag.xlsx": for_holders(COORDINATOR, status=200),
    "/samordning/omgangar": for_holders(COORDINATOR, status=200),
    "/samordning/omgangar/ny": for_holders(COORDINATOR, status=200),
    "/samordning/omgangar/{open}": for_holders(COORDINATOR, status=200),
    "/samordning/omgangar/{open}/andra": for_holders(COORDINATOR, status=200),
    "/samordning/omgangar/{planned}/oppna": for_holders(COORDINATOR, status=200),
    "/samordning/omgangar/{open}/stang": for_holders(COORDINATOR, status=200),
    "/samordning/omgangar/{drawn_up}/fordela": for_holders(COORDINATOR, status=200),
    "/samordning/omgangar/{drawn_up}/publicera": for_holders(COORDINATOR, status=200),
    "/samordning/omgangar/{drawn_up}/tillfallen/{given}/stang": for_holders(COORDINATOR, status=200),
    "/samordning/omgangar/{drawn_up}/tillfallen/{given}/oppna": for_holders(COORDINATOR, status=409),
    "/samordning/omgangar/{drawn_up}/tillfallen/{session}/stang": for_holders(COORDINATOR, status=404),
    f"{LOTTERY}/utan": for_holders(COORDINATOR, status=409),
    f"{LOTTERY}/kopia": for_holders(COORDINATOR, status=409),
    f"{LOTTERY}/varde": for_holders(COORDINATOR, status=409),
    f"{LOTTERY}/kalla": for_holders(COORDINATOR, status=409),
    "/studierektor": for_holders(DIRECTOR, status=200),
    "/finansiering": for_holders(COORDINATOR, DIRECTOR, status=200),
    "/finansiering/klara": for_holders(COORDINATOR, DIRECTOR, status=200),
    "/studierektor/lottning": for_holders(DIRECTOR, status=200),
    "/studierektor/lottning/{planned}": for_holders(DIRECTOR, status=404),
    "/studierektor/lottning/{planned}/atagande": for_holders(DIRECTOR, status=404),
    "/studierektor/lottning/{planned}/hemlighet": for_holders(DIRECTOR, status=404),
    "/samordning/jobb/unknown": for_holders(COORDINATOR, status=404),
    "/samordning/tillfallen/{session}": for_holders(COORDINATOR, status=200),
    "/samordning/tillfallen/{session}/stall-in": for_holders(COORDINATOR, status=200),
    f"{FOR_ANNA}/avboka": for_holders(COORDINATOR, status=200),
    f"{FOR_ANNA}/boka-om": for_holders(COORDINATOR, status=200),
    f"{FOR_ANNA}/ur-kon": for_holders(COORDINATOR, status=404),
    "/personer/fortur": for_holders(COORDINATOR, DIRECTOR, status=200),
    "/personer/{anna}/delmal": for_holders(COORDINATOR, DIRECTOR, status=200),
    "/personer/{anna}/raknas": for_holders(COORDINATOR, DIRECTOR, status=200),
    PRECEDENCE: for_holders(COORDINATOR, DIRECTOR, status=200),
    f"{PRECEDENCE}/{{precedence}}/aterkalla": for_holders(COORDINATOR, DIRECTOR, status=200),
    "/personer/{anna}/undantag": for_holders(COORDINATOR, DIRECTOR, status=200),
    "/personer/{anna}/radera": for_holders(COORDINATOR, status=200),
    "/kursledare": for_holders(LEADER, status=200),
    "/kursledare/tillfallen/{session}": for_holders(LEADER, status=404),
    "/kursledare/tillfallen/{session}/grupplista": for_holders(LEADER, status=404),
}
"""What they are answered where pages are read; Anna has the only seat of the session."""

SENT = {
    "/ansokan/{open}": for_everybody(400),
    "/ansokan/{open}/ta-tillbaka": for_everybody(409),
    f"{SEAT}/boka": for_everybody(409, participant=302),
    f"{SEAT}/ko": for_everybody(409, participant=302),
    f"{SEAT}/lamna-ko": for_everybody(409),
    f"{SEAT}/ko-val": for_everybody(404),
    f"{SEAT}/ko-upp": for_everybody(409),
    f"{SEAT}/ko-ner": for_everybody(409),
    f"{SEAT}/tacka-ja": for_everybody(409),
    f"{SEAT}/tacka-nej": for_everybody(409),
    f"{SEAT}/behall-platsen": for_everybody(409),
    f"{SEAT}/lamna-platsen": for_everybody(409),
    f"{SEAT}/avboka": for_everybody(404),
    f"{SEAT}/angra-avbokning": for_everybody(409),
    f"{SEAT}/boka-om": for_everybody(404),
    "/mina-kurser/kalender/adress": for_everybody(302),
    "/mina-kurser/kalender/stang": for_everybody(302),
    "/samordning/minimum/{session}/ge-anda": for_holders(COORDINATOR, status=400),
    "/samordning/reserv/{session}": for_holders(COORDINATOR, status=409),
    "/samordning/minimum/{session}/flytta-beslutet": for_holders(COORDINATOR, status=400),
    "/samordning/minimum/{session}/bjud-in/vantar": for_holders(COORDINATOR, status=409),
    "/samordning/minimum/{session}/reserverade": for_holders(COORDINATOR, status=409),
    "/samordning/minimum/{session}/sla-ihop/{given}": for_holders(COORDINATOR, status=409),
    "/kurser/{course}/sag-till": for_everybody(302),
    "/kurser/{course}/sag-inte-till": for_everybody(302),
    "/samordning/omgangar/ny": for_holders(COORDINATOR, status=400),
    "/samordning/omgangar/{open}/andra": for_holders(COORDINATOR, status=400),
    "/samordning/omgangar/{planned}/oppna": for_holders(COORDINATOR, status=302),
    "/samordning/omgangar/{open}/stang": for_holders(COORDINATOR, status=409),
    "/samordning/omgangar/{drawn_up}/fordela": for_holders(COORDINATOR, status=302),
    "/samordning/omgangar/{drawn_up}/publicera": for_holders(COORDINATOR, status=400),
    "/samordning/omgangar/{drawn_up}/tillfallen/{given}/stang": for_holders(COORDINATOR, status=400),
    "/samordning/omgangar/{drawn_up}/tillfallen/{given}/oppna": for_holders(COORDINATOR, status=400),
    f"{LOTTERY}/utan": for_holders(COORDINATOR, status=409),
    f"{LOTTERY}/kopia": for_holders(COORDINATOR, status=409),
    f"{LOTTERY}/varde": for_holders(COORDINATOR, status=409),
    f"{LOTTERY}/kalla": for_holders(COORDINATOR, status=409),
    f"{LOTTERY}/paminn": for_holders(COORDINATOR, status=409),
    "/studierektor/lottning/{planned}/atagande": for_holders(DIRECTOR, status=404),
    "/studierektor/lottning/{planned}/hemlighet": for_holders(DIRECTOR, status=404),
    "/samordning/tillfallen/{session}/stall-in": for_holders(COORDINATOR, status=400),
    f"{FOR_ANNA}/avboka": for_holders(COORDINATOR, status=302),
    f"{FOR_ANNA}/angra-avbokning": for_holders(COORDINATOR, status=409),
    f"{FOR_ANNA}/boka-om": for_holders(COORDINATOR, status=400),
    f"{FOR_ANNA}/ur-kon": for_holders(COORDINATOR, status=404),
    f"{FOR_ANNA}/ko": for_holders(COORDINATOR, status=409),
    "/finansiering": for_holders(COORDINATOR, DIRECTOR, status=400),
    "/finansiering/{seat}/ta-tillbaka": for_holders(COORDINATOR, DIRECTOR, status=409),
    PRECEDENCE: for_holders(COORDINATOR, DIRECTOR, status=400),
    f"{PRECEDENCE}/{{precedence}}/aterkalla": for_holders(COORDINATOR, DIRECTOR, status=400),
    "/personer/{anna}/undantag": for_holders(COORDINATOR, DIRECTOR, status=400),
    "/personer/{anna}/radera": for_holders(COORDINATOR, status=400),
}
"""What they are answered where an empty form is sent in."""

NAMES = {
    "session": 1,
    "seat": 8,
    "anna": 2,
    "open": 3,
    "planned": 4,
    "drawn_up": 5,
    "given": 6,
    "precedence": 7,
    "course": "A",
}


def everything(db):
    """Something to open at every address, and somebody who holds each role; where it stands by its name."""
    now = clock.parse("2027-01-11T08:00")
    session, anna = make.session(db, of=make.course(db, seats=1)), make.person(db)
    seat = left_over_seats.book(db, session_id=session.id, person_id=anna.id, now=now, by=anna.id)
    days = [[date(2027, 5, number)] for number in (3, 4, 5)]
    given = make.session(db, days=days[0])
    drawn_up = make.round_of(db, given)
    make.closed_early(db, drawn_up, at=now)
    make.revealed(db, drawn_up)
    allocation.draw_up(db, round_id=drawn_up.id, now=now, by=None)
    names = {
        "session": session.id,
        "seat": seat.id,
        "anna": anna.id,
        "open": make.round_of(db, make.session(db, days=days[1])).id,
        "planned": make.round_of(
            db, make.session(db, days=days[2]), state=RoundState.PLANNED, closes_at=now + timedelta(weeks=3)
        ).id,
        "drawn_up": drawn_up.id,
        "given": given.id,
        "course": make.course(db).code,
        "precedence": precedence.grant(
            db, person_id=anna.id, course_id=make.course(db).id, reason="Skäl.", now=now, by=make.coordinator(db).id
        ).id,
    }
    who = {PARTICIPANT: make.person(db).id} | {role: make.holder(db, role).id for role in Role}
    return names, who


@pytest.fixture(scope="module")
def ground(engine):
    with laid(engine, everything) as ground:
        yield ground


@pytest.fixture
def connection(ground):
    with ground.lent() as connection:
        yield connection


@pytest.fixture
def ask(ground, db, visit):
    """The answer to somebody who holds one role."""
    names, persons = ground.made

    @cache
    def browser(who: str) -> FlaskClient:
        return visit(None if who == ANYBODY else db.get_one(Person, persons[who]))

    def asked(who: str, method: str, path: str) -> int:
        return browser(who).open(path.format(**names), method=method, buffered=True).status_code

    return asked


def test_who_may_read_what(ask):
    assert {path: {who: ask(who, "GET", path) for who in SEEN[path]} for path in SEEN} == SEEN


@pytest.mark.parametrize("path", SENT)
def test_who_may_do_what(ask, path):
    assert {who: ask(who, "POST", path) for who in SENT[path]} == SENT[path]


@pytest.mark.parametrize(("table", "method"), [(SEEN, "GET"), (SENT, "POST")])
def test_the_tables_have_every_address(app, table, method):
    addresses = app.url_map.bind("portal.test")
    asked = {addresses.match(path.format(**NAMES), method=method)[0] for path in table}
    there = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("fairness.", "mine.", "bookings_desk.")) and method in rule.methods
    }

    assert asked == there


def test_what_is_one_press_cannot_be_done_by_following_a_link(ask):
    pressed = SENT.keys() - SEEN.keys()

    assert {path: ask(COORDINATOR, "GET", path) for path in pressed} == dict.fromkeys(pressed, 405)
