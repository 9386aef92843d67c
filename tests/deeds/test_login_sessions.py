import hashlib
from datetime import timedelta

from portals import SAFE
from sqlalchemy import select

from auth import granting, login_sessions
from auth.login_sessions import Farewell, Visitor
from auth.models import Grant, LoginSession
from auth.states import Area, Category, Role, Standing
from lararportal.journal import Entry
from make import holder, person

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=10)
SECOND = timedelta(seconds=1)


def begin(db, someone, now) -> str:
    token = login_sessions.begin(db, person_id=someone.id, provider="demo", id_token="proof", now=now)
    db.flush()
    return token


def visitor(db, token, now, *, idle=IDLE) -> Visitor | None:
    """As a request has it."""
    found = login_sessions.visitor(db, token=token, now=now, idle=idle, absolute=ABSOLUTE)
    if found is not None and login_sessions.is_to_be_seen(found, now=now, idle=idle):
        login_sessions.see(db, login_session_id=found.login_session_id, now=now)
    return found


def deeds(db) -> list[tuple]:
    db.flush()
    return [(entry.deed, entry.by, entry.person_id) for entry in db.scalars(select(Entry).order_by(Entry.id))]


def row_of(db, someone) -> LoginSession:
    return db.scalars(
        select(LoginSession).where(LoginSession.person_id == someone.id).execution_options(populate_existing=True)
    ).one()


def test_a_sign_in_is_kept_as_the_hash_of_its_token(db, now):
    anna = person(db)
    token = begin(db, anna, now)
    row = row_of(db, anna)

    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) == 43
    assert (row.provider, row.began_at, row.seen_at, row.ended_at) == ("demo", now, now, None)
    assert (SAFE.open(row.id_token, place=row.place), "proof" in row.id_token) == ("proof", False)
    assert token not in repr(vars(row))
    assert deeds(db) == [("login_session.begun", anna.id, anna.id)]


def test_no_two_sign_ins_have_the_same_token(db, now):
    anna = person(db)

    assert len({begin(db, anna, now) for _ in range(20)}) == 20


def test_the_visitor_is_read_with_all_roles_in_one_statement(db, now, queries):
    eva = holder(db, Role.DIRECTOR, area=Area.FYRBODAL, given_name="Eva", family_name="Nordin")
    db.add_all(
        [
            Grant(person_id=eva.id, role=Role.DIRECTOR, area=Area.SKARABORG),
            Grant(person_id=eva.id, role=Role.LEADER),
        ]
    )
    token = begin(db, eva, now)
    queries.reset()
    found = visitor(db, token, now)

    assert queries.count == 1
    assert found == Visitor(
        person_id=eva.id,
        login_session_id=row_of(db, eva).id,
        name="Eva Nordin",
        category=None,
        standing=Standing.CONFIRMED,
        roles=frozenset({Role.DIRECTOR, Role.LEADER}),
        areas=frozenset({Area.FYRBODAL, Area.SKARABORG}),
        provider="demo",
        proved_at=None,
        seen_at=now,
    )


def test_a_person_without_roles_is_a_visitor_too(db, now):
    anna = person(db)
    found = visitor(db, begin(db, anna, now), now)

    assert (found.person_id, found.category, found.roles) == (anna.id, Category.ST_2015, frozenset())
    assert not found.has(*Role)


def test_an_unknown_token_is_nobody(db, now):
    anna = person(db)
    token = begin(db, anna, now)

    assert visitor(db, token[:-1], now) is None
    assert visitor(db, row_of(db, anna).token_hash, now) is None
    assert visitor(db, "", now) is None


def test_a_sign_in_that_rests_too_long_is_over(db, now):
    token = begin(db, person(db), now)

    assert visitor(db, token, now + IDLE) is None


def test_a_sign_in_that_is_used_goes_on_until_it_has_lasted_too_long(db, now):
    token = begin(db, person(db), now)
    moment = now
    while moment + IDLE - SECOND < now + ABSOLUTE:
        moment += IDLE - SECOND
        assert visitor(db, token, moment) is not None

    assert visitor(db, token, now + ABSOLUTE - SECOND) is not None
    assert visitor(db, token, now + ABSOLUTE) is None


def test_a_sign_in_that_may_rest_for_a_minute_lasts_while_it_is_used(db, now):
    token, idle = begin(db, person(db), now), timedelta(minutes=1)
    seen = [visitor(db, token, now + number * 40 * SECOND, idle=idle) for number in (1, 2, 3)]

    assert None not in seen
    assert visitor(db, token, now + 180 * SECOND, idle=idle) is None


def test_being_seen_is_written_at_most_once_a_minute(db, now, queries):
    anna = person(db)
    token = begin(db, anna, now)
    queries.reset()
    visitor(db, token, now + timedelta(seconds=59))

    assert queries.count == 1
    assert row_of(db, anna).seen_at == now

    queries.reset()
    visitor(db, token, now + timedelta(seconds=60))
    visitor(db, token, now + timedelta(seconds=61))

    assert queries.count == 3
    assert row_of(db, anna).seen_at == now + timedelta(seconds=60)


def test_a_sign_in_that_has_ended_is_nobodys_and_keeps_no_proof(db, now):
    anna = person(db)
    token = begin(db, anna, now)
    farewell = login_sessions.end(db, login_session_id=row_of(db, anna).id, now=now + SECOND, by=anna.id)
    db.flush()
    row = row_of(db, anna)

    assert farewell == Farewell(provider="demo", id_token="proof")
    assert visitor(db, token, now + SECOND) is None
    assert (row.ended_at, row.id_token) == (now + SECOND, "")
    assert deeds(db)[1:] == [("login_session.ended", anna.id, anna.id)]


def test_a_sign_in_ends_once(db, now):
    anna = person(db)
    begin(db, anna, now)
    identity = row_of(db, anna).id
    login_sessions.end(db, login_session_id=identity, now=now, by=anna.id)

    assert login_sessions.end(db, login_session_id=identity, now=now + SECOND, by=anna.id) is None
    assert login_sessions.end(db, login_session_id=0, now=now, by=anna.id) is None
    assert row_of(db, anna).ended_at == now
    assert len(deeds(db)) == 2


def test_all_sign_ins_of_one_person_end_and_nobody_elses(db, now):
    anna, other = person(db), person(db)
    tokens = [begin(db, anna, now) for _ in range(2)]
    kept = begin(db, other, now)
    ended = login_sessions.end_all_of(db, person_id=anna.id, now=now, by=None)
    db.flush()

    assert ended == 2
    assert [visitor(db, token, now) for token in tokens] == [None, None]
    assert visitor(db, kept, now).person_id == other.id
    assert deeds(db)[3:] == [("login_session.ended", None, anna.id)] * 2


def test_a_role_takes_effect_at_the_next_request(db, now):
    anna = person(db)
    token = begin(db, anna, now)
    granting.grant(db, person_id=anna.id, role=Role.LEADER, area=None, now=now, by=None)
    db.flush()

    assert visitor(db, token, now) is None
    assert visitor(db, begin(db, anna, now), now).roles == frozenset({Role.LEADER})
