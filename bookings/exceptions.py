"""Exceptions after a round: somebody is put among those who applied in time, by name, with a reason, and told so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from auth.holders import powers
from auth.states import Role
from bookings import asking, facts, in_line, letters, noting, waitlist
from bookings.asking import Asking
from bookings.models import Booking, LineException
from bookings.precedence import insist_on_powers, insist_on_reason, name_of, prospect
from bookings.rules import precedence as rules
from bookings.rules.history import term_of
from bookings.rules.line import active_places
from bookings.rules.precedence import Opening, Place, Prospect
from bookings.states import (
    ANSWERABLE,
    IN_TIME,
    SEATED,
    BookingState,
    ExceptionKind,
    Ground,
    Origin,
    Refusal,
    RoundState,
)
from courses.states import Publicity
from lararportal.errors import Refused, insist


def place_for_hardship(
    db: Session, *, session_id: int, person_id: int, ground: Ground, reason: str, now: datetime, by: int
) -> LineException:
    """Somebody who came late, and whose last chance this is, stands in line with those who applied in time.

    Raises:
        NotFound: there is no such session or person.
        Refused: `by` may not decide it, gives no reason, or the rules of `bookings.rules.precedence` say no.
    """
    insist_on_reason(reason)
    case = _hold(db, session_id=session_id, person_id=person_id, by=by, now=now)
    key = tuple(_late_key(db, case.asked))
    insist(rules.may_be_placed_for_hardship(case.prospect, case.opening, key=key))
    return _place(db, case, ExceptionKind.HARDSHIP, key, ground=ground, reason=reason.strip(), by=by)


def place_by_precedence(
    db: Session, *, session_id: int, person_id: int, ground: Ground, reason: str, now: datetime, by: int
) -> LineException:
    """Somebody whose precedence no round has counted stands before the others in line.

    Who applied in time keeps the key of the round but for that; who did not has the key of today.

    Raises:
        NotFound: there is no such session or person.
        Refused: `by` may not decide it, gives no reason, or the rules of `bookings.rules.precedence` say no.
    """
    insist_on_reason(reason)
    case = _hold(db, session_id=session_id, person_id=person_id, by=by, now=now)
    insist(rules.may_be_placed_by_precedence(case.prospect, case.opening))
    place = case.opening.place
    own = place.key if place is not None and place.is_in_time else tuple(_late_key(db, case.asked))
    key = rules.with_precedence(own)
    return _place(db, case, ExceptionKind.PRECEDENCE, key, ground=ground, reason=reason.strip(), by=by)


@dataclass(frozen=True)
class _Case:
    """Whom and what an exception is about, held still while it is decided."""

    asked: Asking
    waiting: Booking | None
    """The place in line that the person has already."""
    prospect: Prospect

    @property
    def opening(self) -> Opening:
        """The session and the line as the rules see them."""
        asked, session, waiting = self.asked, self.asked.session, self.waiting
        elsewhere = [
            each.session
            for each in asked.bookings
            if each.state in SEATED and each.session.course_id != session.course_id
        ]
        return Opening(
            is_published=session.publicity is Publicity.PUBLISHED,
            is_ahead=session.starts_on > asked.today,
            is_given=asked.round_ is not None and asked.round_.state is RoundState.PUBLISHED,
            is_day_free=all(facts.days_of(each).isdisjoint(facts.days_of(session)) for each in elsewhere),
            place=Place(waiting.wave == IN_TIME, tuple(waiting.key)) if waiting is not None else None,
        )


def _late_key(db: Session, asked: Asking) -> list[int]:
    return asking.late_key(db, asked.session, asked.person, asked.round_, today=asked.today)


def _hold(db: Session, *, session_id: int, person_id: int, by: int, now: datetime) -> _Case:
    asked = asking.hold(db, session_id=session_id, person_id=person_id, now=now)
    course = asked.session.course
    insist_on_powers(db, asked.person, course_id=course.id, now=now, by=by)
    here = [each for each in asked.bookings if each.session_id == session_id]
    if any(each.state in ANSWERABLE for each in here):
        raise Refused(Refusal.PERSON_OFFERED)
    return _Case(
        asked=asked,
        waiting=next((each for each in here if each.state is BookingState.WAITING), None),
        prospect=prospect(db, asked.person, course, asked.bookings, term=term_of(asked.today), now=now),
    )


def _place(
    db: Session, case: _Case, kind: ExceptionKind, key: tuple[int, ...], *, ground: Ground, reason: str, by: int
) -> LineException:
    asked = case.asked
    assert asked.round_ is not None, "the rules demand a published round"
    former = {"wave": case.waiting.wave, "key": case.waiting.key} if case.waiting is not None else None
    booking = case.waiting or _new_place(db, asked)
    booking.wave, booking.key = IN_TIME, list(key)
    db.flush()
    made = LineException(
        round_id=asked.round_.id,
        session_id=asked.session.id,
        person_id=asked.person.id,
        booking_id=booking.id,
        kind=kind,
        ground=ground,
        reason=reason,
        key=list(key),
        made_at=asked.now,
        made_by=by,
    )
    db.add(made)
    db.flush()
    line = in_line.line(db, [asked.session.id], today=asked.today)[asked.session.id]
    _tell(db, made, booking, asked, former=former, position=active_places(line)[booking.id])
    return made


def _tell(
    db: Session,
    made: LineException,
    booking: Booking,
    asked: Asking,
    *,
    former: dict[str, object] | None,
    position: int | None,
) -> None:
    """The journal has where the person stood before, and as what it was decided; the person has a letter."""
    noting.note(
        db,
        "line.exception",
        booking,
        now=made.made_at,
        by=made.made_by,
        exception=made.id,
        kind=made.kind,
        ground=made.ground,
        reason=made.reason,
        role=_role_of(db, made.made_by),
        former=former,
        key=made.key,
        position=position,
    )
    letters.placed_by_exception(
        db,
        made,
        person=asked.person,
        session=asked.session,
        position=position,
        decided_by=name_of(db, made.made_by),
        now=made.made_at,
    )


def _role_of(db: Session, person_id: int) -> Role:
    """As what somebody decides: who coordinates may do so for everybody, so that goes first, as the rules ask."""
    return Role.COORDINATOR if Role.COORDINATOR in powers(db, person_id).roles else Role.DIRECTOR


def _new_place(db: Session, asked: Asking) -> Booking:
    """A place that stands on no ranked list: it is never exchanged for a seat of another course."""
    booking = waitlist.place(
        asked.session,
        asked.person,
        rank=waitlist.next_rank(asked.bookings),
        origin=Origin.LINE,
        key=[],
        now=asked.now,
    )
    db.add(booking)
    return booking
