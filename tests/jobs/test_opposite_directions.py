"""Many who book, wait, re-book and cancel in opposite directions at once: nobody is stopped by a deadlock."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from random import Random

import pytest
from bookings_room import insist_on_invariants, noted, place, refused, sent, states
from processes import WITHIN, Storm, all_at_once, wait_until
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import make
from auth.models import Person
from bookings import answers, cancellation, left_over_seats, offers, own_order, rebooking, swap_rings, waitlist
from bookings.models import Booking, Round
from bookings.states import BookingState, Refusal, RoundState
from courses.models import CourseSession
from lararportal import tick
from lararportal.audit import invariants
from lararportal.db import Database
from lararportal.errors import Refused
from lararportal.journal import Entry
from lararportal.outbox import Letter

THREADS = 16
SECONDS = pytest.mark.parametrize("seconds", [2.0, pytest.param(60.0, marks=pytest.mark.long)])
"""How long a crowd goes on: for a moment in each run, for a minute where there is time."""


FROM_A_PLACE = ("seat.from_line", "seat.swapped")
"""The deeds by which a place in line becomes a seat."""


class Crowd:
    """Persons, the sessions of some courses, and what one of them may do next."""

    def __init__(self, persons: Sequence[int], courses: Sequence[Sequence[int]]) -> None:
        self.persons = persons
        self.courses = courses

    def book(self, db: Session, chance: Random, now) -> None:
        session, person = self._anywhere(chance), chance.choice(self.persons)
        left_over_seats.book(db, session_id=session, person_id=person, now=now, by=person)

    def join(self, db: Session, chance: Random, now) -> None:
        session, person = self._anywhere(chance), chance.choice(self.persons)
        waitlist.join(db, session_id=session, person_id=person, now=now, by=person)

    def leave(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.WAITING)
        waitlist.leave(db, session_id=session, person_id=person, now=now, by=person)

    def cancel(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.BOOKED)
        cancellation.cancel(db, session_id=session, person_id=person, reason="", now=now, by=person)

    def undo(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.CANCELLED)
        cancellation.undo(db, session_id=session, person_id=person, now=now, by=person)

    def rebook(self, db: Session, chance: Random, now) -> None:
        old, person = self._of_somebody(db, chance, BookingState.BOOKED)
        [new] = chance.sample([each for each in self._same_course(old) if each != old], 1)
        rebooking.rebook(db, from_session_id=old, to_session_id=new, person_id=person, now=now, by=person)

    def wish(self, db: Session, chance: Random, now) -> None:
        old, person = self._of_somebody(db, chance, BookingState.BOOKED)
        [new] = chance.sample([each for each in self._same_course(old) if each != old], 1)
        waitlist.join(db, session_id=new, person_id=person, now=now, by=person)

    def reorder(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.WAITING)
        own_order.want_more(db, session_id=session, person_id=person, now=now, by=person)

    def accept(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.OFFERED)
        saw = answers.seen(db, session_id=session, person_id=person, now=now)
        answers.accept(db, session_id=session, person_id=person, saw=saw, now=now, by=person)

    def decline(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.OFFERED)
        answers.decline(db, session_id=session, person_id=person, now=now, by=person)

    def lapse(self, db: Session, chance: Random, now) -> None:
        found = db.scalars(select(Booking.id).where(Booking.state == BookingState.OFFERED)).all()
        if found:
            offers.lapse(db, chance.choice(found), now=now + timedelta(days=7), by=None)

    def ask_first(self, db: Session, chance: Random, now) -> None:
        session, person = self._of_somebody(db, chance, BookingState.WAITING)
        answers.answer_beforehand(
            db, session_id=session, person_id=person, standing_yes=False, short_notice=False, now=now, by=person
        )

    def fill(self, db: Session, chance: Random, now) -> None:
        waitlist.fill(db, session_id=self._anywhere(chance), now=now)

    def close_rings(self, db: Session, chance: Random, now) -> None:
        session = db.get_one(CourseSession, self._anywhere(chance))
        swap_rings.close(db, course_id=session.course_id, now=now)

    def _anywhere(self, chance: Random) -> int:
        return chance.choice(chance.choice(self.courses))

    def _same_course(self, session_id: int) -> Sequence[int]:
        [course] = [each for each in self.courses if session_id in each]
        return course

    def _of_somebody(self, db: Session, chance: Random, state: BookingState) -> tuple[int, int]:
        """What somebody had a moment ago, as a page shows it; it may be gone when they press the button."""
        rows = db.execute(select(Booking.session_id, Booking.person_id).where(Booking.state == state)).all()
        return tuple(chance.choice(rows)) if rows else (self._anywhere(chance), chance.choice(self.persons))


def insist_on_the_end(database: Database, *, now) -> None:
    """Once the tick has been round, no seat is lost or given twice, and every deed has its journal and letter."""
    tick.give_seats(database, now=now)
    with database.transaction() as db:
        insist_on_invariants(db)
        assert invariants(db, now=now) == []
        once = db.scalars(select(Entry.facts["booking"].as_integer()).where(Entry.deed == "line.left")).all()
        struck = db.scalars(select(Entry.facts["struck"]).where(Entry.deed.in_(FROM_A_PLACE))).all()
        ends = Counter([*once, *(booking for each in struck for booking in each)])
        assert [booking for booking, count in ends.items() if count > 1] == []


def somebody_in_line_changed_seats(database: Database) -> bool:
    """Whether anybody gave up one seat for another that they stood in line for."""
    with database.transaction() as db:
        return any(db.scalars(select(Entry.facts["left"]).where(Entry.deed == "seat.from_line")))


@SECONDS
def test_two_full_sessions_are_changed_for_each_other_without_deadlock(
    shared_database: Database, seconds: float, now
):
    with shared_database.transaction() as db:
        course = make.course(db, seats=6)
        north = make.session(db, of=course)
        south = make.session(db, of=course, days=[date(2027, 4, 12), date(2027, 4, 13)])
        persons = [make.person(db).id for _ in range(24)]
        for number, person in enumerate(persons[:18]):
            session = (north, south)[number % 2]
            left_over_seats.book(db, session_id=session.id, person_id=person, now=now, by=person)
        assert north.free_seats == south.free_seats == 0
        crowd = Crowd(persons, [[north.id, south.id]])
    acts = [crowd.join, crowd.cancel, crowd.rebook, crowd.rebook, crowd.fill, crowd.fill]
    Storm(
        database=shared_database,
        acts=acts,
        begins=now + timedelta(minutes=1),
        threads=THREADS,
        seconds=seconds,
        until=lambda: somebody_in_line_changed_seats(shared_database),
    ).rage()

    insist_on_the_end(shared_database, now=now + timedelta(hours=1))


def some_changed_in_rings(database: Database) -> bool:
    """Whether seats were changed in more than one ring."""
    with database.transaction() as db:
        return db.scalars(select(func.count()).select_from(Entry).where(Entry.deed == "seat.swapped")).one() > 3


@SECONDS
def test_rings_beside_cancellations_and_rebookings_on_full_sessions(shared_database: Database, seconds: float, now):
    spring = date(2027, 4, 5)
    with shared_database.transaction() as db:
        courses = []
        for number in range(2):
            # The sessions of both courses share days, so that a seat in one keeps people out of the other.
            days = [spring + timedelta(days=7 * week + number) for week in range(3)]
            course = make.course(db, seats=4)
            courses.append([make.session(db, of=course, days=[day, day + timedelta(days=1)]).id for day in days])
        roomy = make.course(db, seats=30)
        courses.append([make.session(db, of=roomy, days=[date(2027, 5, day)]).id for day in (3, 4)])
        persons = [make.person(db, planned_end=date(2029, 1 + n % 9, 1)).id for n in range(24)]
        # All have their seats before anybody stands in line: where somebody does, the next who comes does too.
        for number, person in enumerate(persons[:12]):
            weeks = [number % 3, (number + 1) % 3]
            for course, week in zip(courses, weeks, strict=False):
                left_over_seats.book(db, session_id=course[week], person_id=person, now=now, by=person)
        full = [db.get_one(CourseSession, session) for course in courses[:2] for session in course]
        assert [session.free_seats for session in full] == [0] * 6
        for number, person in enumerate(persons[:12]):
            for course in courses[:2]:
                waitlist.join(db, session_id=course[(number + 2) % 3], person_id=person, now=now, by=person)
        for number, person in enumerate(persons[12:]):
            left_over_seats.book(db, session_id=courses[2][number % 2], person_id=person, now=now, by=person)
        crowd = Crowd(persons, courses)
    acts = [*[crowd.join] * 3, crowd.leave, *[crowd.book] * 3, crowd.cancel, *[crowd.rebook] * 4]
    acts += [*[crowd.wish] * 4, *[crowd.fill] * 5, *[crowd.close_rings] * 4]
    acts += [crowd.reorder, crowd.ask_first]
    Storm(
        database=shared_database,
        acts=acts,
        begins=now + timedelta(minutes=1),
        threads=THREADS,
        seconds=seconds,
        until=lambda: some_changed_in_rings(shared_database),
    ).rage()

    insist_on_the_end(shared_database, now=now + timedelta(hours=1))


@SECONDS
def test_forty_persons_at_once_over_six_sessions_keep_every_invariant(shared_database: Database, seconds: float, now):
    spring = date(2027, 4, 5)
    with shared_database.transaction() as db:
        courses = []
        for number in range(3):
            course = make.course(db, seats=4)
            # The first sessions of all courses share days, and so do the first of one and the second of another.
            days = [spring + timedelta(days=number), spring + timedelta(days=7 - number)]
            courses.append([make.session(db, of=course, days=[day, day + timedelta(days=1)]).id for day in days])
        crowd = Crowd([make.person(db, planned_end=date(2029, 1 + n % 9, 1)).id for n in range(40)], courses)
    # Seldom is a seat free in the other session of a course, and no line before it: many have to try.
    acts = [crowd.book, crowd.book, crowd.join, crowd.leave, crowd.cancel, crowd.cancel, crowd.fill, crowd.fill]
    acts += [*[crowd.rebook] * 6, crowd.ask_first, crowd.ask_first, crowd.accept, crowd.decline, crowd.lapse]
    acts += [crowd.undo, crowd.undo]
    Storm(database=shared_database, acts=acts, begins=now, threads=THREADS, seconds=seconds).rage()

    insist_on_the_end(shared_database, now=now + timedelta(hours=1))


def test_a_place_is_not_left_that_a_seat_elsewhere_has_just_struck(shared_database: Database, now):
    with shared_database.transaction() as db:
        course = make.course(db)
        wanted = make.session(db, of=course)
        less_wanted = make.session(db, of=course, days=[date(2027, 4, 12)])
        person = make.person(db).id
        place(db, wanted, db.get_one(Person, person), rank=1)
        place(db, less_wanted, db.get_one(Person, person), rank=2)

    def leave() -> str:
        with shared_database.transaction() as db:
            waitlist.leave(db, session_id=less_wanted.id, person_id=person, now=now, by=person)
        return "left"

    with ThreadPoolExecutor(1) as pool:
        with shared_database.transaction() as db:
            assert waitlist.fill(db, session_id=wanted.id, now=now) == 1
            db.flush()
            leaving = pool.submit(leave)
            wait_until(lambda: waits_for_a_lock(shared_database), what="the one who leaves waits")
        with refused(Refusal.NOT_WAITING):
            leaving.result(WITHIN)
    with shared_database.transaction() as db:
        assert [deed for deed, *_ in noted(db)] == ["seat.from_line"]


def wait_to_be_asked(db: Session, session_id: int, person_id: int, *, now) -> Booking:
    """A place in line of somebody who has given no yes beforehand."""
    booking = waitlist.join(db, session_id=session_id, person_id=person_id, now=now, by=person_id)
    answers.answer_beforehand(
        db,
        session_id=session_id,
        person_id=person_id,
        standing_yes=False,
        short_notice=False,
        now=now,
        by=person_id,
    )
    return booking


def test_of_two_offers_of_one_day_that_are_accepted_at_once_one_is_had(shared_database: Database, now):
    with shared_database.transaction() as db:
        person = make.person(db)
        there = [make.session(db, seats=1).id for _ in range(2)]
        for session_id in there:
            wait_to_be_asked(db, session_id, person.id, now=now)
        assert [waitlist.fill(db, session_id=each, now=now) for each in there] == [1, 1]
        who = person.id

    def accept(session_id: int) -> str:
        try:
            with shared_database.transaction() as db:
                answers.accept(db, session_id=session_id, person_id=who, now=now, by=who)
        except Refused as refusal:
            return refusal.reason.value
        return "booked"

    answered = all_at_once([lambda each=each: accept(each) for each in there])

    assert Counter(answered) == {"booked": 1, "offer_collides": 1}
    insist_on_the_end(shared_database, now=now)


def test_an_offer_is_either_accepted_or_lapses(shared_database: Database, now):
    with shared_database.transaction() as db:
        session = make.session(db, seats=1)
        persons = [make.person(db) for _ in range(2)]
        bookings = [wait_to_be_asked(db, session.id, person.id, now=now) for person in persons]
        assert waitlist.fill(db, session_id=session.id, now=now) == 1
        [offer] = [each for each in bookings if each.state is BookingState.OFFERED]
        until, who = offer.answer_by, offer.person_id

    def accept() -> str:
        try:
            with shared_database.transaction() as db:
                answers.accept(db, session_id=session.id, person_id=who, now=until, by=who)
        except Refused as refusal:
            return refusal.reason.value
        return "booked"

    def lapse() -> str:
        return str(tick.run_due(shared_database, now=until + timedelta(seconds=1))["offers lapsed"])

    answer, _ = all_at_once([accept, lapse])

    with shared_database.transaction() as db:
        found = states(db, session)[who]
        assert (answer, found) in [("booked", BookingState.BOOKED), ("not_offered", BookingState.LAPSED)]
    insist_on_the_end(shared_database, now=until + timedelta(seconds=1))


def waits_for_a_lock(database: Database) -> bool:
    """Whether some transaction of this database waits for another."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.transaction() as db:
        return bool(db.scalar(text(waiting)))


