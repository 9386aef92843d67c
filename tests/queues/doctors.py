"""What doctors do in the queues, as the journal tells it."""

from dataclasses import replace
from datetime import timedelta

from queues.following import NEVER_HAD, OPEN, is_live
from queues.late import GivenBack
from queues.model import LATE, SEATED, Place

from bookings.states import BookingState as State
from bookings.states import CancelGround as Ground
from lararportal.journal import Entry


class DoctorsDeeds(GivenBack):
    """Seats and places are asked for, changed and given back."""

    def seat_booked(self, entry: Entry) -> None:
        self._insist_that_it_is_open(entry)
        waiting = self.term.places.get(entry.facts["booking"])
        place = waiting or replace(self.rows[entry.facts["booking"]])
        assert self.term.is_for(place.doctor, place.venue.course, entry.at)
        self._insist_that_nobody_waits(place, entry.at)
        if waiting is None:
            place = self._new(entry, State.BOOKED)
        else:
            self._place(entry, State.WAITING).state = State.BOOKED
        self._owe(place, "seat_booked", besides=self._strike(entry, place))

    def _insist_that_it_is_open(self, entry: Entry) -> None:
        """Somebody new comes only when there has been time to read what a round decided."""
        venue = self._venue(entry)
        assert venue.is_ahead(entry.at)
        is_new = entry.facts["booking"] not in self.term.places
        assert not (is_new and venue.is_closed), f"{venue} is closed to who is new"
        assert venue.opens is None or entry.at >= venue.opens, f"{venue} can be booked from {venue.opens}"

    def line_joined(self, entry: Entry) -> None:
        is_carried = "carried_from" in entry.facts
        if not is_carried:
            self._insist_that_it_is_open(entry)
        place = self._new(entry, State.WAITING)
        if is_carried:
            self._carried(place, entry)
        else:
            expected = LATE, self.term.merits(place.doctor, place.venue, entry.at), entry.at
            assert (place.wave, place.key, place.joined) == expected, f"{place} stands by {place.turn}"
        self._owe(place, "place_in_line")

    def line_left(self, entry: Entry) -> None:
        self._end(self._place(entry, State.WAITING), State.LEFT, entry.at)

    def line_reordered(self, entry: Entry) -> None:
        moved, other = self._place(entry, *OPEN), self.term.places[entry.facts["after"]]
        mine = sorted(
            [each for each in self.term.places.values() if each.doctor is moved.doctor and is_live(each)],
            key=lambda each: (each.rank, each.state in SEATED, each.id),
        )
        assert mine.index(moved) < mine.index(other), f"{moved} stood behind {other}, and is to be lowered"
        mine.remove(moved)
        mine.insert(mine.index(other) + 1, moved)
        for rank, each in enumerate(mine, start=1):
            each.rank = rank

    def line_answered_beforehand(self, entry: Entry) -> None:
        place = self._place(entry, State.WAITING)
        place.standing_yes, place.short_notice = entry.facts["standing_yes"], entry.facts["short_notice"]

    def seat_cancelled(self, entry: Entry) -> None:
        place = self._place(entry, *SEATED)
        assert place.venue.days_left(entry.at) > 0
        self._insist_on_cost(place, entry)
        is_theirs = self.term.ground is not Ground.OURS and not place.is_displaced
        not_theirs = not is_theirs or self.term.is_being_chosen(place)
        self._insist_on_precedence(place, entry, holds_again=not_theirs and not entry.facts["late"])
        self._end(place, State.CANCELLED, entry.at)
        self._owe(place, "seat_cancelled_late" if entry.facts["late"] else "seat_cancelled")

    def seat_restored(self, entry: Entry) -> None:
        place = self._place(entry, State.CANCELLED)
        assert place.ended is not None
        assert entry.at - place.ended <= timedelta(minutes=10), f"{place} was cancelled at {place.ended}"
        assert self.term.live(State.ASKED, venue=place.venue) == []
        if place.venue.crowd <= place.venue.seats:
            self._insist_that_it_is_free(place, entry)
        for each in self.term.live(*OPEN, doctor=place.doctor):
            if each.joined >= place.ended and each.rank <= place.rank:
                each.rank += place.rank
        place.state, place.ended, place.owes, place.ground = State.BOOKED, None, False, None
        self._owe(place, "cancellation_undone", besides=self._strike(entry, place))

    def _insist_that_it_is_free(self, place: Place, entry: Entry) -> None:
        assert self.term.free(place.venue) > 0, f"{place}: no seat was free"
        later = [each for each in self.term.live(State.CANCELLED, venue=place.venue) if each.ended > place.ended]
        theirs = [each for each in later if entry.at - each.ended <= timedelta(minutes=10)]
        assert self.term.free(place.venue) > len(theirs), f"{place} is undone with the seat of {theirs}"

    def seat_moved(self, entry: Entry) -> None:
        self._insist_that_it_is_open(entry)
        number = entry.facts["booking"]
        waiting = self.term.places.get(number)
        new = waiting or replace(
            self.rows[number], ended=None, is_funded=False, round_id=None, wave=LATE, **NEVER_HAD
        )
        self._insist_that_nobody_waits(new, entry.at)
        [old] = self._leave(entry, new, told=entry.at)
        self._succeed(new, old)
        self.term.places[number] = new
        new.state = State.BOOKED
        self._owe(new, "seat_moved", besides=[old, *self._strike(entry, new)])

    def offer_declined(self, entry: Entry) -> None:
        place = self._place(entry, State.OFFERED)
        assert place.answer_by is not None
        assert entry.at <= place.answer_by
        self._end(place, State.DECLINED, entry.at)

    def call_out_accepted(self, entry: Entry) -> None:
        place = self._place(entry, State.ASKED)
        place.yes = entry.at
        self.shown[place.id] = self.term.leaves(place, entry.at) or []

    def call_out_joined(self, entry: Entry) -> None:
        """Who waits and was not asked says yes beside the others, or will be asked with them."""
        place = self._place(entry, State.WAITING)
        place.short_notice = True
        asked = self.term.live(State.ASKED, venue=place.venue)
        if asked:
            place.state, place.asked, place.yes = State.ASKED, entry.at, entry.at
            place.answer_by = max(each.answer_by for each in asked)
            self.shown[place.id] = []

    def call_out_declined(self, entry: Entry) -> None:
        self._end(self._place(entry, State.ASKED), State.LEFT, entry.at)
