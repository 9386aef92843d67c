"""Funding: a resident's seat is to be paid for; it is recorded who says so, and reminded of while nobody does."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from auth import people
from auth import rules as people_rules
from auth.holders import powers
from auth.models import Person
from auth.rules import Powers
from auth.states import RESIDENTS
from bookings import asking, choices, impartiality, letters, noting, seats
from bookings.facts import Taken
from bookings.had import HadIn
from bookings.models import Booking
from bookings.rules import funding as rules
from bookings.states import SEATED, BookingState, Refusal
from courses import sessions
from courses.models import CourseSession
from courses.rules import working_days_before
from courses.states import Publicity
from lararportal import clock
from lararportal.clock import day_of
from lararportal.errors import NotFound, Refused, insist

UNSETTLED: ColumnElement[bool] = and_(Booking.state.in_(SEATED), Booking.funded_at.is_(None))
LONGEST = timedelta(days=45)
"""No fourteen working days take longer, over whatever holidays."""


def settle(db: Session, *, booking_ids: Collection[int], now: datetime, by: int) -> int:
    """The funding of these seats is settled, and by whom is recorded; of how many it was not before.

    Raises:
        NotFound: one of them does not exist.
        Refused: one is no seat any more, needs no funding, or is of somebody that `by` does not answer for.
    """
    unsettled = [each for each in _decided_over(db, booking_ids, by=by) if each.funded_at is None]
    for booking in unsettled:
        booking.funded_at, booking.funded_by = now, by
        noting.note(db, "funding.settled", booking, now=now, by=by)
    return len(unsettled)


def unsettle(db: Session, *, booking_id: int, now: datetime, by: int) -> None:
    """The funding of a seat is not settled after all, and the person is reminded of it as if it never had been.

    Raises:
        NotFound: there is no such seat.
        Refused: as `settle`; it was not settled; or `by` has something to do with the course, whose line gains by it.
    """
    [booking] = _decided_over(db, [booking_id], by=by)
    session = db.get_one(CourseSession, booking.session_id)
    impartiality.insist_for(db, session, person_id=booking.person_id, now=now, by=by)
    if booking.funded_at is None:
        raise Refused(Refusal.FUNDING_NOT_SETTLED)
    booking.funded_at = booking.funded_by = None
    ask_anew([booking])
    noting.note(db, "funding.unsettled", booking, now=now, by=by)


def carry_over(old: Booking, new: Booking, *, session: CourseSession, left: CourseSession) -> None:
    """Whoever changes seats within a course has what was settled for it; for another course it is asked anew."""
    if session.course_id == left.course_id:
        new.funded_at, new.funded_by = old.funded_at, old.funded_by


def ask_anew(bookings: Collection[Booking]) -> None:
    """The last day to cancel is another one, and is reminded of as if nobody had been yet."""
    for booking in bookings:
        booking.funding_reminders, booking.release_told_at = 0, None


def is_unfunded(booking: Booking, person: Person) -> bool:
    """Whether it is a resident's seat that nobody has said is paid for."""
    return booking.state in SEATED and booking.funded_at is None and person.category in RESIDENTS


def is_at_risk(booking: Taken, session: CourseSession | HadIn, *, today: date) -> bool:
    """Whether the seat is released without funding, where seats are; who came to it today is told tomorrow."""
    told_at, came_at = booking.release_told_at, booking.booked_at
    return rules.is_at_risk(
        cancel_by=session.cancel_by,
        told_on=day_of(told_at) if told_at is not None else None,
        reminders=booking.funding_reminders,
        told_from=max(today, day_of(came_at) + timedelta(days=1)) if came_at is not None else today,
        working_days_before=working_days_before,
    )


def to_remind(db: Session, *, now: datetime) -> list[int]:
    """The residents' seats without funding about which somebody should have been reminded by now.

    Who has come to the seat today is left alone until tomorrow.
    """
    today = day_of(now)
    dates = db.scalars(
        select(CourseSession.cancel_by)
        .where(
            CourseSession.cancel_by.between(today, today + LONGEST), CourseSession.publicity == Publicity.PUBLISHED
        )
        .distinct()
    )
    by_count: dict[int, list[date]] = defaultdict(list)
    for each in dates:
        by_count[_reminders_due(each, today)].append(each)
    behind = [
        and_(CourseSession.cancel_by.in_(days), Booking.funding_reminders < count)
        for count, days in by_count.items()
        if count
    ]
    return _ids(db, or_(*behind), Booking.booked_at < clock.at(today)) if behind else []


def remind(db: Session, booking_id: int, *, now: datetime, by: int | None) -> None:
    """The person has a letter that says by when the funding must be there; as often as it is due, and no oftener.

    What an earlier letter may have said about a release does not stand any more.
    """
    booking, session, person = asking.held_still(db, booking_id)
    if _is_due(booking, session, person, now=now):
        booking.release_told_at = None
        _remind(db, booking, session, person, released_at=None, now=now, by=by)


