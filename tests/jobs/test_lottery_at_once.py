"""Two tabs, two people and the tick at once: a lottery has one commitment, one seed, and nothing in between."""

from collections.abc import Callable

import pytest
from bookings_room import CLOSES, OPENS, plan_of
from lottery_room import COMMITMENT, EARLIER, KNOWN, OTHER, SECRET, bound_to, commit, enter, reveal
from processes import all_at_once
from sqlalchemy import func, select

import make
from auth.models import Person
from auth.states import Role
from bookings import lots, rounds
from bookings.models import Round
from bookings.states import Refusal, RoundState
from lararportal import tick
from lararportal.db import Database
from lararportal.errors import Refused
from lararportal.journal import Entry


@pytest.fixture
def planned(shared_database: Database) -> tuple[Round, Person, Person]:
    """A planned round, its second party, and a coordinator."""
    with shared_database.transaction() as db:
        eva, olle = make.holder(db, Role.DIRECTOR), make.coordinator(db)
        wanted = plan_of(make.session(db), second_party_id=eva.id)
        return rounds.plan(db, wanted=wanted, now=EARLIER, by=olle.id), eva, olle


def tried(database: Database, deed: Callable, *args, **facts) -> Callable[[], str]:
    """The deed in a transaction of its own; what came of it, in a word."""

    def attempt() -> str:
        try:
            with database.transaction() as db:
                deed(db, *args, **facts)
        except Refused as refusal:
            return refusal.reason
        return "done"

    return attempt


def test_of_two_tabs_one_is_told_that_the_other_was_quicker(shared_database, planned):
    round_, eva, _ = planned

    said = all_at_once([tried(shared_database, commit, round_, eva, secret=each) for each in (SECRET, OTHER)])

    assert sorted(said) == sorted(["done", Refusal.COMMITMENT_REPLACED])
    with shared_database.transaction() as db:
        bound = {"done": COMMITMENT, Refusal.COMMITMENT_REPLACED: bound_to(OTHER)}[said[0]]
        assert db.scalars(select(Round.second_commitment)).one() == bound


def test_nobody_is_bound_anew_while_the_tick_opens_the_round(shared_database, planned):
    round_, eva, _ = planned
    with shared_database.transaction() as db:
        commit(db, round_, eva)

    anew = tried(shared_database, commit, round_, eva, secret=OTHER, replaces=COMMITMENT, now=OPENS)
    said, _ = all_at_once([anew, lambda: tick.run_due(shared_database, now=OPENS)])

    with shared_database.transaction() as db:
        found = db.scalars(select(Round)).one()
        assert found.state is RoundState.OPEN
        expected = {"done": bound_to(OTHER), Refusal.COMMITTED_TOO_LATE: COMMITMENT}
        assert found.second_commitment == expected[said]
        deeds = db.scalars(select(Entry.deed).where(Entry.deed.in_(("lottery.committed", "round.opened")))).all()
        assert len(deeds) == 2 + (said == "done")


def test_however_many_reveal_and_enter_at_once_the_seed_is_reckoned_once(shared_database, planned):
    round_, eva, olle = planned
    with shared_database.transaction() as db:
        commit(db, round_, eva)
        rounds.open_round(db, round_.id, now=OPENS, by=None)
        rounds.close_round(db, round_.id, now=CLOSES, by=None)

    steps = [tried(shared_database, reveal, round_, eva, now=KNOWN), tried(shared_database, enter, round_, olle)]
    said = all_at_once(steps * 4)

    assert said[::2].count("done") == 1
    assert set(said) == {"done", Refusal.LOTTERY_SETTLED}
    with shared_database.transaction() as db:
        found = db.scalars(select(Round)).one()
        assert (found.state, found.seed) == (RoundState.REVEALED, lots.seed(found))
        drawn = select(func.count()).where(Entry.deed == "round.revealed")
        assert db.scalar(drawn) == 1
