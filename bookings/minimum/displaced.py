"""The displaced: who has a seat or waits in a session that is to be called off, and where each of them would go."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from bookings import facts, in_line, lots, register, sisters
from bookings.models import Application, Booking, Choice, Round
from bookings.rules import calling_off as rules
from bookings.rules.calling_off import Ahead, Displaced, Fate, Key, Sister
from bookings.rules.history import term_of
from bookings.rules.line import would_leave
from bookings.rules.seats import why_not_eligible
from bookings.states import IN_TIME, LIVE, OPEN, SEATED, ApplicationState, BookingState, RoundState
from courses.models import COURSE_AND_DAYS, Course, CourseSession
from lararportal.clock import day_of

Wish = tuple[int, bool]
"""The rank of a session that somebody asked for, and whether they said yes beforehand to a seat from its line."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What calling a session off would mean, as it is at one moment."""

    session: CourseSession
    sisters: Mapping[int, CourseSession]
    fates: Sequence[Fate]
    """Of everybody with a seat, in order of precedence."""
    bookings: Mapping[int, Booking]
    """The seats and places in the session."""
    persons: Mapping[int, Person]
    held: Mapping[int, Sequence[Booking]]
    """Everything that those persons have, by person."""

    @property
    def waiting(self) -> list[Booking]:
        """Who waits for a seat there, or has an offer of one."""
        return [each for each in self.bookings.values() if each.state in OPEN]

    @property
    def placed(self) -> list[Fate]:
        """Those who have a seat in a sister session."""
        return [each for each in self.fates if each.to is not None]

    @property
    def unplaced(self) -> list[Fate]:
        """Those who have precedence instead."""
        return [each for each in self.fates if each.to is None]

    @property
    def token(self) -> str:
        """Stands for exactly this: what was looked at is done, and nothing else."""
        parts = [(each.person.booking_id, each.to, each.lines, each.soon) for each in self.fates]
        waiting = sorted((each.id, each.state.value) for each in self.waiting)
        return sha256(repr((self.session.id, parts, waiting)).encode()).hexdigest()

    def place_in(self, fate: Fate, session_id: int) -> Booking | None:
        """What somebody has in a sister session."""
        mine = self.held[fate.person.person_id]
        return next((each for each in mine if each.session_id == session_id), None)


def sister_ids(db: Session, session: CourseSession, *, today: date) -> list[int]:
    """The other sessions of the course that have seats to give now."""
    found = select(CourseSession.id).where(*sisters.of(session, today=today)).order_by(CourseSession.id)
    return list(db.scalars(found))


def sessions_by_id(db: Session, ids: Collection[int]) -> dict[int, CourseSession]:
    """These sessions with course and days, not locked."""
    rows = db.scalars(select(CourseSession).where(CourseSession.id.in_(ids)).options(*COURSE_AND_DAYS))
    return {each.id: each for each in rows}


def look(db: Session, session: CourseSession, others: Collection[CourseSession], *, now: datetime) -> Outlook:
    """Where everybody would go if only these sister sessions were there, in whatever order they are named."""
    today, others = day_of(now), by_start(others)
    found = _bookings(db, session.id)
    bookings, persons = [booking for booking, _ in found], {person.id: person for _, person in found}
    held = facts.live_bookings(db, persons)
    booked = [each for each in bookings if each.state in SEATED]
    keys = _keys(db, session, booked, persons, today=today)
    wishes = _wishes(db, {each.person_id for each in booked}, [each.id for each in others])
    displaced = [
        _displaced(
            each,
            persons[each.person_id],
            held[each.person_id],
            course=session.course,
            key=keys[each.id],
            asked=wishes[each.person_id],
            today=today,
        )
        for each in booked
    ]
    in_line = _in_line(db, [each.id for each in others], but={each.person_id for each in booked}, today=today)
    groups = {each.id: facts.booked_by_group(db, each.id) for each in others if each.reserves}
    return Outlook(
        session=session,
        sisters={each.id: each for each in others},
        fates=rules.fates(
            displaced, [_sister(each, in_line[each.id], groups.get(each.id, {})) for each in others], today=today
        ),
        bookings={each.id: each for each in bookings},
        persons=persons,
        held=held,
    )


