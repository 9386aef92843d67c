"""How a free seat is given to who is next in line, and by when they answer (allocation rules, section 2.9).

All hours are hours that pass, also in the nights when the clocks are changed; the days that are left and office hours
are those of Stockholm. Which days are working days is told by whoever asks.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, StrEnum, auto
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
STANDING_YES_DAYS = 21
"""A standing yes gives the seat at once until this many days before the start, the last day to cancel as a rule."""
SHORT_NOTICE_DAYS = 5
"""From this many days before the start nobody is offered a seat of their own: all who said so are asked at once."""
HOURS_BY_DAYS: Sequence[tuple[int, int]] = ((28, 120), (14, 72), (SHORT_NOTICE_DAYS, 24))
"""With more days left than the first there are as many hours as the second."""
CALL_OUT_HOURS = 6
LAST_HOURS = timedelta(hours=12)
"""So near the start nobody is asked any more, and no answer is waited for."""
TIME_TO_CHOOSE = timedelta(hours=24)
"""Whoever must choose between two seats has at least this long."""
OPENS, CLOSES, NOON = time(8), time(18), time(12)


class Way(Enum):
    """How a seat that is free now comes to the line."""

    AT_ONCE = auto()
    OFFER = auto()
    CALL_OUT = auto()
    TOO_LATE = auto()


class CallOutEnd(StrEnum):
    """Why somebody who was asked in a call-out has not got a seat by it."""

    SILENCE = "silence"
    OVERTAKEN = "overtaken"
    NO_SEAT = "no_seat"
    COLLIDES = "collides"
    MEANS_OTHER = "means_other"
    NOT_ELIGIBLE = "not_eligible"
    BEGUN = "begun"
    NOT_HELD = "not_held"


@dataclass(frozen=True)
class Start:
    """When a session begins, as an aware moment."""

    moment: datetime

    def days_left(self, now: datetime) -> int:
        """Calendar days in Stockholm."""
        return (_day(self.moment) - _day(now)).days


def way_of(start: Start, *, has_standing_yes: bool, now: datetime) -> Way:
    """Whoever said yes beforehand has the seat at once while there is time to give it back; others are asked."""
    days_left = start.days_left(now)
    if not _is_short_notice(days_left):
        return Way.AT_ONCE if has_standing_yes and days_left >= STANDING_YES_DAYS else Way.OFFER
    return Way.CALL_OUT if start.moment - now > LAST_HOURS else Way.TOO_LATE


def needs_short_notice(*, starts_on: date, today: date) -> bool:
    """Whether only those are asked who have said that short notice is fine."""
    return _is_short_notice((starts_on - today).days)


def _is_short_notice(days_left: int) -> bool:
    return days_left <= SHORT_NOTICE_DAYS


def answer_by(start: Start, *, now: datetime, is_working_day: Callable[[date], bool]) -> datetime:
    """When an offer that is made now lapses.

    120 hours while more than 28 days are left, 72 while more than 14, else 24. What ends outside office hours
    or on no working day ends at noon of the next working day instead, unless that is later than 12 hours before the
    start: then the hours stand as they are, and end 12 hours before the start at the latest. Where that is past, no
    time is left.
    """
    deadline = _hours_later(start, now)
    moved = _in_office_hours(deadline, is_working_day)
    return moved if start.moment - moved > LAST_HOURS else min(deadline, start.moment - LAST_HOURS)


def _hours_later(start: Start, now: datetime) -> datetime:
    days_left = start.days_left(now)
    hours = next((hours for days, hours in HOURS_BY_DAYS if days_left > days), HOURS_BY_DAYS[-1][1])
    return now + timedelta(hours=hours)


def answer_anew(
    start: Start, *, was: datetime, now: datetime, is_working_day: Callable[[date], bool]
) -> datetime | None:
    """When an offer lapses whose session is changed now: no sooner than was said, if that is before the start.

    None where nobody can be expected to answer, because that is in fewer hours than those of a call-out.
    """
    until = max(answer_by(start, now=now, is_working_day=is_working_day), min(was, start.moment - LAST_HOURS))
    return until if until - now >= timedelta(hours=CALL_OUT_HOURS) else None


def choose_by(
    start: Start, others: Iterable[Start], *, now: datetime, is_working_day: Callable[[date], bool]
) -> datetime | None:
    """Until when somebody chooses between the seat in a session that was moved and others; None without time for it.

    They have as many hours as for an offer of the seat, and until the next noon of a working day when those end
    outside office hours, but not beyond the last moment to choose at all. With less than a day there is no time. The
    rule is the portal's own.
    """
    last = last_to_choose((start, *others))
    if last - now < TIME_TO_CHOOSE:
        return None
    return min(_in_office_hours(_hours_later(start, now), is_working_day), last)


def last_to_choose(starts: Iterable[Start]) -> datetime:
    """The evening before the first of these sessions begins: on the day itself no seat in it can be given up."""
    first = min(_day(each.moment) for each in starts)
    return datetime.combine(first - timedelta(days=1), CLOSES, STOCKHOLM).astimezone(UTC)


def cuts_short(start: Start, *, answer_by: datetime, now: datetime) -> bool:
    """Whether a session that begins so would end a choice sooner than was said, and within a day."""
    last = last_to_choose([start])
    return last < answer_by and last - now < TIME_TO_CHOOSE


def remind_at(*, asked_at: datetime, answer_by: datetime) -> datetime:
    """When somebody who has not answered an offer is reminded of it: half-way."""
    return asked_at + (answer_by - asked_at) / 2


def call_out_until(*, now: datetime) -> datetime:
    """When a call-out that is made now ends: after six hours, whatever day it is."""
    return now + timedelta(hours=CALL_OUT_HOURS)


def _in_office_hours(moment: datetime, is_working_day: Callable[[date], bool]) -> datetime:
    """That moment, if somebody could be expected to answer then; else the first noon of a working day after it."""
    local = moment.astimezone(STOCKHOLM)
    day = local.date()
    if is_working_day(day) and OPENS <= local.time() <= CLOSES:
        return moment
    if local.time() >= OPENS:
        day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, NOON, STOCKHOLM).astimezone(UTC)


def _day(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()
