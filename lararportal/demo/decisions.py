"""What directors of studies decide about single people: precedence, an exception in a line, a corrected plan."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth import people
from bookings import exceptions, precedence
from bookings.models import Application, Booking, Choice, Precedence
from bookings.states import BookingState, Ground
from lararportal.demo.agenda import Act
from lararportal.demo.cast import Cast, Doctor, words
from lararportal.demo.dates import Timeline, in_months
from lararportal.demo.offer import Offer
from lararportal.errors import Refused

GRANTED, CORRECTED = 4, 6
ATTEMPTS = 12
"""How many are looked at until one can be decided about; the others are refused, as they would be."""
ON_LEAVE = 6
"""Months."""
NEAR_THE_END = 4
"""Months left today of somebody whose last chance it was some weeks ago."""


@dataclass(frozen=True)
class Decisions:
    """What can be decided about residents. Nobody of `spared` is decided about by chance."""

    rng: Random
    cast: Cast
    timeline: Timeline
    spared: Collection[str]

    def granting(self, offers: Iterable[Offer], *, begin: datetime, end: datetime, share: float) -> Iterator[Act]:
        """Some of those who have applied for a mandatory course get precedence for it, between the two moments."""
        wanted = _mandatory(offers)
        for _ in range(max(2, round(GRANTED * share))):
            at = self.timeline.some_time(self.rng, begin, end)
            yield Act(at, self._some_grant(wanted, at))

    def one_grant(self, doctor: Doctor, offer: Offer, at: datetime) -> Act:
        """This person gets precedence for this course."""
        return Act(at, lambda db: self._grant(db, doctor, offer, at))

    def revoking(self, at: datetime) -> Act:
        """One that was granted by chance was granted by mistake."""
        return Act(at, lambda db: self._revoke_one(db, at))

    def hardship(self, doctor: Doctor, offers: Iterable[Offer], at: datetime) -> Act:
        """This person, who did not apply in time, is put into the longest line that they may stand in."""
        wanted = _mandatory(offers)
        return Act(at, lambda db: self._place(db, doctor, wanted, at))

    def correcting(self, *, begin: datetime, end: datetime, share: float) -> Iterator[Act]:
        """Some residents have been on leave, and their planned end is moved."""
        for doctor in self.rng.sample(self._residents, max(1, round(CORRECTED * share))):
            at = self.timeline.some_time(self.rng, begin, end)
            yield Act(at, self._correction(doctor, at))

    @property
    def _residents(self) -> list[Doctor]:
        return [each for each in self.cast.residents if each.subject not in self.spared]

    def _some_grant(self, offers: list[Offer], at: datetime) -> Callable[[Session], None]:
        def do(db: Session) -> None:
            asked = _asked(db, self._residents, offers)
            for doctor, offer in self.rng.sample(asked, min(ATTEMPTS, len(asked))):
                if _is_done(self._grant, db, doctor, offer, at):
                    return

        return do

    def _grant(self, db: Session, doctor: Doctor, offer: Offer, at: datetime) -> None:
        precedence.grant(
            db,
            person_id=doctor.id,
            course_id=offer.course_id,
            reason=self.rng.choice(words()["precedence_reasons"]),
            now=at,
            by=self._director(doctor),
        )

    def _revoke_one(self, db: Session, at: datetime) -> None:
        known = {each.id: each for each in self._residents}
        held = db.scalars(
            select(Precedence)
            .where(Precedence.used_by.is_(None), Precedence.person_id.in_(known))
            .order_by(Precedence.id.desc())
            .limit(1)
        ).first()
        if held is not None:
            by = self._director(known[held.person_id])
            precedence.revoke(db, precedence_id=held.id, reason=words()["revoke_reason"], now=at, by=by)

    def _place(self, db: Session, doctor: Doctor, offers: list[Offer], at: datetime) -> None:
        waiting = Counter(db.scalars(select(Booking.session_id).where(Booking.state == BookingState.WAITING)))
        for offer in sorted(offers, key=lambda each: (-waiting[each.id], each.key)):
            if offer.code not in doctor.taken and _is_done(
                exceptions.place_for_hardship,
                db,
                session_id=offer.id,
                person_id=doctor.id,
                ground=Ground.PARENTAL_LEAVE,
                reason=words()["hardship_reason"],
                now=at,
                by=self._director(doctor),
            ):
                return

    def _correction(self, doctor: Doctor, at: datetime) -> Callable[[Session], object]:
        end = doctor.planned_end
        assert end is not None, "a resident has one"
        return lambda db: people.correct(
            db,
            person_id=doctor.id,
            category=doctor.category,
            area=doctor.area,
            residency_start=doctor.residency_start,
            planned_end=in_months(end, ON_LEAVE, day_of_month=min(end.day, 28)),
            leave_months=doctor.leave_months + ON_LEAVE,
            reason=words()["correction_reason"],
            now=at,
            by=self._director(doctor),
        )

    def _director(self, doctor: Doctor) -> int:
        return self.cast.director(doctor.area).id


def latecomer(cast: Cast, offers: Iterable[Offer]) -> Doctor:
    """The resident who is nearly through and lacks most of what these give: somebody who must not come too late."""
    codes = {each.code for each in _mandatory(offers)}
    near = [each for each in cast.residents if each.months_left <= NEAR_THE_END]
    return max(near or cast.residents, key=lambda each: (len(codes - each.taken), each.subject))


def _mandatory(offers: Iterable[Offer]) -> list[Offer]:
    return [each for each in offers if each.code.startswith("OB")]


def _asked(db: Session, doctors: Iterable[Doctor], offers: Iterable[Offer]) -> list[tuple[Doctor, Offer]]:
    """Who has asked for which of these sessions."""
    known, offered = {each.id: each for each in doctors}, {each.id: each for each in offers}
    rows = db.execute(
        select(Application.person_id, Choice.session_id)
        .join(Choice)
        .where(Application.person_id.in_(known), Choice.session_id.in_(offered))
        .order_by(Application.id, Choice.rank)
    )
    return [(known[person_id], offered[session_id]) for person_id, session_id in rows]


def _is_done(deed: Callable[..., object], *given: object, **facts: object) -> bool:
    """Whether it may be decided: a deed refuses before it changes anything."""
    try:
        deed(*given, **facts)
    except Refused:
        return False
    return True
