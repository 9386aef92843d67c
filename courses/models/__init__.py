"""The rows of the room: `sessions` has courses and what they are given as, `days` who was there and passed."""

from courses.models.days import Attendance, Completion
from courses.models.sessions import REASON_LENGTH, Course, CourseDay, CourseSession, SessionLeader

__all__ = [
    "REASON_LENGTH",
    "Attendance",
    "Completion",
    "Course",
    "CourseDay",
    "CourseSession",
    "SessionLeader",
]
