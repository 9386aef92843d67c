"""A personal number is kept sealed, found unread, and sealed anew when keys change."""

from dataclasses import replace

import pytest
from portals import SAFE
from sqlalchemy import select, update

from auth import login_sessions, people, personal_numbers, resealing
from auth.audit import sealed
from auth.models import Identity, LoginSession, Person, PersonalNumber
from auth.resealing import IDENTITIES, KINDS, NUMBERS, Step
from lararportal import personal_number
from lararportal.checks import When
from lararportal.journal import Entry
from lararportal.sealing import CannotOpen, Ring, Safe, key_of
from make import person

OLD = replace(SAFE, ring=Ring(SAFE.ring.keys[1:]))
NUMBER = personal_number.of("191212121212")
OTHER = personal_number.of("198001610008")


@pytest.fixture
def arrive(db, now):
    def go(value: str = "191212121212", issuer: str = "http://one.test") -> Person:
        found = people.arrive(
            db,
            issuer=issuer,
            kind="personal_number",
            value=value,
            given_name="Tolvan",
            family_name="Tolvansson",
            email="",
            now=now,
        )
        db.flush()
        return found

    return go


def whose(db, number) -> int | None:
    """Whose number it is, by its imprint."""
    imprint = personal_numbers.imprint(db, number)
    return db.scalar(select(PersonalNumber.person_id).where(PersonalNumber.imprint == imprint))


def found(db, now) -> list[tuple[str, dict]]:
    when = When(now=now, settled=now)
    return [(check.name, dict(facts)) for check in sealed.CHECKS for facts in check.look(db, when)]


def test_who_signs_in_by_a_number_is_known_again_and_the_number_stands_nowhere(db, now, arrive):
    tolvan, other = arrive(), arrive("198001610008")
    again = arrive()

    assert (again.id, other.id != tolvan.id) == (tolvan.id, True)
    assert personal_numbers.number_of(db, tolvan.id) == NUMBER
    assert [whose(db, each) for each in (NUMBER, OTHER)] == [tolvan.id, other.id]
    rows = [vars(row) for table in (Identity, PersonalNumber, Entry, Person) for row in db.scalars(select(table))]
    assert (len(rows), [row for row in rows if "12121212" in repr(row)]) == (8, [])
    assert found(db, now) == []


def test_who_comes_in_another_way_with_the_same_number_is_somebody_else_until_they_show_both(db, now, arrive):
    first, second = arrive(), arrive(issuer="http://two.test")

    assert first.id != second.id
    assert whose(db, NUMBER) == first.id
    assert personal_numbers.number_of(db, second.id) is None
    assert personal_numbers.keep(db, person_id=first.id, number=OTHER, now=now) is False


def test_a_number_that_was_moved_to_another_row_does_not_open_and_the_audit_says_so(db, now, arrive):
    tolvan, other = arrive(), arrive("198001610008")
    moved = db.get(PersonalNumber, tolvan.id).sealed
    db.execute(update(PersonalNumber).where(PersonalNumber.person_id == other.id).values(sealed=moved))

    with pytest.raises(CannotOpen):
        personal_numbers.number_of(db, other.id)
    assert found(db, now) == [("number_unreadable", {"person": other.id})]


@pytest.fixture
def behind(db, now, arrive):
    """Three numbers and a sign-in that an old key has sealed, and one number and sign-in that nothing has."""
    numbers = ["191212121212", "198001610008", "20121212-1212"]
    db.info["safe"] = OLD
    persons = [arrive(each) for each in numbers]
    login_sessions.begin(db, person_id=persons[0].id, provider="p", id_token="proof", now=now)
    db.info["safe"] = SAFE
    plain = person(db)
    values = {"issuer": "http://one.test", "kind": "personal_number", "linked_at": now}
    db.add(Identity(person_id=plain.id, value="189001019802", **values))
    db.add(LoginSession(token_hash="x", person_id=plain.id, provider="p", id_token="a.b", began_at=now, seen_at=now))
    db.flush()
    return [*persons, plain]


def test_a_new_key_seals_everything_anew_in_steps_that_can_be_begun_again(db, now, behind, arrive):
    plain = behind[-1]
    numbers = [personal_numbers.number_of(db, each.id) for each in behind[:-1]]
    assert [resealing.behind(db, kind) for kind in KINDS] == [1, 3, 2]
    assert found(db, now) == [
        ("number_not_sealed", {"person": plain.id}),
        ("sealed_by_another_key", {"key": "old", "count": 4}),
    ]
    assert arrive("189001019802").id == plain.id

    first = resealing.seal_anew(db, NUMBERS, after=0, limit=2)
    assert (first, resealing.behind(db, NUMBERS)) == (Step(after=behind[1].id, done=2, left=0), 1)
    # Ended in the middle and begun anew, it does the rest.
    for kind in KINDS:
        assert resealing.seal_anew(db, kind, after=0).left == 0
        assert resealing.seal_anew(db, kind, after=0) is None
    db.flush()

    assert found(db, now) == []
    assert [personal_numbers.number_of(db, each.id) for each in behind[:-1]] == numbers
    assert personal_numbers.number_of(db, plain.id).reveal() == "189001019802"
    assert [arrive(each.reveal()).id for each in numbers] == [each.id for each in behind[:-1]]
    assert arrive("189001019802").id == plain.id
    assert [key_of(row) for row in db.scalars(select(LoginSession.id_token).order_by(LoginSession.id))] == [
        "new",
        None,
    ]
    # Only now the old key may go.
    db.info["safe"] = Safe(Ring(SAFE.ring.keys[:1]), SAFE.index_key)
    assert (personal_numbers.number_of(db, behind[0].id), found(db, now)) == (NUMBER, [])


def test_what_no_key_opens_is_left_and_told_and_does_not_keep_the_rest(db, now, behind):
    lost, *_ = behind
    db.execute(update(PersonalNumber).where(PersonalNumber.person_id == lost.id).values(sealed="sealed:gone:AAAA"))
    # The new version has met somebody whom the old one has written down in digits since.
    imprint = personal_numbers.imprint(db, personal_number.of("189001019802"))
    twin = Identity(person_id=lost.id, issuer="http://one.test", kind="personal_number", value=imprint, linked_at=now)
    db.add(twin)
    db.flush()

    assert resealing.seal_anew(db, NUMBERS, after=0) == Step(after=behind[2].id, done=2, left=1)
    assert resealing.seal_anew(db, NUMBERS, after=behind[2].id) is None
    assert resealing.seal_anew(db, IDENTITIES, after=0).left == 1
    assert ("sealed_by_another_key", {"key": "gone", "count": 1}) in found(db, now)