def _bookings(db: Session, session_id: int) -> list[tuple[Booking, Person]]:
    rows = db.execute(
        select(Booking, Person)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.session_id == session_id, Booking.state.in_(LIVE))
        .order_by(Booking.wave, Booking.key, Booking.joined_at, Booking.id)
        .execution_options(populate_existing=True)
    )
    return [(booking, person) for booking, person in rows]


def _keys(
    db: Session, session: CourseSession, booked: Sequence[Booking], persons: Mapping[int, Person], *, today: date
) -> dict[int, Key]:
    """By booking: the key of the round, or the one by which they would stand in the line today."""
    round_, course_id = facts.round_of(db, session.id), session.course_id
    without = [each.person_id for each in booked if not each.key]
    brought = register.histories(db, without, [course_id], term=term_of(today)) if without else {}

    def late_key(person: Person) -> list[int]:
        return lots.late_key(session.course, person, round_, history=brought[person.id], today=today)

    return {each.id: tuple(each.key or late_key(persons[each.person_id])) for each in booked}


def _wishes(db: Session, person_ids: Collection[int], sister_ids: Collection[int]) -> dict[int, dict[int, Wish]]:
    """What these persons asked for in published rounds, by person and session."""
    rows = db.execute(
        select(Application, Choice.rank, CourseSession)
        .select_from(Application)
        .join(Choice, Choice.application_id == Application.id)
        .join(CourseSession, CourseSession.id == Choice.session_id)
        .join(Round, Round.id == Application.round_id)
        .where(
            Application.person_id.in_(person_ids),
            Application.state == ApplicationState.SUBMITTED,
            Round.state == RoundState.PUBLISHED,
            Choice.session_id.in_(sister_ids),
        )
    )
    found: dict[int, dict[int, Wish]] = defaultdict(dict)
    for application, rank, session in rows:
        found[application.person_id][session.id] = rank, application.said_yes_to(session)
    return found


def _displaced(
    booking: Booking,
    person: Person,
    held: Sequence[Booking],
    *,
    course: Course,
    key: Key,
    asked: Mapping[int, Wish],
    today: date,
) -> Displaced:
    elsewhere = [each for each in held if each.session.course_id != course.id]
    certain = [each for each in elsewhere if each.state in (*SEATED, BookingState.OFFERED)]
    here = [each for each in held if each.session.course_id == course.id and each.state in OPEN]
    who = facts.participant(person, held, today=today)
    return Displaced(
        booking_id=booking.id,
        person_id=person.id,
        is_late=booking.wave != IN_TIME,
        key=key,
        group=who.group,
        since=booking.joined_at,
        busy=frozenset(day for each in certain for day in facts.days_of(each.session)),
        wishes={session_id: rank for session_id, (rank, _) in asked.items()}
        | {each.session_id: each.rank for each in here},
        said_yes=frozenset(session_id for session_id, (_, yes) in asked.items() if yes),
        kept_in=frozenset(each.session_id for each in here if each.state is BookingState.OFFERED),
        is_eligible=why_not_eligible(who, course_id=course.id, groups=course.targets) is None,
    )


def _in_line(
    db: Session, session_ids: Collection[int], *, but: Collection[int], today: date
) -> dict[int, list[Ahead]]:
    """All in these lines who would take a seat, in their order, by session."""
    lines = in_line.line(db, session_ids, today=today)
    # Also of those who have left since: while nothing is held, lines change between two looks.
    waiting = {waiter.booking_id for line in lines.values() for waiter in line}
    rows = db.execute(select(Booking.id, Booking.wave, Booking.key).where(Booking.id.in_(waiting)))
    places = {booking_id: (wave, tuple(key)) for booking_id, wave, key in rows}
    found: dict[int, list[Ahead]] = defaultdict(list)
    for session_id, line in lines.items():
        active = (each for each in line if each.person_id not in but and would_leave(each) is not None)
        found[session_id] = [Ahead(places[each.booking_id], each.group) for each in active]
    return found


def _sister(session: CourseSession, in_line: Sequence[Ahead], booked: Mapping[str | None, int]) -> Sister:
    return Sister(
        session_id=session.id,
        days=facts.days_of(session),
        starts_on=session.starts_on,
        free_seats=session.free_seats,
        in_line=in_line,
        reserves=session.reserves,
        booked=booked,
    )


def by_start(found: Iterable[CourseSession]) -> list[CourseSession]:
    """These sessions in the order they begin."""
    return sorted(found, key=lambda each: (each.starts_on, each.id))
