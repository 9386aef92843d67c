"""Rings that stand open: those who have seats in one course, wait for each other's, and could change at once."""

from collections.abc import Iterator
from datetime import datetime

from queues.model import Kind, Place, Subject, Term

from bookings.states import BookingState as State


def unclosed(term: Term, now: datetime) -> Iterator[str]:
    """What must not be once seats have been given: a ring of people who would all have what they want more."""
    for course in {each.course.id: each.course for each in term.venues.values()}.values():
        if course.code not in term.without_rings:
            stand = _in_rings(_wants(term, course, now), now)
            if stand:
                yield f"{stand} could change seats with each other"


Wants = dict[int, tuple[Place, set[Kind]]]
"""By person, the seat that they would leave, and the kinds of seats that they would leave it for."""


def _wants(term: Term, course: Subject, now: datetime) -> Wants:
    found: Wants = {}
    for place in term.live(State.WAITING):
        if place.venue.course != course or not (place.standing_yes and _is_full(term, place, now)):
            continue
        if term.live(State.OFFERED, State.ASKED, State.MUST_CHOOSE, doctor=place.doctor):
            continue
        leaves = term.leaves(place, now) or []
        if len(leaves) == 1 and leaves[0].venue.course == course and _is_full(term, leaves[0], now):
            found.setdefault(place.doctor.id, (leaves[0], set()))[1].add(place.kind(now))
    return found


def _is_full(term: Term, place: Place, now: datetime) -> bool:
    venue = place.venue
    return venue.publicity == "published" and venue.days_left(now) >= 21 and term.free(venue) == 0


def _in_rings(wants: Wants, now: datetime) -> list[Place]:
    """Whoever wants only what none of the others leaves is out; each who is left in the end can go on to another."""
    while True:
        left = {seat.kind(now) for seat, _ in wants.values()}
        still = {each: (seat, wanted & left) for each, (seat, wanted) in wants.items() if wanted & left}
        if len(still) == len(wants):
            return [seat for seat, _ in still.values()]
        wants = still
