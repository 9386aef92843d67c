"""Two hundred doctors want the last ten seats at the same moment."""

from collections import Counter
from datetime import date, timedelta

import pytest
from bookings_room import insist_on_invariants, line_of, states
from processes import Parts, all_at_once
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from visitors import Visitor, cookies, visitors

import make
from bookings import in_line, left_over_seats
from bookings.models import Booking
from bookings.rules.line import active_places
from bookings.states import BookingState
from courses.models import CourseSession
from lararportal import clock
from lararportal.audit import invariants
from lararportal.db import Database
from lararportal.journal import Entry
from lararportal.outbox import Letter

DOCTORS, LAST, TAKEN = 200, 10, 2


def world(db: Session, *, now) -> tuple[int, list[int]]:
    """A session with ten seats left, and two hundred doctors of different seniority who may have one."""
    first = clock.day_of(now) + timedelta(days=90)
    session = make.session(db, days=[first, first + timedelta(days=1)], seats=LAST + TAKEN)
    for _ in range(TAKEN):
        left_over_seats.book(db, session_id=session.id, person_id=make.person(db).id, now=now, by=None)
    ends = [date(2028 + number % 3, 1 + number % 7, 1) for number in range(DOCTORS)]
    return session.id, [make.person(db, planned_end=end).id for end in ends]


def insist_on_a_fair_end(db: Session, session_id: int, doctors: list[int], *, now) -> None:
    """Ten have a seat, the others stand in one strict line, and everybody has one letter that says so."""
    session = db.get_one(CourseSession, session_id)
    now_stand = {person: state for person, state in states(db, session).items() if person in doctors}
    assert Counter(now_stand.values()) == {BookingState.BOOKED: LAST, BookingState.WAITING: DOCTORS - LAST}
    assert session.seats_taken == session.seats

    line = db.scalars(select(Booking).where(Booking.state == BookingState.WAITING)).all()
    in_order = sorted(line, key=lambda each: (each.wave, each.key, each.joined_at, each.id))
    assert line_of(db, session) == [each.person_id for each in in_order]
    places = active_places(in_line.line(db, [session_id], today=clock.day_of(now))[session_id])
    assert [places[each.id] for each in in_order] == list(range(1, DOCTORS - LAST + 1))
    assert len({tuple(each.key) for each in in_order}) > 1

    letters = db.execute(select(Letter.person_id, Letter.occasion).where(Letter.person_id.in_(doctors))).all()
    occasions = {BookingState.BOOKED: "seat_booked", BookingState.WAITING: "place_in_line"}
    assert Counter(map(tuple, letters)) == Counter((who, occasions[state]) for who, state in now_stand.items())
    insist_on_invariants(db)
    assert invariants(db, now=now) == []


def insist_that_places_told_were_true(db: Session) -> None:
    """Whoever joined was told how many stood before them then, and themselves."""
    bookings = {each.id: each for each in db.scalars(select(Booking))}
    before: list[tuple] = []
    for told in db.scalars(select(Entry.facts).where(Entry.deed == "line.joined").order_by(Entry.id)):
        joined = bookings[told["booking"]]
        place = (joined.wave, joined.key, joined.joined_at, joined.id)
        assert told["position"] == 1 + sum(each < place for each in before)
        before.append(place)


@pytest.mark.long
def test_two_hundred_at_once_share_ten_seats_and_one_strict_line(shared_database: Database, now):
    with shared_database.transaction() as db:
        session_id, doctors = world(db, now=now)

    def book(person_id: int) -> None:
        with shared_database.transaction() as db:
            left_over_seats.book(db, session_id=session_id, person_id=person_id, now=now, by=person_id)

    all_at_once([lambda doctor=doctor: book(doctor) for doctor in doctors])

    with shared_database.transaction() as db:
        insist_on_a_fair_end(db, session_id, doctors, now=now)
        insist_that_places_told_were_true(db)


def test_two_hundred_browsers_at_once_share_ten_seats_and_one_strict_line(shared_database: Database, parts: Parts):
    portal = parts.web(processes=4)
    with shared_database.transaction() as db:
        session_id, doctors = world(db, now=clock.now())
        [cookie] = cookies(db, parts.settings, doctors[:1])
        browsers = visitors(db, parts.settings, doctors, portal=portal)
    # Without the proof that the form came from us, nothing is booked; and the page has that form.
    without_proof = Visitor(portal, cookie)
    assert without_proof.book(session_id) == (400, None)
    without_proof.look(session_id)
    without_proof.close()

    answers = all_at_once([lambda browser=browser: browser.book(session_id) for browser in browsers])
    for browser in browsers:
        browser.close()

    assert Counter(answers) == {(302, f"/tillfallen/{session_id}"): DOCTORS}
    with shared_database.transaction() as db:
        insist_on_a_fair_end(db, session_id, doctors, now=clock.now())
        insist_that_places_told_were_true(db)
        assert db.scalar(select(func.count()).select_from(Booking)) == DOCTORS + TAKEN
