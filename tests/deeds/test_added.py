"""Rows that a deed only adds are there whenever somebody looks, and are not when the deed is undone."""

import pytest
from bookings_room import AFTER
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import make
from auth.models import Person
from bookings.models import Booking
from bookings.states import LATE, BookingState, Origin
from lararportal import added, journal, outbox
from lararportal.db import KNOWN_AS, NUMBER
from lararportal.journal import Entry
from lararportal.outbox import Letter

DEEDS = select(Entry.deed).order_by(Entry.id)


def tell(db, person, once: str) -> None:
    outbox.post(db, outbox.WITHOUT_CONTENT, to=person.recipient, once=once, now=AFTER)


def test_a_deed_sees_what_it_has_noted_and_posted_in_its_order(db):
    person = make.person(db)
    for number in range(3):
        journal.note(db, f"seat.{number}", now=AFTER, by=None)
        tell(db, person, f"once:{number}")
        assert len(db.scalars(select(Letter)).all()) == number + 1
    assert db.scalars(DEEDS).all() == ["seat.0", "seat.1", "seat.2"]


@pytest.mark.parametrize(("rows", "statements"), [(1, 1), (2, 1), (3, 2), (30, 2)])
def test_few_rows_are_added_by_one_statement_and_many_by_one_for_each_table(db, queries, rows, statements):
    person = make.person(db)
    queries.reset()
    for number in range(rows):
        journal.note(db, f"seat.{number}", now=AFTER, by=None)
        tell(db, person, f"once:{number}")
    db.flush()
    assert queries.count == statements
    assert db.scalars(DEEDS).all() == [f"seat.{number}" for number in range(rows)]
    assert len(db.scalars(select(Letter)).all()) == rows


def test_what_is_not_known_of_several_rows_is_not_known_of_each(db):
    bookings = [
        Booking(
            person_id=make.person(db).id,
            session_id=make.session(db).id,
            state=BookingState.LEFT,
            origin=Origin.LINE,
            rank=1,
            wave=LATE,
            key=[],
            joined_at=AFTER,
            ended_at=AFTER,
            cancelled_by_staff=None,
            charged_on=None,
        )
        for _ in range(2)
    ]
    added.add(db, bookings)
    rows = db.execute(select(Booking.cancelled_by_staff, Booking.charged_on, Booking.state)).all()
    assert rows == [(None, None, BookingState.LEFT)] * 2


def test_the_number_by_which_a_commit_is_known_comes_with_an_entry(db):
    journal.note(db, "seat.booked", now=AFTER, by=None)
    db.flush()
    assert db.info[KNOWN_AS] == db.scalar(select(NUMBER))


def test_what_was_undone_to_a_savepoint_was_not_added(db):
    person = make.person(db)
    journal.note(db, "seat.before", now=AFTER, by=None)
    for once in ("looked at", "not looked at"):
        inner = db.begin_nested()
        journal.note(db, "seat.undone", now=AFTER, by=None)
        tell(db, person, once)
        if once == "looked at":
            db.flush()
        inner.rollback()
    journal.note(db, "seat.after", now=AFTER, by=None)

    assert db.scalars(DEEDS).all() == ["seat.before", "seat.after"]
    assert db.scalars(select(Letter)).all() == []


def tell_twice(db, person, *, beside: bool) -> None:
    journal.note(db, "seat.undone", now=AFTER, by=None)
    for _ in range(2):
        tell(db, person, "twice")
    if beside:
        db.merge(person).workplace = "Vårdcentralen Tallen"


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a change"])
def test_what_cannot_be_added_undoes_all_that_was_added_with_it(db, database, beside):
    person = make.person(db)
    with pytest.raises(IntegrityError), database.transaction() as own:
        tell_twice(own, person, beside=beside)
    with database.transaction() as own:
        journal.note(own, "seat.after", now=AFTER, by=None)

    assert (db.scalars(DEEDS).all(), db.scalars(select(Letter)).all()) == (["seat.after"], [])


def test_a_row_that_is_told_what_an_object_is_to_it_is_refused(db):
    with pytest.raises(ValueError, match="only columns"):
        added.add(db, [Booking(person=make.person(db))])


def note_something(reader, _person) -> None:
    journal.note(reader, "seat.read", now=AFTER, by=None)


def change_something(reader, person) -> None:
    reader.get_one(Person, person.id).workplace = "Vårdcentralen Tallen"


@pytest.mark.parametrize("write", [note_something, change_something], ids=["adds", "changes"])
def test_a_page_that_reads_stores_nothing(db, database, write):
    person = make.person(db)
    db.flush()
    with database.reader() as reader:
        write(reader, person)
        with pytest.raises(RuntimeError, match="reads"):
            reader.scalars(DEEDS).all()
    assert db.scalars(DEEDS).all() == []
