"""The line for a full session: somebody joins, leaves, or is next, and a seat that became free is theirs to have."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import takewhile

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from auth import people
from auth.models import Person
from bookings import (
    asking,
    call_outs,
    coming,
    facts,
    impartiality,
    in_line,
    letters,
    noting,
    offers,
    register,
    seats,
    seats_from_line,
)
from bookings.coming import Coming
from bookings.facts import Had
from bookings.models import Booking
from bookings.rules import last_days
from bookings.rules import line as rules
from bookings.rules.answer_time import CallOutEnd, Way, needs_short_notice, way_of
from bookings.rules.line import Move, Outlook
from bookings.rules.seats import may_join
from bookings.states import ANSWERABLE, LATE, LIVE, OPEN, SEATED, BookingState, Origin, Refusal
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal import alike, pages
from lararportal.clock import day_of
from lararportal.errors import Refused

SOMETHING_IS_OPEN = exists().where(Booking.session_id == CourseSession.id, Booking.state.in_(OPEN))
"""Of a session."""

TAKES_NOBODY = (Publicity.ARCHIVED, Publicity.CALLED_OFF)
"""A line for such a session is a line for nothing."""


def join(db: Session, *, session_id: int, person_id: int, saw: str = "", now: datetime, by: int | None) -> Booking:
    """The person waits in line; a seat they hold in the same course is kept until this one is theirs.

    `saw` stands for the session as it was shown, since a seat may be theirs at once; by default it was never moved.

    Raises:
        Refused: the rules of `bookings.rules.seats.may_join` say no; it was moved since it was shown; or somebody
            else puts them there who has an interest in the course, since the seat that they leave is for the next.
    """
    asked = coming.hold(db, session_id=session_id, person_id=person_id, now=now)
    impartiality.insist_for(db, asked.session, person_id=person_id, now=now, by=by)
    asked.insist(may_join)
    asked.insist_on_what_was_shown(saw)
    return enter(db, asked, by=by)


def enter(db: Session, asked: Coming, *, by: int | None) -> Booking:
    """A new place in the late wave of a locked session's line, told by letter. The caller has asked the rules."""
    session, person, now = asked.session, asked.person, asked.now
    held = [each.rank for each in asked.bookings if _is_seat_in(each, session.course_id)]
    joins, line = asked.joins, asked.line
    if joins is None:
        joins = asking.last_place(db, session, person, asked.round_, asked.brings, now=now)
        line, _ = in_line.outlook(db, session.id, person_id=person.id, joins=joins, today=asked.today)
    rank, (_, key, _) = min(held, default=next_rank(asked.bookings)), joins
    booking = numbered_place(asked, rank=rank, origin=Origin.LINE, key=list(key))
    # Who comes in the last days means that they can come at short notice.
    booking.short_notice = needs_short_notice(starts_on=session.starts_on, today=asked.today)
    alike.write(db, [booking])
    position = in_line.joined(line, booking, session, asked.holder, today=asked.today).position
    noting.note(db, "line.joined", booking, now=now, by=by, position=position)
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
    if booking is not None and booking.state in ANSWERABLE:
        raise Refused(Refusal.OFFERED_HERE)
    if booking is None or booking.state is not BookingState.WAITING:
        raise Refused(Refusal.NOT_WAITING)
    booking.move_to(BookingState.LEFT, now=now)
    noting.note(db, "line.left", booking, now=now, by=by)


def to_end(db: Session, *, now: datetime) -> list[int]:  # noqa: ARG001 - asked as whatever the tick asks
    """The sessions that take nobody any more, and that somebody waits for."""
    return list(
        db.scalars(
            select(CourseSession.id)
            .where(CourseSession.publicity.in_(TAKES_NOBODY), SOMETHING_IS_OPEN)
            .order_by(CourseSession.id)
        )
    )


