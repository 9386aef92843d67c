"""A second identity is linked by whoever has proved both, and one is removed but for the last."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from auth import identities, login_sessions, people, personal_numbers
from auth.identities import Shown
from auth.models import Identity, IdentityPutAside, LoginSession, Person
from auth.states import Refusal
from lararportal import personal_number
from lararportal.errors import NotFound, Refused
from lararportal.journal import Entry
from lararportal.outbox import Letter
from make import person

DEMO, CARD = "http://127.0.0.1:1", "https://card.example"
USABLE = {(DEMO, "sub"), (CARD, "hsa_id")}
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def anna(db):
    return person(db, subject="anna.st")


def shown(**facts) -> Shown:
    usual = {"issuer": CARD, "kind": "hsa_id", "value": "SE2321000131-P1", "provider": "SITHS-kort"}
    return Shown(**(usual | {"given_name": "Anna", "family_name": "Berg"} | facts))


def sign_in(db, someone, now, identity_id=None) -> int:
    login_sessions.begin(db, person_id=someone.id, provider="demo", id_token="", identity_id=identity_id, now=now)
    db.flush()
    return db.scalars(select(LoginSession.id).order_by(LoginSession.id.desc()).limit(1)).one()


def put_aside(db, someone, now, **facts) -> int:
    sign_in_id = sign_in(db, someone, now)
    identities.put_aside(
        db,
        login_session_id=sign_in_id,
        provider="siths",
        shown=shown(**facts),
        until=now + TEN_MINUTES,
        now=now,
        by=someone.id,
    )
    db.flush()
    return sign_in_id


def linked(db, sign_in_id, someone, now) -> Identity:
    return identities.link_waiting(db, login_session_id=sign_in_id, provider="SITHS-kort", now=now, by=someone.id)


def told(db) -> list[tuple]:
    db.flush()
    return [(each.occasion, each.person_id) for each in db.scalars(select(Letter).order_by(Letter.id))]


def test_what_waits_is_linked_once_and_the_person_is_told(db, anna, now):
    sign_in_id = put_aside(db, anna, now)
    assert len(identities.of_person(db, anna.id)) == 1
    assert identities.waiting(db, login_session_id=sign_in_id, now=now).name == "Anna Berg"

    card = linked(db, sign_in_id, anna, now)
    assert [each.id for each in identities.of_person(db, anna.id)][1:] == [card.id]
    with pytest.raises(NotFound):
        linked(db, sign_in_id, anna, now)
    assert told(db) == [("identity_linked", anna.id)]
    last = db.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (last.deed, last.by, last.person_id) == ("identity.linked", anna.id, anna.id)
    trace = personal_numbers.trace(db, issuer=CARD, kind="hsa_id", value=card.value)
    assert last.facts == {"issuer": CARD, "kind": "hsa_id", "identity": card.id, "trace": trace}


def test_what_waits_too_long_is_forgotten_and_what_is_shown_next_stands_in_its_place(db, anna, now):
    old, late = put_aside(db, anna, now), now + TEN_MINUTES
    with pytest.raises(NotFound):
        linked(db, old, anna, late)

    new = put_aside(db, anna, late)
    for value in ("one", "two"):
        again = {"provider": "siths", "until": late + TEN_MINUTES, "now": late, "by": anna.id}
        identities.put_aside(db, login_session_id=new, shown=shown(value=value), **again)
        db.flush()
    rows = db.execute(select(IdentityPutAside.login_session_id, IdentityPutAside.value)).all()
    assert [tuple(row) for row in rows] == [(new, "two")]


def test_what_belongs_to_an_account_is_not_linked_to_another_nor_twice(db, anna, now):
    bo = person(db, subject="bo")
    for facts, reason in (
        ({"value": "bo"}, Refusal.IDENTITY_OF_ANOTHER),
        ({"value": "anna.st"}, Refusal.IDENTITY_ALREADY_YOURS),
    ):
        with pytest.raises(Refused) as refusal:
            put_aside(db, anna, now, issuer=DEMO, kind="sub", **facts)
        assert refusal.value.reason == reason

    # Between the two pages somebody else has come in with it.
    sign_in_id = put_aside(db, anna, now)
    db.add(Identity(person_id=bo.id, issuer=CARD, kind="hsa_id", value="SE2321000131-P1", linked_at=now))
    db.flush()
    with pytest.raises(Refused) as refusal:
        linked(db, sign_in_id, anna, now)
    assert refusal.value.reason == Refusal.IDENTITY_OF_ANOTHER
    assert told(db) == []


def test_who_cannot_be_told_is_not_linked(db, now):
    silent = person(db, subject="silent", email="")
    sign_in_id = put_aside(db, silent, now)

    with pytest.raises(Refused) as refusal:
        linked(db, sign_in_id, silent, now)
    assert refusal.value.reason == Refusal.ADDRESS_NEEDED


def test_an_identity_is_removed_once_with_the_sign_ins_that_began_with_it(db, anna, now):
    (first,) = identities.of_person(db, anna.id)
    card = linked(db, put_aside(db, anna, now), anna, now)
    with_first, with_card, unknown = (sign_in(db, anna, now, each) for each in (first.id, card.id, None))

    wanted = {"identity_id": first.id, "usable": USABLE, "provider": "Demo", "now": now, "by": anna.id}
    identities.remove(db, **wanted)
    db.flush()
    with pytest.raises(NotFound):
        identities.remove(db, **wanted)
    assert [each.id for each in identities.of_person(db, anna.id)] == [card.id]
    lasting = select(LoginSession.id).where(LoginSession.ended_at.is_(None)).execution_options(populate_existing=True)
    assert db.scalars(lasting).all() == [with_card]
    assert {with_first, unknown}.isdisjoint([with_card])
    assert told(db) == [("identity_linked", anna.id), ("identity_removed", anna.id)]
    last = db.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (last.deed, last.facts["identity"]) == ("identity.removed", first.id)


def test_a_number_that_came_by_an_identity_goes_with_it_and_is_there_for_whose_it_is(db, anna, now):
    number = personal_number.of("191212121212")

    def arrive(issuer: str) -> Person:
        by = {"kind": "personal_number", "value": number.reveal(), "given_name": "Bo", "family_name": "Ek"}
        return people.arrive(db, issuer=issuer, **by, email="", now=now)

    about = {"kind": "personal_number", "value": number.reveal(), "number": number}
    same = [linked(db, put_aside(db, anna, now, issuer=each, **about), anna, now) for each in (CARD, "https://two")]
    assert (arrive(CARD).id, personal_numbers.number_of(db, anna.id)) == (anna.id, number)
    kept = []
    for each in same:
        wanted = {"identity_id": each.id, "usable": USABLE, "provider": "-"}
        identities.remove(db, **wanted, now=now, by=anna.id)
        db.flush()
        kept.append(personal_numbers.number_of(db, anna.id))

    bo = arrive(CARD)
    assert (kept, bo.id != anna.id, personal_numbers.number_of(db, bo.id)) == ([number, None], True, number)
    forgotten = select(Entry.person_id, Entry.by, Entry.facts).where(Entry.deed == "personal_number.forgotten")
    assert db.execute(forgotten).all() == [(anna.id, anna.id, {})]


def test_the_last_that_somebody_can_come_in_with_stays(db, anna, now):
    (first,) = identities.of_person(db, anna.id)
    card = linked(db, put_aside(db, anna, now), anna, now)
    # Nobody can sign in with the card any more.
    for identity_id, usable, reason in (
        (first.id, {(DEMO, "sub")}, Refusal.LAST_IDENTITY),
        (card.id, {(CARD, "hsa_id")}, Refusal.LAST_IDENTITY),
    ):
        wanted = {"identity_id": identity_id, "usable": usable, "provider": "-", "now": now, "by": anna.id}
        with pytest.raises(Refused) as refusal:
            identities.remove(db, **wanted)
        assert refusal.value.reason == reason
    bo = person(db, subject="bo")
    with pytest.raises(NotFound):
        identities.remove(db, identity_id=card.id, usable=USABLE, provider="-", now=now, by=bo.id)
