"""A line is read in one look; where a page or a deed takes more, the world may move between them."""

import pytest
from bookings_room import AFTER, place
from sqlalchemy import event, text

import make
from bookings import in_line, queries, waitlist
from lararportal.clock import day_of


@pytest.fixture
def leaving(connection):
    """Somebody leaves every line after the first look at bookings, as another connection would have it."""

    def begin(person):
        looks = []

        @event.listens_for(connection, "before_cursor_execute")
        def leave(_connection, _cursor, statement, *_rest):
            looks.extend(["bookings"] if statement.startswith(("SELECT", "WITH")) and "bookings" in statement else [])
            if len(looks) == 2:
                looks.append("left")
                connection.execute(
                    text("UPDATE bookings SET state = 'left' WHERE person_id = :person"), {"person": person.id}
                )

    return begin


@pytest.mark.parametrize("others", [1, 30])
def test_a_line_is_read_in_one_look(db, queries, others):
    session, people = make.session(db), [make.person(db) for _ in range(others)]
    for each in people:
        place(db, session, each)
        place(db, make.session(db), each)
    db.flush()
    queries.reset()

    found = in_line.line(db, [session.id], today=day_of(AFTER))[session.id]

    assert [waiter.person_id for waiter in found] == [each.id for each in people]
    assert queries.count == 1


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
