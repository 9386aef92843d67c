"""What staff may do in the play of a term."""

from datetime import date, time, timedelta

from hypothesis import strategies as st
from queues import deeds as looked_at
from queues.cases import is_below
from queues.model import SEATED
from queues.play import PLACES, SEAT, Player, act, of

from bookings import funding, taken_off
from bookings.minimum import rescues
from bookings.rules.minimum import Audience
from bookings.states import BookingState as State
from courses.rules import Day

TO = [[date(2027, 3, 10)], [date(2027, 3, 30), date(2027, 3, 31)], [date(2027, 5, 4)], [date(2027, 6, 8)]]
"""The days that a session may be moved to; on most of them there is another."""


FOR = {
    "K": [{"ST": 0, "SPEC": 1}, {"ST": 0}, {"ST": 0, "SPEC": 0}],
    "L": [{"SPEC": 0, "ST": 0, "PRE": 1}, {"ST": 0}, {"SPEC": 0, "PRE": 0}],
}
"""Whom each course may be for, at first and later."""


class StaffsPlay(Player):
    """Staff change, open and end sessions, and take somebody off a line."""

    @act(*PLACES)
    def take_off(self, data: st.DataObject) -> None:
        place = self.one(data, *PLACES)
        self.do(
            f"{place} is taken off", taken_off.take_off, **of(place), reason="Fel kurs", by=self.coordinator(data)
        )

    @act(often=2)
    def set_seats(self, data: st.DataObject) -> None:
        (where, which), seats = self.where(data), data.draw(st.integers(1, 4), label="seats")
        self.do(f"{where} has {seats} seats", looked_at.change, **which, seats=seats)

    @act(often=3)
    def move(self, data: st.DataObject) -> None:
        where, which = self.where(data)
        days = data.draw(st.sampled_from(TO), label="to")
        self.do(f"{where} is moved to {days[0]}", looked_at.move, **which, days=days)

    @act(SEAT, often=2)
    def move_onto_another(self, data: st.DataObject) -> None:
        """To the days of a session in which somebody has a seat too."""
        seat = self.one(data, SEAT)
        other = data.draw(st.sampled_from(self.term.live(*SEATED, doctor=seat.doctor)), label="onto").venue
        about = {"session_id": seat.venue.id, "days": other.days, "by": self.coordinator(data)}
        self.do(f"{seat.venue} is moved onto {other}", looked_at.move, **about)

    @act(often=2)
    def change_otherwise(self, data: st.DataObject) -> None:
        """The place, the hours, or the last day to cancel."""
        venue = data.draw(st.sampled_from(self.ahead or [*self.term.venues.values()]), label="changed")
        what = data.draw(st.sampled_from(["place", "days", "cancel_by"]), label="what")
        hour = data.draw(st.sampled_from([9, 10]), label="hour")
        days_before = data.draw(st.sampled_from([28, 21, 10, 2]), label="days before")
        new = {
            "place": f"{venue.name}, hus {hour}",
            "days": [Day(each, time(hour), time(16, 30)) for each in venue.days],
            "cancel_by": venue.days[0] - timedelta(days=days_before),
        }[what]
        which = {"session_id": venue.id, "by": self.coordinator(data), what: new}
        self.do(f"{venue} has another {what}", looked_at.change, **which)

    @act()
    def close_or_reopen_booking(self, data: st.DataObject) -> None:
        where, which = self.where(data)
        self.do(f"booking of {where} is closed, or open again", looked_at.close_or_reopen, **which)

    @act()
    def open_what_is_held_back(self, data: st.DataObject) -> None:
        """A reserve session, in one way or the other, or the seats that are reserved for a group."""
        how = data.draw(st.sampled_from([looked_at.open_and_fill, looked_at.open_reserve, rescues.open_reserves]))
        where = "K1" if how is rescues.open_reserves else "K4"
        self.do(f"{where}: {how.__name__}", how, session_id=self.cast.sessions[where], by=self.coordinator(data))

    @act(often=2)
    def end_session(self, data: st.DataObject) -> None:
        (where, which), (other, into) = self.where(data), self.where(data)
        if len(self.ahead) < 3:
            return
        how = data.draw(st.sampled_from([looked_at.call_off, looked_at.archive, looked_at.merge]))
        if how is looked_at.merge:
            self.do(f"{where} is merged into {other}", how, **which, into=into["session_id"])
        else:
            self.do(f"{where}: {how.__name__}", how, **which)

    @act()
    def switch_rings(self, data: st.DataObject) -> None:
        """For one course: from then on nobody changes seats in it, or everybody who could does."""
        venue = data.draw(st.sampled_from([*self.term.venues.values()]), label="of the course of")
        about = {"course_id": venue.course.id, "by": self.cast.staff}
        self.do(f"rings are switched in {venue.course.name}", looked_at.switch_rings, **about)

    @act(often=2)
    def say_whom_a_course_is_for(self, data: st.DataObject) -> None:
        """One group more or fewer, or another one first: who has a seat keeps it, who waits is asked no more."""
        course = data.draw(st.sampled_from([*self.term.venues.values()]), label="of").course
        targets = data.draw(st.sampled_from(FOR[course.code]), label="for")
        about = {"course_id": course.id, "targets": targets, "by": self.coordinator(data)}
        self.do(f"{course.name} is for {targets}", looked_at.say_whom_it_is_for, **about)

    @act(State.BOOKED, often=3)
    def settle_funding(self, data: st.DataObject) -> None:
        """Somebody says that a seat is paid for, or that it is not after all."""
        seat = self.one(data, *SEATED)
        by = data.draw(st.sampled_from([*self.cast.directors, *self.cast.coordinators]), label="by")
        if seat.is_funded:
            self.do(f"{seat} is not paid for", funding.unsettle, booking_id=seat.id, by=by)
        else:
            self.do(f"{seat} is paid for", funding.settle, booking_ids=[seat.id], by=by)

    @act(often=5)
    def rescue(self, data: st.DataObject) -> None:
        """Something is done about a session that too few have booked, if there is one."""
        below = [each for each in self.term.venues.values() if is_below(self.term, each, self.now)]
        venue = data.draw(st.sampled_from(below or self.ahead or [*self.term.venues.values()]), label="rescued")
        which = {"session_id": venue.id, "by": self.coordinator(data)}
        how = data.draw(
            st.sampled_from([looked_at.invite, looked_at.invite, looked_at.move_day, looked_at.run_anyway])
        )
        if how is looked_at.invite:
            which["audience"] = data.draw(st.sampled_from(Audience), label="whom")
        self.do(f"{venue}: {how.__name__} {which.get('audience', '')}", how, **which)
