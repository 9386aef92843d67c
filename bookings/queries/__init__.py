"""What pages read.

`rows` are the sessions, `rounds` the rounds, `lottery` theirs, `mine` a doctor's own, `situation` what they may do
with a session, `wishes` what they may ask for, `staff` what is for coordinators and leaders, `glimpses` what the
start page shows.
"""

from bookings.queries.glimpses import my_calendar, next_seat
from bookings.queries.lottery import LotteryView, lotteries, lotteries_with, lottery
from bookings.queries.mine import (
    ApplicationView,
    DecisionView,
    MyCourses,
    Place,
    Seat,
    application,
    my_courses,
    my_seat,
)
from bookings.queries.rounds import (
    RoundView,
    RunView,
    demand,
    open_round_with,
    open_rounds,
    open_rounds_with_course,
    round_sessions,
    round_view,
    rounds,
    run_summary,
    sessions_for_round,
)
from bookings.queries.rows import SessionRow, row_of
from bookings.queries.situation import Situation, my_situation
from bookings.queries.staff import (
    Desk,
    MinimumRow,
    Roster,
    RosterRow,
    below_minimum,
    desk,
    leads,
    led_by,
    roster,
)
from bookings.queries.wishes import Wish, wishes

__all__ = [
    "ApplicationView",
    "DecisionView",
    "Desk",
    "LotteryView",
    "MinimumRow",
    "MyCourses",
    "Place",
    "Roster",
    "RosterRow",
    "RoundView",
    "RunView",
    "Seat",
    "SessionRow",
    "Situation",
    "Wish",
    "application",
    "below_minimum",
    "demand",
    "desk",
    "leads",
    "led_by",
    "lotteries",
    "lotteries_with",
    "lottery",
    "my_calendar",
    "my_courses",
    "my_seat",
    "my_situation",
    "next_seat",
    "open_round_with",
    "open_rounds",
    "open_rounds_with_course",
    "roster",
    "round_sessions",
    "round_view",
    "rounds",
    "row_of",
    "run_summary",
    "sessions_for_round",
    "wishes",
]
