"""The clock: asked once per request, job or command, and passed down from there."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The calendar day in Stockholm on which an aware moment falls."""
    return moment.astimezone(STOCKHOLM).date()


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """That wall-clock time in Stockholm on that day, as an aware moment in UTC."""
    return datetime.combine(day, time(hour, minute), STOCKHOLM).astimezone(UTC)


def parse(text: str) -> datetime:
    """An ISO 8601 moment; without an offset it is Stockholm time.

    Raises:
        ValueError: the text is not ISO 8601.
    """
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)).astimezone(UTC)
