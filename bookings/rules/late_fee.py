"""What a late cancellation costs, where the rule is on: a part of the course's fee that grows towards the start."""

from collections.abc import Sequence
from datetime import date

from bookings.states import CancelGround, Refusal

FeeSteps = Sequence[tuple[int, int]]
"""From so many days before the start it costs so many per cent. Without any, cancellations are recorded only."""

OWN_GROUNDS = tuple(each for each in CancelGround if each is not CancelGround.OURS)
"""What somebody gives who cancels their own seat; the other is for staff, when it is the office that takes it."""
EXCUSED = (CancelGround.ILLNESS, CancelGround.CARE, CancelGround.OURS)
"""Nobody pays for having been ill, for having had to look after a child, or for what we have done ourselves."""
TOLD_IN_WORDS = (CancelGround.OTHER, CancelGround.OURS)


def fee_percent(
    steps: FeeSteps,
    *,
    is_late: bool,
    ground: CancelGround | None,
    starts_on: date,
    bound_days: int | None,
    today: date,
) -> int | None:
    """How many per cent a cancellation costs today; None where nothing but the cancellation is recorded.

    What is in time is free, whatever the steps say. "From 14 days before the start" includes the fourteenth day;
    days are calendar days. Source: the domain, section 5 (a setting, since providers differ).
    """
    if not steps:
        return None
    if not is_late or ground in EXCUSED:
        return 0
    left = days_left(starts_on=starts_on, bound_days=bound_days, today=today)
    reached = [(days, percent) for days, percent in steps if left <= days]
    return min(reached)[1] if reached else 0


def days_left(*, starts_on: date, bound_days: int | None, today: date) -> int:
    """The days until the start; a seat that was changed for too late has no more than the one it was changed for."""
    left = (starts_on - today).days
    return left if bound_days is None else min(left, bound_days)


def what_ground_lacks(*, is_late: bool, ground: CancelGround | None, words: str) -> Refusal | None:
    """What is late has a ground; what is neither illness nor the care of a child is told in words.

    In time nobody owes one, but a reason of the office is always told.
    """
    if not is_late and ground is not CancelGround.OURS:
        return None
    if ground is None:
        return Refusal.GROUND_MISSING
    return Refusal.GROUND_NOT_IN_WORDS if ground in TOLD_IN_WORDS and not words.strip() else None
