"""What the play of a term would come to too seldom: moments at which it matters what time it is."""

from datetime import timedelta

from hypothesis import strategies as st
from queues import deeds as looked_at
from queues.cases import is_below
from queues.days import day_of, is_working_day, working_days_before
from queues.funded import REMINDED_BEFORE, is_unfunded
from queues.model import SEATED, Place, Venue
from queues.play import SEAT, act, of
from queues.played_by_doctors import DoctorsPlay

from bookings import cancellation
from bookings.rules.funding import Unfunded
from bookings.states import BookingState as State
from bookings.states import CancelGround
from lararportal import clock

LAST_OFFERS = 6
"""So many days before the start somebody is asked alone for the last time."""
LAST_DAY = ["stays", "comes nearer", "comes nearer while the seat is given back"]


class PlayOfTime(DoctorsPlay):
    """Days of decision, holidays, starts and last days to cancel come when something hangs on them."""

    @act()
    def release_or_keep_unfunded_seats(self, data: st.DataObject) -> None:
        """From now on, by the setting."""
        self.unfunded = data.draw(st.sampled_from([Unfunded.RELEASE, Unfunded.KEEP]), label="unfunded")

    @act(often=2)
    def decide_later(self, data: st.DataObject) -> None:
        """On its day of decision a session has too few: it is decided later, and then, or when it is time again.

        Best where somebody has booked, who hears of it; one more is needed than there are, where there were enough.
        """
        found = [each for each in self.ahead if not each.is_day_moved and self.may_lack_somebody(each)]
        if not found:
            return
        booked = [each for each in found if self.term.live(*SEATED, venue=each)]
        venue = data.draw(st.sampled_from(booked or found), label="of")
        which = {"session_id": venue.id, "by": self.cast.staff}
        if not is_below(self.term, venue, self.now):
            more = len(self.term.live(*SEATED, venue=venue)) + 1
            self.do(f"{venue} needs {more}", looked_at.change, **which, seats=max(more, venue.seats), minimum=more)
        self.go_on(clock.at(venue.go_no_go, 9), is_running=True)
        self.do(f"{venue}: move_day", looked_at.move_day, **which)
        if data.draw(st.booleans(), label="decided at once"):
            self.do(f"{venue}: run_anyway", looked_at.run_anyway, **which)
        else:
            self.go_on(clock.at(venue.go_no_go, 9), is_running=True)

    def may_lack_somebody(self, venue: Venue) -> bool:
        """Whether fewer have booked than are needed, or all who want to have, and more can be needed."""
        has_all = bool(self.term.live(*SEATED, venue=venue)) and not self.term.line(venue)
        return has_all or is_below(self.term, venue, self.now)

    @act(SEAT)
    def give_back_before_the_holidays(self, data: st.DataObject) -> None:
        """In an evening, so near the start that whoever is asked then may have no office hours to answer in."""
        seats = [each for each in self.term.live(SEAT) if self.term.line(each.venue) and self.is_before(each)]
        after_holidays = [each for each in seats if not is_working_day(each.venue.days[0] - timedelta(days=1))]
        if not seats:
            return
        seat = data.draw(st.sampled_from(after_holidays or seats), label="which")
        self.go_on(clock.at(seat.venue.days[0] - timedelta(days=LAST_OFFERS), 19), is_running=True)
        if seat.state is SEAT:
            self.is_worker_awake = True
            self.give_back(f"{seat} is cancelled in the evening", seat, CancelGround.OTHER, by=seat.doctor.id)

    def is_before(self, seat: Place) -> bool:
        """Whether somebody will still be asked for it alone."""
        return seat.venue in self.ahead and seat.venue.days_left(self.now) > LAST_OFFERS

    @act(State.OFFERED)
    def move_near(self, data: st.DataObject) -> None:
        """A session that somebody is offered a seat in begins tomorrow already, or some days later."""
        venue = self.one(data, State.OFFERED).venue
        begins = day_of(self.now) + timedelta(days=data.draw(st.sampled_from([1, 1, 2, 6]), label="days"))
        about = {"session_id": venue.id, "days": [begins], "by": self.cast.staff}
        self.do(f"{venue} is moved to {begins}", looked_at.move, **about)

    @act(SEAT)
    def reach_the_last_day_unfunded(self, data: st.DataObject) -> None:
        """Where seats are released, until that evening: who was told has time, or has none by now."""
        today = day_of(self.now)
        seats = [each for each in self.term.live(SEAT) if is_unfunded(each) and each.venue in self.ahead]
        seats = [each for each in seats if each.venue.cancel_by > today]
        if not seats:
            return
        seat = data.draw(st.sampled_from(seats), label="which")
        self.unfunded, venue = Unfunded.RELEASE, seat.venue
        told_on = max(today, working_days_before(venue.cancel_by, REMINDED_BEFORE[0]))
        self.go_on(clock.at(told_on, 9), is_running=True)
        if seat.state is SEAT:
            self.bring_nearer(seat, data.draw(st.sampled_from(LAST_DAY), label="the last day"))
        self.go_on(clock.at(venue.cancel_by, 19), is_running=True)

    def bring_nearer(self, seat: Place, how: str) -> None:
        """The last day to cancel is tomorrow, if that is how it is."""
        stays, _, is_given_back = LAST_DAY
        if how == is_given_back:
            self.is_worker_awake = False
            self.give_back(f"{seat} is cancelled", seat, CancelGround.OTHER, by=seat.doctor.id)
        if how != stays:
            about = {"session_id": seat.venue.id, "cancel_by": day_of(self.now) + timedelta(days=1)}
            self.do(f"{seat.venue} has another last day", looked_at.change, **about, by=self.cast.staff)
        if how == is_given_back:
            self.do(f"{seat} is undone", cancellation.undo, **of(seat), by=seat.doctor.id)
