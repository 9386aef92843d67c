"""The rows of the room.

`rounds` with lottery and runs, `applications` with decisions, `bookings` with their days, `minimum` with the cases of
sessions that too few have booked, `precedence` with what is decided for one person beside the rules, `absences` with
what it costs to stay away.
"""

from bookings.models.absences import AbsenceCharge
from bookings.models.applications import Application, Choice, Decision
from bookings.models.bookings import Booking, SeatDay
from bookings.models.minimum import CourseWish, Invitation, MinimumCase, MinimumStep, ReserveNotice
from bookings.models.precedence import LineException, Precedence
from bookings.models.rounds import Round, RoundSession, Run, SessionDecision

__all__ = [
    "AbsenceCharge",
    "Application",
    "Booking",
    "Choice",
    "CourseWish",
    "Decision",
    "Invitation",
    "LineException",
    "MinimumCase",
    "MinimumStep",
    "Precedence",
    "ReserveNotice",
    "Round",
    "RoundSession",
    "Run",
    "SeatDay",
    "SessionDecision",
]
