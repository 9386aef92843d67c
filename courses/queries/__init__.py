"""What the pages of the courses room read: the catalogue, a course, a session, and the coordinator's lists."""

from courses.queries.desk import DeskCourse, DeskFilters, desk_courses, desk_sessions, leaders, who_lead
from courses.queries.offered import (
    Filters,
    Found,
    Listed,
    catalogue,
    coming_sessions,
    course,
    everybody_sees,
    months,
    session,
)

__all__ = [
    "DeskCourse",
    "DeskFilters",
    "Filters",
    "Found",
    "Listed",
    "catalogue",
    "coming_sessions",
    "course",
    "desk_courses",
    "desk_sessions",
    "everybody_sees",
    "leaders",
    "months",
    "session",
    "who_lead",
]
