"""A crowd that storms the sessions of some courses: what one of them, or of staff, may do next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

from bookings_room import insist_on_invariants
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bookings import answers, cancellation, left_over_seats, offers, own_order, rebooking, swap_rings, waitlist
from bookings.minimum import calling_off
from bookings.models import Booking
from bookings.states import BookingState
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal import tick
from lararportal.audit import invariants
from lararportal.db import Database
from lararportal.journal import Entry

SPARE = 9
"""Drafts of each course, each to be published in the transaction in which one of its sessions is called off."""
STRIKE = ("seat.booked", "seat.moved", "seat.from_line", "seat.swapped", "seat.displaced")
"""The deeds by which a seat ends what was waited for beside it."""


class Crowd:
    """Persons and one of staff, and what they may do, with what a page has shown them a moment ago."""

    def __init__(self, persons: Sequence[int], *, staff: int, spare: Mapping[int, Sequence[int]]) -> None:
        self.persons = persons
        self.staff = staff
        self.spare = {course: list(drafts) for course, drafts in spare.items()}

    def book(self, db: Session, chance: Random, now) -> None:
        session, person = self._anywhere(db, chance), chance.choice(self.persons)
        left_over_seats.book(db, session_id=session, person_id=person, now=now, by=person)

    def join(self, db: Session, chance: Random, now) -> None:
        session, person = self._anywhere(db, chance), chance.choice(self.persons)
        waitlist.join(db, session_id=session, person_id=person, now=now, by=person)

    def leave(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.WAITING)
        waitlist.leave(db, session_id=session, person_id=person, now=now, by=person)

    def cancel(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.BOOKED)
        cancellation.cancel(db, session_id=session, person_id=person, reason="", now=now, by=person)

    def undo(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.CANCELLED)
        cancellation.undo(db, session_id=session, person_id=person, now=now, by=person)

    def rebook(self, db: Session, chance: Random, now) -> None:
        old, person = self._of_somebody(db, chance, BookingState.BOOKED)
        new = self._sister(db, chance, old)
        rebooking.rebook(db, from_session_id=old, to_session_id=new, person_id=person, now=now, by=person)

    def wish(self, db: Session, chance: Random, now) -> None:
        old, person = self._of_somebody(db, chance, BookingState.BOOKED)
        new = self._sister(db, chance, old)
        waitlist.join(db, session_id=new, person_id=person, now=now, by=person)

    def reorder(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.WAITING)
        own_order.want_more(db, session_id=session, person_id=person, now=now, by=person)

    def accept(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.OFFERED)
        saw = answers.seen(db, session_id=session, person_id=person, now=now)
        answers.accept(db, session_id=session, person_id=person, saw=saw, now=now, by=person)

    def decline(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.OFFERED)
        answers.decline(db, session_id=session, person_id=person, now=now, by=person)

    def lapse(self, db: Session, chance: Random, now) -> None:
        found = db.scalars(select(Booking.id).where(Booking.state == BookingState.OFFERED)).all()
        if found:
            offers.lapse(db, chance.choice(found), now=now + timedelta(days=7), by=None)

    def ask_first(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.WAITING)
        answers.answer_beforehand(
            db, session_id=session, person_id=person, standing_yes=False, short_notice=False, now=now, by=person
        )

    def fill(self, db: Session, chance: Random, now) -> None:
        waitlist.fill(db, session_id=self._anywhere(db, chance), now=now)

    def close_rings(self, db: Session, chance: Random, now) -> None:
        session = db.get_one(CourseSession, self._anywhere(db, chance))
        swap_rings.close(db, course_id=session.course_id, now=now)

    def call_off(self, db: Session, chance: Random, now) -> None:
        """A session is called off, and another of its course is held instead: there are always as many.

        Once all drafts of the course are used up, nothing more is called off in it.
        """
        session = self._anywhere(db, chance)
        drafts = self.spare[db.get_one(CourseSession, session).course_id]
        try:
            # Taken out before it is used: no two threads have the same one.
            instead = drafts.pop()
        except IndexError:
            return
        try:
            saw = calling_off.foreseen(db, session_id=session, now=now).token
            calling_off.call_off(db, session_id=session, reason="För få", saw=saw, now=now, by=self.staff)
            sessions.publish(db, session_id=instead, now=now, by=self.staff)
        except BaseException:
            drafts.append(instead)
            raise

    def _anywhere(self, db: Session, chance: Random) -> int:
        published = select(CourseSession.id).where(CourseSession.publicity == Publicity.PUBLISHED)
        return chance.choice(db.scalars(published.order_by(CourseSession.id)).all())

    def _sister(self, db: Session, chance: Random, session_id: int) -> int:
        course_id = db.get_one(CourseSession, session_id).course_id
        sisters = select(CourseSession.id).where(
            CourseSession.course_id == course_id,
            CourseSession.id != session_id,
            CourseSession.publicity == Publicity.PUBLISHED,
        )
        return chance.choice(db.scalars(sisters).all() or [session_id])

    def _of_somebody(self, db: Session, chance: Random, state: BookingState) -> tuple[int, int]:
        """What somebody had a moment ago, as a page shows it; it may be gone when they press the button."""
        rows = db.execute(select(Booking.session_id, Booking.person_id).where(Booking.state == state)).all()
        return tuple(chance.choice(rows)) if rows else (self._anywhere(db, chance), chance.choice(self.persons))


def insist_on_the_end(database: Database, *, now) -> None:
    """Once the tick has been round, no seat is lost or given twice, and every deed has its journal and letter."""
    tick.run_due(database, now=now)
    with database.transaction() as db:
        insist_on_invariants(db)
        assert invariants(db, now=now) == []
        once = db.scalars(select(Entry.facts["booking"].as_integer()).where(Entry.deed == "line.left")).all()
        struck = db.scalars(select(Entry.facts["struck"]).where(Entry.deed.in_(STRIKE))).all()
        ends = Counter([*once, *(booking for each in struck for booking in each)])
        assert [booking for booking, count in ends.items() if count > 1] == []
        # Whoever asks is done anew after a deadlock, but there need not be any: all lock in one order.
        db.execute(text("SELECT pg_stat_force_next_flush()"))
    with database.transaction() as db:
        stopped = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert db.scalar(text(stopped)) == 0
