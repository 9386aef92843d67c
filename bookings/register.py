"""What the register says of a person on a day: everything that counts for seats, and nothing that a form says."""

from dataclasses import dataclass
from datetime import date

from auth.models import Person
from auth.states import Standing
from bookings.rules.register import months_left, months_served


@dataclass(frozen=True)
class RegisterFacts:
    """Group, whole months of residency served, whole months left to the planned end (allocation rules, 2.1)."""

    group: str | None
    served: int
    left: int


def group_of(person: Person) -> str | None:
    """The group that counts when seats are given; None until somebody has confirmed what the person is."""
    if person.standing is not Standing.CONFIRMED or person.category is None:
        return None
    return person.category.group


def facts_of(person: Person, *, on: date) -> RegisterFacts:
    """The person's facts on that day; only residents serve months and have months left."""
    is_resident = person.category is not None and person.category.is_resident
    start, end = (person.residency_start, person.planned_end) if is_resident else (None, None)
    return RegisterFacts(
        group=group_of(person),
        served=months_served(residency_start=start, leave_months=person.leave_months, on=on),
        left=months_left(planned_end=end, on=on),
    )
