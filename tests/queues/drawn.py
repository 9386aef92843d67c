"""What a round must have decided, by who got a seat there and who waits: judged once, as the term begins."""

from collections.abc import Iterator, Sequence

from bookings_room import CLOSES
from queues.model import IN_TIME, SEATED, Place, Term, Venue

from bookings.states import BookingState as State


def faults_of_round(term: Term) -> Iterator[str]:
    """A key that is not by the register of the closing day, a seat left over, and a seat that others had to have."""
    for place in (each for each in term.places.values() if each.wave == IN_TIME):
        merits = term.merits(place.doctor, place.venue, CLOSES)
        if place.key != merits:
            yield f"{place} stands by {place.key}, and should by {merits}"
    for venue in term.venues.values():
        holders = [each for each in term.live(*SEATED, venue=venue) if each.wave == IN_TIME]
        for place in term.live(State.WAITING, venue=venue):
            would_come = place.wave == IN_TIME and term.leaves(place, CLOSES) is not None
            if would_come and place in _kept(venue, [*holders, place]):
                yield f"{place} should have a seat before one of {holders}"


def _kept(venue: Venue, takers: Sequence[Place]) -> list[Place]:
    """The best of each group that seats are reserved for, and then the best of all others (section 2.4)."""
    best = sorted(takers, key=lambda each: each.turn)
    protected = [
        each
        for group, seats in venue.reserves.items()
        for each in [each for each in best if each.doctor.group == group][:seats]
    ]
    others = [each for each in best if each not in protected]
    return [*protected, *others[: venue.seats - len(protected)]]
