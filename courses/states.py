"""The words of the courses room: kinds, states, learning objectives, and the reasons to refuse."""

from enum import StrEnum


class Kind(StrEnum):
    """What kind of course it is. Only a mandatory course may be shown as mandatory."""

    MANDATORY = "obligatorisk"
    CLINICAL = "klinisk"
    OTHER = "ovrig"


class Publicity(StrEnum):
    """Who may see a course or a course session: coordinators only, everybody, or nobody new."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    CALLED_OFF = "called_off"


PUBLICITY_MOVES = {
    Publicity.DRAFT: {Publicity.PUBLISHED, Publicity.ARCHIVED},
    Publicity.PUBLISHED: {Publicity.ARCHIVED, Publicity.CALLED_OFF},
    Publicity.ARCHIVED: {Publicity.PUBLISHED},
    Publicity.CALLED_OFF: set[Publicity](),
}


class Order(StrEnum):
    """The order of precedence of a course (allocation rules, section 1)."""

    DEADLINE = "deadline"
    STRAIGHT = "straight"
    REVERSED = "reversed"


GROUPS = ("ST", "SPEC", "PRE")
"""The groups of doctors that a course may be for: residents, specialists, doctors before residency."""

OBJECTIVES_2015 = (
    *(f"a{n}" for n in range(1, 7)),
    *(f"b{n}" for n in range(1, 6)),
    *(f"c{n}" for n in range(1, 15)),
)
OBJECTIVES_2021 = (
    *(f"STa{n}" for n in range(1, 8)),
    *(f"STb{n}" for n in range(1, 5)),
    *(f"STc{n}" for n in range(1, 16)),
)
COURSE_BEARING_2015 = ("a1", "a2", "a5", "a6", "b1", "b2", "b3", "b4", "b5", "c3", "c6", "c14")
"""The objectives of 2015 that demand a course (SOSFS 2015:8)."""

COURSE_BEARING_2021 = ("STa1", "STa4", "STb1", "STb2", "STb3", "STb4", "STc3", "STc6", "STc14", "STc15")
"""Their counterparts in the rules of 2021, as the mandatory courses of the catalogue pair them."""


class Half(StrEnum):
    """Which half of a day."""

    MORNING = "fm"
    AFTERNOON = "em"


class Presence(StrEnum):
    """Whether somebody was there for a half day."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT_ILL = "absent_ill"
    ABSENT_OTHER = "absent_other"


class Source(StrEnum):
    """Who said so: a leader, the participant by the code on the screen, or a coordinator afterwards."""

    LEADER = "leader"
    SELF = "self"
    OFFICE = "office"


class Absence(StrEnum):
    """Why somebody with a seat was never there."""

    NO_SHOW = "no_show"
    ILL = "ill"


class CourseOutcome(StrEnum):
    """Whether somebody has been through a course."""

    PASSED = "passed"
    NOT_PASSED = "not_passed"


class Lack(StrEnum):
    """What somebody lacks who has not."""

    ATTENDANCE = "attendance"
    PREPARATION = "preparation"
    COMPETENCE = "competence"


class CertificateKind(StrEnum):
    """What form a certificate has.

    Kind A has the fields of Socialstyrelsen's form, by the rules of 2015 (Bilaga 5) or 2021 (Bilaga 10); B is ours.
    """

    A_2015 = "a_2015"
    A_2021 = "a_2021"
    B = "b"


