"""A line is read in two looks, and the world may move between them."""

import pytest
from bookings_room import AFTER, place
from sqlalchemy import event, text

import make
from bookings import facts, queries, waitlist
from lararportal.clock import day_of


@pytest.fixture
def leaving(db, connection):
    """Somebody leaves every line after the first look at bookings, as another connection would have it."""

    def begin(person):
        looks = []

        @event.listens_for(db, "do_orm_execute")
        def leave(state):
            looks.append(state)
            if len(looks) == 2:
                connection.execute(
                    text("UPDATE bookings SET state = 'left' WHERE person_id = :person"), {"person": person.id}
                )

    return begin


def test_who_leaves_the_line_while_it_is_read_is_not_in_it(db, leaving):
    session, quick, patient = make.session(db), make.person(db), make.person(db)
    place(db, session, quick)
    place(db, session, patient)
    db.flush()
    leaving(quick)

    found = facts.line(db, [session.id], today=day_of(AFTER))[session.id]

    assert [waiter.person_id for waiter in found] == [patient.id]


def test_a_page_read_while_a_place_is_lost_does_not_show_it(db, leaving):
    session, person = make.session(db), make.person(db)
    place(db, session, person)
    db.flush()
    leaving(person)

    assert queries.my_courses(db, person.id, now=AFTER).places == []


def test_nobody_who_left_gets_the_seat(db, leaving):
    session, quick = make.session(db), make.person(db)
    place(db, session, quick)
    db.flush()
    leaving(quick)

    assert waitlist.fill(db, session_id=session.id, now=AFTER) == 0
