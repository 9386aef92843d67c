"""The dates of the demonstration: everything is reckoned from the day it is built on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from courses.rules import Day, is_working_day
from lararportal import clock

DAY = timedelta(days=1)
HOURS = (time(8, 30), time(16, 30))
SOON = timedelta(weeks=5)
YEAR = timedelta(weeks=51)
FRIDAY = 4


@dataclass(frozen=True)
class Timeline:
    """When what happened; days are counted from `now`, moments lie in the past but for the closing of a round."""

    now: datetime

    @property
    def today(self) -> date:
        """The day in Stockholm."""
        return clock.day_of(self.now)

    def on(self, days: int, hour: int, minute: int = 0) -> datetime:
        """That time of day, so many days from today, or on the next working day; what has been stays before now."""
        day = self.today + timedelta(days=days)
        while not is_working_day(day):
            day += DAY
        moment = clock.at(day, hour, minute)
        return min(moment, self.now) if days <= 0 else moment

    def some_time(self, rng: Random, begin: datetime, end: datetime) -> datetime:
        """A moment between the two, between seven in the morning and ten in the evening."""
        days = (clock.day_of(end) - clock.day_of(begin)).days
        day = clock.day_of(begin) + timedelta(days=rng.randint(0, days))
        moment = clock.at(day, rng.randint(7, 21), rng.randint(0, 59))
        return min(max(moment, begin), end)


def in_months(day: date, months: int, *, day_of_month: int) -> date:
    """A day so many months away."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, day_of_month)


def is_quiet(day: date) -> bool:
    """Weeks in which nobody gives courses: high summer, and around Christmas."""
    return (
        (6, 15) <= (day.month, day.day) <= (8, 14)
        or (day.month, day.day) >= (12, 17)
        or (day.month, day.day) <= (1, 8)
    )


def course_weeks(today: date) -> list[date]:
    """The Mondays of the weeks of the coming year in which courses are given, from some weeks ahead."""
    monday = today + SOON
    monday -= DAY * monday.weekday()
    weeks = []
    while monday <= today + YEAR:
        if not is_quiet(monday):
            weeks.append(monday)
        monday += 7 * DAY
    return weeks


def days_within_week(monday: date, count: int, *, turn: int) -> list[date]:
    """So many consecutive working days in that week, or in the first one after it that has as many.

    `turn` shifts the first day, so that courses do not all begin on Mondays.
    """
    while True:
        starts = range(FRIDAY + 2 - count)
        for shift in starts:
            first = monday + DAY * starts[(turn + shift) % len(starts)]
            days = [first + DAY * index for index in range(count)]
            if all(map(is_working_day, days)):
                return days
        monday += 7 * DAY


def days_near(today: date, offset: int, count: int) -> list[date]:
    """Consecutive working days from the one nearest `offset` days away: before it when past, after it when ahead."""
    step = DAY if offset > 0 else -DAY
    first = today + DAY * offset
    while not is_working_day(first):
        first += step
    days = [first]
    while len(days) < count:
        following = days[-1] + DAY
        while not is_working_day(following):
            following += DAY
        days.append(following)
    return days


def hours(days: Sequence[date]) -> list[Day]:
    """Days as they are planned, from morning to afternoon."""
    return [Day(day, *HOURS) for day in days]
