"""The words of the bookings room: states with their allowed moves, outcomes, and the reasons to refuse."""

from enum import StrEnum


class RoundState(StrEnum):
    """An application round, from plan to published decisions."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    REVEALED = "revealed"
    ALLOCATED = "allocated"
    PUBLISHED = "published"


ROUND_MOVES = {
    RoundState.PLANNED: {RoundState.OPEN},
    RoundState.OPEN: {RoundState.CLOSED},
    RoundState.CLOSED: {RoundState.REVEALED},
    RoundState.REVEALED: {RoundState.ALLOCATED},
    RoundState.ALLOCATED: {RoundState.ALLOCATED, RoundState.PUBLISHED},
    RoundState.PUBLISHED: set[RoundState](),
}


class PublicKind(StrEnum):
    """Where the lottery's public value comes from: the drand network, or a draw or closing price that is named."""

    DRAND = "drand"
    NAMED = "named"

    @property
    def form(self) -> str:
        """How the value is written, and enters the seed: the bytes that hex digits stand for, or a text's UTF-8."""
        return "hex" if self is PublicKind.DRAND else "text"


class LotteryAct(StrEnum):
    """The steps of a round's lottery that somebody has to take."""

    COMMIT = "commit"
    GO_ON_WITHOUT = "go_on_without"
    REVEAL = "reveal"
    OPEN_COPY = "open_copy"
    ENTER_VALUE = "enter_value"
    REPLACE_SOURCE = "replace_source"


class ApplicationState(StrEnum):
    """An application counts until it is withdrawn."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class BookingState(StrEnum):
    """What a person has in a session: a place in line, a seat that is held for them, a seat, or none any more."""

    WAITING = "waiting"
    ASKED = "asked"
    OFFERED = "offered"
    BOOKED = "booked"
    MUST_CHOOSE = "must_choose"
    CANCELLED = "cancelled"
    MOVED = "moved"
    LEFT = "left"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CALLED_OFF = "called_off"
    UNFUNDED = "unfunded"


GIVEN_UP = (BookingState.CANCELLED, BookingState.MOVED, BookingState.CALLED_OFF, BookingState.UNFUNDED)
REFUSED = (BookingState.DECLINED, BookingState.LAPSED)
"""A seat that was kept for somebody and not taken."""
BOOKING_MOVES = {
    BookingState.WAITING: {BookingState.BOOKED, BookingState.OFFERED, BookingState.ASKED, BookingState.LEFT},
    BookingState.ASKED: {BookingState.BOOKED, BookingState.WAITING, BookingState.LEFT},
    BookingState.OFFERED: {BookingState.BOOKED, BookingState.WAITING, BookingState.LEFT, *REFUSED},
    BookingState.BOOKED: {BookingState.MUST_CHOOSE, *GIVEN_UP},
    BookingState.MUST_CHOOSE: {BookingState.BOOKED, BookingState.LAPSED, *GIVEN_UP},
    **{each: set[BookingState]() for each in (BookingState.LEFT, *GIVEN_UP, *REFUSED)},
    BookingState.CANCELLED: {BookingState.BOOKED},
}
IN_LINE = (BookingState.WAITING, BookingState.ASKED)
"""No seat is held for whoever is in line; those who are asked in a call-out stand where they stood."""
ANSWERABLE = (BookingState.ASKED, BookingState.OFFERED)
OPEN = (*IN_LINE, BookingState.OFFERED)  # What may still become a seat.
SEATED = (BookingState.BOOKED, BookingState.MUST_CHOOSE)
"""A seat, also while its holder chooses between it and another that they have on a day the session was moved to."""
LIVE = (*OPEN, *SEATED)


class Origin(StrEnum):
    """How a place in line or a seat came about."""

    ROUND = "round"
    DIRECT = "direct"
    LINE = "line"
    REBOOKING = "rebooking"
    SWAP = "swap"
    DISPLACED = "displaced"


IN_TIME, LATE = 0, 1
"""The waves of a line: who applied in time stands before who came later (allocation rules, section 2.9)."""


class PrecedenceKind(StrEnum):
    """How a precedence came about: the organiser called off the person's session, or somebody granted it."""

    CALLED_OFF = "called_off"
    GRANTED = "granted"


class PrecedenceState(StrEnum):
    """What has become of a precedence; one is over when its terms are, or used, or revoked."""

    HELD = "held"
    USED = "used"
    REVOKED = "revoked"
    OVER = "over"


