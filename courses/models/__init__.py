"""The rows of the room: courses and what they are given as (`sessions`), who was there (`days`), `certificates`."""

from courses.models.certificates import Certificate
from courses.models.days import Attendance, Completion
from courses.models.sessions import REASON_LENGTH, Course, CourseDay, CourseSession, SessionLeader

__all__ = [
    "REASON_LENGTH",
    "Attendance",
    "Certificate",
    "Completion",
    "Course",
    "CourseDay",
    "CourseSession",
    "SessionLeader",
]