def end(db: Session, session_id: int, *, now: datetime, by: int | None) -> int:
    """Nobody waits for a session that was archived or called off, and no seat is kept in it; for how many it was.

    Their pages say why, unless it was over anyway; who had an offer, or was asked in a call-out, is told by letter.

    Raises:
        NotFound: there is no such session.
    """
    [session] = sessions.lock(db, [session_id])
    if session.publicity not in TAKES_NOBODY:
        return 0
    waiting = select(Booking).where(Booking.session_id == session_id, Booking.state.in_(OPEN))
    locked = people.lock(db, db.scalars(waiting.with_only_columns(Booking.person_id)).all())
    persons = {each.id: each for each in locked}
    is_over = session.days[-1].day < day_of(now)
    ended = db.scalars(waiting.order_by(Booking.id).execution_options(populate_existing=True)).all()
    for booking in ended:
        was = booking.state
        had = {"was_offered": was is BookingState.OFFERED, "was_asked": was is BookingState.ASKED}
        _end_one(db, booking, session, persons[booking.person_id], now=now)
        booking.end_reason = "" if is_over else pages.words()["line_ended"][session.publicity]
        noting.note(db, "line.ended", booking, now=now, by=by, **had)
    return len(ended)


def _end_one(db: Session, booking: Booking, session: CourseSession, person: Person, *, now: datetime) -> None:
    was = booking.state
    if was is BookingState.OFFERED:
        seats.let_go(booking, session, to=BookingState.LEFT, now=now)
        letters.offer_withdrawn(db, booking, person=person, session=session, goes_on=False, now=now)
        return
    booking.move_to(BookingState.LEFT, now=now)
    if was is BookingState.ASKED:
        why = CallOutEnd.NOT_HELD if facts.start_of(session).moment > now else CallOutEnd.BEGUN
        letters.call_out_over(db, booking, person=person, session=session, why=why, now=now)


def fill(db: Session, *, session_id: int, now: datetime) -> int:
    """The free seats of a session belong to the next in line, however they came free; how many it did something for.

    They have the seat at once if they have said yes beforehand and there is time to give it back, else it is offered
    to them; in the last days those who may be asked then are asked at once. An offer that is no use any more is
    withdrawn first.

    Somebody may give up a seat elsewhere for this one, and that session must be locked too, before anything is
    counted. So the line is looked at twice: once to see what has to be locked, and again under the locks. Who is
    next only since then is found the next time.
    """
    session = db.get_one(CourseSession, session_id)
    outlived = offers.outlived(db, session, now=now)
    if not outlived and needs_short_notice(starts_on=session.starts_on, today=day_of(now)):
        return call_outs.go_on(db, session_id=session_id, now=now)
    foreseen = _moves(db, session, room=session.free_seats + len(outlived), now=now)
    if not (foreseen or outlived):
        return 0
    locked = {each.id: each for each in sessions.lock(db, {session_id, *seats_from_line.sessions_left(foreseen)})}
    concerned = {*(move.waiter.person_id for move in foreseen), *(waiter.person_id for waiter in outlived)}
    persons = {each.id: each for each in people.lock(db, concerned)}
    session = locked[session_id]
    withdrawn = offers.withdraw(db, session, persons.values(), offers.outlived(db, session, now=now), now=now)
    return withdrawn + _give_away(db, session, locked, persons, now=now)


def _give_away(
    db: Session,
    session: CourseSession,
    locked: Mapping[int, CourseSession],
    persons: Mapping[int, Person],
    *,
    now: datetime,
) -> int:
    """In order to those who are next, as long as all that it takes is locked."""
    if needs_short_notice(starts_on=session.starts_on, today=day_of(now)):
        return 0
    moves = _moves(db, session, room=session.free_seats, now=now)
    held = [*takewhile(lambda move: _is_held(move, locked, persons), moves)]
    start = facts.start_of(session)
    asked = [
        move for move in held if way_of(start, has_standing_yes=move.waiter.has_standing_yes, now=now) is Way.OFFER
    ]
    at_once = [move for move in held if move not in asked]
    seats_from_line.give_all(db, at_once, locked, persons, session_id=session.id, now=now, by=None)
    offers.make(db, asked, session, persons, now=now)
    return len(held)


