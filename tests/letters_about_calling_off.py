"""The golden copies of what is posted when a session is called off."""

from collections.abc import Callable

from letter_facts import ANNA, HEART, LATER_SKIN, NOW, SKIN, Desk

from bookings import letters
from bookings.models import Booking
from courses.models import CourseSession

REASON = "Kursledaren är sjuk och går inte att ersätta."


def called_off(
    *,
    moved_to: CourseSession | None = None,
    lines: tuple[CourseSession, ...] = (),
    soon: tuple[CourseSession, ...] = (),
):
    def write(db: Desk) -> None:
        letters.session_called_off(
            db,
            (Booking(id=101, calendar_sequence=1), SKIN),
            person=ANNA,
            moved_to=(Booking(id=102, calendar_sequence=0), moved_to) if moved_to is not None else None,
            lines=lines,
            soon=soon,
            until="2028-1",
            reason=REASON,
            now=NOW,
        )

    return write


def line_called_off(*sisters: CourseSession):
    return lambda db: letters.line_called_off(
        db, Booking(id=101), person=ANNA, session=SKIN, sisters=sisters, now=NOW
    )


ABOUT_CALLING_OFF: dict[str, Callable[[Desk], None]] = {
    "session_called_off.moved": called_off(moved_to=LATER_SKIN),
    "session_called_off.moved_and_waits": called_off(moved_to=LATER_SKIN, lines=(HEART,)),
    "session_called_off.in_line": called_off(lines=(LATER_SKIN, HEART)),
    "session_called_off.precedence": called_off(),
    "session_called_off.soon": called_off(soon=(LATER_SKIN,)),
    "session_called_off.in_line_and_soon": called_off(lines=(HEART,), soon=(LATER_SKIN,)),
    "line_called_off": line_called_off(LATER_SKIN),
    "line_called_off.no_other": line_called_off(),
}
