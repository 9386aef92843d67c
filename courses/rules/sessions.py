"""What must hold of a course and of a session's days and dates, and which days are working days in Sweden."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from courses.states import COURSE_BEARING_2015, GROUPS, Kind, Oddity, Order, Publicity, Refusal

MANY_MORE = 10
"""So many seats more at once are asked about, if they are also more than twice as many."""
CANCEL_DAYS = 21
GO_NO_GO_DAYS = 28
PREPARE_WORKING_DAYS = 3
SATURDAY = 5
CODE_LENGTH = 20

FIXED_DAYS_OFF = frozenset({(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)})
"""Month and day of the public holidays that do not move, and of Christmas Eve and New Year's Eve."""

DAYS_OFF_AROUND_EASTER = frozenset({-2, 0, 1, 39, 49})
"""Days from Easter Sunday: Good Friday, Easter Sunday and Monday, Ascension Day, Whit Sunday."""


@dataclass(frozen=True)
class Day:
    """One day of a session, with its hours in Stockholm time."""

    day: date
    starts: time
    ends: time


@dataclass(frozen=True)
class SessionDates:
    """The dates that a session has beside its days; a last day is included."""

    cancel_by: date
    go_no_go_on: date
    prepare_by: date | None


def easter_sunday(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous computation, Meeus chapter 8)."""
    century, rest = divmod(year, 100)
    epact = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    correction = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def is_day_off(day: date) -> bool:
    """A public holiday (lag 1989:253), or one of the three eves that are free in practice.

    The movable ones beside Easter: Midsummer Eve is the Friday of 19-25 June and Midsummer Day follows it, All
    Saints' Day is the Saturday of 31 October-6 November.
    """
    if (day.month, day.day) in FIXED_DAYS_OFF:
        return True
    if (day - easter_sunday(day.year)).days in DAYS_OFF_AROUND_EASTER:
        return True
    midsummer_eve = _weekday_from(date(day.year, 6, 19), SATURDAY - 1)
    all_saints = _weekday_from(date(day.year, 10, 31), SATURDAY)
    return day in {midsummer_eve, midsummer_eve + timedelta(days=1), all_saints}


def _weekday_from(first: date, weekday: int) -> date:
    return first + timedelta(days=(weekday - first.weekday()) % 7)


def is_working_day(day: date) -> bool:
    """A day from Monday to Friday that is neither a public holiday nor a free eve."""
    return day.weekday() < SATURDAY and not is_day_off(day)


def next_working_day(day: date) -> date:
    """That day if it is a working day, else the first one after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_days_before(day: date, count: int) -> date:
    """The working day that has `count - 1` others between itself and the day."""
    while count:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def default_dates(days: Sequence[Day]) -> SessionDates:
    """What a session's dates are when nobody says otherwise; counted back from its first day."""
    start = min(day.day for day in days)
    return SessionDates(
        cancel_by=start - timedelta(days=CANCEL_DAYS),
        go_no_go_on=start - timedelta(days=GO_NO_GO_DAYS),
        prepare_by=working_days_before(start, PREPARE_WORKING_DAYS),
    )


class HasPublicity(Protocol):
    """A session, wherever it was read from: its row, or what a list or a page has of it."""

    @property
    def publicity(self) -> Publicity:
        """Who may see it."""

    @property
    def is_reserve(self) -> bool:
        """Whether it was planned as a reserve session and has not been opened."""


def is_public(session: HasPublicity) -> bool:
    """Whether everybody may open its page; an archived or called-off session keeps its page."""
    return session.publicity is not Publicity.DRAFT and not session.is_reserve


def is_held_in_reserve(session: HasPublicity) -> bool:
    """Whether it is a reserve session that nobody has opened or given up."""
    return session.is_reserve and session.publicity is Publicity.DRAFT


@dataclass(frozen=True)
class SessionFacts:
    """What is judged of a session before it is written."""

    days: tuple[Day, ...]
    dates: SessionDates
    seats: int
    minimum: int
    reserved: int = 0
    """Seats that the soft reserves speak of, together."""


def faults_of(session: SessionFacts) -> Refusal | None:
    """A session has days, each once and with hours; fits its seats; and all its dates lie before it begins.

    Preparation may be done on the first day itself, but no later. Both dates of decision come before the first day,
    because nothing can be cancelled or decided once the session has begun.
    """
    if not session.days:
        return Refusal.SESSION_WITHOUT_DAYS
    if len({day.day for day in session.days}) != len(session.days):
        return Refusal.DAY_TWICE
    if any(day.starts >= day.ends for day in session.days):
        return Refusal.HOURS_OUT_OF_ORDER
    if session.seats < 1 or not 0 <= session.minimum <= session.seats:
        return Refusal.MINIMUM_ABOVE_SEATS
    if session.reserved > session.seats:
        return Refusal.RESERVES_ABOVE_SEATS
    return None if _in_order(session.dates, min(day.day for day in session.days)) else Refusal.DATES_OUT_OF_ORDER


