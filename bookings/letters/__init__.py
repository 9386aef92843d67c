"""What is posted to whom when: one function for each letter of the bookings room.

`rounds` about what was asked for and decided, `seats` and `offers` about seats and the line, `changes` about sessions
that staff have changed, `funding` about who pays, `decisions` about what somebody decides beside the rules,
`calling_off` about sessions that are not held, `minimum` about those that too few have booked.
"""

from bookings.letters.calling_off import (
    line_called_off,
    session_called_off,
    session_called_off_to_staff,
)
from bookings.letters.changes import (
    choice_lapsed,
    choice_reminder,
    seat_chosen,
    seat_had_again,
    session_changed,
    session_changed_for_applicant,
    session_changed_for_leader,
)
from bookings.letters.decisions import (
    placed_by_exception,
    precedence_granted,
    precedence_revoked,
)
from bookings.letters.funding import funding_missing, seat_unfunded
from bookings.letters.minimum import (
    decision_day_moved,
    few_booked,
    free_seats,
    reserve_wanted,
    session_runs,
    session_runs_after_all,
    too_few_booked,
)
from bookings.letters.offers import (
    answer_reminder,
    call_out_over,
    called_out,
    offer_lapsed,
    offer_withdrawn,
    seat_offered,
)
from bookings.letters.rounds import (
    application_changed,
    application_received,
    application_withdrawn,
    decided,
    lottery_to_commit,
    lottery_to_reveal,
)
from bookings.letters.seats import (
    Lines,
    cancellation_undone,
    place_in_line,
    seat_booked,
    seat_cancelled,
    seat_cancelled_late,
    seat_from_line,
    seat_moved,
    seat_swapped,
    taken_off_line,
)

__all__ = [
    "Lines",
    "answer_reminder",
    "application_changed",
    "application_received",
    "application_withdrawn",
    "call_out_over",
    "called_out",
    "cancellation_undone",
    "choice_lapsed",
    "choice_reminder",
    "decided",
    "decision_day_moved",
    "few_booked",
    "free_seats",
    "funding_missing",
    "line_called_off",
    "lottery_to_commit",
    "lottery_to_reveal",
    "offer_lapsed",
    "offer_withdrawn",
    "place_in_line",
    "placed_by_exception",
    "precedence_granted",
    "precedence_revoked",
    "reserve_wanted",
    "seat_booked",
    "seat_cancelled",
    "seat_cancelled_late",
    "seat_chosen",
    "seat_from_line",
    "seat_had_again",
    "seat_moved",
    "seat_offered",
    "seat_swapped",
    "seat_unfunded",
    "session_called_off",
    "session_called_off_to_staff",
    "session_changed",
    "session_changed_for_applicant",
    "session_changed_for_leader",
    "session_runs",
    "session_runs_after_all",
    "taken_off_line",
    "too_few_booked",
]
