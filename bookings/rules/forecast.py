"""How many will come: what a session that too few have booked can expect by its start, and how far that reaches."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction

USUAL_SEATS, USUAL_LOST = 40, 2
"""What is taken to have happened before anything has: of 40 seats two were given back. A course without a past is
reckoned so, and each of its own seats weighs as much as one of these."""


@dataclass(frozen=True)
class Past:
    """An earlier session of the course: its seats as long before its start as it is now, and those lost since."""

    seats: int
    lost: int


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What is expected of a session, with all that it was reckoned from."""

    booked: int
    minimum: int
    waiting_elsewhere: int
    """Who waits for another session of the course, has no seat in it and could come here."""
    past_seats: int
    past_lost: int

    @property
    def lost_share(self) -> Fraction:
        """The share of its seats that will be given back before the start."""
        return Fraction(self.past_lost + USUAL_LOST, self.past_seats + USUAL_SEATS)

    @property
    def drop_outs(self) -> int:
        """How many of the booked are expected to give their seats back, to the nearest whole."""
        return int(self.booked * self.lost_share + Fraction(1, 2))

    @property
    def comers(self) -> int:
        """How many of those who are booked now will come."""
        return self.booked - self.drop_outs

    @property
    def missing(self) -> int:
        """How many more are needed for as many as the minimum to come."""
        return max(0, self.minimum - self.comers)

    @property
    def verdict(self) -> "Verdict":
        """What it amounts to."""
        if not self.missing:
            return Verdict.ENOUGH
        return Verdict.WITHIN_REACH if self.missing <= self.waiting_elsewhere else Verdict.SHORT


class Verdict(Enum):
    """Enough will come; enough would if those who wait elsewhere did; or not even then."""

    ENOUGH = auto()
    WITHIN_REACH = auto()
    SHORT = auto()


def expectation(*, booked: int, minimum: int, waiting_elsewhere: int, past: Iterable[Past]) -> Expectation:
    """What to expect: of the booked as many stay as stayed in earlier sessions of the course.

    Only what was given back as late as this, or later, is counted there; sessions that were called off are not.
    """
    known = list(past)
    return Expectation(
        booked=booked,
        minimum=minimum,
        waiting_elsewhere=waiting_elsewhere,
        past_seats=sum(each.seats for each in known),
        past_lost=sum(each.lost for each in known),
    )