class ExceptionKind(StrEnum):
    """Why somebody is put among those who applied in time, after a round was published."""

    HARDSHIP = "hardship"
    PRECEDENCE = "precedence"


class Ground(StrEnum):
    """The documented reason of an exception, as it can be counted; the decision has it in words too."""

    ILLNESS = "illness"
    PARENTAL_LEAVE = "parental_leave"
    SERVICE = "service"
    OUR_MISTAKE = "our_mistake"
    CALLED_OFF = "called_off"
    OTHER = "other"


GROUNDS_FOR_ONE = tuple(each for each in Ground if each is not Ground.CALLED_OFF)
"""What somebody gives as the ground for one person; the other comes with a session that is called off."""


class CancelGround(StrEnum):
    """Why a seat is given back; what is late needs one, and another one than the first two is told in words."""

    ILLNESS = "illness"
    CARE = "care"
    OTHER = "other"
    OURS = "ours"


class Charge(StrEnum):
    """What a row of the invoice basis is about."""

    SEAT = "seat"
    LATE_CANCELLATION = "late_cancellation"
    NO_SHOW = "no_show"
    CREDIT = "credit"


class Outcome(StrEnum):
    """What was decided for a person and session (allocation rules, 2.8); the last is our own, for the unconfirmed."""

    INELIGIBLE = "INELIGIBLE"
    CANCELLED = "CANCELLED"
    ADMITTED = "ADMITTED"
    WAITLISTED = "WAITLISTED"
    HELD_BACK = "HELD_BACK"
    BETTER_SESSION = "BETTER_SESSION"
    CONFLICT = "CONFLICT"
    CAP = "CAP"
    UNCONFIRMED = "UNCONFIRMED"


class SessionFate(StrEnum):
    """What staff decide about a session between two drawings up of a round."""

    OPENED = "opened"
    CLOSED = "closed"


