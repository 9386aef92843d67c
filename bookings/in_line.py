"""The line of a session as the rules see it: everybody in it, in order, with all that they hold and wait for."""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from bookings import counted, facts, held
from bookings.counted import Counted, Place
from bookings.held import Held, Holder
from bookings.models import Booking
from bookings.rules import seats as rules
from bookings.rules.answer_time import needs_short_notice
from bookings.rules.line import Outlook, Waiter, Wish
from bookings.rules.seats import Participant
from bookings.states import ANSWERABLE, IN_LINE, IN_TIME, BookingState, Refusal
from courses.models import CourseSession
from lararportal.clock import day_of
from lararportal.errors import NotFound

Line = list[tuple[Held, Waiter]]
"""The places of a line, in order, each with who waits there."""


def line(db: Session, session_ids: Collection[int], *, today: date) -> dict[int, list[Waiter]]:
    """The lines of these sessions, each in order, with all that everybody in them holds and waits for."""
    found = held.in_lines(db, session_ids, states=IN_LINE)
    return _waiters(_lines(found, session_ids, states=IN_LINE, bar=_barred, today=today))


def outlook(
    db: Session, session_id: int, *, person_id: int, joins: Place | None = None, today: date
) -> tuple[Outlook, Holder]:
    """The line of one session as somebody sees it, and what they have: one look at both, however long the line.

    From where they join it, if they do; else from their place in it, or from its end.

    Raises:
        NotFound: there is no such person.
    """
    line, holder, _ = outlook_and(db, None, session_id, person_id=person_id, joins=joins, today=today)
    return line, holder


def outlook_and(
    db: Session, look: Select[Any] | None, session_id: int, *, person_id: int, joins: Place | None, today: date
) -> tuple[Outlook, Holder, Sequence[Any]]:
    """As `outlook`, and what the look (`counted.one_line`) was asked for beside it.

    Raises:
        NotFound: there is no such person.
    """
    found = counted.lines(db, [session_id], person_id=person_id, joins=joins, today=today, look=look)
    if person_id not in found.holders:
        raise NotFound
    line = _lines(found.holders, [session_id], states=IN_LINE, bar=_barred, today=today)[session_id]
    seen = _seen(line, found.counts[session_id], person_id=person_id, joins=joins)
    return seen, found.holders[person_id], found.beside


def outlooks(db: Session, session_ids: Collection[int], *, person_id: int, today: date) -> dict[int, Outlook]:
    """As `outlook`, of the lines that somebody stands in."""
    found = counted.lines(db, session_ids, person_id=person_id, today=today)
    lines = _lines(found.holders, session_ids, states=IN_LINE, bar=_barred, today=today)
    return {key: _seen(lines[key], found.counts[key], person_id=person_id, joins=None) for key in session_ids}


def _seen(line: Line, count: Counted, *, person_id: int, joins: Place | None) -> Outlook:
    own = next((each for each in line if each[1].person_id == person_id), None)
    others = [each for each in line if each is not own]
    stands = (*joins, math.inf) if joins is not None else own[0].place if own is not None else None
    first = sum(stands is None or each.place < stands for each, _ in others)
    waiters = [waiter for _, waiter in others]
    return Outlook(
        before=waiters[:first],
        own=own[1] if own is not None and joins is None else None,
        behind=waiters[first:],
        counted_before=count.before,
        counted_behind=count.behind,
    )


def joined(line: Outlook, booking: Booking, session: CourseSession, holder: Holder, *, today: date) -> Outlook:
    """The line as somebody sees it who has joined it where they looked from, and has these others beside it."""
    new = Held.of(booking, session)
    mine = sorted([*holder.counting, new], key=lambda each: (each.rank, each.id))
    who = facts.participant(holder, mine, today=today)
    return replace(line, own=_waiter(holder, new, mine, who, bar=_barred, today=today))


def holders(db: Session, course_id: int, *, today: date) -> dict[int, list[Waiter]]:
    """As `line`, for all sessions of a course, but only those in line who have a seat in it already."""
    found = held.in_lines_of_holders(db, course_id, states=IN_LINE)
    ids = {each.session_id for who in found.values() for each in who.bookings if each.session.course_id == course_id}
    return _waiters(_lines(found, ids, states=IN_LINE, bar=_barred, today=today))


