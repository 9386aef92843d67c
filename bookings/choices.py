"""A choice: a session was moved to a day on which somebody has another seat, and they say which of the two it is.

Until they have, both seats are theirs: the other one occupies the day, and the one in the moved session counts as
taken. Who says nothing keeps the other. Whatever makes the two collide no more ends the choice, and they have both.
Nothing that is given up so is late, and precedence that led to it holds again: it was not they who moved.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, joinedload

from auth import people
from auth.models import Person
from bookings import asking, collisions, facts, letters, noting, seats
from bookings.models import Booking, SeatDay
from bookings.rules import answer_time
from bookings.rules.answer_time import Start
from bookings.rules.line import stands_for
from bookings.seat_calendar import Seat
from bookings.states import SEATED, BookingState, Refusal
from courses import sessions
from courses.models import COURSE_AND_DAYS, CourseDay, CourseSession
from courses.rules import Day, is_working_day
from lararportal.errors import Refused


def time_to_choose(start: Start, others: Iterable[CourseSession], *, now: datetime) -> datetime | None:
    """Until when somebody could choose between a session that begins so and others; None when no time is left."""
    return answer_time.choose_by(start, map(facts.start_of, others), now=now, is_working_day=is_working_day)


def ask(
    db: Session,
    session: CourseSession,
    bookings: Collection[Booking],
    others: Mapping[int, Sequence[CourseSession]],
    *,
    persons: Mapping[int, Person],
    now: datetime,
) -> None:
    """Who has these seats chooses between each and the others, by person, and the time for it begins now.

    The session and the persons are locked by the caller, who tells them.

    Raises:
        Refused: no time is left to choose.
    """
    until = []
    for booking in bookings:
        answer_by = time_to_choose(facts.start_of(session), others[booking.person_id], now=now)
        if answer_by is None:
            raise Refused(Refusal.NO_TIME_TO_CHOOSE, who=persons[booking.person_id].name)
        until.append((booking, answer_by))
    seats.leave_to_choose(db, until, now=now)
    for booking, answer_by in until:
        noting.note(db, "seat.to_choose", booking, now=now, by=None, answer_by=answer_by.isoformat())


def settle(db: Session, person_ids: Collection[int], *, now: datetime) -> None:
    """Whoever must choose between seats that collide no more has this one again, and a letter.

    Called by every deed that frees or moves somebody's seat. Only the persons are locked, since no session has more
    or fewer seats taken for it. Whoever has still to choose does so before the first of the sessions begins, whenever
    that is by now, and has a letter when that is sooner than they were told.
    """
    asked = _to_be_chosen(db, person_ids)
    against = collisions.against(db, [each.id for each in asked])
    again: list[Booking] = []
    still: list[Booking] = []
    for booking in asked:
        group = still if _others(booking, against[booking.id], again) else again
        group.append(booking)
    seats.have_all_again(db, [(each, each.session) for each in again], now=now)
    for booking in again:
        noting.note(db, "seat.had_again", booking, now=now, by=None)
    for booking in still:
        _bring_forward(db, booking, _others(booking, against[booking.id], again), now=now)
    for booking in again:
        mine = [each for each in still if each.person_id == booking.person_id]
        letters.seat_had_again(db, booking, person=booking.person, session=booking.session, still=mine, now=now)


def keep(db: Session, *, session_id: int, person_id: int, saw: str, now: datetime, by: int | None) -> Booking:
    """The person keeps the seat in the moved session, and the others on its days are free.

    `saw` stands for the seats that they were told they would leave, and for the session as it was shown.

    Raises:
        NotFound: there is no such session or person.
        Refused: they have nothing to choose there, or it is too late to; or they would leave other seats than what
            they saw, or it was moved again since then.
    """
    foreseen = {each.id for each in _between(db, session_id, person_id)}
    locked = {each.id: each for each in sessions.lock(db, {session_id, *foreseen})}
    [person] = people.lock(db, [person_id])
    others = collisions.elsewhere(db, session_id, [person_id], facts.days_of(locked[session_id]))[person_id]
    booking = _choosable(db, locked[session_id], others, person, now=now)
    if saw != stands_for((each.id for each in others), locked[session_id].moved_at):
        raise Refused(Refusal.ANSWER_MEANS_OTHER)
    if not {each.id for each in others} <= locked.keys():
        raise Refused(Refusal.DAY_TAKEN_MEANWHILE)
    left = _seats_in(db, others, person)
    again = {session.id: _leave(db, old, session, now=now, by=by) for old, session in left}
    seats.have_again(db, booking, locked[session_id], now=now)
    kept = [(booking, locked[session_id])]
    _conclude(db, booking, person, kept=kept, left=left, again=again, now=now, by=by)
    return booking


def seen(db: Session, *, session_id: int, person_id: int) -> str:
    """What stands for the session as it is, and the seats that keeping it would give up, to be said yes to."""
    others = _between(db, session_id, person_id)
    return stands_for((each.id for each in others), db.get_one(CourseSession, session_id).moved_at)


def give_up(db: Session, *, session_id: int, person_id: int, now: datetime, by: int | None) -> None:
    """The person keeps what else they have on its days, and the seat in the moved session belongs to the next.

    Raises:
        NotFound: there is no such session or person.
        Refused: they have nothing to choose there, or it is too late to.
    """
    [session] = sessions.lock(db, [session_id])
    [person] = people.lock(db, [person_id])
    others = collisions.elsewhere(db, session_id, [person_id], facts.days_of(session))[person_id]
    booking = _choosable(db, session, others, person, now=now)
    again = {session.id: _leave(db, booking, session, now=now, by=by)}
    kept = _seats_in(db, others, person)
    _conclude(db, booking, person, kept=kept, left=[(booking, session)], again=again, now=now, by=by)


def remind(db: Session, booking_id: int, *, now: datetime, by: int | None) -> None:
    """The person is told once more between what they choose, and until when."""
    booking, session, person = asking.held_still(db, booking_id)
    if booking.state is not BookingState.MUST_CHOOSE or booking.reminded_at is not None:
        return
    booking.reminded_at = now
    others = collisions.elsewhere(db, session.id, [person.id], facts.days_of(session))[person.id]
    noting.note(db, "choice.reminded", booking, now=now, by=by)
    letters.choice_reminder(db, booking, person=person, session=session, others=others, now=now)


def lapse(db: Session, booking_id: int, *, now: datetime, by: int | None) -> None:
    """Nobody chose in time: the person keeps the other seat, and this one belongs to the next in line."""
    booking, session, person = asking.held_still(db, booking_id)
    settle(db, [person.id], now=now)
    if booking.state is not BookingState.MUST_CHOOSE or booking.answer_by is None or now <= booking.answer_by:
        return
    others = collisions.elsewhere(db, session.id, [person.id], facts.days_of(session))[person.id]
    seats.release(db, booking, session, to=BookingState.LAPSED, now=now)
    again = seats.keep_precedence(db, booking, now=now, by=by) is not None
    noting.note(db, "choice.lapsed", booking, now=now, by=by, kept=[each.id for each in others])
    letters.choice_lapsed(db, booking, person=person, session=session, others=others, precedence=again, now=now)


def asked_about(
    db: Session, session_id: int, person_ids: Collection[int], days: Sequence[CourseDay | Day], *, now: datetime
) -> dict[int, list[Booking]]:
    """What these persons have still to choose elsewhere, also against a seat on these days, by person.

    Raises:
        Refused: the days would end such a choice sooner than was said, and leave less than a day for it.
    """
    found: dict[int, list[Booking]] = defaultdict(list)
    dates, start = {each.day for each in days}, facts.start_on(days[0])
    cut_short = []
    for booking in _to_be_chosen(db, person_ids, Booking.session_id != session_id):
        if dates.isdisjoint(facts.days_of(booking.session)):
            continue
        found[booking.person_id].append(booking)
        if booking.answer_by is not None and answer_time.cuts_short(start, answer_by=booking.answer_by, now=now):
            cut_short.append(booking.person.name)
    if cut_short:
        raise Refused(Refusal.NO_TIME_TO_CHOOSE, who=", ".join(cut_short))
    return found


def is_chosen_against(db: Session, booking: Booking) -> bool:
    """Whether the person must choose between this seat and one in a session that was moved."""
    other = exists().where(
        Booking.person_id == booking.person_id,
        Booking.state == BookingState.MUST_CHOOSE,
        CourseDay.session_id == Booking.session_id,
        SeatDay.day == CourseDay.day,
        SeatDay.booking_id == booking.id,
    )
    return bool(db.scalar(select(other)))


def _others(
    booking: Booking, against: Sequence[CourseSession], again: Collection[Booking]
) -> Sequence[CourseSession]:
    """What the seat is to be chosen against, with what its holder has again since, in the order they begin."""
    days = facts.days_of(booking.session)
    had = [each.session for each in again if each.person_id == booking.person_id]
    colliding = [each for each in had if not days.isdisjoint(facts.days_of(each))]
    return sorted([*against, *colliding], key=lambda each: (each.starts_on, each.id))


def _bring_forward(db: Session, booking: Booking, others: Sequence[CourseSession], *, now: datetime) -> None:
    last = answer_time.last_to_choose(map(facts.start_of, [booking.session, *others]))
    if booking.answer_by is None or booking.answer_by <= last:
        return
    booking.answer_by, booking.reminded_at = last, now
    noting.note(db, "choice.brought_forward", booking, now=now, by=None, answer_by=last.isoformat())
    letters.choice_reminder(db, booking, person=booking.person, session=booking.session, others=others, now=now)


def _to_be_chosen(db: Session, person_ids: Collection[int], *conditions: ColumnElement[bool]) -> Sequence[Booking]:
    if not person_ids:
        return []
    return db.scalars(
        select(Booking)
        .where(Booking.person_id.in_(person_ids), Booking.state == BookingState.MUST_CHOOSE, *conditions)
        .order_by(Booking.id)
        .options(
            joinedload(Booking.person),
            joinedload(Booking.session).options(*COURSE_AND_DAYS),
        )
        .execution_options(populate_existing=True)
    ).all()


def _between(db: Session, session_id: int, person_id: int) -> Sequence[CourseSession]:
    """What would be given up for the seat in the moved session, before anything is locked."""
    days = set(db.scalars(select(CourseDay.day).where(CourseDay.session_id == session_id)))
    return collisions.elsewhere(db, session_id, [person_id], days)[person_id]


def _choosable(
    db: Session, session: CourseSession, others: Sequence[CourseSession], person: Person, *, now: datetime
) -> Booking:
    booking = db.scalar(_seat_in(session, person).where(Booking.state == BookingState.MUST_CHOOSE))
    if booking is None:
        raise Refused(Refusal.NOTHING_TO_CHOOSE)
    last = answer_time.last_to_choose(map(facts.start_of, [session, *others]))
    if booking.answer_by is None or now > min(booking.answer_by, last):
        raise Refused(Refusal.CHOSEN_TOO_LATE)
    return booking


def _seat_in(session: CourseSession, person: Person) -> Select[Booking]:
    return (
        select(Booking)
        .where(Booking.session_id == session.id, Booking.person_id == person.id, Booking.state.in_(SEATED))
        .execution_options(populate_existing=True)
    )


def _seats_in(db: Session, found: Iterable[CourseSession], person: Person) -> list[Seat]:
    return [(db.scalars(_seat_in(each, person)).one(), each) for each in found]


def _leave(db: Session, booking: Booking, session: CourseSession, *, now: datetime, by: int | None) -> str | None:
    """The seat is free; until which term precedence that led to it holds again."""
    seats.release(db, booking, session, to=BookingState.MOVED, now=now)
    return seats.keep_precedence(db, booking, now=now, by=by)


def _conclude(
    db: Session,
    booking: Booking,
    person: Person,
    *,
    kept: Sequence[Seat],
    left: Sequence[Seat],
    again: Mapping[int, str | None],
    now: datetime,
    by: int | None,
) -> None:
    """It is noted what was chosen, and told when it is clear what they have still to choose."""
    noting.note(db, "seat.chosen", booking, now=now, by=by, left=[old.id for old, _ in left])
    settle(db, [person.id], now=now)
    still = _to_be_chosen(db, [person.id])
    letters.seat_chosen(db, booking, person=person, kept=kept, left=left, still=still, again=again, now=now)
