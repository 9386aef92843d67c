"""What doctors may do in the play of a term."""

from datetime import date

from hypothesis import strategies as st
from queues import deeds as looked_at
from queues.model import LIVE
from queues.play import NAMES, PLACES, SEAT, WHERE, Player, act, of
from session_changes_room import keep

from bookings import answers, cancellation, choices, left_over_seats, own_order, rebooking, waitlist
from bookings.minimum import free_seats
from bookings.states import BookingState as State
from bookings.states import CancelGround
from bookings.waitlist import join


class DoctorsPlay(Player):
    """Doctors ask for seats, wait, answer, choose, and give seats back."""

    @act(often=3)
    def ask_for(self, data: st.DataObject) -> None:
        who, where = data.draw(st.sampled_from(NAMES)), data.draw(st.sampled_from(WHERE))
        ask = data.draw(st.sampled_from([left_over_seats.book, join]))
        person, session = self.cast.doctors[who], self.cast.sessions[where]
        self.do(f"{who}: {ask.__name__} {where}", ask, session_id=session, person_id=person, by=person)

    @act(SEAT, often=4)
    def want_another(self, data: st.DataObject) -> None:
        """Waits for another session of the course while the seat is kept, or re-books to it at once."""
        seat = self.one(data, SEAT)
        sisters = [each for each in self.term.venues.values() if each.course == seat.venue.course]
        new = [each for each in sisters if not self.term.live(*LIVE, doctor=seat.doctor, venue=each)] or sisters
        at_once = data.draw(st.booleans(), label="at once")
        roomy = [each for each in new if at_once and self.term.free(each) > 0]
        to = data.draw(st.sampled_from(roomy or new), label="to")
        person = {"person_id": seat.doctor.id, "by": seat.doctor.id}
        if at_once:
            sides = {"from_session_id": seat.venue.id, "to_session_id": to.id}
            self.do(f"{seat} re-books to {to}", rebooking.rebook, **sides, **person)
        else:
            self.do(f"{seat} would rather come to {to}", join, session_id=to.id, **person)

    @act(SEAT, often=2)
    def want_each_others(self, data: st.DataObject) -> None:
        """Two who have seats in a course would rather have the other's."""
        seat = self.one(data, SEAT)
        sisters = [each for each in self.term.live(SEAT) if each.venue.course == seat.venue.course]
        other = data.draw(st.sampled_from(sisters), label="whose")
        for one, wanted in ((seat, other), (other, seat)):
            about = {"session_id": wanted.venue.id, "person_id": one.doctor.id, "by": one.doctor.id}
            self.do(f"{one} would rather have the seat of {wanted}", join, **about)

    @act(SEAT, often=5)
    def cancel(self, data: st.DataObject) -> None:
        seat, is_ill = self.one(data, SEAT), data.draw(st.booleans(), label="is ill")
        by = data.draw(st.sampled_from([seat.doctor.id, self.coordinator(data)]), label="who")
        ground = CancelGround.ILLNESS if is_ill else CancelGround.OTHER
        said = f"{seat} is cancelled" + " by staff" * (by != seat.doctor.id)
        self.do(said, cancellation.cancel, **of(seat), ground=ground, reason="Kan inte", by=by)

    @act(State.CANCELLED, often=2)
    def undo(self, data: st.DataObject) -> None:
        cancelled = sorted(self.term.live(State.CANCELLED), key=lambda each: each.ended)
        seat = data.draw(st.sampled_from(cancelled[-3:]), label="which")
        by = data.draw(st.sampled_from([seat.doctor.id, self.coordinator(data)]), label="who")
        self.do(f"{seat} is undone", cancellation.undo, **of(seat), by=by)

    @act(State.OFFERED, State.ASKED, often=6)
    def answer(self, data: st.DataObject) -> None:
        place = self.one(data, State.OFFERED, State.ASKED)
        answer = data.draw(st.sampled_from([looked_at.accept, looked_at.accept, answers.decline]))
        self.do(f"{place}: {answer.__name__}", answer, **of(place), by=place.doctor.id)

    @act(State.MUST_CHOOSE, often=6)
    def choose(self, data: st.DataObject) -> None:
        place = self.one(data, State.MUST_CHOOSE)
        answer = data.draw(st.sampled_from([keep, choices.give_up]))
        self.do(f"{place}: {answer.__name__}", answer, **of(place), by=place.doctor.id)

    @act(State.MUST_CHOOSE, often=6)
    def choose_by_another_deed(self, data: st.DataObject) -> None:
        """Gives up the other seat, or staff move one of the two sessions away: they collide no more."""
        place = self.one(data, State.MUST_CHOOSE)
        other = data.draw(st.sampled_from(self.term.elsewhere(place)), label="other")
        if data.draw(st.booleans(), label="by staff"):
            venue = data.draw(st.sampled_from([place.venue, other.venue]), label="moved")
            about = {"session_id": venue.id, "days": [date(2027, 6, 15)], "by": self.cast.staff}
            self.do(f"{venue} is moved away", looked_at.move, **about)
        else:
            by = {"ground": CancelGround.OTHER, "reason": "Kan inte", "by": place.doctor.id}
            self.do(f"{other} is cancelled for {place}", cancellation.cancel, **of(other), **by)

    @act(State.WAITING)
    def answer_beforehand(self, data: st.DataObject) -> None:
        place = self.one(data, State.WAITING)
        yes = {each: data.draw(st.booleans(), label=each) for each in ("standing_yes", "short_notice")}
        self.do(f"{place}: {yes}", answers.answer_beforehand, **of(place), **yes, by=place.doctor.id)

    @act(*PLACES, often=2)
    def wish_otherwise(self, data: st.DataObject) -> None:
        place = self.one(data, *PLACES)
        how = data.draw(st.sampled_from([own_order.want_more, own_order.want_less, waitlist.leave]))
        self.do(f"{place}: {how.__name__}", how, **of(place), by=place.doctor.id)

    @act()
    def ask_to_be_told(self, data: st.DataObject) -> None:
        """Of free seats in a course, or no more."""
        who = data.draw(st.sampled_from([*self.term.doctors.values()]), label="who")
        course = data.draw(st.sampled_from([*self.term.venues.values()]), label="of the course of").course
        is_asked = (who.id, course.id) in self.term.asked_for
        how = free_seats.ask_no_more if is_asked else free_seats.ask
        self.do(f"{who}: {how.__name__} {course.name}", how, course_id=course.id, person_id=who.id, by=who.id)
