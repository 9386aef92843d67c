"""Rows that are written without the unit of work are what they would be with it, in the database and at hand."""

import pytest
from bookings_room import AFTER
from sqlalchemy import inspect, select

import make
from bookings import waitlist
from bookings.models import Booking
from bookings.states import Origin
from courses.models import Course
from lararportal import alike, journal
from lararportal.db import KNOWN_AS, NUMBER


def stands(row) -> dict:
    return {name: getattr(row, name) for name in inspect(row).mapper.column_attrs.keys()}  # noqa: SIM118


@pytest.mark.parametrize(("rows", "statements"), [(1, 1), (3, 2)])
def test_new_rows_are_stored_at_once_in_order_with_what_nobody_said_of_them(db, queries, rows, statements):
    session, office = make.session(db), make.coordinator(db)
    about = {"origin": Origin.LINE, "key": [1, 2], "now": AFTER}
    made = [waitlist.place(session, make.person(db), rank=at, **about) for at in range(rows)]
    made[-1].funded_at, made[-1].funded_by = AFTER, office.id
    db.add(made[0])  # As a row that somebody waits to be flushed.
    queries.reset()
    with db.no_autoflush:
        alike.write(db, made)
    assert queries.count == statements

    told = [stands(each) for each in made]
    assert [each["rank"] for each in sorted(told, key=lambda each: each["id"])] == [*range(rows)]
    db.expire_all()
    assert [stands(each) for each in made] == told
    assert [db.get_one(Booking, each["id"]) for each in told] == made


def test_a_new_row_that_has_its_number_is_stored_with_what_else_is_added(db, queries):
    new = waitlist.place(make.session(db), make.person(db), rank=1, origin=Origin.LINE, key=[], now=AFTER)
    new.id = 4711
    db.flush()
    queries.reset()
    with db.no_autoflush:
        alike.write(db, [new])
        new.short_notice = True
        alike.write(db, [new])
        journal.note(db, "line.joined", now=AFTER, by=None, booking=new.id)
    db.commit()
    assert queries.count == 1

    told = stands(new)
    assert (told["short_notice"], told["standing_yes"]) == (True, Booking.__table__.c.standing_yes.default.arg)
    db.expire_all()
    assert (db.get_one(Booking, 4711) is new, stands(new)) == (True, told)
    new.rank = 2
    db.flush()
    db.expire_all()
    assert new.rank == 2


def test_what_is_put_in_a_row_is_written_at_once_with_what_else_was_changed_of_it(db, queries):
    session, other = make.session(db, seats=5), make.session(db, seats=5)
    db.flush()
    queries.reset()
    alike.put(db, {session: {"seats_taken": 1}, other: {"seats_taken": 2}})
    db.flush()
    assert queries.count == 1
    other.place = "Skövde"
    alike.put(db, {session: {"seats_taken": 3}, other: {"seats_taken": 4}})

    db.expire_all()
    assert [(each.seats_taken, each.place == "Skövde") for each in (session, other)] == [(3, False), (4, True)]


def test_one_row_in_which_something_is_put_tells_what_the_database_calls_the_transaction(db, queries):
    session = make.session(db, seats=5)
    db.flush()
    queries.reset()
    alike.put(db, {session: {"seats_taken": 1}})
    assert queries.count == 1
    assert db.info[KNOWN_AS] == db.scalar(select(NUMBER))


def test_what_is_written_in_a_savepoint_goes_with_it(db):
    session = make.session(db, seats=5)
    new = waitlist.place(session, make.person(db), rank=1, origin=Origin.LINE, key=[], now=AFTER)
    inner = db.begin_nested()
    alike.put(db, {session: {"seats_taken": 1}})
    alike.write(db, [new])
    inner.rollback()

    assert (session.seats_taken, new in db) == (0, False)


def test_what_is_said_of_one_row_only_is_not_lost_without_a_word(db):
    one, other = make.session(db, seats=5), make.session(db, seats=5)
    with pytest.raises(ValueError, match="same columns"):
        alike.put(db, {one: {"seats_taken": 1}, other: {"seats_taken": 1, "place": "Skövde"}})


def test_a_row_that_says_nothing_of_what_is_made_up_for_each_is_refused(db):
    with pytest.raises(TypeError, match="objectives_2015"):
        alike.write(db, [Course(code="X", title="X")])
