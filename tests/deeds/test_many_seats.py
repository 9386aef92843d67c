"""Many free seats at once: they are given in order, and in as many statements as one."""

from datetime import date

import pytest
from bookings_room import AFTER, fill, insist_on_invariants, place, seat, states

import make
from bookings import answers
from bookings.states import BookingState
from lararportal import clock

SOON = clock.parse("2027-05-28T10:00")
"""Four days before the start."""


def line_of(db, count: int, *, seats: int, with_seats: bool = False, **facts):
    """A session of 1 June with free seats, and as many in its line, who may have a seat in a sister session."""
    course = make.course(db, seats=30)
    session = make.session(db, of=course, days=[date(2027, 6, 1)], seats=seats)
    sister = make.session(db, of=course, days=[date(2027, 7, 1)])
    persons, office = [make.person(db) for _ in range(count)], make.coordinator(db)
    for person in persons:
        if with_seats:
            # Every other is paid for, so that not all rows are changed alike.
            funded = {"funded_at": AFTER, "funded_by": office.id} if person.id % 2 else {}
            seat(db, sister, person, rank=2, **funded)
        place(db, session, person, **facts)
    db.flush()
    db.expunge_all()
    return session, [person.id for person in persons]


def counted(db, queries, session, now=AFTER) -> tuple[int, int]:
    queries.reset()
    done = fill(db, session, now=now)
    db.flush()
    return done, queries.count


@pytest.mark.parametrize("with_seats", [False, True])
@pytest.mark.parametrize("standing_yes", [False, True])
def test_twenty_seats_take_as_many_statements_as_five(db, queries, with_seats, standing_yes):
    counts = {}
    for count in (1, 5, 20):
        session, persons = line_of(db, count + 1, seats=count, with_seats=with_seats, standing_yes=standing_yes)
        done, counts[count] = counted(db, queries, session)
        state = BookingState.BOOKED if standing_yes else BookingState.OFFERED
        assert done == count
        assert states(db, session) == {**dict.fromkeys(persons[:-1], state), persons[-1]: BookingState.WAITING}
    assert counts[5] == counts[20]
    assert counts[20] <= counts[1] + 2
    insist_on_invariants(db)


def test_a_call_out_to_many_and_its_end_take_no_more_than_to_few(db, queries):
    counts = {}
    for count in (5, 20):
        session, persons = line_of(db, count, seats=count, with_seats=True, short_notice=True)
        asked = counted(db, queries, session, now=SOON)
        for person in persons:
            saw = answers.seen(db, session_id=session.id, person_id=person, now=SOON)
            answers.accept(db, session_id=session.id, person_id=person, saw=saw, now=SOON, by=person)
        db.flush()
        ended = counted(db, queries, session, now=SOON)
        assert (asked[0], ended[0]) == (count, count)
        counts[count] = asked[1], ended[1]
    assert counts[5] == counts[20]