class Refusal(StrEnum):
    """Why the bookings room says no."""

    PROFILE_NOT_CONFIRMED = "profile_not_confirmed"
    PROFILE_INCOMPLETE = "profile_incomplete"
    NOT_IN_TARGET_GROUP = "not_in_target_group"
    ROUND_NOT_OPEN = "round_not_open"
    ROUND_STATE = "round_state"
    ROUND_IS_OPEN = "round_is_open"
    ROUND_DATES = "round_dates"
    ROUND_TOO_SHORT = "round_too_short"
    ROUND_CLOSES_LATER = "round_closes_later"
    ROUND_WITHOUT_SESSIONS = "round_without_sessions"
    SESSION_UNFIT_FOR_ROUND = "session_unfit_for_round"
    SESSION_HAS_SEATS_TAKEN = "session_has_seats_taken"
    SESSION_IN_OTHER_ROUND = "session_in_other_round"
    NO_CHOICES = "no_choices"
    CHOICE_TWICE = "choice_twice"
    SESSION_NOT_IN_ROUND = "session_not_in_round"
    CAP_OUT_OF_RANGE = "cap_out_of_range"
    NO_APPLICATION = "no_application"
    DECIDES_OVER_OWN_SEAT = "decides_over_own_seat"
    SECOND_PARTY_UNFIT = "second_party_unfit"
    SECOND_PARTY_APPLIES = "second_party_applies"
    SECOND_PARTY_IS_BOUND = "second_party_is_bound"
    SECOND_PARTY_HAS_TIME = "second_party_has_time"
    NOT_THE_SECOND_PARTY = "not_the_second_party"
    LOTTERY_TOO_SOON = "lottery_too_soon"
    LOTTERY_WITHOUT_SOURCE = "lottery_without_source"
    LOTTERY_UNBOUND = "lottery_unbound"
    LOTTERY_SETTLED = "lottery_settled"
    COMMITMENT_MALFORMED = "commitment_malformed"
    COMMITMENT_REPLACED = "commitment_replaced"
    COMMITTED_TOO_LATE = "committed_too_late"
    NOTHING_COMMITTED = "nothing_committed"
    REVEALED_TOO_EARLY = "revealed_too_early"
    REVEALED_ANOTHER = "revealed_another"
    VALUE_NOT_YET_KNOWN = "value_not_yet_known"
    VALUE_MALFORMED = "value_malformed"
    VALUE_REPLACED = "value_replaced"
    VALUE_IS_THERE = "value_is_there"
    GOING_ON_WITHOUT_REASON = "going_on_without_reason"
    SEATS_CHANGED = "seats_changed"
    SESSION_DECIDED_SO = "session_decided_so"
    SESSION_GONE_SINCE = "session_gone_since"
    DRAWN_UP_SINCE = "drawn_up_since"
    DRAWN_UP_BEFORE_DECISION = "drawn_up_before_decision"
    CHECK_FAILED = "check_failed"
    SESSION_NOT_OPEN = "session_not_open"
    SESSION_IN_ROUND = "session_in_round"
    BOOKING_NOT_YET_OPEN = "booking_not_yet_open"
    BOOKING_CLOSED = "booking_is_closed"
    SESSION_STARTED = "session_started"
    ALREADY_BOOKED = "already_booked"
    ALREADY_WAITING = "already_waiting"
    COURSE_TAKEN_BEFORE = "course_taken_before"
    COURSE_ALREADY_BOOKED = "course_already_booked"
    DAY_TAKEN = "day_taken"
    DAY_TAKEN_MEANWHILE = "day_taken_meanwhile"
    DAY_WAITED_FOR = "day_waited_for"
    NOT_BOOKED = "not_booked"
    GROUND_MISSING = "ground_missing"
    GROUND_NOT_IN_WORDS = "ground_not_in_words"
    NOTHING_TO_UNDO = "nothing_to_undo"
    UNDONE_TOO_LATE = "undone_too_late"
    SEAT_GIVEN_ON = "seat_given_on"
    CANCELLED_BY_STAFF = "cancelled_by_staff"
    NOT_WAITING = "not_waiting"
    PERSON_NOT_WAITING = "person_not_waiting"
    NOT_OFFERED = "not_offered"
    OFFER_LAPSED = "offer_lapsed"
    OFFER_COLLIDES = "offer_collides"
    ANSWER_MEANS_OTHER = "answer_means_other"
    NOTHING_TO_CHOOSE = "nothing_to_choose"
    CHOSEN_TOO_LATE = "chosen_too_late"
    NO_TIME_TO_CHOOSE = "no_time_to_choose"
    OFFERED_HERE = "offered_here"
    NOT_AT_SHORT_NOTICE = "not_at_short_notice"
    OTHER_COURSE = "other_course"
    SESSION_FULL = "session_full"
    LINE_GOES_FIRST = "line_goes_first"
    DECIDES_ABOUT_ONESELF = "decides_about_oneself"
    DECIDES_OVER_OWN_COURSE = "decides_over_own_course"
    DECISION_WITHOUT_REASON = "decision_without_reason"
    PERSON_NOT_CONFIRMED = "person_not_confirmed"
    PERSON_NOT_ELIGIBLE = "person_not_eligible"
    PERSON_HAS_NO_SEAT = "person_has_no_seat"
    FUNDING_NOT_NEEDED = "funding_not_needed"
    FUNDING_NOT_SETTLED = "funding_not_settled"
    PERSON_HAS_SEAT = "person_has_seat"
    PERSON_ELSEWHERE = "person_elsewhere"
    PERSON_OFFERED = "person_offered"
    PRECEDENCE_HELD = "precedence_held"
    PRECEDENCE_OVER = "precedence_over"
    PRECEDENCE_MISSING = "precedence_missing"
    NOT_LAST_CHANCE = "not_last_chance"
    STANDS_IN_TIME = "stands_in_time"
    SESSION_NOT_GIVEN = "session_not_given"
    DECIDES_OVER_OWN_SESSION = "decides_over_own_session"
    SAME_COURSE_WANTED = "same_course_wanted"
    SESSION_TO_BE_GIVEN = "session_to_be_given"
    NOT_TO_BE_CALLED_OFF = "not_to_be_called_off"
    OUTLOOK_CHANGED = "outlook_changed"
    MERGE_LEAVES_SOMEBODY = "merge_leaves_somebody"
    NOBODY_TO_MOVE = "nobody_to_move"
    NO_SUCH_SISTER = "no_such_sister"
    DAY_MOVED_BEFORE = "day_moved_before"
    DAY_UNFIT = "day_unfit"
    DECIDED_TO_RUN = "decided_to_run"
    DAY_OF_OPEN_CASE = "day_of_open_case"
    ENOUGH_BOOKED = "enough_booked"
    NOBODY_TO_INVITE = "nobody_to_invite"
    NOTHING_RESERVED = "nothing_reserved"
    NOT_HELD_IN_RESERVE = "not_held_in_reserve"
