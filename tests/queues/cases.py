"""What becomes of sessions that too few have booked, as the journal tells it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from queues.days import day_of
from queues.following import Owed
from queues.late import GivenBack
from queues.model import LIVE, SEATED, Doctor, Term, Venue

from bookings.states import BookingState as State
from lararportal.journal import Entry

WARNED_BEFORE, TOLD_BEFORE = timedelta(days=14), timedelta(days=7)
"""The day of decision, and the start."""


@dataclass
class Case:
    """A session that too few have booked, from when that was told until it has ended."""

    id: int
    is_warned: bool = False
    is_asked: bool = False
    """About the day of decision that there is now."""
    end: str | None = None
    booked_then: int = 0


class Cases(GivenBack):
    """Those who decide are warned and asked, and do something about it; whom it concerns has a letter."""

    def minimum_warned(self, entry: Entry) -> None:
        venue, case = self._open(entry)
        assert venue.go_no_go - WARNED_BEFORE <= day_of(entry.at) < venue.go_no_go
        assert (case.is_warned, case.is_asked) == (False, False), f"{venue} has been told of"
        case.is_warned = True
        self._tell_deciders(entry, "few_booked")

    def minimum_asked(self, entry: Entry) -> None:
        venue, case = self._open(entry)
        assert venue.go_no_go <= day_of(entry.at)
        assert not case.is_asked, f"{venue} has been asked about"
        # Who has been asked needs no warning, also when the day is another after that.
        case.is_asked = case.is_warned = True
        self._tell_deciders(entry, "too_few_booked")

    def minimum_day_moved(self, entry: Entry) -> None:
        venue, case = self._open(entry)
        former, new = (date.fromisoformat(entry.facts[each]) for each in ("former", "day"))
        assert (former, venue.is_day_moved) == (venue.go_no_go, False)
        assert max(former + timedelta(days=1), day_of(entry.at)) <= new <= venue.days[0] - TOLD_BEFORE
        venue.go_no_go, venue.is_day_moved, case.is_asked = new, True, False
        seats = self.term.live(*SEATED, venue=venue)
        self.term.worried.update((each.id, venue.id) for each in seats)
        self._tell(entry, "decision_day_moved", {each.doctor.id for each in seats} | set(venue.leaders))

    def minimum_runs_anyway(self, entry: Entry) -> None:
        venue, case = self._open(entry)
        seats = self.term.live(*SEATED, venue=venue)
        worried = self.term.worried
        heard = {each.doctor.id for each in seats if worried & {(each.id, venue.id), (each.doctor, venue.id)}}
        assert set(entry.facts["worried"]) == heard, f"{venue}: {heard} have heard that it may not be given"
        self.term.worried -= {each for each in self.term.worried if each[1] == venue.id}
        self._end_case(entry, case)
        self._tell_deciders(entry, "session_runs", but=entry.by)
        self._owe_all(heard, "session_runs_after_all", venue)

    def minimum_waiting_invited(self, entry: Entry) -> None:
        self._invite(entry, lambda who, venue: self._waits_elsewhere(who, venue, entry.at))

    def minimum_asked_invited(self, entry: Entry) -> None:
        self._invite(entry, lambda who, venue: (who.id, venue.course.id) in self.term.asked_for)

    def minimum_lacking_invited(self, entry: Entry) -> None:
        self._invite(entry, lambda who, _: who.residency is not None and not self.term.live(*SEATED, doctor=who))

    def _invite(self, entry: Entry, is_meant: Callable[[Doctor, Venue], bool]) -> None:
        """All who could come, and have not been invited before."""
        venue = self._act(entry)
        new = [each for each in self.term.doctors.values() if (each.id, venue.id) not in self.term.invited]
        meant = {each.id for each in new if is_meant(each, venue) and could_come(self.term, each, venue, entry.at)}
        assert meant, f"nobody is invited to {venue}"
        assert set(entry.facts["invited"]) == meant, f"{venue}: to be invited were {meant}"
        self.term.invited.update((each, venue.id) for each in meant)
        self.term.worried.update((self.term.doctors[each], venue.id) for each in meant)
        self._owe_all(meant, "free_seats", venue)

    def _waits_elsewhere(self, who: Doctor, venue: Venue, at: datetime) -> bool:
        places = self.term.live(State.WAITING, State.ASKED, doctor=who)
        return any(each.venue.course == venue.course and each.venue.is_ahead(at) for each in places)

    def minimum_reserves_opened(self, entry: Entry) -> None:
        self._act(entry).reserves = {}

    def minimum_enough(self, entry: Entry) -> None:
        venue = self._venue(entry)
        assert len(self.term.live(*SEATED, venue=venue)) >= venue.minimum
        self._end_case(entry)

    def minimum_withdrawn(self, entry: Entry) -> None:
        assert self._venue(entry).publicity != "published"
        self._end_case(entry)

    def minimum_begun(self, entry: Entry) -> None:
        assert self._venue(entry).days_left(entry.at) <= 0
        self._end_case(entry)

    def minimum_moved(self, entry: Entry) -> None:
        assert any("days" in each.facts.get("changed", {}) for each in self.told)
        self._end_case(entry)

    def minimum_called_off(self, entry: Entry) -> None:
        self._end_case(entry)

    minimum_merged = minimum_called_off

    def calling_off_told(self, entry: Entry) -> None:
        self._tell_deciders(entry, "session_called_off_to_staff", but=entry.by)

    def reserve_wanted(self, entry: Entry) -> None:
        venue = self._venue(entry)
        assert venue.publicity == "draft"
        assert entry.facts["waiting"] >= max(1, venue.minimum)
        self._tell(entry, "reserve_wanted", set(self.term.coordinators))

    def session_leaders_told(self, entry: Entry) -> None:
        self._tell(entry, "session_changed_for_leader", set(self._venue(entry).leaders))

    def free_seats_asked_for(self, entry: Entry) -> None:
        self.term.asked_for.add((entry.person_id, entry.facts["course"]))

    def free_seats_no_longer(self, entry: Entry) -> None:
        self.term.asked_for.remove((entry.person_id, entry.facts["course"]))

    def _act(self, entry: Entry) -> Venue:
        """Somebody does something for more participants: before they are warned, or after it was decided to run."""
        venue, cases = self._venue(entry), self.term.cases.get(entry.session_id or 0, [])
        assert is_below(self.term, venue, entry.at), f"{venue} has enough"
        if stands(self.term, venue):
            assert cases[-1].id == entry.facts["case"], f"{venue} is a case anew"
        else:
            self._open(entry)
        return venue

    def _open(self, entry: Entry) -> tuple[Venue, Case]:
        """The case that an entry is of; one begins only while a session is below its minimum."""
        venue, cases = self._venue(entry), self.term.cases.setdefault(entry.session_id or 0, [])
        if not cases or cases[-1].id != entry.facts["case"]:
            assert is_case(self.term, venue, entry.at), f"{venue} is no case"
            assert not cases or cases[-1].end is not None, f"{venue} is a case twice"
            cases.append(Case(entry.facts["case"]))
        assert cases[-1].end is None, f"the case of {venue} has ended"
        return venue, cases[-1]

    def _end_case(self, entry: Entry, case: Case | None = None) -> None:
        case = case or self._open(entry)[1]
        case.end, case.booked_then = entry.deed, len(self.term.live(*SEATED, venue=self._venue(entry)))

    def _tell_deciders(self, entry: Entry, occasion: str, *, but: int | None = None) -> None:
        self._tell(entry, occasion, {*self.term.coordinators, *self._venue(entry).leaders} - {but})

    def _tell(self, entry: Entry, occasion: str, whom: set[int]) -> None:
        assert set(entry.facts["told"]) == whom, f"{entry.deed}: {whom} are to be told"
        self._owe_all(whom, occasion, self._venue(entry))

    def _owe_all(self, whom: set[int], occasion: str, venue: Venue) -> None:
        self.owed += [Owed(each, occasion, (venue.course.name,)) for each in whom]


def could_come(term: Term, who: Doctor, venue: Venue, now: datetime) -> bool:
    """Whether somebody could book a seat if one is free: the course is for them, and they are nowhere else then."""
    seats = term.live(*SEATED, doctor=who)
    days = set(venue.days)
    return (
        not venue.is_closed
        and term.is_for(who, venue.course, now)
        and all(each.venue.course != venue.course and days.isdisjoint(each.venue.days) for each in seats)
        and term.live(*LIVE, doctor=who, venue=venue) == []
    )


def is_below(term: Term, venue: Venue, now: datetime) -> bool:
    """Whether fewer have a seat in a session ahead than it needs."""
    return venue.is_ahead(now) and len(term.live(*SEATED, venue=venue)) < venue.minimum


def is_case(term: Term, venue: Venue, now: datetime) -> bool:
    """Whether somebody must do something about a session: it was not decided to give it with as few as there are."""
    return is_below(term, venue, now) and not stands(term, venue)


def stands(term: Term, venue: Venue) -> bool:
    """Whether it was decided last to give a session with as many as there are, or with fewer."""
    cases = term.cases.get(venue.id, [])
    is_decided = bool(cases) and cases[-1].end == "minimum.runs_anyway"
    return is_decided and len(term.live(*SEATED, venue=venue)) >= cases[-1].booked_then


def not_told_of(term: Term, now: datetime) -> Iterator[str]:
    """What must not be once the tick has been round: a case that nobody has been told of, or that is over."""
    for venue in term.venues.values():
        cases = term.cases.get(venue.id, [])
        last = cases[-1] if cases and cases[-1].end is None else None
        if last is not None and not is_below(term, venue, now):
            yield f"{venue} is a case no more, and nobody says so"
        if is_case(term, venue, now):
            is_asked, is_warned = (last.is_asked, last.is_warned) if last is not None else (False, False)
            if venue.go_no_go <= day_of(now) and not is_asked:
                yield f"{venue} was to be decided about on {venue.go_no_go}, and nobody has been asked"
            elif venue.go_no_go - WARNED_BEFORE <= day_of(now) and not (is_asked or is_warned):
                yield f"{venue} has too few, and nobody has been warned"
