"""The journal, read as a story that the model must be able to follow: each entry is judged, and then it has happened.

What an entry says must have been right at that moment; when all have been followed, the rows of the database are what
the model expects, and the letters are exactly those that somebody was owed. A change without an entry, an entry
without its change, and a letter too many or too few are all found so.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from queues.faults import faults
from queues.model import SEATED, Place, Term, Venue

from bookings.states import BookingState as State
from lararportal.journal import Entry

GIVES = ("offer.made", "seat.from_line")
"""The deeds by which a free seat goes to somebody in line."""

DECISIONS = (
    "session.",
    "minimum.",
    "calling_off.",
    "seat.cancelled",
    "seat.restored",
    "seat.moved",
)
"""What somebody decides about a session, or for somebody else."""

NEVER_HAD: dict[str, Any] = {"since": None, "bound": None, "ground": None}
"""Of a place that has not been a seat."""
Rows = Mapping[int, Place]


@dataclass(frozen=True)
class Owed:
    """A letter that somebody must have, and the places that it must name."""

    person_id: int
    occasion: str
    names: tuple[str, ...]
    booking_id: int | None = None
    """The place that it is kept with, so that whoever is asked about that finds it."""


class Follower:
    """Knows how to judge an entry; what each deed means is told in `doctors`, `portal` and `staff`."""

    def __init__(self, term: Term) -> None:
        self.term = term
        self.owed: list[Owed] = []
        """The letters that the entries of the last transaction made."""
        self.shown: dict[int, list[Place]] = {}
        """What each yes to a call-out was said to give up, by place."""
        self.rows: Rows = {}
        self.told: Sequence[Entry] = ()

    def follow(self, told: Sequence[Entry], rows: Rows) -> None:
        """All that one transaction has told; `rows` are as they stand after it."""
        self.told, self.rows, self.owed = told, rows, []
        for entry in told:
            self._insist_on_impartiality(entry)
        for entry in told:
            deed: Callable[[Entry], None] | None = getattr(self, entry.deed.replace(".", "_"), None)
            if deed is None:
                assert "booking" not in entry.facts, f"what does {entry.deed} mean?"
            else:
                deed(entry)
        for place in self.term.live(*SEATED):
            place.since = place.since or (told[-1].at if told else None)
        self.term.crowded = self.term.overfull()
        found = [*faults(self.term), *self._astray()]
        assert found == [], "\n".join(found)

    def _insist_on_impartiality(self, entry: Entry) -> None:
        """Who has something to gain in a course decides nothing there; asked of all before any of it has happened."""
        decides = entry.deed.startswith(DECISIONS) and entry.by not in (None, entry.person_id)
        who = self.term.doctors.get(entry.by or 0)
        if decides and who is not None and entry.session_id is not None:
            interest = self.term.interest(who, self.term.venues[entry.session_id].course, entry.at)
            assert interest == [], f"{who} decides {entry.deed}, and has {interest}"

    def _astray(self) -> list[str]:
        places = self.term.places
        return [
            f"the row is {row}, and by the journal {expected}"
            for number in sorted(places.keys() | self.rows.keys())
            if (expected := _said(places.get(number))) != (row := _said(self.rows.get(number)))
        ]

    def _place(self, entry: Entry, *expected: State) -> Place:
        """What an entry is about, in one of these states."""
        place = self.term.places[entry.facts["booking"]]
        assert (place.doctor.id, place.venue.id) == (entry.person_id, entry.session_id)
        assert place.state in expected, f"{entry.deed}: {place} was {place.state}"
        return place

    def _new(self, entry: Entry, state: State) -> Place:
        """Somebody has nothing in a session yet, and now this."""
        number = entry.facts["booking"]
        assert number not in self.term.places, f"{entry.deed}: {number} was there already"
        made = replace(
            self.rows[number],
            state=state,
            standing_yes=True,
            ended=None,
            yes=None,
            is_funded=False,
            round_id=None,
            **NEVER_HAD,
        )
        others = [each for each in self.term.live(*State, doctor=made.doctor, venue=made.venue) if is_live(each)]
        assert others == [], f"{made} twice"
        self.term.places[number] = made
        return made

    def _owe(self, place: Place, occasion: str, *, besides: Iterable[Place] = ()) -> None:
        names = {place.venue.name, *(each.venue.name for each in besides)}
        self.owed.append(Owed(place.doctor.id, occasion, tuple(sorted(names)), place.id))

    def _end(self, place: Place, state: State, at: datetime) -> None:
        place.state, place.ended = state, at

    def _venue(self, entry: Entry) -> Venue:
        return self.term.venues[entry.session_id]

    def _insist_on_turn(self, place: Place, at: datetime) -> None:
        """The free seats of the session belong to the first who may have them, in whatever order that is noted."""
        assert place.venue.is_ahead(at)
        given = [self.term.places[each.facts["booking"]] for each in self.told if each.deed in GIVES]
        given = [each for each in given if each.venue is place.venue and each.state is State.WAITING]
        assert self.term.free(place.venue) >= len(given), f"{given} have more seats than were free"
        expected = self.term.next(place.venue, len(given), at)
        assert all(each in expected for each in given), f"{expected} are next, and {given} were given a seat"

    def _insist_that_nobody_waits(self, place: Place, at: datetime) -> None:
        """Who takes a free seat without having waited takes it from nobody."""
        assert self.term.free(place.venue) > 0, f"{place}: no seat was free"
        before = self.term.before(place.doctor, place.venue, at)
        assert self.term.free(place.venue) > len(before), f"{before} wait, and {place} has the seat"

    def _succeed(self, new: Place, old: Place) -> None:
        """A seat that is had instead of another stands where that one stood, also on the list of a round."""
        new.rank = min(new.rank, old.rank)
        if new.round_id is None and old.round_id is not None:
            new.round_id, new.wave = old.round_id, old.wave

    def _strike(self, entry: Entry, new: Place) -> list[Place]:
        """With a seat somebody waits no more for what they want less in the course.

        All the places that a letter about the seat must name: those that are struck, and those still waited for.
        """
        mine = [
            each
            for each in self.term.live(State.WAITING, State.ASKED, doctor=new.doctor)
            if each.venue.course == new.venue.course
        ]
        struck = [each for each in mine if (each.rank, each.id) > (new.rank, new.id)]
        assert {each.id for each in struck} == set(entry.facts["struck"]), f"{new}: struck other than {struck}"
        for each in struck:
            self._end(each, State.LEFT, entry.at)
        return mine

    def _carried(self, place: Place, entry: Entry) -> None:
        former = self.term.places[entry.facts["carried_from"]]
        assert former.doctor is place.doctor
        assert former.turn[:3] == place.turn[:3], f"{place} stands by {place.turn}, and {former} by {former.turn}"
        place.standing_yes = False


OPEN = (State.WAITING, State.ASKED, State.OFFERED)


def is_live(place: Place) -> bool:
    return place.state in (*OPEN, *SEATED)


def listed(left: int | list[int]) -> list[int]:
    return left if isinstance(left, list) else [left]


def _said(place: Place | None) -> str:
    """What must be the same by the journal and by the rows."""
    if place is None:
        return "not there"
    until = place.answer_by if place.state in (State.OFFERED, State.ASKED, State.MUST_CHOOSE) else None
    return (
        f"{place} {place.state} of {place.round_id} rank {place.rank} by {place.turn[:3]} until {until} "
        f"yes {place.yes} standing {place.standing_yes} short {place.short_notice} ended {place.ended} "
        f"funded {place.is_funded} bound {place.bound} ground {place.ground}"
    )
