"""Whether somebody may book, wait, cancel or re-book, and if not, why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bookings.states import Refusal

GRACE = timedelta(hours=120)
"""A seat given late may be given back this long without being counted as late."""

UNDO_WITHIN = timedelta(minutes=10)
"""For so long a cancellation can be taken back."""


@dataclass(frozen=True, kw_only=True)
class Participant:
    """What counts of the person."""

    group: str | None
    """None while nobody has confirmed what the person is."""
    taken_courses: frozenset[int] = frozenset()
    """Courses the person has been through already."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What counts of the session that is wanted."""

    session_id: int
    course_id: int
    days: frozenset[date]
    starts_on: date
    groups: Collection[str]
    is_published: bool
    is_held_in_reserve: bool = False
    is_in_unpublished_round: bool = False
    booking_opens_at: datetime | None = None
    booking_is_closed: bool = False
    """Somebody has closed it before its time."""


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A seat or a place in line that the person has."""

    session_id: int
    course_id: int
    days: frozenset[date]
    is_seat: bool
    is_offer: bool = False
    """Somebody has a seat kept for them, or is asked in a call-out, and has still to answer."""


@dataclass(frozen=True, kw_only=True)
class GivenBack:
    """A seat that was given back, and what has become of the seats of its session since."""

    ended_at: datetime
    free_seats: int
    """How many are free now."""
    freed_since: int = 0
    """How many became free after this one, or were added."""
    somebody_came: bool = True
    """Somebody has been given a seat since, or offered one."""
    is_asked_about: bool = False
    """Those who wait are being asked in a call-out."""
    is_to_be_given: bool = False
    """A round has taken the session in, and gives its seats."""

    @property
    def is_there(self) -> bool:
        """Whether nobody has it: what became free first is given away first.

        A session with more people than seats has none free when somebody leaves it; and yet nobody has that seat.
        """
        return not self.is_asked_about and (self.free_seats > self.freed_since or not self.somebody_came)


def why_not_eligible(person: Participant, *, course_id: int, groups: Collection[str]) -> Refusal | None:
    """A course is for confirmed persons of its target groups who have not been through it yet, or did not pass.

    It is asked when somebody comes to a seat, and again whenever the line gives one: what was true of a person when
    they joined need not be true any more. Source: allocation rules, sections 2.2 (who has no key is not eligible)
    and 2.9 ("anyone eligible").
    """
    if person.group is None:
        return Refusal.PROFILE_NOT_CONFIRMED
    if person.group not in groups:
        return Refusal.NOT_IN_TARGET_GROUP
    return Refusal.COURSE_TAKEN_BEFORE if course_id in person.taken_courses else None


def may_enter(person: Participant, target: Target, *, now: datetime, today: date) -> Refusal | None:
    """Seats outside a round: for whom the course is for, once the round's respite is over.

    Source: allocation rules, sections 2.6 (step 8) and 2.9.
    """
    if not target.is_published:
        return Refusal.SESSION_NOT_OPEN
    if target.starts_on <= today:
        return Refusal.SESSION_STARTED
    refusal = why_not_eligible(person, course_id=target.course_id, groups=target.groups)
    if refusal is not None:
        return refusal
    if target.is_in_unpublished_round:
        return Refusal.SESSION_IN_ROUND
    if target.booking_opens_at is not None and now < target.booking_opens_at:
        return Refusal.BOOKING_NOT_YET_OPEN
    return Refusal.BOOKING_CLOSED if target.booking_is_closed else None


def may_book(
    person: Participant, target: Target, holdings: Sequence[Holding], *, now: datetime, today: date
) -> Refusal | None:
    """A seat for the taking: one seat in a course, one place a day, and no day that is waited for elsewhere.

    The last is so that a later seat from that line never silently takes this one away.
    """
    refusal = may_enter(person, target, now=now, today=today) or _here_already(target, holdings)
    if refusal is not None:
        return refusal
    if any(mine.is_seat and mine.course_id == target.course_id for mine in holdings):
        return Refusal.COURSE_ALREADY_BOOKED
    return _day_clash(target, holdings) or _waited_for(target, holdings)


def may_take(
    person: Participant, target: Target, holdings: Sequence[Holding], *, now: datetime, today: date
) -> Refusal | None:
    """As `may_book`, for who waits for the session already and takes a free seat of it themselves."""
    others = [mine for mine in holdings if mine.session_id != target.session_id or mine.is_seat or mine.is_offer]
    return may_book(person, _as_waited_for(target, holdings), others, now=now, today=today)


def may_join(
    person: Participant, target: Target, holdings: Sequence[Holding], *, now: datetime, today: date
) -> Refusal | None:
    """A place in line: also beside a seat in the same course, which is then kept until this one is certain.

    One may wait in lines whose days collide, but not for a day on which one has a seat in another course.
    """
    refusal = may_enter(person, target, now=now, today=today) or _here_already(target, holdings)
    others = [mine for mine in holdings if mine.course_id != target.course_id]
    return refusal or _day_clash(target, others)


def may_rebook(
    person: Participant,
    target: Target,
    holdings: Sequence[Holding],
    *,
    leaving: Target,
    now: datetime,
    today: date,
) -> Refusal | None:
    """A seat for another of the same course, as long as neither session has begun."""
    if not any(mine.is_seat and mine.session_id == leaving.session_id for mine in holdings):
        return Refusal.NOT_BOOKED
    if leaving.course_id != target.course_id:
        return Refusal.OTHER_COURSE
    if leaving.starts_on <= today:
        return Refusal.SESSION_STARTED
    others = [mine for mine in holdings if mine.session_id not in (leaving.session_id, target.session_id)]
    elsewhere = [mine for mine in others if mine.course_id != target.course_id]
    here = [mine for mine in holdings if mine.session_id == target.session_id and (mine.is_seat or mine.is_offer)]
    return (
        may_enter(person, _as_waited_for(target, holdings), now=now, today=today)
        or _here_already(target, here)
        or _day_clash(target, elsewhere)
        or _waited_for(target, elsewhere)
    )


def what_it_is_about(refusal: Refusal, target: Target, holdings: Sequence[Holding]) -> Holding | None:
    """Which of the person's own seats and places a refusal is about: what to give up, or to leave, first."""
    for mine in holdings:
        same_course, same_day = mine.course_id == target.course_id, not mine.days.isdisjoint(target.days)
        if {
            Refusal.COURSE_ALREADY_BOOKED: mine.is_seat and same_course,
            Refusal.DAY_TAKEN: mine.is_seat and same_day and not same_course,
            Refusal.DAY_WAITED_FOR: not mine.is_seat and same_day and not same_course,
        }.get(refusal, False):
            return mine
    return None


