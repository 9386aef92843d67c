"""Compensation: whoever is in a session that is called off goes before others, until they choose a seat."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bookings import letters, noting, waitlist
from bookings.minimum.displaced import Outlook, by_start
from bookings.models import Booking, LineException, Precedence, RoundSession
from bookings.rules.calling_off import Fate
from bookings.rules.history import last_term, term_of
from bookings.rules.precedence import with_precedence
from bookings.states import IN_TIME, ExceptionKind, Ground, Origin, PrecedenceKind
from courses.models import CourseSession
from lararportal import alike
from lararportal.clock import day_of


def give_precedence(db: Session, outlook: Outlook, *, reason: str, now: datetime, by: int) -> None:
    """All who had a seat go before others in this term and the two after it; who has it already needs no other.

    A seat in a sister session uses it up like any other, until it is given back in time: they never asked for it.
    """
    term, course_id = term_of(day_of(now)), outlook.session.course_id
    olds = {each.person.person_id: outlook.bookings[each.person.booking_id] for each in outlook.fates}
    held = {each.person_id for each in db.scalars(_open(olds, course_id)) if each.term == term}
    given = [
        Precedence(
            person_id=person_id,
            course_id=course_id,
            kind=PrecedenceKind.CALLED_OFF,
            term=term,
            reason=reason,
            granted_at=now,
            granted_by=by,
        )
        for person_id in olds
        if person_id not in held
    ]
    db.add_all(given)
    db.flush()
    for each in given:
        what = {"precedence": each.id, "term": term, "reason": reason}
        noting.note(db, "precedence.displaced", olds[each.person_id], now=now, by=by, **what)


def _open(person_ids: Collection[int], course_id: int) -> Select[Precedence]:
    return select(Precedence).where(
        Precedence.person_id.in_(person_ids),
        Precedence.course_id == course_id,
        Precedence.is_open,
    )


def give_places(db: Session, outlook: Outlook, *, reason: str, now: datetime, by: int) -> None:
    """All who find no room stand, with precedence, in the lines of the sister sessions, and are told of it."""
    places = [
        (fate, [_put_first(outlook, fate, outlook.sisters[each], now=now) for each in fate.lines])
        for fate in outlook.unplaced
    ]
    stored = [place for _, found in places for place, _ in found]
    alike.write(db, stored)
    made = _exceptions(db, stored, reason=reason, now=now, by=by)
    for fate, found in places:
        noting.note(db, "seat.called_off", outlook.bookings[fate.person.booking_id], now=now, by=by, to=None)
        for place, former in found:
            each = made[place.id]
            what = {"kind": each.kind, "ground": each.ground, "reason": reason, "key": each.key, "former": former}
            noting.note(db, "line.exception", place, now=now, by=by, exception=each.id, position=None, **what)
        _tell(db, outlook, fate, reason=reason, now=now)


def _put_first(
    outlook: Outlook, fate: Fate, sister: CourseSession, *, now: datetime
) -> tuple[Booking, dict[str, Any] | None]:
    """A place among those who applied in time, with precedence, and where it stood if it was there before.

    A standing yes only where it was asked for before.
    """
    old, waiting = outlook.bookings[fate.person.booking_id], outlook.place_in(fate, sister.id)
    person = outlook.persons[old.person_id]
    former = {"wave": waiting.wave, "key": waiting.key} if waiting is not None else None
    place = waiting or waitlist.place(sister, person, rank=old.rank, origin=Origin.LINE, key=[], now=now)
    if waiting is None:
        place.standing_yes = sister.id in fate.person.said_yes
    own = waiting.key if waiting is not None and waiting.wave == IN_TIME else fate.person.key
    place.wave, place.key = IN_TIME, list(with_precedence(tuple(own)))
    return place, former


def _exceptions(
    db: Session, places: Collection[Booking], *, reason: str, now: datetime, by: int
) -> dict[int, LineException]:
    """Why each of these places stands where it does, stored, by booking."""
    of_places = RoundSession.session_id.in_({each.session_id for each in places})
    rounds = {each.session_id: each.round_id for each in db.scalars(select(RoundSession).where(of_places))}
    made = {
        place.id: LineException(
            round_id=rounds.get(place.session_id),
            session_id=place.session_id,
            person_id=place.person_id,
            booking_id=place.id,
            kind=ExceptionKind.PRECEDENCE,
            ground=Ground.CALLED_OFF,
            reason=reason,
            key=place.key,
            made_at=now,
            made_by=by,
        )
        for place in places
    }
    db.add_all(made.values())
    db.flush()
    return made


def _tell(db: Session, outlook: Outlook, fate: Fate, *, reason: str, now: datetime) -> None:
    old = outlook.bookings[fate.person.booking_id]
    letters.session_called_off(
        db,
        (old, outlook.session),
        person=outlook.persons[old.person_id],
        moved_to=None,
        lines=by_start(outlook.sisters[each] for each in fate.lines),
        soon=by_start(outlook.sisters[each] for each in fate.soon),
        until=last_term(term_of(day_of(now))),
        reason=reason,
        now=now,
    )
