"""The rows of the room: courses and their `sessions`, `preparation`, `days`, `certificates`, and `reports`."""

from courses.models.certificates import Certificate
from courses.models.days import Attendance, Completion
from courses.models.preparation import (
    PART_ADDRESS_LENGTH,
    PART_TITLE_LENGTH,
    PreparationMark,
    PreparationPart,
    PreparationReminder,
)
from courses.models.reports import CourseReport, ReportDocument
from courses.models.sessions import REASON_LENGTH, Course, CourseDay, CourseSession, SessionLeader

__all__ = [
    "PART_ADDRESS_LENGTH",
    "PART_TITLE_LENGTH",
    "REASON_LENGTH",
    "Attendance",
    "Certificate",
    "Completion",
    "Course",
    "CourseDay",
    "CourseReport",
    "CourseSession",
    "PreparationMark",
    "PreparationPart",
    "PreparationReminder",
    "ReportDocument",
    "SessionLeader",
]