@pytest.fixture
def much_is_due(shared_database: Database, now) -> None:
    """A round to open, one with lists to close, sessions with too few, and free seats that people wait for."""
    with shared_database.transaction() as db:
        make.coordinator(db)
        person = make.person(db)
        given = [make.session(db, days=[date(2027, 5, 3 + number)]) for number in range(2)]
        closing = make.round_of(db, given[0])
        sent(db, closing, person, given[0])
        closing.closes_at = now
        make.round_of(db, given[1], state=RoundState.PLANNED, opens_at=now, closes_at=now + timedelta(weeks=3))
        for number in range(4):
            make.session(db, days=[date(2027, 2, 1 + number)], minimum=3)
        for number in range(6):
            session = make.session(db, days=[date(2027, 4, 1 + number)], seats=3)
            for _ in range(5):
                place(db, session, make.person(db))


def test_two_ticks_at_once_do_nothing_twice(shared_database: Database, much_is_due, now):
    done = all_at_once([lambda: tick.run_due(shared_database, now=now) for _ in range(2)])

    assert sum(each["seats filled"] for each in done) == 18
    with shared_database.transaction() as db:
        assert db.scalars(select(Round.state).order_by(Round.id)).all() == [RoundState.CLOSED, RoundState.OPEN]
        deeds = db.execute(select(Entry.deed, func.count()).group_by(Entry.deed)).all()
        assert dict(map(tuple, deeds)) == {
            "application.sent": 1, "round.closed": 1, "round.opened": 1, "minimum.asked": 4, "seat.from_line": 18,
        }  # fmt: skip
        letters = db.execute(
            select(Letter.occasion, Letter.person_id, func.count()).group_by(Letter.occasion, Letter.person_id)
        )
        counted = [(occasion, count) for occasion, _, count in letters]
        assert Counter(counted) == {
            ("application_received", 1): 1,
            ("too_few_booked", 4): 1,
            ("seat_from_line", 1): 18,
        }
        insist_on_invariants(db)
    assert {name: count for name, count in tick.run_due(shared_database, now=now).items() if count} == {}