def are_far_more(before: int, after: int) -> bool:
    """More than twice as many seats, and ten or more besides: 360 where 36 was meant, not 3 where there was 1."""
    return after > 2 * before and after - before >= MANY_MORE


def _in_order(dates: SessionDates, start: date) -> bool:
    prepared = dates.prepare_by is None or dates.prepare_by <= start
    return dates.cancel_by < start and dates.go_no_go_on < start and prepared


@dataclass(frozen=True)
class Hint:
    """Something odd that a coordinator is told, because they may not have meant it."""

    what: Oddity
    days: list[date]


def odd_days(days: Iterable[date]) -> list[Hint]:
    """Days of a course on which hardly anybody works. They are not refused: some courses are given on Saturdays."""
    ordered = sorted(days)
    holidays = [day for day in ordered if is_day_off(day)]
    weekend = [day for day in ordered if day.weekday() >= SATURDAY and day not in holidays]
    found = [Hint(Oddity.ON_WEEKEND, weekend), Hint(Oddity.ON_HOLIDAY, holidays)]
    return [hint for hint in found if hint.days]


def past_dates(days: Iterable[date], dates: SessionDates, *, today: date) -> list[Hint]:
    """What cannot be kept any more of a session that is planned; once it has begun, nothing else matters."""
    start = min(days)
    if start <= today:
        return [Hint(Oddity.BEGUN, [start])]
    found = {
        Oddity.DECISION_PAST: dates.go_no_go_on,
        Oddity.CANCELLING_PAST: dates.cancel_by,
        Oddity.PREPARING_PAST: dates.prepare_by,
    }
    return [Hint(what, [day]) for what, day in found.items() if day is not None and day < today]


@dataclass(frozen=True, kw_only=True)
class CourseFacts:
    """All that is said of a course, except its code and who may see it."""

    title: str
    kind: Kind
    description: str = ""
    objectives_2015: tuple[str, ...] = ()
    objectives_2021: tuple[str, ...] = ()
    day_count: int
    seats: int
    minimum: int
    preparatory_parts: int = 0
    sessions_per_year: int = 1
    order: Order = Order.DEADLINE
    swap_rings: bool = True
    required_share: int = 80
    """Per cent of the half days that it takes to have been through it."""
    needs_preparation: bool = False
    targets: Mapping[str, int]


def default_targets(kind: Kind) -> dict[str, int]:
    """Who a course is for when nobody has said so: a mandatory one is for residents only.

    Clinical and other courses need specialists as much as residents; doctors before residency come after both.
    """
    return {"ST": 0} if kind is Kind.MANDATORY else {"ST": 0, "SPEC": 0, "PRE": 1}


def only_looks_mandatory(kind: Kind, objectives_2015: Sequence[str]) -> bool:
    """A mandatory course meets an objective that demands a course; a clinical one must not be shown as mandatory.

    Only the rules of 2015 say of each objective whether it demands a course.
    """
    return kind is Kind.MANDATORY and not set(objectives_2015) & set(COURSE_BEARING_2015)


def course_faults_of(facts: CourseFacts) -> Refusal | None:
    """A course is for somebody, is mandatory only where a course is demanded, and its minimum fits its seats."""
    if only_looks_mandatory(facts.kind, facts.objectives_2015):
        return Refusal.ONLY_LOOKS_MANDATORY
    if not facts.targets or not set(facts.targets) <= set(GROUPS):
        return Refusal.NO_TARGET_GROUP
    if facts.seats < 1 or not 0 <= facts.minimum <= facts.seats:
        return Refusal.MINIMUM_ABOVE_SEATS
    return None


def code_of(text: str) -> str | None:
    """The code of a course as it is written: capitals, digits and hyphens, at most 20; None when it is none."""
    code = text.strip().upper()
    return code if re.fullmatch(r"[A-Z0-9](-?[A-Z0-9]){0,19}", code) and len(code) <= CODE_LENGTH else None


def objectives_in(text: str, known: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The objectives that a text names, in the order of the list, and the words in it that are none.

    They stand between blanks, commas, semicolons or bars; how they are capitalised means nothing.
    """
    spelling = {objective.casefold(): objective for objective in known}
    words = [word for word in re.split(r"[;,|\s]+", text) if word]
    found = {spelling[word.casefold()] for word in words if word.casefold() in spelling}
    unknown = tuple(word for word in words if word.casefold() not in spelling)
    return tuple(objective for objective in known if objective in found), unknown


def last_told(cancel_by: date, former: Sequence[Sequence[str]], *, since: datetime | None) -> date:
    """The latest last day to cancel that was told since then: for whoever has a seat since, it is the one.

    `former` has the moment, in ISO format, at which a sooner one was said instead, and what was said before.
    """
    told = [date.fromisoformat(day) for until, day in former if since and datetime.fromisoformat(until) >= since]
    return max([cancel_by, *told])
