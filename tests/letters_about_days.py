"""The golden copies of what is posted about the days of a session."""

from collections.abc import Callable

from letter_facts import ANNA, NOW, SKIN, Desk

from courses import letters
from courses.days.half_days import halves_of
from courses.models import Completion
from courses.states import Absence, CourseOutcome, Presence


def absent(states: list[Presence | None], *lacks: str, absence: Absence | None = None) -> Callable[[Desk], None]:
    missed = [(half, state) for half, state in zip(halves_of(SKIN), states, strict=True) if state != Presence.PRESENT]
    outcome = CourseOutcome.NOT_PASSED if lacks else CourseOutcome.PASSED
    completion = Completion(outcome=outcome, lacks=list(lacks), absence=absence)
    return lambda db: letters.absence_noted(
        db, person=ANNA, session=SKIN, missed=missed, completion=completion, now=NOW
    )


ABOUT_DAYS: dict[str, Callable[[Desk], None]] = {
    "absence_noted": absent(
        [Presence.PRESENT, None, Presence.ABSENT_ILL, Presence.PRESENT], "attendance", "competence"
    ),
    "absence_noted.passed": absent([Presence.PRESENT, Presence.ABSENT_OTHER, *[Presence.PRESENT] * 2]),
    "absence_noted.ill": absent([Presence.ABSENT_ILL] * 4, "attendance", absence=Absence.ILL),
    "absence_noted.no_show": absent([None] * 4, "attendance", absence=Absence.NO_SHOW),
}