def warn(db: Session, booking_id: int, *, now: datetime, by: int | None) -> None:
    """As `remind`, where the seat is released without funding: the letter says when, while there is time."""
    booking, session, person = asking.held_still(db, booking_id)
    if not _is_due(booking, session, person, now=now):
        return
    in_time = rules.may_announce(
        cancel_by=session.cancel_by, today=day_of(now), working_days_before=working_days_before
    )
    if in_time:
        booking.release_told_at = booking.release_told_at or now
    released_at = rules.released_at(session.cancel_by) if booking.release_told_at is not None else None
    _remind(db, booking, session, person, released_at=released_at, now=now, by=by)


def to_release(db: Session, *, now: datetime) -> list[int]:
    """The residents' seats without funding whose last day to cancel has come to its end, and that was announced."""
    today = day_of(now)
    return _ids(
        db,
        CourseSession.cancel_by.between(today - timedelta(days=1), today),
        CourseSession.starts_on > today,
        Booking.release_told_at.is_not(None),
        among=lambda booking, cancel_by: _is_released(booking, cancel_by, now=now),
    )


def release(db: Session, booking_id: int, *, now: datetime, by: int | None) -> None:
    """The seat is free for the next in line, and the person has a letter that says why. It does not count as late."""
    booking, session, person = asking.held_still(db, booking_id)
    due = _is_released(booking, session.cancel_by, now=now)
    if not (due and is_unfunded(booking, person)) or session.starts_on <= day_of(now):
        return
    seats.release(db, booking, session, to=BookingState.UNFUNDED, now=now)
    noting.note(db, "seat.unfunded", booking, now=now, by=by)
    letters.seat_unfunded(db, booking, person=person, session=session, now=now)
    choices.settle(db, [person.id], now=now)


def _is_due(booking: Booking, session: CourseSession, person: Person, *, now: datetime) -> bool:
    due = _reminders_due(session.cancel_by, day_of(now))
    return booking.funding_reminders < due and is_unfunded(booking, person)


def _remind(
    db: Session,
    booking: Booking,
    session: CourseSession,
    person: Person,
    *,
    released_at: datetime | None,
    now: datetime,
    by: int | None,
) -> None:
    booking.funding_reminders = _reminders_due(session.cancel_by, day_of(now))
    facts = {"reminder": booking.funding_reminders, "announced": released_at is not None}
    noting.note(db, "funding.reminded", booking, now=now, by=by, **facts)
    letters.funding_missing(db, booking, person=person, session=session, released_at=released_at, now=now)


def _is_released(booking: Booking, cancel_by: date, *, now: datetime) -> bool:
    told_at = booking.release_told_at
    return rules.is_released(
        cancel_by=cancel_by,
        told_on=day_of(told_at) if told_at is not None else None,
        now=now,
        working_days_before=working_days_before,
    )


def _reminders_due(cancel_by: date, today: date) -> int:
    return rules.reminders_due(cancel_by=cancel_by, today=today, working_days_before=working_days_before)


def _ids(
    db: Session,
    *conditions: ColumnElement[bool],
    among: Callable[[Booking, date], bool] = lambda _booking, _cancel_by: True,
) -> list[int]:
    rows = db.execute(
        select(Booking, CourseSession.cancel_by)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .join(Person, Person.id == Booking.person_id)
        .where(
            UNSETTLED,
            CourseSession.publicity == Publicity.PUBLISHED,
            Person.category.in_(RESIDENTS),
            *conditions,
        )
        .order_by(Booking.id)
    )
    return [booking.id for booking, cancel_by in rows if among(booking, cancel_by)]


def _decided_over(db: Session, booking_ids: Collection[int], *, by: int) -> Sequence[Booking]:
    """These seats in their order, locked with sessions and persons; `by` may say of each that it is paid for."""
    wanted = select(Booking).where(Booking.id.in_(booking_ids)).order_by(Booking.id)
    seen = db.scalars(wanted).all()
    if len(seen) != len(set(booking_ids)):
        raise NotFound
    sessions.lock(db, {each.session_id for each in seen})
    persons = {each.id: each for each in people.lock(db, {each.person_id for each in seen})}
    bookings = db.scalars(wanted.execution_options(populate_existing=True)).all()
    by_whom = powers(db, by)
    for booking in bookings:
        _insist(booking, persons[booking.person_id], by_whom)
    return bookings


def _insist(booking: Booking, person: Person, powers: Powers) -> None:
    insist(people_rules.may_decide_about(powers, person_id=person.id, old_area=person.area, new_area=person.area))
    if booking.state not in SEATED:
        raise Refused(Refusal.PERSON_HAS_NO_SEAT)
    if person.category not in RESIDENTS:
        raise Refused(Refusal.FUNDING_NOT_NEEDED)
