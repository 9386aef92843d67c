"""What is posted about a session that was changed, and about the choice that it may leave somebody with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from auth.models import Person
from bookings import seat_calendar
from bookings.models import Application, Booking
from bookings.rules.seats import is_free as is_free_to_give_back
from bookings.rules.seats import may_cancel
from bookings.seat_calendar import Seat
from bookings.states import BookingState
from courses.concerned import Change, Former
from courses.models import CourseSession
from lararportal import outbox
from lararportal.clock import day_of


@dataclass(frozen=True)
class Before:
    """What somebody had, and what calendars have of the session, before it was changed."""

    state: BookingState
    session: Former


def session_changed(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    changes: Sequence[Change],
    before: Before,
    others: Sequence[CourseSession],
    now: datetime,
) -> None:
    """Your session is not as it was, and what that means for you; your calendar is brought up to date.

    `others` are the seats that you choose between this one and: about this one, or about them when it is not asked.
    """
    outbox.post(
        db,
        "session_changed",
        to=person.recipient,
        once=f"session_changed:{booking.id}:{now:%Y%m%d%H%M%S%f}",
        now=now,
        about=booking.id,
        calendars=_calendars(db, (booking, session), changes, before, now=now),
        session=session,
        booking=booking,
        was=before.state,
        changes=changes,
        others=others,
        is_too_late=booking.answer_by is not None and booking.answer_by <= now,
        is_moved=any(each.is_move for each in changes),
        may_cancel=may_cancel(starts_on=session.starts_on, today=day_of(now)) is None,
        **_about_cancelling(booking, session, changes, now=now),
        needs_new_yes=any(each.needs_new_yes for each in changes),
        is_on_other_days=any(each.is_on_other_days for each in changes),
    )


def _calendars(db: Session, seat: Seat, changes: Sequence[Change], before: Before, *, now: datetime) -> list[str]:
    """A seat that is to be chosen is in no calendar until it is."""
    match before.state, seat[0].state:
        case BookingState.BOOKED, BookingState.MUST_CHOOSE:
            return seat_calendar.take_out_former(db, seat, before.session, now=now)
        case BookingState.MUST_CHOOSE, BookingState.BOOKED:
            return [seat_calendar.put_in(db, seat, now=now)]
        case _, BookingState.BOOKED if any(each.is_move for each in changes):
            return seat_calendar.follow(db, seat, before.session, now=now)
    return []


def _about_cancelling(
    booking: Booking, session: CourseSession, changes: Sequence[Change], *, now: datetime
) -> dict[str, Any]:
    """Until when they may cancel, where another day is said now that does not count for them, and comes sooner."""
    own = session.cancel_by_since(booking.booked_at)
    is_free = is_free_to_give_back(booked_at=booking.booked_at, moved_at=session.moved_at, is_over=False)
    is_said = any(each.what == "cancel_by" for each in changes)
    is_later = own > session.cancel_by and own >= day_of(now) and not booking.is_bound
    return {"is_still_free": is_said and is_free, "own_last_day": own if is_said and is_later else None}


def session_changed_for_leader(
    db: Session, leaders: Sequence[Person], *, session: CourseSession, changes: Sequence[Change], now: datetime
) -> None:
    """A session that you lead is not as it was."""
    for person in leaders:
        outbox.post(
            db,
            "session_changed_for_leader",
            to=person.recipient,
            once=f"session_changed_for_leader:{session.id}:{person.id}:{now:%Y%m%d%H%M%S%f}",
            now=now,
            session=session,
            changes=changes,
        )


def session_changed_for_applicant(
    db: Session,
    application: Application,
    *,
    person: Person,
    session: CourseSession,
    changes: Sequence[Change],
    now: datetime,
) -> None:
    """A session that you have applied for is not as it was."""
    outbox.post(
        db,
        "session_changed_for_applicant",
        to=person.recipient,
        once=f"session_changed_for_applicant:{application.id}:{session.id}:{now:%Y%m%d%H%M%S%f}",
        now=now,
        session=session,
        changes=changes,
        is_asked_first=any(each.is_move for each in changes),
    )


def seat_chosen(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    kept: Sequence[Seat],
    left: Sequence[Seat],
    still: Sequence[Booking],
    again: Mapping[int, str | None],
    now: datetime,
) -> None:
    """You chose between seats on the same day: these you have, and those you have left; calendars know it.

    `still` are those that you have still to choose about; `again` says of each session that you have left until
    when precedence that led there holds again.
    """
    calendars = [seat_calendar.put_in(db, seat, now=now) for seat in kept if seat[0] is booking]
    for seat in left:
        calendars += seat_calendar.take_out(db, seat, now=now) if seat[0] is not booking else []
    _about_choice(
        db,
        "seat_chosen",
        booking,
        person=person,
        now=now,
        calendars=calendars,
        kept=[session for _, session in kept],
        left=[session for _, session in left],
        still=still,
        has_calendar=bool(calendars),
        again=again,
    )


def seat_had_again(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    still: Sequence[Booking],
    now: datetime,
) -> None:
    """You need not choose any more about this seat, which is yours as before; perhaps about others against it."""
    days = {each.day for each in session.days}
    _about_choice(
        db,
        "seat_had_again",
        booking,
        person=person,
        now=now,
        calendars=[seat_calendar.put_in(db, (booking, session), now=now)],
        session=session,
        still=still,
        collides=[each for each in still if not days.isdisjoint(day.day for day in each.session.days)],
    )


def choice_reminder(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    others: Sequence[CourseSession],
    now: datetime,
) -> None:
    """You have not chosen yet, and half of the time has passed."""
    _about_choice(db, "choice_reminder", booking, person=person, now=now, session=session, others=others)


def choice_lapsed(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    others: Sequence[CourseSession],
    precedence: bool,
    now: datetime,
) -> None:
    """You did not choose in time: you have the other seat, and this one goes to the next."""
    _about_choice(
        db,
        "choice_lapsed",
        booking,
        person=person,
        now=now,
        session=session,
        others=others,
        precedence=precedence,
    )


def _about_choice(
    db: Session,
    occasion: str,
    booking: Booking,
    *,
    person: Person,
    now: datetime,
    calendars: Sequence[str] = (),
    **facts: Any,
) -> None:
    """One may have to choose more than once about a seat: the moment tells it apart."""
    outbox.post(
        db,
        occasion,
        to=person.recipient,
        once=f"{occasion}:{booking.id}:{now:%Y%m%d%H%M%S%f}",
        now=now,
        about=booking.id,
        calendars=calendars,
        booking=booking,
        **facts,
    )
