"""The rows of the room: courses and their `sessions`, who was there (`days`), `certificates`, and `reports`."""

from courses.models.certificates import Certificate
from courses.models.days import Attendance, Completion
from courses.models.reports import CourseReport, ReportDocument
from courses.models.sessions import REASON_LENGTH, Course, CourseDay, CourseSession, SessionLeader

__all__ = [
    "REASON_LENGTH",
    "Attendance",
    "Certificate",
    "Completion",
    "Course",
    "CourseDay",
    "CourseReport",
    "CourseSession",
    "ReportDocument",
    "SessionLeader",
]
