"""What it costs to give a seat back, as a stranger reckons it, and what becomes of precedence that led to it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from queues.days import day_of
from queues.following import Follower, listed
from queues.model import FEE, SEATED, Place, Term

from bookings.states import BookingState as State
from bookings.states import CancelGround as Ground
from lararportal.journal import Entry

GRACE = timedelta(hours=120)
"""So long a seat that was given after the last day to cancel can be given back as if it were before it."""


class GivenBack(Follower):
    """Who is late has a reason, and may have to pay; who goes before others again did not want to give it up."""

    def _insist_on_cost(self, place: Place, entry: Entry) -> None:
        """What is late is recorded with its ground; the office is never late, and nobody pays for an illness."""
        ground, is_late = self.term.ground, is_late_to_leave(self.term, place, entry.at)
        expected = is_late and ground is not Ground.OURS, percent(place, ground, entry.at) if is_late else 0
        assert (entry.facts["late"], entry.facts["fee"]) == expected, f"{place}: late, fee should be {expected}"
        place.ground = ground if is_late or ground is Ground.OURS else None
        if is_late:
            for each in self.term.live(State.CANCELLED, doctor=place.doctor, venue=place.venue):
                each.owes = False
            place.owes = ground is Ground.OTHER

    def _insist_on_precedence(self, place: Place, entry: Entry, *, holds_again: bool) -> None:
        """It holds again whole or not at all."""
        told = [each for each in self.told if each.deed == "precedence.kept" and each.facts["booking"] == place.id]
        kept = {each.facts["precedence"] for each in told}
        had = kept | {number for number, seat in self.term.used.items() if seat == place.id}
        expected = had if holds_again else set()
        assert kept == expected, f"{entry.deed}: of {had} hold again {kept}"

    def _leave(self, entry: Entry, new: Place, *, told: datetime) -> list[Place]:
        """The seats that are given up for a new one: of its course or list, and never before it is certain."""
        left = [self.term.places[number] for number in listed(entry.facts["left"])]
        new.bound = bound(self.term, left, told)
        for old in left:
            assert old.state in SEATED, f"{old} is left, and was {old.state}"
            is_of_course = old.venue.course == new.venue.course
            assert old.doctor == new.doctor
            assert is_of_course or (new.ranked is not None and old.ranked == new.ranked), f"{old} is left for {new}"
            self._end(old, State.MOVED, entry.at)
            if is_of_course:
                new.is_funded = old.is_funded
        return left

    def precedence_used(self, entry: Entry) -> None:
        number = entry.facts["precedence"]
        assert self.term.precedence[number] == (entry.person_id, self._venue(entry).course.id)
        assert number not in self.term.used
        self.term.used[number] = entry.facts["booking"]

    def precedence_kept(self, entry: Entry) -> None:
        """Who gave back in time a seat that they were moved to, or one that was moved, goes before others again."""
        place = self.rows[entry.facts["booking"]]
        assert (place.state in {State.CANCELLED, State.MOVED, State.LAPSED}, place.ended) == (True, entry.at)
        assert self.term.used.pop(entry.facts["precedence"]) == place.id

    def precedence_displaced(self, entry: Entry) -> None:
        self.term.precedence[entry.facts["precedence"]] = entry.person_id, self._venue(entry).course.id

    def seats_charged(self, entry: Entry) -> None:
        """Whoever was there after all owes nothing for having cancelled before."""
        venue = self._venue(entry)
        assert venue.days[-1] < day_of(entry.at)
        for seat in self.term.live(State.BOOKED, venue=venue):
            for each in self.term.live(State.CANCELLED, doctor=seat.doctor, venue=venue):
                each.owes = False


def is_late_to_leave(term: Term, seat: Place, at: datetime) -> bool:
    """After the last day that they were told, unless it was given just now; always when it was changed for late."""
    if term.is_free(seat) or term.is_being_chosen(seat):
        return False
    if seat.bound is not None:
        return True
    return day_of(at) > seat.last_day and (seat.since is None or at - seat.since > GRACE)


def percent(seat: Place, ground: Ground | None, at: datetime) -> int:
    """Of the course's fee; the steps grow towards the start, or that of a seat that this was changed for."""
    if ground is not Ground.OTHER:
        return 0
    reached = [(days, part) for days, part in FEE if days_left(seat, at) <= days]
    return min(reached)[1] if reached else 0


def bound(term: Term, left: Iterable[Place], at: datetime) -> int | None:
    """How a seat is bound that these are given up for: by the nearest start among those that it is late to leave."""
    return min((days_left(each, at) for each in left if is_late_to_leave(term, each, at)), default=None)


def days_left(seat: Place, at: datetime) -> int:
    left = seat.venue.days_left(at)
    return left if seat.bound is None else min(left, seat.bound)


def owing(rows: Iterable[Place]) -> set[int]:
    """The late cancellations that are charged for; what is called off costs nothing, as the tick finds later."""
    return {each.id for each in rows if each.owes and each.venue.publicity != "called_off"}