class CertificateState(StrEnum):
    """What has become of a version of a certificate: only one that is valid says something that holds."""

    MAKING = "making"
    VALID = "valid"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class ReportState(StrEnum):
    """What has become of a course that somebody says they have taken elsewhere."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class QuestionKind(StrEnum):
    """How a question of an evaluation is answered: on a scale from 1 to 6, by a choice, or in words."""

    SCALE = "scale"
    CHOICE = "choice"
    TEXT = "text"


class Diet(StrEnum):
    """What is usual to ask a caterer for."""

    VEGETARIAN = "vegetarian"
    VEGAN = "vegan"
    NO_GLUTEN = "no_gluten"
    NO_LACTOSE = "no_lactose"
    NO_MILK = "no_milk"
    NO_NUTS = "no_nuts"
    NO_FISH = "no_fish"
    NO_PORK = "no_pork"


class Todo(StrEnum):
    """What a leader has to do about a session."""

    TELL_PROGRAMME = "tell_programme"
    NOTE_ATTENDANCE = "note_attendance"
    COMPLETE = "complete"
    CERTIFY = "certify"
    SIGN = "sign"
    SEE_PREPARATION = "see_preparation"


class MaterialShown(StrEnum):
    """When participants see a file or a link of a session."""

    BEFORE = "before"
    AFTER = "after"
    ALWAYS = "always"


class ReviewState(StrEnum):
    """How far the review of a course has come: open, stated for good, answered by the unit, or closed."""

    OPEN = "open"
    STATED = "stated"
    ANSWERED = "answered"
    CLOSED = "closed"


class Refusal(StrEnum):
    """Why the courses room says no."""

    CODE_TAKEN = "code_taken"
    ONLY_LOOKS_MANDATORY = "only_looks_mandatory"
    NO_TARGET_GROUP = "no_target_group"
    COURSE_NOT_PUBLISHED = "course_not_published"
    COURSE_HAS_SESSIONS_AHEAD = "course_has_sessions_ahead"
    SESSION_WITHOUT_DAYS = "session_without_days"
    SESSION_HAS_BEGUN = "session_has_begun_already"
    SESSION_DAYS_PAST = "session_days_past"
    SESSION_NOT_OVER = "session_not_over"
    MINIMUM_ABOVE_SEATS = "minimum_above_seats"
    RESERVES_ABOVE_SEATS = "reserves_above_seats"
    DATES_OUT_OF_ORDER = "dates_out_of_order"
    HOURS_OUT_OF_ORDER = "hours_out_of_order"
    DAY_TWICE = "day_twice"
    NOT_A_LEADER = "not_a_leader"
    SESSION_IS_RESERVE = "session_is_reserve"
    SESSION_IS_NO_RESERVE = "session_is_no_reserve"
    NOT_IN_THIS_STATE = "not_in_this_state"
    BOOKING_CLOSED_ALREADY = "booking_closed_already"
    BOOKING_NOT_CLOSED = "booking_not_closed"
    CLOSING_WITHOUT_REASON = "closing_without_reason"
    CHANGED_MEANWHILE = "changed_meanwhile"
    CHANGE_NOT_CONFIRMED = "change_not_confirmed"
    IMPORT_FAULTY = "import_faulty"
    HALF_DAY_AHEAD = "half_day_ahead"
    ATTENDANCE_LOCKED = "attendance_locked"
    MINUTES_OUT_OF_RANGE = "minutes_out_of_range"
    NOT_BOOKED_HERE = "not_booked_here"
    NOTES_ONESELF = "notes_oneself"
    CHECK_IN_CLOSED = "check_in_closed"
    CHECK_IN_OVER = "check_in_over"
    CODE_OLD = "code_old"
    CODE_FORGED = "code_forged"
    CODE_USED = "code_used"
    SESSION_STILL_GOES_ON = "session_still_goes_on"
    VERDICT_MISSING = "verdict_missing"
    CORRECTION_WITHOUT_REASON = "correction_without_reason"
    DAY_HAS_ATTENDANCE = "day_has_attendance"
    COMPLETED_DAYS_STAY = "completed_days_stay"
    COMPLETED_ALREADY = "completed_already"
    COMPLETED_WITHOUT_REASON = "completed_without_reason"
    SESSION_NOT_COMPLETED = "session_not_completed"
    NOBODY_SIGNS = "nobody_signs"
    SIGNED_AHEAD = "signed_ahead"
    SIGNED_BEFORE_MADE = "signed_before_made"
    NO_RESIDENT = "no_resident"
    OBJECTIVE_NOT_DEMANDED = "objective_not_demanded"
    REPORTED_AHEAD = "reported_ahead"
    TOO_MANY_REPORTS = "too_many_reports"
    DOCUMENT_TOO_LARGE = "document_too_large"
    DOCUMENT_OF_OTHER_KIND = "document_of_other_kind"
    REPORT_DECIDED = "report_decided"
    DECLINED_WITHOUT_REASON = "declined_without_reason"
    NEEDS_TOO_LATE = "needs_too_late"
    MATERIAL_TOO_LARGE = "material_too_large"
    MATERIAL_OF_OTHER_KIND = "material_of_other_kind"
    MATERIAL_WITH_PROGRAM = "material_with_program"
    TOO_MUCH_MATERIAL = "too_much_material"
    NOBODY_TO_WRITE_TO = "nobody_to_write_to"
    RECIPIENTS_CHANGED = "recipients_changed"
    MESSAGE_TWICE = "message_twice"
    QUIZ_ASKS_NOTHING = "quiz_asks_nothing"
    QUIZ_WITHOUT_CHOICE = "quiz_without_choice"
    QUIZ_WITHOUT_RIGHT = "quiz_without_right"
    ANSWERED_ALREADY = "evaluation_answered_already"
    EVALUATION_CLOSED = "evaluation_closed"
    NOTHING_ANSWERED = "evaluation_nothing_answered"
    NO_SUCH_ANSWER = "evaluation_no_such_answer"
    TEXT_MASKED_ALREADY = "text_masked_already"
    TEXT_NOT_MASKED = "text_not_masked"
    REASON_TELLS_TEXT = "reason_tells_text"
    LED_THEMSELVES = "led_themselves"
    HALF_YEAR_NOT_OVER = "review_half_year_not_over"
    REVIEW_OPENED_ALREADY = "review_opened_already"
    NOTHING_TO_REVIEW = "review_nothing_held"
    STATEMENT_INCOMPLETE = "review_statement_incomplete"
    REVIEW_ELSEWHERE = "review_elsewhere"
    ANSWER_WITHOUT_TEXT = "review_answer_without_text"
    ACTION_DONE_ALREADY = "review_action_done_already"


class Oddity(StrEnum):
    """What is seldom meant of a session, and may be meant all the same."""

    ON_WEEKEND = "session_on_weekend"
    ON_HOLIDAY = "session_on_holiday"
    BEGUN = "session_begun"
    DECISION_PAST = "session_decision_past"
    CANCELLING_PAST = "session_cancelling_past"
    PREPARING_PAST = "session_preparing_past"


class ImportFault(StrEnum):
    """What can be wrong with a catalogue file, with a row of it or with a field."""

    NOT_UTF8 = "import_not_utf8"
    UNREADABLE = "import_unreadable"
    NUL = "import_nul"
    NO_ROWS = "import_no_rows"
    MISSING_COLUMN = "import_missing_column"
    COLUMN_TWICE = "import_column_twice"
    CELL_COUNT = "import_cell_count"
    BAD_CODE = "import_bad_code"
    CODE_TWICE = "import_code_twice"
    EMPTY = "import_empty"
    TOO_LONG = "import_too_long"
    BREAKS = "text_breaks"
    TURNS_AROUND = "text_turns_around"
    UNKNOWN_KIND = "import_unknown_kind"
    UNKNOWN_OBJECTIVE = "import_unknown_objective"
    ONLY_LOOKS_MANDATORY = "import_only_looks_mandatory"
    NOT_A_NUMBER = "import_not_a_number"
    OUT_OF_RANGE = "import_out_of_range"
    MINIMUM_ABOVE_SEATS = "import_minimum_above_seats"