def may_cancel(*, starts_on: date, today: date) -> Refusal | None:
    """A seat can be given back until the day the session begins."""
    return Refusal.SESSION_STARTED if starts_on <= today else None


def undo_until(ended_at: datetime) -> datetime:
    """The last moment at which a cancellation can be taken back."""
    return ended_at + UNDO_WITHIN


def may_undo(
    target: Target,
    holdings: Sequence[Holding],
    seat: GivenBack,
    *,
    now: datetime,
    today: date,
) -> Refusal | None:
    """A cancellation is taken back for some minutes, as long as nobody else has the seat, or the promise of it.

    A call-out is such a promise: everybody in it was told that the best placed yes has the seat. What others have
    given back since is another seat, and not theirs; nor is one that staff have added. Who waits and has not been
    given the seat yet loses nothing but what they never knew of. Whether the person may come to the course is not
    asked again, for the seat was theirs.
    """
    if now > undo_until(seat.ended_at):
        return Refusal.UNDONE_TOO_LATE
    if target.starts_on <= today:
        return Refusal.SESSION_STARTED
    if not target.is_published:
        return Refusal.SESSION_NOT_OPEN
    refusal = Refusal.SESSION_IN_ROUND if seat.is_to_be_given else _here_already(target, holdings)
    if refusal is not None:
        return refusal
    if any(mine.is_seat and mine.course_id == target.course_id for mine in holdings):
        return Refusal.COURSE_ALREADY_BOOKED
    return _day_clash(target, holdings) or (None if seat.is_there else Refusal.SEAT_GIVEN_ON)


def is_free(*, booked_at: datetime | None, moved_at: datetime | None, is_over: bool) -> bool:
    """Whether a seat may be given back however late: its session has changed since, or has more people than seats.

    The days, hours or place are then not those that the person booked; or they make room that is missing.
    """
    return is_over or (moved_at is not None and booked_at is not None and booked_at <= moved_at)


def is_late(
    *, cancel_by: date, booked_at: datetime, is_bound: bool, is_free: bool = False, now: datetime, today: date
) -> bool:
    """Whether giving a seat back counts as late: after the last day to cancel, unless it was given just now.

    That day is the latest one that the person has been told since they have the seat: where it came nearer, they
    keep the later one, and where it is put back it is what it was.

    Changing a seat is no way round that day: when giving the old one back would have been late, giving the new one
    back is late too (`is_bound`), whatever its own last day is. To change is not late in itself, and who cancels and
    books anew begins anew. What is free to give back is never late (`is_free`). What it costs to be late is told in
    `late_fee`.
    Source: allocation rules, section 2.9 (a late cancellation is counted, without a penalty of the portal's own;
    to change is to join the other line while one keeps the seat, never to cancel first).
    """
    return not is_free and (is_bound or (today > cancel_by and now - booked_at > GRACE))


def _as_waited_for(target: Target, holdings: Sequence[Holding]) -> Target:
    """Booking that was closed early is closed to who is new: whoever waits gets what comes free."""
    waits = any(mine.session_id == target.session_id and not mine.is_seat for mine in holdings)
    return replace(target, booking_is_closed=False) if waits else target


def _here_already(target: Target, holdings: Sequence[Holding]) -> Refusal | None:
    for mine in holdings:
        if mine.session_id == target.session_id:
            return (
                Refusal.ALREADY_BOOKED
                if mine.is_seat
                else Refusal.OFFERED_HERE
                if mine.is_offer
                else Refusal.ALREADY_WAITING
            )
    return None


def _day_clash(target: Target, holdings: Sequence[Holding]) -> Refusal | None:
    clash = any(mine.is_seat and not mine.days.isdisjoint(target.days) for mine in holdings)
    return Refusal.DAY_TAKEN if clash else None


def _waited_for(target: Target, holdings: Sequence[Holding]) -> Refusal | None:
    others = [mine for mine in holdings if mine.course_id != target.course_id and not mine.is_seat]
    clash = any(not mine.days.isdisjoint(target.days) for mine in others)
    return Refusal.DAY_WAITED_FOR if clash else None
