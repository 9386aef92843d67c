"""Compensation: whoever finds no room when their session is called off goes before others for the next seats."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bookings import facts, letters, noting, waitlist
from bookings.minimum.displaced import Outlook, by_start
from bookings.models import Booking, LineException, Precedence
from bookings.rules.calling_off import Fate
from bookings.rules.history import last_term, term_of
from bookings.rules.precedence import with_precedence
from bookings.states import IN_TIME, ExceptionKind, Ground, Origin, PrecedenceKind
from courses.models import CourseSession
from lararportal.clock import day_of


def give(db: Session, outlook: Outlook, fate: Fate, *, reason: str, now: datetime, by: int) -> None:
    """They go before others in this term and the two after it, and at once in the lines of the sister sessions."""
    old, session, term = outlook.bookings[fate.person.booking_id], outlook.session, term_of(day_of(now))
    _give_precedence(db, old, session, term=term, reason=reason, now=now, by=by)
    noting.note(db, "seat.called_off", old, now=now, by=by, to=None)
    for session_id in fate.lines:
        _put_first(db, outlook, fate, outlook.sisters[session_id], reason=reason, now=now, by=by)
    letters.session_called_off(
        db,
        (old, session),
        person=outlook.persons[old.person_id],
        moved_to=None,
        lines=by_start(outlook.sisters[each] for each in fate.lines),
        soon=by_start(outlook.sisters[each] for each in fate.soon),
        until=last_term(term),
        reason=reason,
        now=now,
    )


def _give_precedence(
    db: Session, old: Booking, session: CourseSession, *, term: str, reason: str, now: datetime, by: int
) -> None:
    """For the course; who has it already, from this term on, needs no other."""
    mine = Precedence.person_id == old.person_id, Precedence.course_id == session.course_id, Precedence.term == term
    open_one = exists().where(*mine, Precedence.used_by.is_(None), Precedence.revoked_at.is_(None))
    if not db.scalar(select(open_one)):
        made = Precedence(
            person_id=old.person_id,
            course_id=session.course_id,
            kind=PrecedenceKind.CALLED_OFF,
            term=term,
            reason=reason,
            granted_at=now,
            granted_by=by,
        )
        db.add(made)
        db.flush()
        noting.note(db, "precedence.displaced", old, now=now, by=by, precedence=made.id, term=term, reason=reason)


def _put_first(
    db: Session, outlook: Outlook, fate: Fate, sister: CourseSession, *, reason: str, now: datetime, by: int
) -> None:
    """A place among those who applied in time, with precedence; a standing yes only where it was asked for before."""
    old, waiting = outlook.bookings[fate.person.booking_id], outlook.place_in(fate, sister.id)
    person = outlook.persons[old.person_id]
    former = {"wave": waiting.wave, "key": waiting.key} if waiting is not None else None
    place = waiting or waitlist.place(sister, person, rank=old.rank, origin=Origin.LINE, key=[], now=now)
    if waiting is None:
        place.standing_yes = sister.id in fate.person.said_yes
    own = waiting.key if waiting is not None and waiting.wave == IN_TIME else fate.person.key
    place.wave, place.key = IN_TIME, list(with_precedence(tuple(own)))
    db.add(place)
    db.flush()
    round_ = facts.round_of(db, sister.id)
    made = LineException(
        round_id=round_.id if round_ is not None else None,
        session_id=sister.id,
        person_id=old.person_id,
        booking_id=place.id,
        kind=ExceptionKind.PRECEDENCE,
        ground=Ground.CALLED_OFF,
        reason=reason,
        key=place.key,
        made_at=now,
        made_by=by,
    )
    db.add(made)
    db.flush()
    what = {"kind": made.kind, "ground": made.ground, "reason": reason, "key": made.key}
    noting.note(db, "line.exception", place, now=now, by=by, exception=made.id, former=former, position=None, **what)
