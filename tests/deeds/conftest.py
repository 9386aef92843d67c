"""Where several tests of deeds begin."""

import pytest
from bookings_room import seat

import make


@pytest.fixture
def full(db):
    """A session with one seat, taken."""
    session = make.session(db, seats=1)
    seat(db, session, make.person(db))
    return session
