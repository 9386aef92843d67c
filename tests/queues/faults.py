"""What must never be, what must not be once seats have been given, and what the tick must not have left undone."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from queues.model import IN_LINE, KEPT, SEATED, Term

from bookings.states import BookingState as State


def faults(term: Term) -> Iterator[str]:
    """What must never be, whatever has happened."""
    for venue in term.venues.values():
        if len(term.live(*KEPT, venue=venue)) > max(venue.seats, venue.crowd):
            yield f"{venue} has {venue.seats} seats, and {term.live(*KEPT, venue=venue)} in them"
    for doctor in term.doctors.values():
        seats = term.live(State.BOOKED, doctor=doctor)
        days = Counter(day for each in seats for day in each.venue.days)
        if max(days.values(), default=0) > 1:
            yield f"{doctor} is in two places on one day: {seats}"
        seats = term.live(*SEATED, doctor=doctor)
        if max(Counter(each.venue.course.name for each in seats).values(), default=0) > 1:
            yield f"{doctor} has two seats in one course: {seats}"

    for place in term.live(State.MUST_CHOOSE):
        if not term.elsewhere(place):
            yield f"{place} is to be chosen, and collides with nothing"
    for place in term.live(State.OFFERED):
        if place.answer_by is None or place.venue.begins - place.answer_by < timedelta(hours=12):
            yield f"{place} can be answered until {place.answer_by}, and begins {place.venue.begins}"


def seats_not_given(term: Term, now: datetime) -> Iterator[str]:
    """What must not be once free seats have been given: one that somebody in line would take."""
    for venue in term.venues.values():
        is_asked = bool(term.live(State.ASKED, venue=venue))
        if venue.is_ahead(now) and not is_asked and venue.begins - now > timedelta(hours=12):
            first = term.first(venue, now)
            if first is not None and term.free(venue) > 0:
                yield f"{term.free(venue)} seats in {venue} are free, and {first} would take one"
        for place in term.live(State.WAITING, venue=venue):
            if place.id in term.untold and venue.is_ahead(now):
                yield f"{place} has never been told"


def left_undone(term: Term, now: datetime) -> Iterator[str]:
    """What must not be once the tick has been round: a place where nothing can come, or an answer overdue."""
    for venue in term.venues.values():
        if venue.publicity in {"archived", "called_off"}:
            for place in term.live(*IN_LINE, State.OFFERED, venue=venue):
                yield f"{place} waits for what will not be"
    for place in term.live(State.OFFERED, State.ASKED, State.MUST_CHOOSE):
        if place.answer_by is None or place.answer_by < now:
            yield f"{place} should have been answered by {place.answer_by}"
