"""In vain: who had a seat in a course and did not pass lacks it as before, and may have a seat in it once more.

What the leader of a session says of somebody is known when it is completed (`courses.days`). Until then whoever had
the seat to the end is taken to have been through the course.
"""

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from bookings.models import Booking
from bookings.states import SEATED
from courses.models import Completion, CourseSession
from courses.states import CourseOutcome


def in_vain(seat: type[Booking] = Booking) -> ColumnElement[bool]:
    """Of a booking: its session is completed, and the person was not there, or not for enough to pass."""
    return exists().where(
        Completion.session_id == seat.session_id,
        Completion.person_id == seat.person_id,
        Completion.outcome == CourseOutcome.NOT_PASSED,
    )


def has_seat_in(course_id: int) -> ColumnElement[bool]:
    """Of a booking: whose it is has a seat in the course, and had it not in vain."""
    seat, session = aliased(Booking), aliased(CourseSession)
    return exists().where(
        session.id == seat.session_id,
        session.course_id == course_id,
        seat.state.in_(SEATED),
        seat.person_id == Booking.person_id,
        ~in_vain(seat),
    )
