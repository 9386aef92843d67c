"""What staff do with sessions and lines, as the journal tells it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from queues.cases import Cases
from queues.days import day_of
from queues.following import NEVER_HAD, OPEN
from queues.funded import forget_reminders
from queues.model import IN_TIME, KEPT, LATE, LIVE, SEATED, Place

from bookings.states import BookingState as State
from lararportal.journal import Entry

TOLD_OF = {"place", "area", "days", "cancel_by", "go_no_go_on", "prepare_by"}
"""What everybody who has something in a session must know of it."""


class StaffsDeeds(Cases):
    """Lines are shortened and ended, sessions opened, changed, archived and called off."""

    def line_taken_off(self, entry: Entry) -> None:
        place = self._place(entry, *OPEN)
        who = self.term.doctors.get(entry.by or 0)
        own = self.term.interest(who, place.venue.course, entry.at) if who is not None else []
        waiting = [each for each in own if each.state in OPEN and who is not place.doctor]
        assert waiting == [], f"{who} takes {place} off the line, and waits for {waiting}"
        self._end(place, State.LEFT, entry.at)
        self._owe(place, "taken_off_line")

    def line_ended(self, entry: Entry) -> None:
        place = self._place(entry, *OPEN)
        assert place.venue.publicity in {"archived", "called_off"}
        occasion = {State.OFFERED: "offer_withdrawn", State.ASKED: "call_out_over"}.get(place.state)
        if occasion is not None:
            self._owe(place, occasion)
        self._end(place, State.LEFT, entry.at)

    def line_carried(self, entry: Entry) -> None:
        place = self._new(entry, State.WAITING)
        self._carried(place, entry)
        self.term.untold.add(place.id)

    def line_called_off(self, entry: Entry) -> None:
        place = self._place(entry, *OPEN)
        self._end(place, State.LEFT, entry.at)
        self._owe(place, "line_called_off")

    def seat_called_off(self, entry: Entry) -> None:
        place = self._place(entry, *SEATED)
        self._end(place, State.CALLED_OFF, entry.at)
        if entry.facts["to"] is None:
            self._owe(place, "session_called_off")

    def seat_displaced(self, entry: Entry) -> None:
        number, old = entry.facts["booking"], self.term.places[entry.facts["left"]]
        new = self.term.places.get(number) or replace(
            self.rows[number], ended=None, is_funded=False, round_id=None, wave=LATE, **NEVER_HAD
        )
        assert (old.state, old.venue.course, old.doctor) == (State.CALLED_OFF, new.venue.course, new.doctor)
        self._succeed(new, old)
        new.is_displaced = number not in self.term.places
        new.state, new.is_funded = State.BOOKED, old.is_funded
        self.term.places[number] = new
        self._owe(old, "session_called_off", besides=[new, *self._strike(entry, new)])

    def line_exception(self, entry: Entry) -> None:
        """Who has no seat after a session was called off stands first in the lines of its sisters."""
        place = self.term.places.get(entry.facts["booking"])
        if place is None:
            place = self._new(entry, State.WAITING)
            place.standing_yes = place.venue.moved is None and place.venue.id in place.doctor.said_yes
        [old] = [
            self.term.places[each.facts["booking"]]
            for each in self.told
            if each.deed == "seat.called_off" and each.person_id == place.doctor.id
        ]
        own = place.key if place.wave == IN_TIME else old.key
        group, _, *merits = own or self.term.merits(place.doctor, old.venue, entry.at)
        place.wave, place.key = IN_TIME, (group, 0, *merits)

    def calling_off_decided(self, entry: Entry) -> None:
        """Nobody has precedence instead of a seat who stands next for a free one in a sister session."""
        late = {each.facts["booking"] for each in self.told if each.deed == "line.exception"}
        gone = [each for each in self.told if each.deed == "seat.called_off" and each.facts["to"] is None]
        for old in (self.term.places[each.facts["booking"]] for each in gone):
            assert self.term.has_precedence(old.doctor, old.venue.course), f"{old} has nothing"
            for own in self.term.live(State.WAITING, doctor=old.doctor):
                if own.id in late and own.venue.days_left(entry.at) > 5:
                    able = self.term.able(own.venue, entry.at)
                    ahead = [each for each in able if each is own or each.id not in late].index(own)
                    assert self.term.free(own.venue) <= ahead, f"{own} is next, and has no seat"
        self.calling_off_told(entry)

    def session_called_off(self, entry: Entry) -> None:
        venue = self._venue(entry)
        assert self.term.live(*OPEN, *SEATED, venue=venue) == []
        venue.publicity = "called_off"

    def session_archived(self, entry: Entry) -> None:
        self._venue(entry).publicity = "archived"

    def session_reserve_opened(self, entry: Entry) -> None:
        self._venue(entry).publicity = "published"

    def session_changed(self, entry: Entry) -> None:
        venue, changed = self._venue(entry), entry.facts["changed"]
        if not TOLD_OF.isdisjoint(changed) and venue.days[-1] >= day_of(entry.at):
            told = {each.facts["booking"] for each in self.told if each.deed == "session.told"}
            assert told == {each.id for each in self.term.live(*LIVE, venue=venue)}, f"{venue}: only {told} are told"
        if "seats" in changed:
            _, venue.seats = changed["seats"]
            just_now = [each for each in self.term.live(State.CANCELLED, venue=venue) if is_just_now(each, entry.at)]
            venue.crowd = len(self.term.live(*KEPT, venue=venue)) + len(just_now)
        if not changed.keys().isdisjoint({"days", "place"}):
            venue.moved = entry.at
        if "days" in changed:
            venue.days = tuple(date.fromisoformat(each[:10]) for each in changed["days"][1])
        if "minimum" in changed:
            _, venue.minimum = changed["minimum"]
        if "go_no_go_on" in changed:
            venue.go_no_go = date.fromisoformat(changed["go_no_go_on"][1])
        if "cancel_by" in changed:
            venue.told.append((entry.at, venue.cancel_by))
            venue.cancel_by = date.fromisoformat(changed["cancel_by"][1])
            for each in self.term.live(*OPEN, *SEATED, State.CANCELLED, venue=venue):
                forget_reminders(each)

    def session_booking_closed(self, entry: Entry) -> None:
        self._venue(entry).is_closed = True

    def session_booking_reopened(self, entry: Entry) -> None:
        self._venue(entry).is_closed = False

    def course_changed(self, entry: Entry) -> None:
        for what, (_, new) in entry.facts["changed"].items():
            self.term.say(entry.facts["course"], what, new)


def is_just_now(place: Place, at: datetime) -> bool:
    """Whether a cancellation can still be undone, whatever becomes of the seats meanwhile."""
    return place.ended is not None and at - place.ended <= timedelta(minutes=10)


def is_elsewhere(changed: Mapping[str, Any]) -> bool:
    """Whether a session is on other days than before, or at another place."""
    before, after = ({day[:10] for day in days} for days in changed.get("days", ((), ())))
    return before != after or "place" in changed
