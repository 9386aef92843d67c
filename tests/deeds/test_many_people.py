"""What concerns many people in one deed takes as many statements as for a few, while others wait for its locks."""

from collections.abc import Callable

from bookings_room import AFTER, seat

import make
from bookings import funding

FEW, MANY = 3, 12


def counted(db, queries, deed: Callable[[], object]) -> int:
    """How many statements the deed takes that nobody has looked at anything for."""
    db.flush()
    db.expunge_all()
    queries.reset()
    deed()
    db.flush()
    return queries.count


def test_the_funding_of_many_seats_is_settled_in_as_many_statements_as_of_few(db, queries):
    office = make.coordinator(db)

    def settle(people: int) -> int:
        session = make.session(db, seats=people)
        ids = [seat(db, session, make.person(db)).id for _ in range(people)]
        return counted(db, queries, lambda: funding.settle(db, booking_ids=ids, now=AFTER, by=office.id))

    assert settle(FEW) == settle(MANY) == 8
