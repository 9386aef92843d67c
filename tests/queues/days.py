"""Days and moments as a stranger reckons them: in Stockholm, with the days off of one spring."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
RED_DAYS = {date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 6), date(2027, 6, 25)}
"""Those between January and June that are no Saturday or Sunday; the last is the eve of Midsummer."""


def day_of(moment: datetime) -> date:
    """The day in Stockholm."""
    return moment.astimezone(STOCKHOLM).date()


def on_day(day: date, hour: time) -> datetime:
    """A moment by the clocks of Stockholm."""
    return datetime.combine(day, hour, STOCKHOLM).astimezone(UTC)


def working_days_before(day: date, count: int) -> date:
    """The working day that lies so many before a day."""
    while count:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def answer_by(begins: datetime, now: datetime) -> datetime:
    """When an offer lapses: not at night or on a day off, but at noon of the next working day, if that is in time."""
    plain, last = _hours_later(begins, now), begins - timedelta(hours=12)
    moved = _in_office_hours(plain)
    return moved if moved < last else min(plain, last)


def choose_by(begins: datetime, first: date, now: datetime) -> datetime:
    """When a choice ends: after as many hours, or in the evening before the first of the seats is needed."""
    return min(_in_office_hours(_hours_later(begins, now)), evening_before(first))


def _hours_later(begins: datetime, now: datetime) -> datetime:
    left = (day_of(begins) - day_of(now)).days
    return now + timedelta(hours=120 if left > 28 else 72 if left > 14 else 24)


def _in_office_hours(plain: datetime) -> datetime:
    local = plain.astimezone(STOCKHOLM)
    if is_working_day(local.date()) and time(8) <= local.time() <= time(18):
        return plain
    day = local.date() + timedelta(days=local.time() >= time(8))
    while not is_working_day(day):
        day += timedelta(days=1)
    return on_day(day, time(12))


def evening_before(day: date) -> datetime:
    """The last moment at which a seat can be given up that is needed on a day."""
    return on_day(day - timedelta(days=1), time(18))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in RED_DAYS
