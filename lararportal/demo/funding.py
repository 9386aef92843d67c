"""Who says that residents' seats are paid for: directors of studies, now and then, for most in their areas."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from auth.states import RESIDENTS, Area
from bookings import funding
from bookings.models import Booking
from lararportal.demo.agenda import Act
from lararportal.demo.cast import Cast
from lararportal.demo.dates import Timeline

DAYS_AGO = (50, 24, 3)
MOST = 0.85
"""Of the seats that are not settled yet, at each time."""


def settling(cast: Cast, timeline: Timeline, rng: Random, *, spared: Collection[str]) -> Iterator[Act]:
    """Each director at some moment of each of these days; nobody of `spared` is settled."""
    for days in DAYS_AGO:
        for area in Area:
            at = timeline.some_time(rng, timeline.on(-days, 8), timeline.on(-days, 17))
            yield Act(at, _settle_most(cast, area, rng, at, spared))


def _settle_most(
    cast: Cast, area: Area, rng: Random, at: datetime, spared: Collection[str]
) -> Callable[[Session], None]:
    def settle(db: Session) -> None:
        apart = [doctor.id for doctor in cast.doctors if doctor.subject in spared]
        seats = db.scalars(
            select(Booking.id)
            .join(Person, Person.id == Booking.person_id)
            .where(
                funding.UNSETTLED,
                Person.category.in_(RESIDENTS),
                Person.area == area,
                Person.id.not_in(apart),
            )
            .order_by(Booking.id)
        ).all()
        chosen = [each for each in seats if rng.random() < MOST]
        if chosen:
            funding.settle(db, booking_ids=chosen, now=at, by=cast.director(area).id)

    return settle
