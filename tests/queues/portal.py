"""What the portal does in the queues by itself, as the journal tells it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from queues.days import answer_by
from queues.late import GivenBack
from queues.model import ASKED

from bookings.states import BookingState as State
from lararportal.journal import Entry


class PortalsDeeds(GivenBack):
    """Seats go to whoever is next, and offers and call-outs run out."""

    def offer_made(self, entry: Entry) -> None:
        place = self._place(entry, State.WAITING)
        self._insist_on_turn(place, entry.at)
        left = place.venue.days_left(entry.at)
        assert left > 5, f"{place} is offered {left} days before"
        assert not (place.standing_yes and left >= 21), f"{place} has said yes beforehand"
        until = answer_by(place.venue.begins, entry.at)
        place.state, place.asked, place.answer_by = State.OFFERED, entry.at, until
        self.term.untold.discard(place.id)
        self._owe(place, "seat_offered", besides=self.term.leaves(place, entry.at) or [])

    def offer_reminded(self, entry: Entry) -> None:
        place = self._place(entry, State.OFFERED)
        assert place.asked is not None
        assert place.answer_by is not None
        assert place.asked + (place.answer_by - place.asked) / 2 <= entry.at < place.answer_by
        self._owe(place, "answer_reminder")

    def offer_lapsed(self, entry: Entry) -> None:
        place = self._place(entry, State.OFFERED)
        assert place.answer_by is not None
        assert entry.at > place.answer_by, f"{place} could be answered until {place.answer_by}"
        self._end(place, State.LAPSED, entry.at)
        self._owe(place, "offer_lapsed")

    def offer_withdrawn(self, entry: Entry) -> None:
        place = self._place(entry, State.OFFERED)
        assert self.term.leaves(place, entry.at) is None, f"{place} would still take the seat"
        if entry.facts["goes_on"]:
            place.state = State.WAITING
        else:
            self._end(place, State.LEFT, entry.at)
        self._owe(place, "offer_withdrawn")

    def call_out_made(self, entry: Entry) -> None:
        place = self._place(entry, State.WAITING)
        assert place.venue.days_left(entry.at) <= 5
        assert place.venue.begins - entry.at > timedelta(hours=12)
        assert self.term.free(place.venue) > 0
        assert self.term.leaves(place, entry.at) is not None, f"{place} would not take the seat"
        place.state, place.asked, place.yes = State.ASKED, entry.at, None
        place.answer_by = entry.at + timedelta(hours=6)
        self._owe(place, "called_out", besides=self.term.leaves(place, entry.at) or [])

    def call_out_ended(self, entry: Entry) -> None:
        place = self._place(entry, State.ASKED)
        assert place.answer_by is not None
        assert entry.facts["said_yes"] == (place.yes is not None)
        if place.yes is not None:
            place.state = State.WAITING
        else:
            assert place.answer_by < entry.at, f"{place} could answer until {place.answer_by}"
            self._end(place, State.LEFT, entry.at)
        place.yes = None
        self._owe(place, "call_out_over")

    def seat_from_line(self, entry: Entry) -> None:
        place = self._place(entry, State.WAITING, State.OFFERED, State.ASKED)
        leaves = self.term.leaves(place, entry.at)
        assert leaves is not None, f"{place} would not take the seat"
        told = place.asked if place.state in ASKED and place.asked is not None else entry.at
        if place.state is State.OFFERED:
            assert place.answer_by is not None
            assert (entry.by, entry.at <= place.answer_by) == (place.doctor.id, True)
        elif place.state is State.ASKED:
            asked = [
                each
                for each in self.term.able(place.venue, entry.at)
                if each.yes is not None
                and all(seat in self.shown[each.id] for seat in self.term.leaves(each, entry.at) or [])
            ]
            assert asked[0] is place, f"{asked[0]} goes before {place}"
            assert self.term.free(place.venue) > 0, f"{place}: no seat was free"
        else:
            self._insist_on_turn(place, entry.at)
            assert place.standing_yes, f"{place} was not asked"
            assert place.venue.days_left(entry.at) >= 21, f"{place} was not asked so late"
        left = self._leave(entry, place, told=told)
        assert left == leaves, f"{place}: {left} was left, not {leaves}"
        place.state = State.BOOKED
        self._owe(place, "seat_from_line", besides=[*left, *self._strike(entry, place)])

    def seat_swapped(self, entry: Entry) -> None:
        """The first of a ring tells of all of it; the others have happened with it."""
        ring = entry.facts["ring"]
        if ring[0] == entry.facts["booking"]:
            self._change([each for each in self.told if each.deed == "seat.swapped" and each.facts["ring"] == ring])
        place = self.term.places[entry.facts["booking"]]
        left = [self.term.places[number] for number in entry.facts["left"]]
        self._owe(place, "seat_swapped", besides=[*left, *self._strike(entry, place)])

    def _change(self, ring: Sequence[Entry]) -> None:
        at, new = ring[0].at, [self._place(each, State.WAITING) for each in ring]
        assert new[0].venue.course.code not in self.term.without_rings, f"{new[0].venue.course.name} has no rings"
        for each in new:
            answering = self.term.live(State.OFFERED, State.ASKED, State.MUST_CHOOSE, doctor=each.doctor)
            assert answering == [], f"{each} is moved with {answering} to answer"
            assert self.term.free(each.venue) == 0, f"{each} is moved past the line"
            assert each.standing_yes, f"{each} is to be asked first"
            assert each.venue.is_ahead(at)
        leaves = [self.term.leaves(each, at) for each in new]
        left = [self._leave(entry, place, told=at) for entry, place in zip(ring, new, strict=True)]
        assert left == leaves
        assert Counter(each.kind(at) for each in new) == Counter(old.kind(at) for [old] in left)
        for each in new:
            each.state = State.BOOKED
