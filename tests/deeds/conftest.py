"""Where several tests of deeds begin."""

import pytest
from bookings_room import CLOSES, OPENS, plan_of, seat
from lottery_room import EARLIER

import make
from auth.states import Role
from bookings import rounds

pytest.register_assert_rewrite("queues")


@pytest.fixture
def full(db):
    """A session with one seat, taken."""
    session = make.session(db, seats=1)
    seat(db, session, make.person(db))
    return session


@pytest.fixture
def eva(db):
    """A director of studies."""
    return make.holder(db, Role.DIRECTOR, given_name="Eva", family_name="Nordin")


@pytest.fixture
def office(db):
    """A coordinator."""
    return make.coordinator(db, given_name="Olle", family_name="Sandberg")


@pytest.fixture
def planned(db, eva, office):
    """A planned round with Eva as the second party, and a session in it."""
    return rounds.plan(db, wanted=plan_of(make.session(db), second_party_id=eva.id), now=EARLIER, by=office.id)


@pytest.fixture
def closed(db, planned):
    """The same round, bound, opened and closed."""
    make.bound(db, planned, at=EARLIER)
    rounds.open_round(db, planned.id, now=OPENS, by=None)
    return rounds.close_round(db, planned.id, now=CLOSES, by=None)