def _is_held(move: Move, locked: Mapping[int, CourseSession], persons: Mapping[int, Person]) -> bool:
    return move.waiter.person_id in persons and seats_from_line.sessions_left([move]) <= locked.keys()


def somebody_goes_before(db: Session, session: CourseSession, *, person_id: int, now: datetime) -> bool:
    """Whether somebody else in line has the next free seat of the session, and would take it.

    In the last days it is those who were asked, or whoever waits (`bookings.rules.last_days`).
    """
    line, _ = in_line.outlook(db, session.id, person_id=person_id, today=day_of(now))
    return goes_before(db, session, line, now=now)


def goes_before(db: Session, session: CourseSession, line: Outlook, *, now: datetime) -> bool:
    """As `somebody_goes_before`, where the line has been looked at."""
    if needs_short_notice(starts_on=session.starts_on, today=day_of(now)):
        start = facts.start_of(session)
        return last_days.goes_before(line, free_seats=session.free_seats, start=start, now=now)
    room = min(session.free_seats, 1)
    if line.own is None:
        return _gives_seats(session, room, now) and line.comers > 0
    # Of who waits a reserve may let others go first, behind them too: all of the line is looked at.
    first = _moves(db, session, room=room, now=now)
    return any(move.waiter.person_id != line.own.person_id for move in first)


def next_moves(db: Session, session: CourseSession, *, now: datetime) -> list[Move]:
    """Who has the free seats of the session next."""
    return _moves(db, session, room=session.free_seats, now=now)


def _gives_seats(session: CourseSession, room: int, now: datetime) -> bool:
    return room >= 1 and session.publicity is Publicity.PUBLISHED and session.starts_on > day_of(now)


def _moves(db: Session, session: CourseSession, *, room: int, now: datetime) -> list[Move]:
    """As many as would get a seat now, were nothing else to change; the first of them is certain."""
    today = day_of(now)
    left = in_line.line(db, [session.id], today=today)[session.id] if _gives_seats(session, room, now) else []
    if not left:
        return []
    booked = facts.booked_by_group(db, session.id) if session.reserves else {}
    moves: list[Move] = []
    while len(moves) < room:
        move = rules.next_in_line(
            left, reserves=session.reserves, booked=booked, starts_on=session.starts_on, today=today
        )
        if move is None:
            break
        moves.append(move)
        left.remove(move.waiter)
        booked[move.waiter.group] = booked.get(move.waiter.group, 0) + 1
    return moves


def place(
    session: CourseSession, person: Person, *, rank: int, origin: Origin, key: list[int], now: datetime
) -> Booking:
    """A place in the late wave of a line, not yet stored. The person is locked, so that they stay what they are."""
    return Booking(
        person_id=person.id,
        seat_group=register.seat_group_of(person),
        session_id=session.id,
        state=BookingState.WAITING,
        origin=origin,
        rank=rank,
        wave=LATE,
        key=key,
        joined_at=now,
    )


def numbered_place(asked: Coming, *, rank: int, origin: Origin, key: list[int]) -> Booking:
    """As `place`, of who comes, with the number that was drawn for it."""
    booking = place(asked.session, asked.person, rank=rank, origin=origin, key=key, now=asked.now)
    booking.id = asked.number
    return booking


def next_rank(bookings: Sequence[Had]) -> int:
    """A new wish stands last on the person's own list."""
    return max((each.rank for each in bookings), default=0) + 1


def live(db: Session, *, session_id: int, person_id: int) -> Booking | None:
    """The person's seat or place in the session, read afresh."""
    return db.scalar(
        select(Booking)
        .where(Booking.session_id == session_id, Booking.person_id == person_id, Booking.state.in_(LIVE))
        .execution_options(populate_existing=True)
    )


def _is_seat_in(booking: Had, course_id: int) -> bool:
    return booking.state in SEATED and booking.session.course_id == course_id
