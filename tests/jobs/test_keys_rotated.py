"""Keys are changed while the portal works: whatever happens meanwhile, no number is unreadable afterwards."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from portals import SAFE
from processes import all_at_once, kill, parts_of, wait_until
from sqlalchemy import select

import make
from auth import personal_numbers
from auth.audit import sealed
from auth.models import Identity, PersonalNumber
from lararportal import clock, personal_number
from lararportal.checks import When
from lararportal.cli.keys import rotated
from lararportal.db import Database, connect
from lararportal.sealing import Ring, key_of

NOW = clock.parse("2027-01-11T08:00")
OLD = replace(SAFE, ring=Ring(SAFE.ring.keys[1:]))
NEW = replace(SAFE, ring=Ring(SAFE.ring.keys[:1]))
MANY = 120


def numbers() -> list[str]:
    """Of people who were born one after the other."""
    tried = (
        f"1985{month:02}{day:02}123{last}" for month in (1, 3, 5, 7) for day in range(1, 31) for last in range(10)
    )
    return [each for each in tried if personal_number.of(each)][:MANY]


@pytest.fixture
def behind(fresh_database_url) -> Iterator[tuple[Database, dict[int, str]]]:
    """Numbers that an old key has sealed, some of them in plain digits still, and whose they are."""
    told = {}
    database = Database(connect(fresh_database_url), portal_url="http://portal.test", safe=OLD)
    with database.transaction() as db:
        for place, each in enumerate(numbers()):
            person = make.person(db)
            told[person.id] = each
            if place % 4 == 0:
                of_kind = {"issuer": "http://one.test", "kind": "personal_number", "linked_at": NOW}
                db.add(Identity(person_id=person.id, value=each, **of_kind))
            else:
                personal_numbers.keep(db, person_id=person.id, number=personal_number.of(each), now=NOW)
    database.dispose()
    database = Database(connect(fresh_database_url), portal_url="http://portal.test", safe=SAFE)
    yield database, told
    database.dispose()


def insist_on_readable(url: str, told: dict[int, str]) -> None:
    """The new key alone opens every number, and finds whose it is."""
    database = Database(connect(url), portal_url="http://portal.test", safe=NEW)
    with database.transaction() as db:
        assert {row.person_id: key_of(row.sealed) for row in db.scalars(select(PersonalNumber))} == dict.fromkeys(
            told, "new"
        )
        assert {each: personal_numbers.number_of(db, each).reveal() for each in told} == told
        imprints = {each: personal_numbers.imprint(db, personal_number.of(told[each])) for each in told}
        assert {row.person_id: row.imprint for row in db.scalars(select(PersonalNumber))} == imprints
        when = When(now=NOW, settled=NOW)
        assert [each for check in sealed.CHECKS for each in check.look(db, when)] == []
    database.dispose()


def test_two_who_change_keys_at_once_leave_nothing_to_each_other_and_nothing_unread(behind, fresh_database_url):
    database, told = behind

    assert all_at_once([lambda: rotated(database, batch=3)] * 2) == [0, 0]
    insist_on_readable(fresh_database_url, told)


@pytest.mark.long
def test_it_is_ended_by_force_in_the_middle_and_begun_anew(behind, fresh_database_url, settings, tmp_path):
    database, told = behind

    def done() -> int:
        with database.transaction() as db:
            return sum(key_of(each) == "new" for each in db.scalars(select(PersonalNumber.sealed)))

    words = ("-m", "lararportal.cli", "keys", "rotate", "--batch", "1")
    with parts_of(replace(settings, database_url=fresh_database_url), tmp_path) as parts:
        for upto in (1, 15, 25):
            program = parts.start(*words)
            wait_until(lambda upto=upto: done() >= upto, what="some are sealed anew")
            kill(program)
            assert done() < MANY
            with database.transaction() as db:  # Who reads in the middle, with both keys, reads everything.
                opened = {each: personal_numbers.number_of(db, each) for each in told}
                assert {each: told[each] for each in told if opened[each]} == {
                    each: number.reveal() for each, number in opened.items() if number
                }
        parts.run(*words)
    insist_on_readable(fresh_database_url, told)
