"""Where a doctor stands in line, and which seats are kept for them until they answer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bookings import in_line
from bookings.had import Own
from bookings.queries.rows import SessionRow, row_of
from bookings.rules import line as rules
from bookings.states import BookingState, Refusal


@dataclass(frozen=True)
class Moved:
    """How far the lines of a course moved last term: how many of each session got a seat from it."""

    sessions: int
    fewest: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in line. `position` is among those who would take a seat now; None when dormant."""

    booking_id: int
    session: SessionRow
    position: int | None
    in_group: int | None
    """The place among those of the person's own group; None when dormant, or when all are of that group."""
    waiting: int
    """How many stand in the line altogether."""
    barred: Refusal | None
    """Why it is dormant, when that is because the person is not eligible today."""
    standing_yes: bool
    short_notice: bool
    wish: int
    """Where the person has it among their places of the course, most wanted first."""
    wishes: int
    """How many those are."""
    moved: Moved | None
    """None when the course had no session last term."""
    overtaken_at: datetime | None
    """When a decision last put somebody before them."""

    @property
    def is_active(self) -> bool:
        """Whether a free seat would be taken now; a dormant place is kept, and passed over."""
        return self.position is not None


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A seat that is kept until the person answers, or the question of a call-out."""

    booking_id: int
    session: SessionRow
    answer_by: datetime
    is_call_out: bool
    has_said_yes: bool
    """To a call-out, whose end decides."""
    leaves: list[SessionRow]
    """The seats that a yes would give up."""
    saw: str
    """What stands for them, and for the session as it is shown."""


def places(db: Session, open_: Sequence[Own], *, today: date) -> list[Place]:
    """Of what one person may still have a seat by the places in line, what begins first before the others."""
    waiting = [each for each in open_ if each.state is BookingState.WAITING]
    if not waiting:
        return []
    wishes = _wishes(open_)
    lines = in_line.outlooks(db, [each.session_id for each in waiting], person_id=waiting[0].person_id, today=today)
    rows = []
    for each in waiting:
        line = lines[each.session_id]
        if line.own is None:
            continue
        standing = line.standing
        rows.append(
            Place(
                booking_id=each.id,
                session=row_of(each.session),
                position=standing.in_all if standing else None,
                in_group=standing.in_group if standing and len(line.groups) > 1 else None,
                waiting=line.waiting,
                barred=line.own.barred,
                standing_yes=each.standing_yes,
                short_notice=each.short_notice,
                wish=wishes[each.session.course_id].index(each.id) + 1,
                wishes=len(wishes[each.session.course_id]),
                moved=_moved(each.came_before),
                overtaken_at=each.overtaken_at,
            )
        )
    return sorted(rows, key=lambda place: (place.session.starts_on, place.booking_id))


def _wishes(open_: Sequence[Own]) -> dict[int, list[int]]:
    """By course, the bookings in the person's own order."""
    found: dict[int, list[int]] = defaultdict(list)
    for each in sorted(open_, key=lambda each: (each.rank, each.id)):
        found[each.session.course_id].append(each.id)
    return found


def _moved(counts: Sequence[int] | None) -> Moved | None:
    return Moved(len(counts), min(counts), max(counts)) if counts else None


def offers(db: Session, open_: Sequence[Own], held: Sequence[Own], *, today: date) -> list[Offer]:
    """These offers, the one that must be answered first before the others; `held` are the person's seats."""
    if not open_:
        return []
    waiters = [
        waiter
        for line in in_line.answerable(db, {each.session_id for each in open_}, today=today).values()
        for waiter in line
    ]
    seats = {each.id: row_of(each.session) for each in held}
    given_up = {waiter.booking_id: rules.would_leave(waiter) or [] for waiter in waiters}
    rows = [
        Offer(
            booking_id=each.id,
            session=row_of(each.session),
            answer_by=each.answer_by,
            is_call_out=each.state is BookingState.ASKED,
            has_said_yes=each.yes_at is not None,
            leaves=[seats[key] for key in given_up.get(each.id, []) if key in seats],
            saw=rules.stands_for(given_up.get(each.id, []), each.session.moved_at),
        )
        for each in open_
        if each.answer_by is not None
    ]
    return sorted(rows, key=lambda offer: (offer.answer_by, offer.booking_id))
