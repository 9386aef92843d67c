"""A cancellation that is undone while others want the seat: it is theirs or somebody else's, and never both."""

from collections import Counter

import pytest
from bookings_room import insist_on_invariants, states
from processes import all_at_once
from sqlalchemy import func, select

import make
from bookings import cancellation, left_over_seats, waitlist
from bookings.states import BookingState, Refusal
from lararportal.audit import invariants
from lararportal.db import Database
from lararportal.errors import Refused
from lararportal.outbox import Letter

ROUNDS = range(5)
"""Who is first is up to the machine; a few tries see both."""


def said_by_a_rule(refusal: Refused) -> str:
    """Under the locks the rules know everything: no constraint has to stop anybody."""
    assert refusal.__cause__ is None, refusal.__cause__
    return refusal.reason


class Lost:
    """A session of one seat that was given back a moment ago, and others who want it."""

    def __init__(self, database: Database, *, now) -> None:
        self.database, self.now = database, now
        with database.transaction() as db:
            self.session = make.session(db, of=make.course(db, seats=1))
            self.anna, self.rival = make.person(db).id, make.person(db).id
            left_over_seats.book(db, session_id=self.session.id, person_id=self.anna, now=now, by=None)
        self.session_id = self.session.id

    def cancel(self) -> None:
        with self.database.transaction() as db:
            cancellation.cancel(
                db, session_id=self.session_id, person_id=self.anna, reason="", now=self.now, by=self.anna
            )

    def undo(self) -> str:
        try:
            with self.database.transaction() as db:
                cancellation.undo(db, session_id=self.session_id, person_id=self.anna, now=self.now, by=self.anna)
        except Refused as refusal:
            return said_by_a_rule(refusal)
        return "undone"

    def end(self) -> tuple[dict[int, BookingState], int]:
        """How both stand, when everything that must hold does; and how many letters told of the undoing."""
        with self.database.transaction() as db:
            insist_on_invariants(db)
            assert invariants(db, now=self.now) == []
            told = select(func.count(Letter.id)).where(
                Letter.occasion == "cancellation_undone", Letter.person_id == self.anna
            )
            return states(db, self.session), db.scalars(told).one()


@pytest.mark.parametrize("_again", ROUNDS)
def test_against_the_line_that_is_being_served(shared_database: Database, now, _again):
    lost = Lost(shared_database, now=now)
    with shared_database.transaction() as db:
        waitlist.join(db, session_id=lost.session_id, person_id=lost.rival, now=now, by=None)
    lost.cancel()

    def fill() -> int:
        with shared_database.transaction() as db:
            return waitlist.fill(db, session_id=lost.session_id, now=now)

    undone, filled = all_at_once([lost.undo, fill])

    assert (undone, filled, *lost.end()) in [
        ("undone", 0, {lost.anna: BookingState.BOOKED, lost.rival: BookingState.WAITING}, 1),
        (Refusal.SEAT_GIVEN_ON, 1, {lost.anna: BookingState.CANCELLED, lost.rival: BookingState.BOOKED}, 0),
    ]


@pytest.mark.parametrize("_again", ROUNDS)
def test_against_somebody_who_books_the_last_seat(shared_database: Database, now, _again):
    lost = Lost(shared_database, now=now)
    lost.cancel()

    def book() -> BookingState:
        with shared_database.transaction() as db:
            return left_over_seats.book(
                db, session_id=lost.session_id, person_id=lost.rival, now=now, by=lost.rival
            ).state

    undone, booked = all_at_once([lost.undo, book])

    assert (undone, booked, *lost.end()) in [
        ("undone", "waiting", {lost.anna: BookingState.BOOKED, lost.rival: BookingState.WAITING}, 1),
        (Refusal.SEAT_GIVEN_ON, "booked", {lost.anna: BookingState.CANCELLED, lost.rival: BookingState.BOOKED}, 0),
    ]


def test_by_the_same_person_in_many_windows_at_once(shared_database: Database, now):
    lost = Lost(shared_database, now=now)
    lost.cancel()

    answers = all_at_once([lost.undo] * 8)

    assert Counter(answers) == {"undone": 1, Refusal.NOTHING_TO_UNDO: 7}
    assert lost.end() == ({lost.anna: BookingState.BOOKED}, 1)


def test_while_they_book_another_session_on_the_same_days(shared_database: Database, now):
    lost = Lost(shared_database, now=now)
    with shared_database.transaction() as db:
        elsewhere = make.session(db).id
    lost.cancel()

    def book() -> str:
        try:
            with shared_database.transaction() as db:
                left_over_seats.book(db, session_id=elsewhere, person_id=lost.anna, now=now, by=lost.anna)
        except Refused as refusal:
            return said_by_a_rule(refusal)
        return "booked"

    answers = all_at_once([lost.undo, book])

    assert answers in [["undone", Refusal.DAY_TAKEN], [Refusal.DAY_TAKEN, "booked"]]
    lost.end()
