"""The rows of the room: `rounds` with lottery and runs, `applications` with decisions, `bookings` with their days."""

from bookings.models.applications import Application, Choice, Decision
from bookings.models.bookings import Booking, MinimumWarning, SeatDay
from bookings.models.rounds import Round, RoundSession, Run

__all__ = [
    "Application",
    "Booking",
    "Choice",
    "Decision",
    "MinimumWarning",
    "Round",
    "RoundSession",
    "Run",
    "SeatDay",
]
