"""What doctors may do in the play of a term."""

from datetime import date

from hypothesis import strategies as st
from queues import deeds as looked_at
from queues.model import FEE, LIVE, Place
from queues.play import NAMES, PLACES, SEAT, WHERE, Player, act, of
from session_changes_room import keep

from bookings import answers, cancellation, choices, funding, own_order, waitlist
from bookings.minimum import free_seats
from bookings.rules.late_fee import OWN_GROUNDS
from bookings.states import BookingState as State
from bookings.states import CancelGround, Refusal


class DoctorsPlay(Player):
    """Doctors ask for seats, wait, answer, choose, and give seats back."""

    @act(often=3)
    def ask_for(self, data: st.DataObject) -> None:
        who, where = data.draw(st.sampled_from(NAMES)), data.draw(st.sampled_from(WHERE))
        ask = data.draw(st.sampled_from([looked_at.book, looked_at.join]))
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
        if not seat.is_funded and data.draw(st.booleans(), label="is paid for first"):
            by = next(each for each, area in self.term.directors.items() if area == seat.doctor.area)
            self.do(f"{seat} is paid for", funding.settle, booking_ids=[seat.id], by=by)
        if at_once:
            sides = {"from_session_id": seat.venue.id, "to_session_id": to.id}
            self.do(f"{seat} re-books to {to}", looked_at.rebook, **sides, **person)
        else:
            self.do(f"{seat} would rather come to {to}", looked_at.join, session_id=to.id, **person)

    @act(SEAT, often=6)
    def want_each_others(self, data: st.DataObject) -> None:
        """Two who have seats in a course would rather have the other's, unless one of them thinks better of it."""
        pairs = [
            (one, other) for one in self.term.live(SEAT) for other in self.term.live(SEAT) if _are_sisters(one, other)
        ]
        if not pairs:
            return
        one, other = data.draw(st.sampled_from(pairs), label="who")
        for each, wanted in ((one, other), (other, one)):
            about = {"session_id": wanted.venue.id, "person_id": each.doctor.id, "by": each.doctor.id}
            self.do(f"{each} would rather have the seat of {wanted}", looked_at.join, **about)
            for place in self.term.live(State.WAITING, doctor=each.doctor, venue=wanted.venue):
                if data.draw(st.sampled_from([False, False, True]), label="thinks better of it"):
                    self.do(f"{place}: want_less", own_order.want_less, **of(place), by=each.doctor.id)

    @act(SEAT, often=5)
    def cancel(self, data: st.DataObject) -> None:
        """By who has it, or by staff, also for a reason of the office."""
        seat = self.one(data, SEAT)
        by = data.draw(st.sampled_from([seat.doctor.id, self.coordinator(data)]), label="who")
        grounds = OWN_GROUNDS if by == seat.doctor.id else CancelGround
        ground = data.draw(st.sampled_from([*grounds]), label="ground")
        said = f"{seat} is cancelled" + f" by staff, {ground}" * (by != seat.doctor.id)
        self.give_back(said, seat, ground, by=by)

    @act(SEAT, often=2)
    def take_what_was_just_given_back(self, data: st.DataObject) -> None:
        """Before the worker wakes: somebody in a sister session would be quicker than the line."""
        ahead = [each for each in self.term.live(SEAT) if each.venue in self.ahead]
        pairs = [
            (one, other) for one in ahead if self.term.line(one.venue) for other in ahead if _are_sisters(one, other)
        ]
        if not pairs:
            return
        seat, quick = data.draw(st.sampled_from(pairs), label="which, and who")
        self.is_worker_awake = False
        self.give_back(f"{seat} is cancelled", seat, CancelGround.OTHER, by=seat.doctor.id)
        about = {"from_session_id": quick.venue.id, "to_session_id": seat.venue.id}
        who = {"person_id": quick.doctor.id, "by": quick.doctor.id}
        self.do(f"{quick} re-books to {seat.venue}", looked_at.rebook, **about, **who)

    def give_back(self, said: str, seat: Place, ground: CancelGround, *, by: int) -> None:
        self.term.ground = ground
        self.do(said, cancellation.cancel, **of(seat), ground=ground, reason="Kan inte", fee=FEE, by=by)

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

    @act(State.OFFERED, State.ASKED, State.MUST_CHOOSE, often=4)
    def answer_on_an_old_page(self, data: st.DataObject) -> None:
        """A yes to what was shown before something else happened; it is none to what it means by now."""
        place = self.one(data, State.OFFERED, State.ASKED, State.MUST_CHOOSE)
        state, meant = place.state, self.meaning(place)
        shown, yes = looked_at.PAGES[state]
        with self.witness.transaction() as db:
            saw = shown(db, **of(place), now=self.now)
        if data.draw(st.booleans(), label="is moved meanwhile"):
            hall = f"{place.venue.name}, sal {len(self.term.places)}"
            about = {"session_id": place.venue.id, "place": hall, "by": self.cast.staff}
            self.do(f"{place.venue} is held in {hall}", looked_at.change, **about)
        else:
            data.draw(st.sampled_from(self.possible), label="meanwhile")(self, data)
        if meant is None or place.state is not state:
            return
        means = self.meaning(place)
        why = self.do(f"{place}: yes, on an old page", yes, **of(place), saw=saw, by=place.doctor.id)
        if means != meant:
            assert why is not None, f"{place}: yes was said to {meant}, and it means {means}"
        else:
            assert why != Refusal.ANSWER_MEANS_OTHER, f"{place} means {meant} still"

    def meaning(self, place: Place) -> tuple[object, ...] | None:
        """What a yes gives up, and the session as it was shown; None where it can mean nothing."""
        is_choice = place.state is State.MUST_CHOOSE
        left = self.term.elsewhere(place) if is_choice else self.term.leaves(place, self.now)
        return None if left is None else (sorted(each.id for each in left), place.venue.moved)

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
            said = f"{other} is cancelled for {place}"
            self.give_back(said, other, CancelGround.OTHER, by=place.doctor.id)

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


def _are_sisters(one: Place, other: Place) -> bool:
    """Whether two seats are in different sessions of a course."""
    return one.venue.course == other.venue.course and one.venue is not other.venue
