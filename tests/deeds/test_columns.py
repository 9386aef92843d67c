"""Statements that are put together once: compiled once, and known without a look at what they are made of."""

from sqlalchemy import bindparam, select

import make
from auth.models import Person
from bookings.queries import mine
from lararportal import columns
from lararportal.columns import KnownAtSight


class Part:
    looks = 0

    def __hash__(self) -> int:
        Part.looks += 1
        return 1


def test_what_a_statement_is_made_of_is_not_looked_at_again():
    known, made_of = KnownAtSight(), (Part(),)
    known["dialect", made_of, ("name",), False, False] = "compiled"
    looks = Part.looks

    assert known.get(("dialect", made_of, ("name",), False, False)) == "compiled"
    assert Part.looks == looks
    assert known.get(("another", made_of, ("name",), False, False)) is None
    assert known.get(("dialect", made_of, ("other",), False, False)) is None


def test_one_that_is_not_the_same_but_equal_is_not_compiled_again():
    known = KnownAtSight()
    known["dialect", ("made of", 1), ("name",)] = "compiled"
    known.clear()

    assert known.get(("dialect", ("made of", 1), ("name",))) == "compiled"
    assert known.get(("dialect", ("made of", 2), ("name",)), "nothing") == "nothing"
    assert len(known) == 1


def test_what_somebody_sent_in_is_asked_for_by_a_statement_that_is_known(db, monkeypatch):
    known = KnownAtSight()
    monkeypatch.setitem(columns.AT_SIGHT, "compiled_cache", known)

    assert [mine.application(db, round_id=each, person_id=1) for each in (1, 2)] == [None, None]
    assert len(known) == 1


def test_no_more_statements_are_kept_than_are_put_together_once():
    known = KnownAtSight()
    for number in range(KnownAtSight.MOST + 1):
        known["dialect", (number,)] = number

    assert len(known) == 1


def test_a_statement_is_compiled_once_and_asked_with_other_values_each_time(db, monkeypatch):
    known = KnownAtSight()
    monkeypatch.setitem(columns.AT_SIGHT, "compiled_cache", known)
    persons = [make.person(db), make.person(db)]
    wanted = select(Person.id).where(Person.id == bindparam("one"))

    found = [columns.read(db, wanted, {"one": each.id}) for each in persons]

    assert found == [[(each.id,)] for each in persons]
    assert len(known) == 1
