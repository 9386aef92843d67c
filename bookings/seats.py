"""Taking, releasing, exchanging and holding a seat: the only code that changes how many of a session are free."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.orm import Session, aliased

from bookings import noting
from bookings.facts import Taken
from bookings.models import Booking, Precedence, SeatDay
from bookings.rules.history import last_term, precedence_holds, term_of
from bookings.states import BookingState
from courses.models import CourseSession
from lararportal import added, alike
from lararportal.clock import day_of

COUNTS = ("seats_taken", "seats_offered", "seats_over")


def take(db: Session, booking: Booking, session: CourseSession, *, now: datetime) -> None:
    """The booking is a seat, its days are occupied, and precedence for the course is used up.

    The session and the person are locked by the caller.

    Raises:
        Refused: at commit, when the person is somewhere else on one of the days or no seat is free: the database
            is the last guard.
    """
    take_all(db, [(booking, session)], now=now)


def take_all(db: Session, pairs: Sequence[tuple[Booking, CourseSession]], *, now: datetime) -> None:
    """As `take`, for many at once: a round gives hundreds of seats in a few statements."""
    _take_all(db, pairs, now=now)
    _use_up_precedence(db, {booking.id: booking for booking, _ in pairs}, now=now)
    db.flush()


def take_without_precedence(db: Session, booking: Booking, session: CourseSession, *, now: datetime) -> None:
    """As `take`, for who has none for the course, as was seen once they were locked."""
    _take_all(db, [(booking, session)], now=now)


def _take_all(db: Session, pairs: Sequence[tuple[Booking, CourseSession]], *, now: datetime) -> None:
    more: dict[CourseSession, Counter[str]] = defaultdict(Counter)
    for booking, session in pairs:
        more[session]["seats_taken"] += 1
        more[session]["seats_offered"] -= booking.state is BookingState.OFFERED
        booking.move_to(BookingState.BOOKED, now=now)
    _count(db, more)
    alike.write(db, [booking for booking, _ in pairs])
    _occupy(db, pairs)


def _count(db: Session, more: Mapping[CourseSession, Counter[str]]) -> None:
    """So many more of each are taken and held. The three go together, for a constraint compares them."""
    counts = {
        session: {name: getattr(session, name) + each[name] for name in COUNTS} for session, each in more.items()
    }
    alike.put(db, counts)


def _occupy(db: Session, pairs: Sequence[tuple[Booking, CourseSession]]) -> None:
    days = (
        SeatDay(person_id=booking.person_id, day=each.day, booking_id=booking.id)
        for booking, session in pairs
        for each in session.days
    )
    added.add(db, days)


def _occupy_no_day(db: Session, bookings: Collection[Booking]) -> None:
    db.execute(delete(SeatDay).where(SeatDay.booking_id.in_([booking.id for booking in bookings])))


def _use_up_precedence(db: Session, bookings: Mapping[int, Booking], *, now: datetime) -> None:
    """Whoever has a seat needs no precedence for the course any more, wherever the seat came from."""
    this_term = term_of(day_of(now))
    for precedence, booking_id in db.execute(_TO_USE_UP, {"bookings": list(bookings)}):
        if not precedence_holds(since=precedence.term, in_term=this_term):
            continue
        precedence.used_by = booking_id
        noting.note(db, "precedence.used", bookings[booking_id], now=now, by=None, precedence=precedence.id)


_TO_USE_UP = (
    select(Precedence, Booking.id)
    .join(CourseSession, CourseSession.course_id == Precedence.course_id)
    .join(Booking, (Booking.session_id == CourseSession.id) & (Booking.person_id == Precedence.person_id))
    .where(
        Booking.id.in_(bindparam("bookings", expanding=True)),
        Precedence.is_open,
    )
    .order_by(Precedence.id)
)


def release(db: Session, booking: Booking, session: CourseSession, *, to: BookingState, now: datetime) -> None:
    """The seat is free and its days too; the booking ends in the given state. The session is locked by the caller."""
    release_all(db, [(booking, session)], to=to, now=now)


def release_all(
    db: Session, pairs: Sequence[tuple[Booking, CourseSession]], *, to: BookingState, now: datetime
) -> None:
    """As `release`, for many at once."""
    if not pairs:
        return
    for booking, session in pairs:
        booking.move_to(to, now=now)
        booking.calendar_sequence += 1
        session.seats_taken -= 1
        _one_fewer(session)
    alike.write(db, [booking for booking, _ in pairs])
    _occupy_no_day(db, [booking for booking, _ in pairs])


def restore(db: Session, booking: Booking, session: CourseSession, *, now: datetime) -> None:
    """The seat that was released is theirs again, since when it was first. Session and person are locked.

    Where there are no more seats than others have, since there became fewer, there is one too many as before.
    """
    session.seats_over += session.free_seats < 1
    take(db, booking, session, now=now)
    booking.calendar_sequence += 1


def hold(booking: Booking, session: CourseSession, *, until: datetime, now: datetime) -> None:
    """A seat is kept for who waits until they answer, and nobody else can have it. The session is locked."""
    booking.move_to(BookingState.OFFERED, now=now)
    booking.asked_at, booking.answer_by, booking.reminded_at = now, until, None
    session.seats_offered += 1


def let_go(booking: Booking, session: CourseSession, *, to: BookingState, now: datetime) -> None:
    """The seat is kept no longer; the booking goes on, or ends, in the given state. The session is locked."""
    booking.move_to(to, now=now)
    session.seats_offered -= 1
    _one_fewer(session)


def _one_fewer(session: CourseSession) -> None:
    """Where more were taken than there are seats, one fewer are now; the constraint demands it."""
    session.seats_over = max(session.seats_over - 1, 0)


def exchange(
    db: Session,
    changes: Sequence[tuple[Booking, Booking]],
    locked: Mapping[int, CourseSession],
    *,
    now: datetime,
) -> None:
    """Everybody gives up the first seat and has the second, and each session has as many as before.

    All seats are given up before the first is taken: nobody is in two places. A session with more than its seats has
    as many too many afterwards, since nobody has come beside them.
    """
    over = {key: session.seats_over for key, session in locked.items()}
    release_all(db, [(old, locked[old.session_id]) for old, _ in changes], to=BookingState.MOVED, now=now)
    for key, session in locked.items():
        session.seats_over = over[key]
    take_all(db, [(new, locked[new.session_id]) for _, new in changes], now=now)


def leave_to_choose(db: Session, until: Sequence[tuple[Booking, datetime]], *, now: datetime) -> None:
    """Who has these seats chooses by then between each and another on the same day; it is taken, and has no day.

    The persons are locked by the caller.
    """
    if not until:
        return
    for booking, answer_by in until:
        booking.asked_at, booking.answer_by, booking.reminded_at = now, answer_by, None
        if booking.state is BookingState.BOOKED:
            booking.move_to(BookingState.MUST_CHOOSE, now=now)
            booking.calendar_sequence += 1
    alike.write(db, [booking for booking, _ in until])
    _occupy_no_day(db, [booking for booking, _ in until])


def have_again(db: Session, booking: Booking, session: CourseSession, *, now: datetime) -> None:
    """The seat that was to be chosen is theirs as before, on the days of its session. The person is locked."""
    have_all_again(db, [(booking, session)], now=now)


def have_all_again(db: Session, pairs: Sequence[tuple[Booking, CourseSession]], *, now: datetime) -> None:
    """As `have_again`, for many at once."""
    for booking, _ in pairs:
        booking.move_to(BookingState.BOOKED, now=now)
        booking.calendar_sequence += 1
    alike.write(db, [booking for booking, _ in pairs])
    _occupy(db, pairs)
    db.flush()


def keep_precedence(db: Session, booking: Booking, *, now: datetime, by: int | None) -> str | None:
    """The precedence that led to the seat holds again, until this term: it was not they who wanted to give it up.

    None where nothing was used up, its terms are over, or they have another one since.
    """
    until = None
    for precedence in _to_keep(db, [booking], now=now):
        precedence.used_by, until = None, last_term(precedence.term)
        noting.note(db, "precedence.kept", booking, now=now, by=by, precedence=precedence.id)
    return until


def precedences_to_keep(db: Session, bookings: Collection[Taken], *, now: datetime) -> dict[int, str]:
    """Until when the precedence that led to each seat would hold, as `keep_precedence`; nothing is changed."""
    kept = _to_keep(db, bookings, now=now)
    return {each.used_by: last_term(each.term) for each in kept if each.used_by is not None}


def _to_keep(db: Session, bookings: Collection[Taken], *, now: datetime) -> list[Precedence]:
    since = aliased(Precedence)
    has_another = exists().where(
        since.person_id == Precedence.person_id,
        since.course_id == Precedence.course_id,
        since.term == Precedence.term,
        since.is_open,
    )
    led_to = Precedence.used_by.in_([each.id for each in bookings])
    used = select(Precedence).where(led_to, ~has_another).order_by(Precedence.term)
    this_term = term_of(day_of(now))
    return [each for each in db.scalars(used) if precedence_holds(since=each.term, in_term=this_term)]


def occupy_other_days(db: Session, bookings: Collection[Booking], session: CourseSession) -> None:
    """The seats occupy the days that their session has now. The caller has seen to it that nobody is elsewhere."""
    db.flush()
    _occupy_no_day(db, bookings)
    _occupy(db, [(booking, session) for booking in bookings])
    db.flush()
