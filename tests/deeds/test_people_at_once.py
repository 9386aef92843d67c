from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from portals import SAFE
from sqlalchemy import func, select

from auth import granting, invitations, login_sessions, people
from auth.identities import Shown
from auth.models import Grant, Identity, LoginSession, Person
from auth.states import Area, Category, Refusal, Role, Standing
from lararportal.db import Database, connect
from lararportal.errors import Refused
from lararportal.journal import Entry
from lararportal.outbox import Letter
from make import coordinator, person

MANY = 8


@pytest.fixture
def database(fresh_database_url: str) -> Iterator[Database]:
    """A database whose commits other connections see."""
    engine = connect(fresh_database_url, pool_size=MANY)
    yield Database(engine, portal_url="http://portal.test", safe=SAFE)
    engine.dispose()


def all_at_once(deed) -> list:
    """What the deed answers to many who do it at the same moment: a value, or the reason of a refusal."""
    start = Barrier(MANY)

    def one(number: int):
        start.wait(timeout=30)
        try:
            return deed(number)
        except Refused as refusal:
            return refusal.reason

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_many_first_sign_ins_at_once_are_one_person(database, now):
    def arrive(_number: int) -> int:
        with database.transaction() as db:
            anna = people.arrive(
                db,
                issuer="https://idp.example",
                kind="sub",
                value="anna.st",
                given_name="Anna",
                family_name="Stenberg",
                email="anna@example.org",
                now=now,
            )
            login_sessions.begin(db, person_id=anna.id, provider="demo", id_token="", now=now)
            return anna.id

    ids = all_at_once(arrive)

    with database.transaction() as db:
        assert ids == [db.scalars(select(Person.id)).one()] * MANY
        assert db.scalars(select(Identity.person_id)).all() == ids[:1]
        assert db.scalar(select(func.count()).select_from(LoginSession)) == MANY
        arrivals = select(func.count()).where(Entry.deed == "person.arrived")
        assert db.scalar(arrivals) == 1


def test_many_confirmations_at_once_are_one(database, now):
    facts = {
        "category": Category.ST_2021,
        "area": Area.SKARABORG,
        "residency_start": date(2025, 9, 1),
        "planned_end": date(2030, 9, 1),
    }
    with database.transaction() as db:
        anna = person(db, **facts, standing=Standing.PENDING).id
        confirmers = [coordinator(db).id for _ in range(MANY)]

    def confirm(number: int) -> int:
        with database.transaction() as db:
            people.confirm(db, person_id=anna, **facts, leave_months=number, now=now, by=confirmers[number])
        return number

    answers = all_at_once(confirm)
    done = [answer for answer in answers if isinstance(answer, int)]

    assert len(done) == 1
    assert answers.count(Refusal.ALREADY_CONFIRMED) == MANY - 1
    with database.transaction() as db:
        row = db.get(Person, anna)
        assert (row.standing, row.leave_months) == (Standing.CONFIRMED, done[0])


def test_a_role_granted_by_many_at_once_is_held_once(database, now):
    with database.transaction() as db:
        karin = person(db).id

    def grant(_number: int) -> str:
        with database.transaction() as db:
            granting.grant(db, person_id=karin, role=Role.LEADER, area=None, now=now, by=None)
        return "granted"

    assert sorted(all_at_once(grant)) == ["granted"] + [Refusal.ROLE_ALREADY_HELD] * (MANY - 1)
    with database.transaction() as db:
        assert db.scalars(select(Grant.role)).all() == [Role.LEADER]


def test_somebody_invited_by_many_presses_at_once_has_one_account_and_one_invitation(database, now):
    with database.transaction() as db:
        office = coordinator(db).id
    wanted = {"given_name": "Gunnar", "family_name": "Dahl", "roles": [], "lasts": timedelta(days=1), "now": now}

    def invite(number: int) -> str:
        address = "g@klinik.example" if number % 2 else "G@Klinik.example"
        bound = invitations.by_email(address)
        with database.transaction() as db:
            invitations.invite_somebody_new(db, **wanted, email=address, bound=bound, by=office)
        return "invited"

    assert sorted(all_at_once(invite)) == [Refusal.ADDRESS_HAS_ACCOUNT] * (MANY - 1) + ["invited"]
    with database.transaction() as db:
        assert db.scalar(select(func.count()).select_from(Person).where(Person.id != office)) == 1


def test_an_invitation_opened_by_many_at_once_lets_one_of_them_in(database, now):
    with database.transaction() as db:
        wanted = {
            "given_name": "Gunnar",
            "family_name": "Dahl",
            "email": "g@klinik.example",
            "roles": [Role.REVIEWER],
        }
        bound, lasts = invitations.by_email("g@klinik.example"), timedelta(days=1)
        by = coordinator(db).id
        invitations.invite_somebody_new(db, **wanted, bound=bound, lasts=lasts, now=now, by=by)
    with database.transaction() as db:
        token = db.scalars(select(Letter.body)).one().partition("/inbjudan/")[2].split()[0]

    def accept(number: int) -> str:
        came = Shown(
            issuer="https://idp.example",
            kind="sub",
            value=f"gunnar-{number}",
            given_name="Gunnar",
            family_name="Dahl",
            provider="-",
            verified_email="g@klinik.example",
        )
        with database.transaction() as db:
            invitations.accept(db, token=token, shown=came, now=now)
        return came.value

    answers = all_at_once(accept)

    assert answers.count(Refusal.INVITATION_USED) == MANY - 1
    with database.transaction() as db:
        assert db.scalars(select(Identity.value)).all() == [each for each in answers if each.startswith("gunnar")]
        assert db.scalars(select(Grant.role).where(Grant.person_id != by)).all() == [Role.REVIEWER]


def test_the_constraint_speaks_as_the_rule_does(database):
    with database.transaction() as db:
        karin = person(db).id

    with pytest.raises(Refused) as refused, database.transaction() as db:
        db.add_all([Grant(person_id=karin, role=Role.LEADER), Grant(person_id=karin, role=Role.LEADER)])
    assert refused.value.reason == Refusal.ROLE_ALREADY_HELD

    with pytest.raises(Refused) as refused, database.transaction() as db:
        db.get(Person, karin).planned_end = date(2020, 1, 1)
    assert refused.value.reason == Refusal.RESIDENCY_ENDS_BEFORE_START


def test_a_sign_in_ended_by_many_at_once_says_farewell_once(database, now):
    with database.transaction() as db:
        anna = person(db).id
        login_sessions.begin(db, person_id=anna, provider="demo", id_token="proof", now=now)
    with database.transaction() as db:
        row = db.scalars(select(LoginSession.id)).one()

    def end(_number: int) -> bool:
        with database.transaction() as db:
            return login_sessions.end(db, login_session_id=row, now=now, by=anna) is not None

    assert sorted(all_at_once(end)) == [False] * (MANY - 1) + [True]
