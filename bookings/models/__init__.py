"""The rows of the room.

`rounds` with lottery and runs, `applications` with decisions, `bookings` with their days, `minimum` with the cases of
sessions that too few have booked, `precedence` with what is decided for one person beside the rules, `absences` with
what it costs to stay away, `calendars` with the addresses by which people's calendars follow what they have.
"""

from bookings.models.absences import AbsenceCharge
from bookings.models.applications import Application, Choice, Decision
from bookings.models.bookings import Booking, SeatDay, is_in
from bookings.models.calendars import CalendarFeed
from bookings.models.minimum import CourseWish, Invitation, MinimumCase, MinimumStep, ReserveNotice
from bookings.models.precedence import LineException, Precedence
from bookings.models.rounds import Round, RoundSession, Run, SessionDecision

__all__ = [
    "AbsenceCharge",
    "Application",
    "Booking",
    "CalendarFeed",
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
    "is_in",
]
