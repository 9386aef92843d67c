"""What pages read.

`rows` are the sessions, `rounds` the rounds, `lottery` theirs, `mine` a doctor's own, `goals` the objectives of a
resident, `undoable` what was given back just now, `decided` what rounds decided for them, `choosing` between which
seats they choose, `places` where they stand in line and what is offered to them, `situation` what they may do with a
session, `wishes` what they may ask for, `leading` a leader's own sessions, `staff` what is for coordinators and
leaders, `invoicing` what can be invoiced, `funding` who pays, `minimum` what is done about sessions that too few have
booked, `runs` what was drawn up and `dry_run` what it would mean, `glimpses` what the start page shows,
`calendar_feeds` what somebody's own calendar follows, `history` what counts of somebody before they apply, and
`precedence` and `exceptions` who goes before others by a decision.

For everybody: `fairness` is what may be known of a round, `pressure` how many wanted the seats of earlier ones. For
one doctor alone: `own_decision`, with all that is behind it, and `my_data`, all that is held of them.
"""

from bookings.queries.calendar_feeds import OwnFeed, feed, own_feed
from bookings.queries.choosing import ToChoose
from bookings.queries.decided import DecisionView
from bookings.queries.dry_run import EffectView, Preview, effect, preview
from bookings.queries.exceptions import (
    ExceptionRow,
    FrozenPrecedence,
    RoundExceptions,
    exceptions,
    exceptions_for,
)
from bookings.queries.fairness import RoundRules, round_rules, verification_file
from bookings.queries.funding import (
    Funding,
    FundingRow,
    insist_on_seats_in,
    settled,
    unsettled,
    unsettled_count,
)
from bookings.queries.glimpses import Question, my_calendar, next_question, next_seat
from bookings.queries.goals import MyGoals, my_goals, reported_count
from bookings.queries.history import (
    CourseCounts,
    Reckoning,
    RoundCounts,
    TurnedDown,
    WhatCounts,
    round_counts,
    what_counts,
)
from bookings.queries.leading import Led, led_by
from bookings.queries.lottery import LotteryView, lotteries, lotteries_with, lottery
from bookings.queries.mine import (
    ApplicationView,
    MyCourses,
    Seat,
    application,
    my_courses,
    my_seat,
)
from bookings.queries.minimum import (
    CaseView,
    MinimumRow,
    StepRow,
    asks_to_be_told,
    below_minimum,
    decided_to_run,
    minimum_case,
)
from bookings.queries.own_decision import OwnDecision, own_decision
from bookings.queries.places import Offer, Place
from bookings.queries.precedence import (
    PrecedenceRow,
    courses_for,
    precedence,
    precedences,
    precedences_of,
    rounds_past_closing,
    sessions_to_place_in,
)
from bookings.queries.pressure import Pressure, pressure, pressure_of_round
from bookings.queries.rounds import (
    RoundView,
    ToApplyIn,
    demand,
    open_rounds,
    open_rounds_with_course,
    planned,
    round_sessions,
    round_view,
    rounds,
    sessions_for_round,
    to_apply_in,
)
from bookings.queries.rows import SessionRow, row_of
from bookings.queries.runs import RunView, run_summary
from bookings.queries.situation import Situation, my_situation, open_round_with, sisters_of
from bookings.queries.staff import (
    Desk,
    Roster,
    RosterRow,
    desk,
    interested,
    leads,
    roster,
    seated,
)
from bookings.queries.wishes import Wish, may_apply, wishes

__all__ = [
    "ApplicationView",
    "CaseView",
    "CourseCounts",
    "DecisionView",
    "Desk",
    "EffectView",
    "ExceptionRow",
    "FrozenPrecedence",
    "Funding",
    "FundingRow",
    "Led",
    "LotteryView",
    "MinimumRow",
    "MyCourses",
    "MyGoals",
    "Offer",
    "OwnDecision",
    "OwnFeed",
    "Place",
    "PrecedenceRow",
    "Pressure",
    "Preview",
    "Question",
    "Reckoning",
    "Roster",
    "RosterRow",
    "RoundCounts",
    "RoundExceptions",
    "RoundRules",
    "RoundView",
    "RunView",
    "Seat",
    "SessionRow",
    "Situation",
    "StepRow",
    "ToApplyIn",
    "ToChoose",
    "TurnedDown",
    "WhatCounts",
    "Wish",
    "application",
    "asks_to_be_told",
    "below_minimum",
    "courses_for",
    "decided_to_run",
    "demand",
    "desk",
    "effect",
    "exceptions",
    "exceptions_for",
    "feed",
    "insist_on_seats_in",
    "interested",
    "leads",
    "led_by",
    "lotteries",
    "lotteries_with",
    "lottery",
    "may_apply",
    "minimum_case",
    "my_calendar",
    "my_courses",
    "my_goals",
    "my_seat",
    "my_situation",
    "next_question",
    "next_seat",
    "open_round_with",
    "open_rounds",
    "open_rounds_with_course",
    "own_decision",
    "own_feed",
    "planned",
    "precedence",
    "precedences",
    "precedences_of",
    "pressure",
    "pressure_of_round",
    "preview",
    "reported_count",
    "roster",
    "round_counts",
    "round_rules",
    "round_sessions",
    "round_view",
    "rounds",
    "rounds_past_closing",
    "row_of",
    "run_summary",
    "seated",
    "sessions_for_round",
    "sessions_to_place_in",
    "settled",
    "sisters_of",
    "to_apply_in",
    "unsettled",
    "unsettled_count",
    "verification_file",
    "what_counts",
    "wishes",
]
