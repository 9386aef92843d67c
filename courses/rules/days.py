"""Half days of a session, when attendance can be noted, what counts as being there, and who has been through it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from courses.rules.sessions import Day
from courses.states import (
    COURSE_BEARING_2015,
    COURSE_BEARING_2021,
    Absence,
    CourseOutcome,
    Half,
    Lack,
    Presence,
    Refusal,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = time(12)
LUNCH_ENDS = time(13)
"""A day that goes on in the afternoon pauses from noon until then."""

OPENS_BEFORE = timedelta(minutes=45)
"""How long before a half day begins people come and are noted."""

GRACE = timedelta(minutes=10)
"""Who checks in so soon after the beginning is not late."""

LOCKED_AFTER = timedelta(days=14)
"""How long after the last day its leader can say something else."""

REMINDED_AFTER = (timedelta(days=3), timedelta(days=10))
"""How long after the last day its leader is reminded of completing the session."""

WHOLE = 100
THERE = (Presence.PRESENT, Presence.LATE, Presence.LEFT_EARLY)
PARTLY = (Presence.LATE, Presence.LEFT_EARLY)

Key = tuple[date, Half]


@dataclass(frozen=True)
class HalfDay:
    """A morning or an afternoon of a session."""

    day: date
    half: Half
    begins: datetime
    ends: datetime

    @property
    def key(self) -> Key:
        """What rows know it by."""
        return self.day, self.half

    @property
    def name(self) -> str:
        """What addresses know it by."""
        return f"{self.day}-{self.half}"

    @property
    def opens(self) -> datetime:
        """From when on people are noted."""
        return self.begins - OPENS_BEFORE

    @property
    def minutes(self) -> int:
        """How long it is."""
        return (self.ends - self.begins) // timedelta(minutes=1)


@dataclass(frozen=True)
class Mark:
    """What is noted of somebody for a half day; the minutes are those that they missed, if anybody said how many."""

    state: Presence
    minutes: int | None = None


def half_days(days: Iterable[Day]) -> list[HalfDay]:
    """The half days of these days, in order.

    What lies before noon is a morning and the rest an afternoon, which begins after lunch; a day that ends with
    lunch, or begins after noon, has one half only.
    """
    found: list[HalfDay] = []
    for each in sorted(days, key=lambda each: each.day):
        if each.starts < NOON:
            ends = each.ends if each.ends <= LUNCH_ENDS else NOON
            found.append(_half(each.day, Half.MORNING, each.starts, ends))
        if each.ends > LUNCH_ENDS or each.starts >= NOON:
            starts = LUNCH_ENDS if each.starts < NOON else each.starts
            found.append(_half(each.day, Half.AFTERNOON, starts, each.ends))
    return found


def _half(day: date, half: Half, starts: time, ends: time) -> HalfDay:
    begins, over = (datetime.combine(day, each, STOCKHOLM).astimezone(ZoneInfo("UTC")) for each in (starts, ends))
    return HalfDay(day, half, begins, over)


def open_at(halves: Sequence[HalfDay], now: datetime) -> HalfDay | None:
    """The half day that people can check in to now: from a while before it begins until it ends."""
    return next((each for each in reversed(halves) if each.opens <= now < each.ends), None)


def shown_at(halves: Sequence[HalfDay], now: datetime) -> HalfDay:
    """The half day that a leader most likely means now: the last that has opened, else the first."""
    return next((each for each in reversed(halves) if each.opens <= now), halves[0])


def may_note(halves: Sequence[HalfDay], half: HalfDay, *, now: datetime) -> Refusal | None:
    """A leader notes attendance when people begin to come, and for two weeks after the last day."""
    if now < half.opens:
        return Refusal.HALF_DAY_AHEAD
    return Refusal.ATTENDANCE_LOCKED if is_locked(halves, now=now) else None


def is_locked(halves: Sequence[HalfDay], *, now: datetime) -> bool:
    """Whether only a coordinator changes it any more, with a reason."""
    return now.astimezone(STOCKHOLM).date() > halves[-1].day + LOCKED_AFTER


def reminder_due(last_day: date, *, today: date) -> int | None:
    """Which reminder to complete the session is due, counted from 1; none before the first, or when it is locked."""
    if today > last_day + LOCKED_AFTER:
        return None
    return sum(today >= last_day + each for each in REMINDED_AFTER) or None


def may_complete(halves: Sequence[HalfDay], *, now: datetime) -> Refusal | None:
    """A session can be completed once its last half day has begun, and as long as its leader may note attendance."""
    if now < halves[-1].begins:
        return Refusal.SESSION_STILL_GOES_ON
    return Refusal.ATTENDANCE_LOCKED if is_locked(halves, now=now) else None


def fault_of(mark: Mark, half: HalfDay) -> Refusal | None:
    """Minutes are said of who missed a part, and are fewer than the half day has."""
    if mark.minutes is None:
        return None
    is_sound = mark.state in PARTLY and 0 < mark.minutes < half.minutes
    return None if is_sound else Refusal.MINUTES_OUT_OF_RANGE


def arriving(half: HalfDay, *, now: datetime) -> Mark:
    """What is noted of somebody who checks in now."""
    late = (now - half.begins) // timedelta(minutes=1)
    return Mark(Presence.PRESENT) if now <= half.begins + GRACE else Mark(Presence.LATE, late)


@dataclass(frozen=True)
class Tally:
    """How much of a session somebody was there."""

    half_days: int
    of: int
    minutes: int
    absence: Absence | None
    """Why they were never there; None for who was, if only for a while."""


def tally(halves: Sequence[HalfDay], marks: Mapping[Key, Mark]) -> Tally:
    """A half day counts for whoever was there for some of it, and its minutes less those that they missed.

    Who was never there was ill if that is noted of any half day, and stayed away otherwise.
    """
    there = [(each, marks[each.key]) for each in halves if each.key in marks and marks[each.key].state in THERE]
    is_ill = any(mark.state is Presence.ABSENT_ILL for mark in marks.values())
    never = Absence.ILL if is_ill else Absence.NO_SHOW
    return Tally(
        half_days=len(there),
        of=len(halves),
        minutes=sum(each.minutes - (mark.minutes or 0) for each, mark in there),
        absence=None if there else never,
    )


def missed(halves: Sequence[HalfDay], marks: Mapping[Key, Mark]) -> list[HalfDay]:
    """The half days that somebody was not there for, also those of which nothing is noted."""
    return [each for each in halves if each.key not in marks or marks[each.key].state not in THERE]


@dataclass(frozen=True)
class Demands:
    """What it takes to have been through a course."""

    share: int
    """Per cent of the half days."""
    preparation: bool
    competence: bool
    """Whether it bears an objective that demands a course: then being there is not enough."""


@dataclass(frozen=True)
class Verdict:
    """What only the leader can say of somebody; None is nothing said."""

    competence_met: bool | None = None
    prepared: bool | None = None


def lacks(demands: Demands, found: Tally, verdict: Verdict) -> list[Lack]:
    """What is missing; nothing is for whoever has been through the course."""
    is_lacking = {
        Lack.ATTENDANCE: found.half_days * WHOLE < demands.share * found.of,
        Lack.PREPARATION: demands.preparation and verdict.prepared is not True,
        Lack.COMPETENCE: demands.competence and verdict.competence_met is not True,
    }
    return [lack for lack, is_so in is_lacking.items() if is_so]


def outcome(lacking: Sequence[Lack]) -> CourseOutcome:
    """Who lacks nothing has passed."""
    return CourseOutcome.NOT_PASSED if lacking else CourseOutcome.PASSED


def is_unsaid(demands: Demands, found: Tally, verdict: Verdict) -> bool:
    """Whether the leader has still to say something of somebody who was there; of who never was nothing is asked."""
    if found.absence is not None:
        return False
    of_competence = demands.competence and verdict.competence_met is None
    return of_competence or (demands.preparation and verdict.prepared is None)


def demands_course(objectives_2015: Iterable[str], objectives_2021: Iterable[str]) -> bool:
    """Whether a course bears an objective that is met by a course alone, by the one list or the other."""
    return bool({*objectives_2015} & {*COURSE_BEARING_2015} or {*objectives_2021} & {*COURSE_BEARING_2021})
