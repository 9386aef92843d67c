"""What is told of residents' seats that have to be paid for, and what becomes of those that are not."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from queues.days import day_of, on_day, working_days_before
from queues.following import Follower
from queues.model import SEATED, Place, Term

from bookings.states import BookingState as State
from lararportal.journal import Entry

REMINDED_BEFORE = (14, 3)
"""Working days before the last day to cancel."""


class Funding(Follower):
    """Recorded by who answers for the resident, reminded of twice, and released where that was said in time."""

    def funding_settled(self, entry: Entry) -> None:
        place = self._funding_of(entry)
        assert not place.is_funded
        place.is_funded = True

    def funding_unsettled(self, entry: Entry) -> None:
        place = self._funding_of(entry)
        assert place.is_funded
        place.is_funded = False
        forget_reminders(place)

    def _funding_of(self, entry: Entry) -> Place:
        place = self._place(entry, *SEATED)
        area = self.term.directors.get(entry.by or 0)
        assert place.doctor.id != entry.by
        assert entry.by not in self.term.directors or area == place.doctor.area, f"{place} is of another area"
        assert place.doctor.residency is not None
        return place

    def funding_reminded(self, entry: Entry) -> None:
        place = self._place(entry, *SEATED)
        due = reminders_due(place, entry.at)
        assert is_unfunded(place)
        assert place.reminders < due, f"{place} has been reminded of {place.reminders} times, and {due} are due"
        place.reminders = due
        place.release_told = (place.release_told or entry.at) if entry.facts["announced"] else None
        assert place.release_told is None or is_told_in_time(place), f"{place} is to be released, and is told so late"
        self._owe(place, "funding_missing")

    def seat_unfunded(self, entry: Entry) -> None:
        place = self._place(entry, *SEATED)
        assert is_unfunded(place)
        assert is_released(place, entry.at), f"{place} is released, and was told so {place.release_told}"
        self._end(place, State.UNFUNDED, entry.at)
        self._owe(place, "seat_unfunded")


def forget_reminders(place: Place) -> None:
    """The last day to cancel is another, or the seat is not paid for after all."""
    place.reminders, place.release_told = 0, None


def is_unfunded(place: Place) -> bool:
    """A resident's seat that nobody has said is paid for; of what others have the employer pays."""
    return place.doctor.residency is not None and not place.is_funded


def reminders_due(place: Place, now: datetime) -> int:
    """How many reminders there must have been, as long as there is time to do something about it."""
    today, last = day_of(now), place.venue.cancel_by
    return sum(working_days_before(last, days) <= today <= last for days in REMINDED_BEFORE)


def is_released(place: Place, now: datetime) -> bool:
    """On the evening of the last day to cancel, from who was told so at least three working days before."""
    if place.release_told is None or place.venue.days_left(now) < 1:
        return False
    last = place.venue.cancel_by
    return is_told_in_time(place) and on_day(last, time(18)) <= now < on_day(last, time(18)) + timedelta(days=1)


def is_told_in_time(place: Place) -> bool:
    """Whether there were as many working days left as after the last reminder."""
    told = place.release_told
    return told is not None and day_of(told) <= working_days_before(place.venue.cancel_by, REMINDED_BEFORE[-1])


def not_reminded(term: Term, now: datetime) -> Iterator[str]:
    """What must not be once the tick has been round: a reminder that is due, but on the day of the booking itself."""
    for place in term.live(*SEATED):
        is_new = place.since is None or day_of(place.since) >= day_of(now)
        if place.venue.publicity == "published" and is_unfunded(place) and not is_new:
            due = reminders_due(place, now)
            if place.reminders < due:
                yield f"{place} has been reminded {place.reminders} times of its funding, and {due} are due"


def not_released(term: Term, now: datetime) -> Iterator[str]:
    """As `not_reminded`, where seats are released."""
    for place in term.live(*SEATED):
        if place.venue.publicity == "published" and is_unfunded(place) and is_released(place, now):
            yield f"{place} should have been released"
