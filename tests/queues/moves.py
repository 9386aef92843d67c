"""What becomes of everybody when a session is moved, as the journal tells it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from queues.days import answer_by, choose_by, evening_before
from queues.following import OPEN
from queues.late import GivenBack
from queues.model import SEATED, Place
from queues.staff import is_elsewhere

from bookings.states import BookingState as State
from lararportal.journal import Entry


class Moves(GivenBack):
    """Who has a seat follows it, or chooses; nobody loses one who does nothing."""

    @property
    def _is_asked_anew(self) -> bool:
        """Whether the session of this transaction is on other days than before, or somewhere else."""
        [changed] = [each.facts["changed"] for each in self.told if each.deed == "session.changed"]
        return is_elsewhere(changed)

    def seat_to_choose(self, entry: Entry) -> None:
        place = self._place(entry, *SEATED)
        others = self.term.elsewhere(place)
        assert others, f"{place} collides with nothing"
        place.state, place.asked = State.MUST_CHOOSE, entry.at
        place.answer_by = choose_by(place.venue.begins, first_day([place, *others]), entry.at)
        assert place.answer_by - entry.at >= timedelta(hours=20), f"{place}: no time to choose"

    def session_told(self, entry: Entry) -> None:
        place = self._place(entry, *OPEN, *SEATED)
        if place.state in SEATED:
            self._sits(place)
        elif self._is_asked_anew:
            self._waits(place, entry)
        assert place.state == entry.facts["state"], f"{place} is {place.state}"
        others = self.term.elsewhere(place) if place.state is State.MUST_CHOOSE else []
        self._owe(place, "session_changed", besides=others)

    def _sits(self, place: Place) -> None:
        """Whoever is nowhere else on the days has the seat."""
        is_elsewhere = bool(self.term.elsewhere(place))
        assert not (is_elsewhere and place.state is State.BOOKED), f"{place} is in two places"
        if not is_elsewhere:
            place.state = State.BOOKED

    def _waits(self, place: Place, entry: Entry) -> None:
        """An offer stands that there is time to accept; what somebody said yes to were the old days."""
        last = place.venue.begins - timedelta(hours=12)
        until = max(answer_by(place.venue.begins, entry.at), min(place.answer_by or entry.at, last))
        if (
            place.state is State.OFFERED
            and until - entry.at >= timedelta(hours=6)
            and self.term.leaves(place, entry.at) is not None
        ):
            place.answer_by = until
            return
        if place.state is State.OFFERED and entry.facts["state"] == State.LEFT:
            self._end(place, State.LEFT, entry.at)
            return
        place.state, place.yes, place.standing_yes = State.WAITING, None, False

    def seat_had_again(self, entry: Entry) -> None:
        place = self._place(entry, State.MUST_CHOOSE)
        assert self.term.elsewhere(place) == []
        place.state = State.BOOKED
        self._owe(place, "seat_had_again")

    def seat_chosen(self, entry: Entry) -> None:
        place = self._place(entry, State.MUST_CHOOSE)
        others = self.term.elsewhere(place)
        self._insist_on_time(place, others, entry.at)
        left = [self.term.places[number] for number in entry.facts["left"]]
        assert left in ([place], others), f"{place} is chosen, and {left} left"
        place.state = State.BOOKED
        for each in left:
            self._insist_on_precedence(each, entry, holds_again=True)
            self._end(each, State.MOVED, entry.at)
        self._owe(place, "seat_chosen", besides=others)

    def _insist_on_time(self, place: Place, others: list[Place], at: datetime) -> None:
        assert place.answer_by is not None
        assert at <= min(place.answer_by, last_evening([place, *others])), f"{place} is chosen too late"

    def choice_reminded(self, entry: Entry) -> None:
        place = self._place(entry, State.MUST_CHOOSE)
        self._owe(place, "choice_reminder", besides=self.term.elsewhere(place))

    def choice_brought_forward(self, entry: Entry) -> None:
        place = self._place(entry, State.MUST_CHOOSE)
        others = self.term.elsewhere(place)
        assert place.answer_by is not None
        assert last_evening([place, *others]) < place.answer_by
        place.answer_by = last_evening([place, *others])
        self._owe(place, "choice_reminder", besides=others)

    def choice_lapsed(self, entry: Entry) -> None:
        """Who says nothing has another seat on those days."""
        place = self._place(entry, State.MUST_CHOOSE)
        others = self.term.elsewhere(place)
        assert others, f"{place} is lost by silence"
        assert place.answer_by is not None
        assert entry.at > place.answer_by, f"{place} could be chosen until {place.answer_by}"
        self._insist_on_precedence(place, entry, holds_again=True)
        self._end(place, State.LAPSED, entry.at)
        self._owe(place, "choice_lapsed", besides=others)


def first_day(places: Iterable[Place]) -> date:
    """The day on which the first of these sessions begins."""
    return min(each.venue.days[0] for each in places)


def last_evening(places: Iterable[Place]) -> datetime:
    """The last moment at which any of these seats can be given up."""
    return evening_before(first_day(places))
