"""What the register says of a resident on a given day: months served and months left (allocation rules, 2.1)."""

from datetime import date

NO_PLANNED_END = 999
"""Months left of somebody without a planned end: specialists, and doctors before their residency."""


def whole_months(start: date, end: date) -> int:
    """Whole months from start to end: a month is whole when its day of the month is reached."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day)


def months_served(*, residency_start: date | None, leave_months: int, on: date) -> int:
    """Whole months of residency on that day, leave not counted; 0 before it begins and without one."""
    if residency_start is None or on <= residency_start:
        return 0
    return max(0, whole_months(residency_start, on) - leave_months)


def months_left(*, planned_end: date | None, on: date) -> int:
    """Whole months to the planned end, a begun month counted as one; 0 once it has passed."""
    if planned_end is None:
        return NO_PLANNED_END
    if planned_end <= on:
        return 0
    whole = whole_months(on, planned_end)
    month_is_begun = planned_end.day != on.day
    return whole + month_is_begun
