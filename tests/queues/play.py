"""What every move in the play of a term needs: who may do what now, how it is tried, and how time goes on."""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from queues.days import STOCKHOLM, day_of
from queues.model import Place, Venue
from queues.term import Cast
from queues.witness import Witness
from sqlalchemy import Connection

from bookings.rules.funding import Unfunded
from bookings.states import BookingState as State
from bookings.states import Refusal
from lararportal import clock, tick
from lararportal.errors import Refused

BEGINS = clock.parse("2027-01-14T06:00")
"""Three hours later what the round has left over may be booked."""
NAMES = ["Anna", "Bo", "Cilla", "David", "Eva", "Sara", "Tor", "Ulf", "Per", "Viggo"]
WHERE = ["K1", "K2", "K3", "K4", "L1", "L2"]
HOURS = [125, 0.1, 1, 7, 26, 74, 200]
"""What may pass at one stroke: from a moment to undo in to more than any time to answer."""
DAYS = [28, 24, 20, 15, 5, 2, 1]
"""How near the start of a session it may be at one stroke."""
SEAT, PLACES = State.BOOKED, (State.WAITING, State.OFFERED)

Act = Callable[["Player", st.DataObject], None]
ACTS: list[tuple[Act, tuple[State, ...]]] = []
"""What may happen, as often as it shall be drawn, and what somebody must have for it.

The first is what happens in the first term again and again.
"""


def act(*states: State, often: int = 1) -> Callable[[Act], Act]:
    """Something that may happen while somebody has something in one of these states."""

    def remember(deed: Act) -> Act:
        ACTS.extend([(deed, states)] * often)
        return deed

    return remember


class Player(RuleBasedStateMachine):
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
        self.unfunded = Unfunded.KEEP

    def teardown(self) -> None:
        try:
            if not self.witness.seen:
                self.go_on(self.now, is_running=True)
                self.witness.insist_on_the_whole(now=self.now)
        finally:
            self.savepoint.rollback()

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.possible), label="what")(self, data)

    @property
    def possible(self) -> list[Act]:
        """What can happen now, as often as it shall be drawn."""
        return [deed for deed, states in ACTS if not states or self.term.live(*states)]

    def do(self, said: str, deed: Callable[..., object], **facts: object) -> str | None:
        """A moment later somebody tries; what is refused has not happened, and it is said why."""
        self.now += timedelta(minutes=1)
        why: str | None = None
        try:
            with self.witness.transaction() as db:
                deed(db, now=self.now, **facts)
        except Refused as refusal:
            self.insist_on_reason(refusal, **facts)
            why = refusal.reason
            said += f": refused, {why}"
        if self.is_worker_awake:
            tick.give_seats(self.witness, now=self.now)
        self.say(said)
        self.witness.insist(now=self.now, given=self.is_worker_awake)
        return why

    def insist_on_reason(self, refusal: Refused, **facts: object) -> None:
        """Nobody is kept from deciding who has nothing to gain."""
        if refusal.reason in (Refusal.DECIDES_OVER_OWN_SESSION, Refusal.DECIDES_OVER_OWN_COURSE):
            seat = self.term.places.get(facts.get("booking_id"))
            session_id = seat.venue.id if seat else facts.get("session_id") or facts.get("to_session_id")
            [course] = {
                each.course.id: each.course
                for each in self.term.venues.values()
                if session_id == each.id or facts.get("course_id") == each.course.id
            }.values()
            who = self.term.doctors[facts["by"]]
            assert self.term.interest(who, course, self.now), f"{who} has nothing in {course.name}"

    def go_on(self, until: datetime, *, is_running: bool) -> None:
        """Time goes on, with a tick at its end unless the portal was down."""
        self.now = max(until, self.now + timedelta(minutes=1))
        if not is_running:
            self.say("no tick")
            return
        done = tick.run_due(self.witness, now=self.now, unfunded=self.unfunded)
        self.say(f"tick { ({what: count for what, count in done.items() if count}) }")
        if done["seats filled"] or done.get("unfunded seats released"):
            # Enough may have come, or too few be left, which the next tick sees.
            tick.run_due(self.witness, now=self.now, unfunded=self.unfunded)
        self.witness.insist(now=self.now, given=True)
        self.witness.insist_on_what_is_due(unfunded=self.unfunded, now=self.now)
        if self.is_thorough:
            self.witness.insist_on_the_whole(now=self.now)

    def say(self, what: str) -> None:
        note(f"{self.now.astimezone(STOCKHOLM):%d %b %H:%M} {what}")

    def one(self, data: st.DataObject, *states: State) -> Place:
        """Something that somebody has."""
        return data.draw(st.sampled_from(self.term.live(*states)), label="which")

    def coordinator(self, data: st.DataObject) -> int:
        """Who decides; some of them have something to gain here and there."""
        return data.draw(st.sampled_from(self.cast.coordinators), label="by")

    def where(self, data: st.DataObject) -> tuple[str, dict[str, int]]:
        """A session."""
        name = data.draw(st.sampled_from(WHERE), label="where")
        return name, {"session_id": self.cast.sessions[name], "by": self.coordinator(data)}

    @property
    def ahead(self) -> list[Venue]:
        """The sessions that seats can still be given in."""
        return [each for each in self.term.venues.values() if each.is_ahead(self.now)]

    @act(often=4)
    def time_passes(self, data: st.DataObject) -> None:
        hours = data.draw(st.sampled_from(HOURS), label="hours")
        self.go_on(self.now + timedelta(hours=hours), is_running=self.is_running(data))

    @act(often=2)
    def a_start_comes_near(self, data: st.DataObject) -> None:
        """So many days before the next session begins, if that is still to come."""
        days, hour = data.draw(st.sampled_from(DAYS), label="days"), data.draw(st.sampled_from([7, 12, 19]))
        first = min((each.days[0] for each in self.ahead), default=day_of(self.now))
        self.go_on(clock.at(first - timedelta(days=days), hour), is_running=self.is_running(data))

    @act(often=3)
    def worker_sleeps_or_wakes(self, data: st.DataObject) -> None:
        self.is_worker_awake = not self.is_worker_awake

    def is_running(self, data: st.DataObject) -> bool:
        """Whether the portal is, or down."""
        return data.draw(st.sampled_from([True, False]), label="running")


def of(place: Place) -> dict[str, int]:
    return {"session_id": place.venue.id, "person_id": place.doctor.id}
