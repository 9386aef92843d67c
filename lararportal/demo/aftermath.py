"""The weeks after a publication: seats are given back, changed, booked directly and waited for, a few a day."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import cancellation, left_over_seats, rebooking, waitlist
from bookings.minimum import free_seats
from bookings.models import Booking
from bookings.states import BookingState, CancelGround
from courses.models import CourseSession
from lararportal.clock import day_of
from lararportal.demo.agenda import Act, Tick
from lararportal.demo.cast import Cast, Doctor, words
from lararportal.demo.dates import DAY, Timeline
from lararportal.demo.offer import Offer
from lararportal.errors import Refused

CANCELLED, MOVED, BOOKED, JOINED, LEFT = 30, 12, 45, 16, 12
TOLD = 3
TICKS_EVERY = timedelta(days=3)
ATTEMPTS = 8
"""How many somebodies are looked at until one may do the thing; the others are refused, as they would be."""


@dataclass(frozen=True)
class Aftermath:
    """What can happen after a round is published. Nobody of `spared` does anything by chance."""

    rng: Random
    cast: Cast
    offers: Sequence[Offer]
    """The sessions of the published round."""
    spared: Collection[str]
    kept_free: dict[str, int]
    """How many seats of some sessions (by key) nobody books by chance."""

    def acts(self, timeline: Timeline, *, begin: datetime, share: float) -> Iterator[Act | Tick]:
        """From `begin` to now, some of each kind at chance moments, and the tick now and then."""
        for number, do in (
            (CANCELLED, self.cancel),
            (MOVED, self.rebook),
            (BOOKED, self.book),
            (JOINED, self.join),
            (LEFT, self.leave),
        ):
            for _ in range(max(1, round(number * share))):
                at = timeline.some_time(self.rng, begin, timeline.now - timedelta(hours=2))
                yield Act(at, _at(do, at))
        moment = begin
        while moment < timeline.now:
            yield Tick(moment)
            moment += TICKS_EVERY
        yield Tick(timeline.now)

    def asking_to_be_told(self, timeline: Timeline, key: str) -> Iterator[Act]:
        """Some specialists want to know when the course of a session, which few have booked, has free seats."""
        at = timeline.on(-6, 15)
        course_id = next(each.course_id for each in self.offers if each.key == key)
        for doctor in self.cast.specialists[:TOLD]:
            yield Act(at, partial(free_seats.ask, course_id=course_id, person_id=doctor.id, now=at, by=doctor.id))

    def cancel(self, db: Session, now: datetime) -> None:
        """Somebody gives a seat back, and says why."""
        person_id, session_id = self.rng.choice(self._live(db, BookingState.BOOKED, now))
        ground, reason = self.rng.choice(words()["reasons"])
        cancellation.cancel(
            db,
            session_id=session_id,
            person_id=person_id,
            reason=reason,
            ground=CancelGround(ground),
            now=now,
            by=person_id,
        )

    def leave(self, db: Session, now: datetime) -> None:
        """Somebody no longer waits."""
        waiting = self._live(db, BookingState.WAITING, now)
        if waiting:
            person_id, session_id = self.rng.choice(waiting)
            waitlist.leave(db, session_id=session_id, person_id=person_id, now=now, by=person_id)

    def rebook(self, db: Session, now: datetime) -> None:
        """Somebody changes to another session of the course."""
        roomy = self._with_free_seats(db, now)
        sisters = {offer.id: other.id for offer in self.offers for other in roomy if self._are_sisters(offer, other)}
        seats = [pair for pair in self._live(db, BookingState.BOOKED, now) if pair[1] in sisters]
        for person_id, session_id in self.rng.sample(seats, min(ATTEMPTS, len(seats))):
            if _is_done(
                rebooking.rebook,
                db,
                from_session_id=session_id,
                to_session_id=sisters[session_id],
                person_id=person_id,
                now=now,
                by=person_id,
            ):
                return

    def book(self, db: Session, now: datetime) -> None:
        """Somebody books a seat that nobody waits for."""
        self._somebody_comes(db, left_over_seats.book, self._with_free_seats(db, now), now)

    def join(self, db: Session, now: datetime) -> None:
        """Somebody comes to the line for a full session."""
        free = self._free_seats(db)
        full = [offer for offer in self._ahead(now) if not free[offer.id]]
        self._somebody_comes(db, waitlist.join, full, now)

    def _somebody_comes(
        self, db: Session, deed: Callable[..., object], offers: Sequence[Offer], now: datetime
    ) -> None:
        for _ in range(ATTEMPTS):
            if not offers:
                return
            offer, doctor = self.rng.choice(offers), self._somebody()
            if offer.code in doctor.taken:
                continue
            if _is_done(deed, db, session_id=offer.id, person_id=doctor.id, now=now, by=doctor.id):
                return

    def _somebody(self) -> Doctor:
        leading = self.cast.leading_specialists
        while True:
            doctor = self.rng.choice(self.cast.doctors)
            if doctor.subject not in self.spared and doctor not in leading:
                return doctor

    def _live(self, db: Session, state: BookingState, now: datetime) -> list[tuple[int, int]]:
        """Person and session of the seats, or places, in sessions ahead."""
        spared = {doctor.id for doctor in self.cast.doctors if doctor.subject in self.spared}
        ahead = [offer.id for offer in self._ahead(now)]
        rows = db.execute(
            select(Booking.person_id, Booking.session_id)
            .where(Booking.state == state, Booking.session_id.in_(ahead))
            .order_by(Booking.id)
        )
        return [(person_id, session_id) for person_id, session_id in rows if person_id not in spared]

    def _with_free_seats(self, db: Session, now: datetime) -> list[Offer]:
        free = self._free_seats(db)
        return [offer for offer in self._ahead(now) if free[offer.id] > self.kept_free.get(offer.key, 0)]

    def _free_seats(self, db: Session) -> dict[int, int]:
        rows = db.execute(select(CourseSession.id, CourseSession.free_seats))
        return dict(rows.all())

    def _ahead(self, now: datetime) -> list[Offer]:
        return [offer for offer in self.offers if offer.starts_on > day_of(now) + DAY]

    def _are_sisters(self, one: Offer, other: Offer) -> bool:
        return one.code == other.code and one is not other


def _at(do: Callable[[Session, datetime], None], at: datetime) -> Callable[[Session], None]:
    return lambda db: do(db, at)


def _is_done(deed: Callable[..., object], db: Session, **facts: object) -> bool:
    """Whether somebody may do it: a deed refuses before it changes anything."""
    try:
        deed(db, **facts)
    except Refused:
        return False
    return True
