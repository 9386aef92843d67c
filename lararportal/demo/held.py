"""Sessions that have been held: who was there, what came of their seats, and one that was put right afterwards."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import impartiality
from bookings.queries import seated
from courses.days import attendance, completion, correcting
from courses.models import Completion, SessionLeader
from courses.rules import days
from courses.rules.days import Mark, Verdict
from courses.states import Absence, Presence
from lararportal import clock
from lararportal.demo.agenda import Act
from lararportal.demo.cast import Cast, words
from lararportal.demo.dates import Timeline
from lararportal.demo.offer import Offer

COMPLETED, GOING_ON = ("OB08-1", "KL11-1"), "OB01-1"
"""By key: what their leaders have completed, and what has only begun or is still to be completed."""
AT_THE_END = 16
"""The hour."""
JUST_NOW = timedelta(minutes=10)
LATE = Mark(Presence.LATE, 25)
PRESENT, ILL, AWAY = Mark(Presence.PRESENT), Mark(Presence.ABSENT_ILL), Mark(Presence.ABSENT_OTHER)


@dataclass(frozen=True)
class Held:
    """What leaders note of the sessions among `offers`; who is ill, away or late is chance, and none of `spared`."""

    rng: Random
    cast: Cast
    offers: Collection[Offer]
    spared: Collection[str]
    office: int

    def acts(self, line: Timeline) -> Iterator[Act]:
        """On the last day of each; of what has not ended by now, just now."""
        by_key = {each.key: each for each in self.offers}
        for key in (*COMPLETED, GOING_ON):
            at = min(clock.at(by_key[key].days[-1].day, AT_THE_END), line.now - JUST_NOW)
            yield Act(at, partial(self._note, offer=by_key[key], now=at))
        at = line.on(-5, 10)
        yield Act(at, partial(self._put_right, offer=by_key[COMPLETED[0]], now=at))

    def _note(self, db: Session, *, offer: Offer, now: datetime) -> None:
        """Somebody was ill, somebody stayed away, and somebody came late once; all others were there."""
        leader = select(SessionLeader.person_id).where(SessionLeader.session_id == offer.id)
        by, booked = db.scalars(leader).one(), seated(db, offer.id)
        about: dict[str, Any] = {"session_id": offer.id, "roster": seated, "now": now, "by": by}
        marks = dict(zip(self._some(booked - {by}), (ILL, AWAY, LATE), strict=False))
        halves = days.half_days(offer.days)
        begun = [each for each in halves if each.opens <= now]
        for half in begun:
            noted = {who: mark for who, mark in marks.items() if mark is not LATE or half is begun[0]}
            attendance.note(db, half=half.key, noted=noted, **about)
            attendance.everybody_is_there(db, half=half.key, **about)
        if offer.key in COMPLETED and begun == halves and by not in booked:
            met = Verdict(competence_met=True, prepared=True)
            completion.complete(db, verdicts=dict.fromkeys(booked, met), **about)

    def _some(self, booked: Collection[int]) -> list[int]:
        spared = {doctor.id for doctor in self.cast.doctors if doctor.subject in self.spared}
        could_be = sorted(set(booked) - spared)
        return self.rng.sample(could_be, min(3, len(could_be)))

    def _put_right(self, db: Session, *, offer: Offer, now: datetime) -> None:
        """Who seemed to have stayed away from all of it was there for the end."""
        away = select(Completion.person_id).where(
            Completion.session_id == offer.id, Completion.absence == Absence.NO_SHOW
        )
        person_id = db.scalars(away).first()
        if person_id is not None:
            correcting.correct(
                db,
                session_id=offer.id,
                person_id=person_id,
                noted={days.half_days(offer.days)[-1].key: PRESENT},
                verdict=Verdict(competence_met=False, prepared=False),
                reason=words()["attendance_reason"],
                roster=seated,
                impartial=impartiality.insist,
                now=now,
                by=self.office,
            )