def offered(db: Session, session_ids: Collection[int], *, today: date) -> dict[int, list[Waiter]]:
    """As `line`, of those for whom a seat is kept until they answer; what they can leave is as they were told."""
    states = (BookingState.OFFERED,)
    found = held.in_lines(db, session_ids, states=states)
    return _waiters(_lines(found, session_ids, states=states, bar=_not_eligible, today=today))


def answerable(db: Session, session_ids: Collection[int], *, today: date) -> dict[int, list[Waiter]]:
    """As `offered`, and those who are asked in a call-out."""
    found = held.in_lines(db, session_ids, states=ANSWERABLE)
    return _waiters(_lines(found, session_ids, states=ANSWERABLE, bar=_not_eligible, today=today))


Bar = Callable[[Held, Participant, date], Refusal | None]


def _waiters(lines: Mapping[int, Line]) -> dict[int, list[Waiter]]:
    return defaultdict(list, {key: [waiter for _, waiter in line] for key, line in lines.items()})


def _lines(
    found: Mapping[int, Holder],
    session_ids: Collection[int],
    *,
    states: Collection[BookingState],
    bar: Bar,
    today: date,
) -> dict[int, Line]:
    lines: dict[int, Line] = defaultdict(list)
    for holder in found.values():
        mine = holder.counting
        who = facts.participant(holder, mine, today=today)
        for each in mine:
            if each.state in states and each.session_id in session_ids:
                lines[each.session_id].append((each, _waiter(holder, each, mine, who, bar=bar, today=today)))
    for line in lines.values():
        line.sort(key=_place)
    return lines


def _place(standing: tuple[Held, Waiter]) -> Any:
    return standing[0].place


def _waiter(holder: Holder, wanted: Held, mine: Sequence[Held], who: Participant, *, bar: Bar, today: date) -> Waiter:
    return Waiter(
        booking_id=wanted.id,
        person_id=holder.id,
        group=who.group,
        wishes=tuple(_wish(each, wanted=wanted, today=today) for each in mine),
        cap=wanted.cap if wanted.cap is not None else len(mine),
        barred=bar(wanted, who, today),
        has_standing_yes=wanted.standing_yes,
    )


def _not_eligible(booking: Held, who: Participant, today: date) -> Refusal | None:  # noqa: ARG001 - as `_barred`
    return rules.why_not_eligible(who, course_id=booking.session.course_id, groups=booking.targets or ())


def _barred(booking: Held, who: Participant, today: date) -> Refusal | None:
    """Why somebody in line may not have the seat today: also because they cannot be asked so late."""
    refusal = _not_eligible(booking, who, today)
    if refusal is None and not booking.short_notice:
        is_late = needs_short_notice(starts_on=booking.session.starts_on, today=today)
        return Refusal.NOT_AT_SHORT_NOTICE if is_late else None
    return refusal


def _is_fixed(booking: Held, wanted: Held, today: date) -> bool:
    """Whether it is too late to leave a seat for the one wanted, or was when that was asked; not if it is free."""
    told = day_of(wanted.asked_at) if wanted.state in ANSWERABLE and wanted.asked_at else today
    return told > booking.session.cancel_by_since(booking.booked_at) and not facts.is_free(booking, booking.session)


def _wish(booking: Held, *, wanted: Held, today: date) -> Wish:
    session = booking.session
    return Wish(
        booking_id=booking.id,
        session_id=booking.session_id,
        course_id=session.course_id,
        days=session.dates,
        rank=booking.rank,
        is_held=facts.is_seat(booking),
        is_fixed=_is_fixed(booking, wanted, today),
        is_asked_about=booking.state in (*ANSWERABLE, BookingState.MUST_CHOOSE),
        must_choose=booking.state is BookingState.MUST_CHOOSE,
        list_id=booking.round_id if booking.wave == IN_TIME else None,
    )
