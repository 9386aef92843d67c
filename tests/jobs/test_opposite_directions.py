"""Two deeds that want the same thing at the same moment: one of them has it, and the other is told."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from bookings_room import insist_on_invariants, noted, place, refused, sent, states
from crowd import insist_on_the_end
from processes import WITHIN, all_at_once, wait_until, waits_for_a_lock
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import make
from auth.models import Person
from bookings import answers, left_over_seats, precedence, waitlist
from bookings.models import Booking, Precedence, Round
from bookings.states import BookingState, Refusal, RoundState
from courses.models import CourseSession
from lararportal import tick
from lararportal.db import Database
from lararportal.errors import Refused
from lararportal.journal import Entry
from lararportal.outbox import Letter


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


def test_who_books_holds_the_session_and_then_the_person_and_only_then_looks(shared_database: Database, now):
    with shared_database.transaction() as db:
        session, person, eva = make.session(db), make.person(db), make.coordinator(db)
        ids = {"session_id": session.id, "person_id": person.id}
        about = {"person_id": person.id, "course_id": session.course_id, "reason": "Förra kursen ställdes in."}
        granted_by = eva.id

    def book() -> int:
        with shared_database.transaction() as db:
            return left_over_seats.book(db, **ids, now=now, by=person.id).id

    with ThreadPoolExecutor(1) as pool:
        with shared_database.transaction() as db:
            precedence.grant(db, **about, now=now, by=granted_by)
            db.flush()
            booking = pool.submit(book)
            wait_until(lambda: waits_for_a_lock(shared_database), what="who books waits for the person")
            is_free = select(CourseSession.id).with_for_update(key_share=True, skip_locked=True)
            assert db.scalars(is_free).all() == []
        seat = booking.result(WITHIN)
    with shared_database.transaction() as db:
        assert db.scalars(select(Precedence.used_by)).all() == [seat]
        insist_on_invariants(db)


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
