"""What the pages of the courses room read.

`offered` is a course with its sessions, and a session; `search` the catalogue and what is looked for in it; `desk`
what coordinators list.
"""

from courses.queries.desk import DeskCourse, DeskFilters, desk_courses, desk_sessions, leaders, who_lead
from courses.queries.offered import Listed, coming_sessions, course, everybody_sees, session
from courses.queries.search import Filters, Found, catalogue, months

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
