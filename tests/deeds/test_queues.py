"""Queues that keep their promise, whatever doctors and staff do in whatever order, and however time passes.

Hypothesis draws what happens next. After each transaction, also those of the tick, `queues.witness` follows the
journal with a model that knows nothing of the portal's own rules; `tests/queues` tells what it expects.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from queues import deeds as looked_at
from queues.model import LIVE, STOCKHOLM, Place, Venue, day_of
from queues.term import Cast, stage
from queues.witness import Witness
from session_changes_room import keep
from sqlalchemy import Connection

from bookings import answers, cancellation, choices, left_over_seats, own_order, rebooking, taken_off, waitlist
from bookings.minimum import rescues
from bookings.states import BookingState as State
from bookings.states import CancelGround
from bookings.waitlist import join
from courses import sessions
from lararportal import clock, tick
from lararportal.db import Database
from lararportal.errors import Refused

BEGINS = clock.parse("2027-01-11T08:00")
NAMES = ["Anna", "Bo", "Cilla", "David", "Eva", "Sara", "Tor", "Ulf", "Per", "Viggo"]
WHERE = ["K1", "K2", "K3", "K4", "L1", "L2"]
HOURS = [0.1, 1, 7, 26, 74, 125, 200]
"""What may pass at one stroke: from a moment to undo in to more than any time to answer."""
DAYS = [28, 20, 15, 5, 2, 1]
"""How near the start of a session it may be at one stroke."""
TO = [[date(2027, 3, 10)], [date(2027, 3, 30), date(2027, 3, 31)], [date(2027, 5, 4)], [date(2027, 6, 8)]]
"""The days that a session may be moved to; on most of them there is another."""
SEAT, PLACES = State.BOOKED, (State.WAITING, State.OFFERED)

Act = Callable[["Queues", st.DataObject], None]
ACTS: list[tuple[Act, tuple[State, ...]]] = []
"""What may happen, as often as it shall be drawn, and what somebody must have for it."""


def act(*states: State, often: int = 1) -> Callable[[Act], Act]:
    """Something that may happen while somebody has something in one of these states."""

    def remember(deed: Act) -> Act:
        ACTS.extend([(deed, states)] * often)
        return deed

    return remember


class Queues(RuleBasedStateMachine):
    """A term in which doctors, staff and time do what they like.

    While the worker is awake it gives free seats away after each deed; else that waits for the tick.
    """

    def __init__(self, connection: Connection, cast: Cast, *, is_thorough: bool) -> None:
        super().__init__()
        self.is_thorough = is_thorough
        self.savepoint = connection.begin_nested()
        self.cast = cast
        self.now = BEGINS + timedelta(hours=1)
        self.witness = Witness(connection, deepcopy(cast.term))
        self.term = self.witness.term
        self.is_worker_awake = True

    def teardown(self) -> None:
        try:
            if not self.witness.seen:
                self.go_on(self.now, is_running=True)
                self.witness.insist_on_the_whole(now=self.now)
        finally:
            self.savepoint.rollback()

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        possible = [deed for deed, states in ACTS if not states or self.term.live(*states)]
        data.draw(st.sampled_from(possible), label="what")(self, data)

    def do(self, said: str, deed: Callable[..., object], **facts: object) -> None:
        """A moment later somebody tries; what is refused has not happened."""
        self.now += timedelta(minutes=1)
        try:
            with self.witness.transaction() as db:
                deed(db, now=self.now, **facts)
        except Refused as refusal:
            said += f": refused, {refusal.reason}"
        if self.is_worker_awake:
            tick.give_seats(self.witness, now=self.now)
        self.say(said)
        self.witness.insist(now=self.now, given=self.is_worker_awake)

    def go_on(self, until: datetime, *, is_running: bool) -> None:
        """Time goes on, with a tick at its end unless the portal was down."""
        self.now = max(until, self.now + timedelta(minutes=1))
        if not is_running:
            self.say("no tick")
            return
        done = tick.run_due(self.witness, now=self.now)
        self.say(f"tick { ({what: count for what, count in done.items() if count}) }")
        self.witness.insist(now=self.now, given=True)
        if self.is_thorough:
            self.witness.insist_on_the_whole(now=self.now)

    def say(self, what: str) -> None:
        note(f"{self.now.astimezone(STOCKHOLM):%d %b %H:%M} {what}")

    def one(self, data: st.DataObject, *states: State) -> Place:
        """Something that somebody has."""
        return data.draw(st.sampled_from(self.term.live(*states)), label="which")

    def where(self, data: st.DataObject) -> tuple[str, dict[str, int]]:
        """A session."""
        name = data.draw(st.sampled_from(WHERE), label="where")
        return name, {"session_id": self.cast.sessions[name], "by": self.cast.staff}

    @property
    def ahead(self) -> list[Venue]:
        """The sessions that seats can still be given in."""
        return [each for each in self.term.venues.values() if each.is_ahead(self.now)]

    # Doctors.

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

    @act(SEAT, often=5)
    def cancel(self, data: st.DataObject) -> None:
        seat, is_ill = self.one(data, SEAT), data.draw(st.booleans(), label="is ill")
        by = data.draw(st.sampled_from([seat.doctor.id, seat.doctor.id, self.cast.staff]))
        ground = CancelGround.ILLNESS if is_ill else CancelGround.OTHER
        said = f"{seat} is cancelled" + " by staff" * (by == self.cast.staff)
        self.do(said, cancellation.cancel, **_of(seat), ground=ground, reason="Kan inte", by=by)

    @act(State.CANCELLED, often=2)
    def undo(self, data: st.DataObject) -> None:
        cancelled = sorted(self.term.live(State.CANCELLED), key=lambda each: each.ended)
        seat = data.draw(st.sampled_from(cancelled[-3:]), label="which")
        self.do(f"{seat} is undone", cancellation.undo, **_of(seat), by=seat.doctor.id)

    @act(State.OFFERED, State.ASKED, often=6)
    def answer(self, data: st.DataObject) -> None:
        place = self.one(data, State.OFFERED, State.ASKED)
        answer = data.draw(st.sampled_from([looked_at.accept, looked_at.accept, answers.decline]))
        self.do(f"{place}: {answer.__name__}", answer, **_of(place), by=place.doctor.id)

    @act(State.MUST_CHOOSE, often=6)
    def choose(self, data: st.DataObject) -> None:
        place = self.one(data, State.MUST_CHOOSE)
        answer = data.draw(st.sampled_from([keep, choices.give_up]))
        self.do(f"{place}: {answer.__name__}", answer, **_of(place), by=place.doctor.id)

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
            self.do(f"{other} is cancelled for {place}", cancellation.cancel, **_of(other), **by)

    @act(State.WAITING)
    def answer_beforehand(self, data: st.DataObject) -> None:
        place = self.one(data, State.WAITING)
        yes = {each: data.draw(st.booleans(), label=each) for each in ("standing_yes", "short_notice")}
        self.do(f"{place}: {yes}", answers.answer_beforehand, **_of(place), **yes, by=place.doctor.id)

    @act(*PLACES, often=2)
    def wish_otherwise(self, data: st.DataObject) -> None:
        place = self.one(data, *PLACES)
        how = data.draw(st.sampled_from([own_order.want_more, own_order.want_less, waitlist.leave]))
        self.do(f"{place}: {how.__name__}", how, **_of(place), by=place.doctor.id)

    # Staff.

    @act(*PLACES)
    def take_off(self, data: st.DataObject) -> None:
        place = self.one(data, *PLACES)
        self.do(f"{place} is taken off", taken_off.take_off, **_of(place), reason="Fel kurs", by=self.cast.staff)

    @act(often=2)
    def set_seats(self, data: st.DataObject) -> None:
        (where, which), seats = self.where(data), data.draw(st.integers(1, 4), label="seats")
        self.do(f"{where} has {seats} seats", looked_at.set_seats, **which, seats=seats)

    @act(often=3)
    def move(self, data: st.DataObject) -> None:
        where, which = self.where(data)
        days = data.draw(st.sampled_from(TO), label="to")
        self.do(f"{where} is moved to {days[0]}", looked_at.move, **which, days=days)

    @act()
    def open_what_is_held_back(self, data: st.DataObject) -> None:
        """A reserve session, in one way or the other, or the seats that are reserved for a group."""
        how = data.draw(st.sampled_from([looked_at.open_and_fill, sessions.open_reserve, rescues.open_reserves]))
        where = "K1" if how is rescues.open_reserves else "K4"
        self.do(f"{where}: {how.__name__}", how, session_id=self.cast.sessions[where], by=self.cast.staff)

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

    # Time.

    @act(often=4)
    def time_passes(self, data: st.DataObject) -> None:
        hours = data.draw(st.sampled_from(HOURS), label="hours")
        self.go_on(self.now + timedelta(hours=hours), is_running=data.draw(st.booleans(), label="running"))

    @act(often=2)
    def a_start_comes_near(self, data: st.DataObject) -> None:
        """So many days before the next session begins, if that is still to come."""
        days, hour = data.draw(st.sampled_from(DAYS), label="days"), data.draw(st.sampled_from([7, 12, 19]))
        first = min((each.days[0] for each in self.ahead), default=day_of(self.now))
        self.go_on(clock.at(first - timedelta(days=days), hour), is_running=data.draw(st.booleans(), label="running"))

    @act(often=3)
    def worker_sleeps_or_wakes(self, data: st.DataObject) -> None:
        self.is_worker_awake = not self.is_worker_awake


def _of(place: Place) -> dict[str, int]:
    return {"session_id": place.venue.id, "person_id": place.doctor.id}


SHORT, LONG = 4, 400
"""So many terms are played: always the same ones in each run, and others each time where there is time."""


@pytest.mark.parametrize("terms", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])
def test_queues_keep_their_promise(connection: Connection, database: Database, terms: int):
    with database.transaction() as db:
        cast = stage(db, now=BEGINS)
    run_state_machine_as_test(
        lambda: Queues(connection, cast, is_thorough=terms == LONG),
        settings=settings(
            max_examples=terms,
            stateful_step_count=24 if terms == SHORT else 40,
            derandomize=terms == SHORT,
            # To find the shortest story takes minutes: that is for who asks for it.
            phases=[Phase.generate] if terms == SHORT else list(Phase),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
