"""The rows of the room, from what is offered to what was said of it.

`sessions` has courses and what they are given as, `preparation` what there is to do before, `materials` its files and
links, `messages` what was written to who comes, `needs` what people need then, `days` who was there, `certificates`
what they have of it, `evaluations` what they are asked about it, `reflections` what its leader thinks of it,
`reviews` what somebody from outside says of it, and `reports` what they have done elsewhere.
"""

from courses.models.certificates import Certificate
from courses.models.days import Attendance, Completion
from courses.models.evaluations import AnswerBox, Asked, Evaluation, Masking, QuestionForm
from courses.models.materials import Material, MaterialFile
from courses.models.messages import Message
from courses.models.needs import NEED_LENGTH, Need
from courses.models.preparation import (
    PART_ADDRESS_LENGTH,
    PART_TITLE_LENGTH,
    PreparationMark,
    PreparationPart,
    PreparationReminder,
)
from courses.models.reflections import Reflection
from courses.models.reports import CourseReport, ReportDocument
from courses.models.reviews import Review, ReviewAction
from courses.models.sessions import (
    BY_START,
    COURSE_AND_DAYS,
    HELD_IN_RESERVE,
    REASON_LENGTH,
    Course,
    CourseDay,
    CourseSession,
    SessionLeader,
)

__all__ = [
    "BY_START",
    "COURSE_AND_DAYS",
    "HELD_IN_RESERVE",
    "NEED_LENGTH",
    "PART_ADDRESS_LENGTH",
    "PART_TITLE_LENGTH",
    "REASON_LENGTH",
    "AnswerBox",
    "Asked",
    "Attendance",
    "Certificate",
    "Completion",
    "Course",
    "CourseDay",
    "CourseReport",
    "CourseSession",
    "Evaluation",
    "Masking",
    "Material",
    "MaterialFile",
    "Message",
    "Need",
    "PreparationMark",
    "PreparationPart",
    "PreparationReminder",
    "QuestionForm",
    "Reflection",
    "ReportDocument",
    "Review",
    "ReviewAction",
    "SessionLeader",
]
