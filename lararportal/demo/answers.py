"""Those in line answer: some want to be asked first, and whoever is offered a seat says yes, or no, or nothing."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import answers
from bookings.models import Booking
from bookings.states import ANSWERABLE, BookingState
from lararportal.demo.agenda import Act
from lararportal.demo.cast import Cast
from lararportal.demo.dates import DAY, Timeline
from lararportal.demo.offer import Offer
from lararportal.errors import Refused

ASK_FIRST = 40
ANSWERS_A_DAY, SAYS_YES = 0.4, 0.75
"""How probable it is that somebody answers an offer on a day, and that it is a yes."""


@dataclass(frozen=True)
class Answers:
    """What those in the lines of these sessions answer. Nobody of `spared` does so by chance."""

    rng: Random
    cast: Cast
    offers: Sequence[Offer]
    spared: Collection[str]

    def acts(self, timeline: Timeline, *, begin: datetime, share: float) -> Iterator[Act]:
        """Early on some say that they want to be asked, and every day some answer."""
        for number in range(max(2, round(ASK_FIRST * share))):
            at = begin + timedelta(minutes=number)
            yield Act(at, _at(self.ask_first, at))
        moment = begin + timedelta(hours=1)
        while moment < timeline.now:
            at = timeline.some_time(self.rng, moment, moment)
            yield Act(at, _at(self.answer, at))
            moment += DAY

    def ask_first(self, db: Session, now: datetime) -> None:
        """Somebody in line wants to be asked, and can come at short notice."""
        waiting = self._of_others(db, BookingState.WAITING)
        if waiting:
            person_id, session_id = self.rng.choice(waiting)
            answers.answer_beforehand(
                db,
                session_id=session_id,
                person_id=person_id,
                standing_yes=False,
                short_notice=True,
                now=now,
                by=person_id,
            )

    def answer(self, db: Session, now: datetime) -> None:
        """Of those who have an offer some say yes or no today; whoever never does lets it lapse."""
        for person_id, session_id in self._of_others(db, *ANSWERABLE):
            if self.rng.random() > ANSWERS_A_DAY:
                continue
            deed = _say_yes if self.rng.random() < SAYS_YES else answers.decline
            try:
                deed(db, session_id=session_id, person_id=person_id, now=now, by=person_id)
            except Refused:
                continue  # Too late, or they have another seat by now.

    def _of_others(self, db: Session, *states: BookingState) -> list[tuple[int, int]]:
        spared = {doctor.id for doctor in self.cast.doctors if doctor.subject in self.spared}
        rows = db.execute(
            select(Booking.person_id, Booking.session_id)
            .where(Booking.state.in_(states), Booking.session_id.in_([each.id for each in self.offers]))
            .order_by(Booking.id)
        )
        return [(person_id, session_id) for person_id, session_id in rows if person_id not in spared]


def _say_yes(db: Session, *, session_id: int, person_id: int, now: datetime, by: int) -> None:
    """To whatever that means for their other seats."""
    saw = answers.seen(db, session_id=session_id, person_id=person_id, now=now)
    answers.accept(db, session_id=session_id, person_id=person_id, saw=saw, now=now, by=by)


def _at(do: Callable[[Session, datetime], None], at: datetime) -> Callable[[Session], None]:
    return lambda db: do(db, at)
