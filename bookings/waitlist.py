"""The line for a full session: somebody joins, leaves, or is next and gets the seat that became free."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import exists, select, tuple_
from sqlalchemy.orm import Session

from auth import people
from auth.models import Person
from bookings import asking, facts, letters, seats
from bookings.asking import Asking
from bookings.models import Booking
from bookings.rules import line as rules
from bookings.rules.line import Move
from bookings.rules.seats import may_join
from bookings.states import LATE, LIVE, BookingState, Origin, Refusal
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal import journal, pages
from lararportal.clock import day_of
from lararportal.errors import Refused

SOMEBODY_WAITS = exists().where(Booking.session_id == CourseSession.id, Booking.state == BookingState.WAITING)
"""Of a session."""

TAKES_NOBODY = (Publicity.ARCHIVED, Publicity.CALLED_OFF)
"""A line for such a session is a line for nothing."""


def join(db: Session, *, session_id: int, person_id: int, now: datetime, by: int | None) -> Booking:
    """The person waits in line; a seat they hold in the same course is kept until this one is theirs.

    Raises:
        Refused: the rules of `bookings.rules.seats.may_join` say no.
    """
    asked = asking.hold(db, session_id=session_id, person_id=person_id, now=now)
    asked.insist(may_join)
    return enter(db, asked, by=by)


def enter(db: Session, asked: Asking, *, by: int | None) -> Booking:
    """A new place in the late wave of a locked session's line, told by letter. The caller has asked the rules."""
    session, person, now = asked.session, asked.person, asked.now
    held = [each.rank for each in asked.bookings if _is_seat_in(each, session.course_id)]
    key = asking.late_key(db, asked)
    booking = place(
        session, person, rank=min(held, default=next_rank(asked.bookings)), origin=Origin.LINE, key=key, now=now
    )
    db.add(booking)
    db.flush()
    line = facts.line(db, [session.id], today=asked.today)[session.id]
    position = rules.active_places(line)[booking.id]
    journal.note(
        db, "line.joined", now=now, by=by, person=person.id, session=session.id, booking=booking.id, position=position
    )
    letters.place_in_line(db, booking, person=person, session=session, position=position, now=now)
    return booking


def leave(db: Session, *, session_id: int, person_id: int, now: datetime, by: int | None) -> None:
    """The person no longer waits for this session.

    Raises:
        NotFound: there is no such session or person.
        Refused: they do not wait for it.
    """
    sessions.lock(db, [session_id])
    # A seat in another session strikes this place, under the lock of that session and of the person.
    people.lock(db, [person_id])
    booking = live(db, session_id=session_id, person_id=person_id)
    if booking is None or booking.state is not BookingState.WAITING:
        raise Refused(Refusal.NOT_WAITING)
    booking.move_to(BookingState.LEFT, now=now)
    journal.note(db, "line.left", now=now, by=by, person=person_id, session=session_id, booking=booking.id)


def to_end(db: Session, *, now: datetime) -> list[int]:  # noqa: ARG001 - asked as whatever the tick asks
    """The sessions that take nobody any more, and that somebody waits for."""
    return list(
        db.scalars(
            select(CourseSession.id)
            .where(CourseSession.publicity.in_(TAKES_NOBODY), SOMEBODY_WAITS)
            .order_by(CourseSession.id)
        )
    )


def end(db: Session, session_id: int, *, now: datetime, by: int | None) -> int:
    """Nobody waits for a session that was archived or called off; how many did.

    Their pages say why, unless it was over anyway.

    Raises:
        NotFound: there is no such session.
    """
    [session] = sessions.lock(db, [session_id])
    if session.publicity not in TAKES_NOBODY:
        return 0
    waiting = select(Booking).where(Booking.session_id == session_id, Booking.state == BookingState.WAITING)
    people.lock(db, db.scalars(waiting.with_only_columns(Booking.person_id)).all())
    is_over = session.days[-1].day < day_of(now)
    ended = db.scalars(waiting.order_by(Booking.id).execution_options(populate_existing=True)).all()
    for booking in ended:
        booking.move_to(BookingState.LEFT, now=now)
        booking.end_reason = "" if is_over else pages.words()["line_ended"][session.publicity]
        journal.note(
            db, "line.ended", now=now, by=by, person=booking.person_id, session=session_id, booking=booking.id
        )
    return len(ended)


def to_fill(db: Session, *, now: datetime) -> list[int]:
    """The sessions ahead that have a free seat while somebody waits."""
    return list(
        db.scalars(
            select(CourseSession.id)
            .where(
                CourseSession.seats_taken < CourseSession.seats,
                CourseSession.publicity == Publicity.PUBLISHED,
                CourseSession.starts_on > day_of(now),
                SOMEBODY_WAITS,
            )
            .order_by(CourseSession.id)
        )
    )


