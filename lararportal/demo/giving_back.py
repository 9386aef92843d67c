"""Seats that are given back late, so that there is something to invoice, and one that is had again after all."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import cancellation
from bookings.models import Booking
from bookings.rules.seats import GRACE
from bookings.states import BookingState, CancelGround
from courses.models import CourseSession
from lararportal import clock
from lararportal.clock import day_of
from lararportal.demo.agenda import Act
from lararportal.demo.cast import Cast, words
from lararportal.demo.dates import DAY, Timeline
from lararportal.demo.offer import Offer

LAST_MONTH, SINCE_THEN = 6, 3
"""How many, in the month that the basis shows at first, and afterwards."""
SESSIONS = ("OB08-1", "KL11-1", "OB01-1", "KL16-1")
"""Those that are over or begin soon."""
SOON = -33
"""So many days ago the seats of the first session that is over by now could be given back late."""
UNDONE_AFTER = timedelta(minutes=4)


@dataclass(frozen=True)
class LateCancellations:
    """Who gives a seat back late: anybody but the `spared`, in those sessions, by chance; staff for some."""

    rng: Random
    cast: Cast
    offers: Collection[Offer]
    spared: Collection[str]
    office: int

    def acts(self, line: Timeline, *, share: float) -> Iterator[Act]:
        """Last month, since then, and one that was a mistake."""
        begin = line.on(SOON, 8)
        this_month = clock.at(line.today.replace(day=1))
        for number, first, last in (
            (LAST_MONTH, begin, this_month - timedelta(hours=2)),
            (SINCE_THEN, max(begin, this_month), line.now - timedelta(hours=2)),
        ):
            for _ in range(max(3, round(number * share)) if first < last else 0):
                at = line.some_time(self.rng, first, last)
                yield Act(at, self._at(at, self.cancel))
        at = line.on(-4, 13)
        yield Act(at, self._at(at, self.cancel_and_undo))

    def cancel(self, db: Session, now: datetime) -> tuple[int, int, int] | None:
        """Somebody gives a seat back with a ground; whose it was, where, and who did it."""
        seats = self._late_to_give_back(db, now)
        if not seats:
            return None
        person_id, session_id = self.rng.choice(seats)
        ground, reason = self.rng.choice(words()["reasons"])
        by = self.rng.choice([person_id, person_id, self.office])
        cancellation.cancel(
            db,
            session_id=session_id,
            person_id=person_id,
            reason=reason,
            ground=CancelGround(ground),
            now=now,
            by=by,
        )
        return person_id, session_id, by

    def cancel_and_undo(self, db: Session, now: datetime) -> None:
        """As `cancel`, and some minutes later the person has the seat again."""
        given_back = self.cancel(db, now)
        if given_back is not None:
            person_id, session_id, by = given_back
            cancellation.undo(db, session_id=session_id, person_id=person_id, now=now + UNDONE_AFTER, by=by)

    def _late_to_give_back(self, db: Session, now: datetime) -> list[tuple[int, int]]:
        spared = [doctor.id for doctor in self.cast.doctors if doctor.subject in self.spared]
        rows = db.execute(
            select(Booking.person_id, Booking.session_id)
            .join(CourseSession, CourseSession.id == Booking.session_id)
            .where(
                Booking.state == BookingState.BOOKED,
                Booking.booked_at < now - GRACE,
                Booking.session_id.in_([offer.id for offer in self.offers if offer.key in SESSIONS]),
                Booking.person_id.not_in(spared),
                CourseSession.cancel_by < day_of(now),
                CourseSession.starts_on > day_of(now) + DAY,
                # None of these sessions is to be put before those who decide whether it is held.
                CourseSession.seats_taken > CourseSession.minimum,
            )
            .order_by(Booking.id)
        )
        return [(person_id, session_id) for person_id, session_id in rows]

    def _at(self, at: datetime, do: Callable[[Session, datetime], object]) -> Callable[[Session], object]:
        return lambda db: do(db, at)
