"""When the funding of a seat must be settled, and what happens while it is not.

A seat and its funding are two facts. A resident's course is paid with means that the director of studies approves, in
another system; they must be there by the last day to cancel. For everybody else the employer pays, and nothing is to
be settled here. Source: the rules of the region's residency; how many days before is ours.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bookings.rules.answer_time import STOCKHOLM

REMIND_BEFORE = (14, 3)
"""Working days before the last day to cancel on which a resident is reminded, once each."""
RELEASES = time(18)
"""On the last day to cancel, where seats without funding are released at all: when that day's work is done."""

WorkingDaysBefore = Callable[[date, int], date]


class Unfunded(StrEnum):
    """What an installation does with a resident's seat that is not paid for by the last day to cancel."""

    KEEP = "keep"
    RELEASE = "release"


def reminders_due(*, cancel_by: date, today: date, working_days_before: WorkingDaysBefore) -> int:
    """How many reminders there should have been by today; after the last day to cancel there is no use in any."""
    if today > cancel_by:
        return 0
    return sum(today >= working_days_before(cancel_by, days) for days in REMIND_BEFORE)


def released_at(cancel_by: date) -> datetime:
    """When a seat is released for want of funding, where that is so."""
    return datetime.combine(cancel_by, RELEASES, STOCKHOLM).astimezone(UTC)


def may_announce(*, cancel_by: date, today: date, working_days_before: WorkingDaysBefore) -> bool:
    """Whether somebody who is told today that the seat is released has time to see to its funding.

    As many working days as after the last reminder; means are not approved in a day.
    """
    return today <= working_days_before(cancel_by, REMIND_BEFORE[-1])


def is_at_risk(
    *, cancel_by: date, told_on: date | None, reminders: int, told_from: date, working_days_before: WorkingDaysBefore
) -> bool:
    """Whether somebody loses the seat if nobody sees to its funding: they were told in time, or can be from a day on.

    Who has had every reminder without a word of it is not told any more.
    """
    if told_on is None and reminders == len(REMIND_BEFORE):
        return False
    return may_announce(cancel_by=cancel_by, today=told_on or told_from, working_days_before=working_days_before)


def is_released(
    *, cancel_by: date, told_on: date | None, now: datetime, working_days_before: WorkingDaysBefore
) -> bool:
    """Whether a seat without funding is released now: on that evening, and only from who was told so in time.

    Whoever was reminded while no seat was released, or came to the seat too late to be told, keeps it; and so does
    everybody when the evening was over long ago.
    """
    if told_on is None or not may_announce(
        cancel_by=cancel_by, today=told_on, working_days_before=working_days_before
    ):
        return False
    return released_at(cancel_by) <= now < released_at(cancel_by) + timedelta(days=1)