def fill(db: Session, *, session_id: int, now: datetime) -> int:
    """The free seats of a session belong to the next in line; how many moved.

    Somebody may give up a seat elsewhere for this one, and that session must be locked too, before anything is
    counted. So the line is looked at twice: once to see what has to be locked, and again under the locks. Who is
    next only since then is found the next time.
    """
    foreseen = _moves(db, db.get_one(CourseSession, session_id), now=now)
    if not foreseen:
        return 0
    involved = {session_id, *_sessions_left(db, foreseen)}
    locked = {each.id: each for each in sessions.lock(db, involved)}
    persons = {each.id: each for each in people.lock(db, {move.waiter.person_id for move in foreseen})}
    moved = 0
    for _ in range(locked[session_id].free_seats):
        move = next(iter(_moves(db, locked[session_id], now=now)), None)
        if move is None or move.waiter.person_id not in persons or not _sessions_left(db, [move]) <= locked.keys():
            break
        _give(db, move, locked, persons[move.waiter.person_id], session_id=session_id, now=now)
        moved += 1
    return moved


def somebody_goes_before(db: Session, session: CourseSession, *, person_id: int, now: datetime) -> bool:
    """Whether somebody else in line has the next free seat of the session, and would take it."""
    return any(move.waiter.person_id != person_id for move in _moves(db, session, now=now)[:1])


def _moves(db: Session, session: CourseSession, *, now: datetime) -> list[Move]:
    """As many as would get a seat now, were nothing else to change; the first of them is certain."""
    today = day_of(now)
    if session.free_seats < 1 or session.publicity is not Publicity.PUBLISHED or session.starts_on <= today:
        return []
    line = facts.line(db, [session.id], today=today)[session.id]
    booked = facts.booked_by_group(db, session.id) if session.reserves else {}
    moves: list[Move] = []
    while len(moves) < session.free_seats:
        move = rules.next_in_line(
            line, reserves=session.reserves, booked=booked, starts_on=session.starts_on, today=today
        )
        if move is None:
            break
        moves.append(move)
        line.remove(move.waiter)
        booked[move.waiter.group] = booked.get(move.waiter.group, 0) + 1
    return moves


def _give(
    db: Session,
    move: Move,
    locked: dict[int, CourseSession],
    person: Person,
    *,
    session_id: int,
    now: datetime,
) -> None:
    left = []
    for booking_id in move.leaves:
        old = db.get_one(Booking, booking_id)
        seats.release(db, old, locked[old.session_id], to=BookingState.MOVED, now=now)
        left.append((old, locked[old.session_id]))
    booking = db.get_one(Booking, move.waiter.booking_id)
    booking.ended_late = any(facts.is_late(old, session, now=now) for old, session in left)
    seats.take(db, booking, locked[session_id], now=now)
    struck = strike_less_wanted(db, booking, course_id=locked[session_id].course_id, now=now)
    journal.note(
        db,
        "seat.from_line",
        now=now,
        by=None,
        person=person.id,
        session=session_id,
        booking=booking.id,
        left=[old.id for old, _ in left],
        struck=[each.id for each in struck],
    )
    letters.seat_from_line(db, booking, person=person, session=locked[session_id], left=left, now=now)


def strike_less_wanted(db: Session, booking: Booking, *, course_id: int, now: datetime) -> Sequence[Booking]:
    """Whoever has a seat no longer waits for sessions of the course that they wanted less (section 2.9).

    What was wished for later is wanted less, where ranks do not say otherwise.
    """
    struck = db.scalars(
        select(Booking)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(
            Booking.person_id == booking.person_id,
            Booking.state == BookingState.WAITING,
            tuple_(Booking.rank, Booking.id) > (booking.rank, booking.id),
            CourseSession.course_id == course_id,
        )
        .order_by(Booking.id)
    ).all()
    for each in struck:
        each.move_to(BookingState.LEFT, now=now)
    return struck


def _sessions_left(db: Session, moves: Iterable[Move]) -> set[int]:
    return {db.get_one(Booking, booking_id).session_id for move in moves for booking_id in move.leaves}


def place(
    session: CourseSession, person: Person, *, rank: int, origin: Origin, key: list[int], now: datetime
) -> Booking:
    """A place in the late wave of a line, not yet stored."""
    return Booking(
        person_id=person.id,
        session_id=session.id,
        state=BookingState.WAITING,
        origin=origin,
        rank=rank,
        wave=LATE,
        key=key,
        joined_at=now,
    )


def next_rank(bookings: Sequence[Booking]) -> int:
    """A new wish stands last on the person's own list."""
    return max((each.rank for each in bookings), default=0) + 1


def live(db: Session, *, session_id: int, person_id: int) -> Booking | None:
    """The person's seat or place in the session, read afresh."""
    return db.scalar(
        select(Booking)
        .where(Booking.session_id == session_id, Booking.person_id == person_id, Booking.state.in_(LIVE))
        .execution_options(populate_existing=True)
    )


def _is_seat_in(booking: Booking, course_id: int) -> bool:
    return booking.state is BookingState.BOOKED and booking.session.course_id == course_id
