"""Undoing: the very seat that was cancelled is had again, as long as nobody else has it or was promised it."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    BOOKED_AT,
    days_of,
    fill,
    insist_on_invariants,
    last_facts,
    letter,
    noted,
    occasions,
    place,
    refused,
    seat,
    states,
    told,
)
from calling_off_room import call_off
from session_changes_room import change, on
from sqlalchemy import select

import make
from bookings import answers, cancellation, facts, left_over_seats, precedence, queries, rebooking, waitlist
from bookings.models import Booking, Precedence
from bookings.rules.seats import GRACE, UNDO_WITHIN
from bookings.states import BookingState, CancelGround, Refusal
from courses.models import Course, CourseDay
from courses.states import Publicity
from lararportal import clock
from lararportal.audit import invariants
from lararportal.calendars import method_of
from lararportal.errors import NotFound

SOON = AFTER + timedelta(minutes=3)
LATE = clock.parse("2027-03-05T08:00")


@pytest.fixture
def session(db):
    return make.session(db, of=make.course(db, seats=1))


@pytest.fixture
def person(db):
    return make.person(db)


def cancel(db, session, person, now=AFTER, **more) -> Booking:
    who = {"session_id": session.id, "person_id": person.id, "by": person.id}
    return cancellation.cancel(db, **{**who, "reason": "", "ground": CancelGround.ILLNESS, **more}, now=now)


def undo(db, session, person, now=SOON, **more) -> Booking:
    return cancellation.undo(
        db, **{"session_id": session.id, "person_id": person.id, "by": person.id, **more}, now=now
    )


def state_of(booking: Booking) -> dict:
    """All that the row says but for how often the calendar was told."""
    said = {column.key: getattr(booking, column.key) for column in Booking.__table__.columns}
    return {name: value for name, value in said.items() if name != "calendar_sequence"}


def test_the_seat_is_as_if_it_had_never_been_cancelled(db, session, person):
    booking = seat(db, session, person)
    before, days = state_of(booking), days_of(db, person)
    cancel(db, session, person, reason="Feber", fee=((30, 50),))
    assert undo(db, session, person).id == booking.id
    db.refresh(booking)
    assert state_of(booking) == before
    assert (booking.booked_at, session.seats_taken, days_of(db, person)) == (BOOKED_AT, 1, days)
    assert [deed for deed, *_ in noted(db)] == ["seat.cancelled", "seat.restored"]
    assert last_facts(db) == {"booking": booking.id, "struck": []}
    insist_on_invariants(db)


def test_the_letter_puts_the_days_back_into_the_calendar_with_the_next_number(db, session, person):
    seat(db, session, person)
    numbers = []
    for minute in (0, 1, 2, 3):
        (undo if minute % 2 else cancel)(db, session, person, now=AFTER + timedelta(minutes=minute))
        told_of = letter(db, person).calendars
        numbers.append([(method_of(each), each.count(f"SEQUENCE:{minute + 1}")) for each in told_of])
    assert numbers == [[("CANCEL", 1)] * 2, [("PUBLISH", 2)]] * 2
    assert occasions(db, person) == ["seat_cancelled", "cancellation_undone"] * 2
    assert "avbokningen är ångrad, och du har kvar din plats" in told(db, person)
    saved = queries.my_calendar(db, session_id=session.id, person_id=person.id, now=SOON)
    assert saved.count("SEQUENCE:4") == 2


def test_a_session_that_was_moved_meanwhile_is_told_of_and_is_free_to_cancel(db, session, person):
    seat(db, session, person)
    cancel(db, session, person)
    new = [date(2027, 5, 10)]
    change(db, session, now=AFTER + timedelta(minutes=1), days=on(*new))
    held = undo(db, session, person)
    assert (days_of(db, person), facts.is_free(held, session)) == (new, True)
    assert "Kurstillfället ändrades efter avbokningen." in told(db, person)
    assert "som före avbokningen" not in told(db, person)


def test_a_late_cancellation_that_is_undone_leaves_no_way_to_a_free_one(db, session, person):
    held = seat(db, session, person, at=LATE - GRACE - timedelta(days=1))
    cancel(db, session, person, now=LATE)
    undo(db, session, person, now=LATE + timedelta(minutes=1))
    assert (held.ended_late, held.cancel_ground) == (False, None)
    with refused(Refusal.GROUND_MISSING):
        cancel(db, session, person, now=LATE + timedelta(minutes=2), ground=None)
    assert cancel(db, session, person, now=LATE + timedelta(minutes=2)).ended_late


def test_a_seat_that_was_bound_is_bound_again(db, person):
    old = make.session(db)
    new = make.session(db, course_id=old.course_id, days=[date(2027, 5, 3)])
    seat(db, old, person)
    rebooking.rebook(db, from_session_id=old.id, to_session_id=new.id, person_id=person.id, now=LATE, by=person.id)
    cancel(db, new, person, now=LATE)
    assert undo(db, new, person, now=LATE).bound_days == 10
    assert cancel(db, new, person, now=LATE + timedelta(minutes=1)).ended_late


@pytest.mark.parametrize(
    ("later", "refusal"),
    [
        pytest.param(UNDO_WITHIN, None, id="ten minutes"),
        pytest.param(UNDO_WITHIN + timedelta(seconds=1), Refusal.UNDONE_TOO_LATE, id="and a second"),
    ],
)
def test_for_ten_minutes(db, session, person, later, refusal):
    booking = seat(db, session, person)
    cancel(db, session, person)
    if refusal is None:
        assert undo(db, session, person, now=AFTER + later).state is BookingState.BOOKED
    else:
        with refused(refusal):
            undo(db, session, person, now=AFTER + later)
        assert booking.state is BookingState.CANCELLED


def test_before_midnight_and_not_on_the_day_it_begins(db, session, person):
    seat(db, session, person, at=clock.parse("2027-03-14T20:00"))
    cancel(db, session, person, now=clock.parse("2027-03-14T23:55"))
    with refused(Refusal.SESSION_STARTED):
        undo(db, session, person, now=clock.parse("2027-03-15T00:01"))


def test_not_once_somebody_else_has_the_seat(db, session, person):
    seat(db, session, person)
    next_one = make.person(db)
    place(db, session, next_one)
    cancel(db, session, person)
    assert fill(db, session, now=SOON) == 1
    with refused(Refusal.SEAT_GIVEN_ON):
        undo(db, session, person)
    assert states(db, session) == {person.id: BookingState.CANCELLED, next_one.id: BookingState.BOOKED}


def test_nor_when_they_asked_before_and_waited_for_the_lock(db, person):
    session = make.session(db, seats=2)
    for each in (person, other := make.person(db)):
        seat(db, session, each)
    cancel(db, session, person, now=AFTER + timedelta(seconds=2))
    left_over_seats.book(db, session_id=session.id, person_id=make.person(db).id, now=AFTER, by=None)
    with refused(Refusal.SEAT_GIVEN_ON):
        undo(db, session, person)
    cancel(db, session, other, now=AFTER + timedelta(seconds=1))
    with refused(Refusal.SEAT_GIVEN_ON):
        undo(db, session, person)
    undo(db, session, other)
    assert (session.seats_taken, session.seats_over) == (2, 0)


def test_not_once_somebody_has_it_on_offer(db, session, person):
    seat(db, session, person)
    place(db, session, make.person(db), standing_yes=False)
    cancel(db, session, person)
    assert fill(db, session, now=SOON) == 1
    with refused(Refusal.SEAT_GIVEN_ON):
        undo(db, session, person)
    insist_on_invariants(db)


def test_what_others_gave_back_since_is_no_seat_of_theirs(db, person):
    session = make.session(db, seats=2)
    other, first, second = (make.person(db) for _ in range(3))
    for each in (person, other):
        seat(db, session, each)
    for each in (first, second):
        place(db, session, each)
    cancel(db, session, person)
    assert fill(db, session, now=AFTER) == 1
    later = AFTER + timedelta(minutes=2)
    cancel(db, session, other, now=later)
    assert queries.my_courses(db, person.id, now=later).undoable == []
    with refused(Refusal.SEAT_GIVEN_ON):
        undo(db, session, person, now=later)
    assert undo(db, session, other, now=later).state is BookingState.BOOKED


def test_a_seat_that_was_free_before_is_taken_first(db, person):
    session = make.session(db, seats=2)
    seat(db, session, person)
    cancel(db, session, person)
    left_over_seats.book(db, session_id=session.id, person_id=make.person(db).id, now=AFTER, by=None)
    assert undo(db, session, person).state is BookingState.BOOKED


def test_a_seat_that_somebody_had_on_offer_and_declined_belongs_to_the_next(db, session, person):
    seat(db, session, person)
    first, _ = persons = [make.person(db) for _ in range(2)]
    for each in persons:
        place(db, session, each, standing_yes=False)
    cancel(db, session, person)
    fill(db, session, now=AFTER)
    answers.decline(db, session_id=session.id, person_id=first.id, now=SOON, by=first.id)
    with refused(Refusal.SEAT_GIVEN_ON):
        undo(db, session, person)


def test_not_once_those_in_line_are_asked(db, session, person):
    last_days = clock.parse("2027-03-12T09:00")
    seat(db, session, person, at=last_days - timedelta(days=9))
    place(db, session, make.person(db), short_notice=True)
    cancel(db, session, person, now=last_days)
    assert fill(db, session, now=last_days) == 1
    with refused(Refusal.SEAT_GIVEN_ON):
        undo(db, session, person, now=last_days)


def test_as_long_as_nobody_has_been_given_it_although_somebody_waits(db, session, person):
    seat(db, session, person)
    waiting = make.person(db)
    place(db, session, waiting)
    cancel(db, session, person)
    undo(db, session, person)
    assert fill(db, session, now=SOON) == 0
    assert states(db, session) == {person.id: BookingState.BOOKED, waiting.id: BookingState.WAITING}


def test_not_when_what_has_come_since_collides(db, session, person):
    seat(db, session, person)
    cancel(db, session, person)
    elsewhere = make.session(db, days=[date(2027, 3, 16)])
    left_over_seats.book(db, session_id=elsewhere.id, person_id=person.id, now=SOON, by=person.id)
    with refused(Refusal.DAY_TAKEN, other=elsewhere.course.title):
        undo(db, session, person)
    cancel(db, elsewhere, person, now=SOON)
    sister = make.session(db, of=session.course, days=[date(2027, 4, 12)])
    left_over_seats.book(db, session_id=sister.id, person_id=person.id, now=SOON, by=person.id)
    with refused(Refusal.COURSE_ALREADY_BOOKED):
        undo(db, session, person)


def test_not_when_the_seat_was_booked_anew_or_is_waited_for(db, session, person):
    seat(db, session, person)
    cancel(db, session, person)
    left_over_seats.book(db, session_id=session.id, person_id=person.id, now=SOON, by=person.id)
    with refused(Refusal.NOTHING_TO_UNDO):
        undo(db, session, person)
    cancel(db, session, person, now=SOON)
    waitlist.join(db, session_id=session.id, person_id=person.id, now=SOON, by=person.id)
    with refused(Refusal.ALREADY_WAITING):
        undo(db, session, person)


def test_not_when_the_session_was_called_off_in_between(db, session, person):
    seat(db, session, person)
    cancel(db, session, person)
    session.move_to(Publicity.CALLED_OFF)
    with refused(Refusal.SESSION_NOT_OPEN):
        undo(db, session, person)


def test_not_when_a_round_has_taken_the_session_in(db, session, person):
    seat(db, session, person)
    cancel(db, session, person)
    make.round_of(db, session)
    assert queries.my_courses(db, person.id, now=SOON).undoable == []
    with refused(Refusal.SESSION_IN_ROUND):
        undo(db, session, person)


def test_on_the_days_that_the_session_has_by_now(db, session, person):
    seat(db, session, person)
    cancel(db, session, person)
    first = session.days[0]
    session.days.append(CourseDay(day=date(2027, 3, 17), starts=first.starts, ends=first.ends))
    db.flush()
    undo(db, session, person)
    assert days_of(db, person) == [date(2027, 3, day) for day in (15, 16, 17)]


def test_nothing_is_undone_twice_nor_what_never_was(db, session, person):
    with refused(Refusal.NOTHING_TO_UNDO):
        undo(db, session, person)
    seat(db, session, person)
    with refused(Refusal.NOTHING_TO_UNDO):
        undo(db, session, person)
    cancel(db, session, person)
    undo(db, session, person)
    with refused(Refusal.NOTHING_TO_UNDO):
        undo(db, session, person)
    assert occasions(db, person) == ["seat_cancelled", "cancellation_undone"]


def test_what_was_wished_for_since_comes_after_the_seat(db, person):
    course = make.course(db, seats=1)
    session, sister = (make.session(db, of=course, days=[date(2027, 6, day)]) for day in (1, 8))
    other = make.session(db, days=[date(2027, 7, 1)], seats=1)
    booking = seat(db, session, person, rank=1)
    for each in (sister, other):
        seat(db, each, make.person(db))
    cancel(db, session, person)
    for each in (sister, other):
        waitlist.join(db, session_id=each.id, person_id=person.id, now=SOON, by=person.id)
    undo(db, session, person, now=SOON)
    assert (states(db, sister)[person.id], states(db, other)[person.id]) == (BookingState.LEFT, BookingState.WAITING)
    assert (booking.rank, waitlist.live(db, session_id=other.id, person_id=person.id).rank) == (1, 2)
    assert "Du står inte längre i kön till" in told(db, person)


def test_a_place_in_line_that_was_left_is_nothing_to_undo(db, session, person):
    place(db, session, person)
    waitlist.leave(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)
    with refused(Refusal.NOTHING_TO_UNDO):
        undo(db, session, person)


def test_precedence_is_used_by_the_seat_as_before_also_what_was_granted_meanwhile(db, session, person):
    olle = make.coordinator(db)
    grant = {"person_id": person.id, "course_id": session.course_id, "reason": "Inställt.", "by": olle.id}
    first = precedence.grant(db, now=AFTER, **grant)
    booking = seat(db, session, person, at=AFTER)
    cancel(db, session, person)
    second = precedence.grant(db, now=AFTER, **grant)
    undo(db, session, person)
    used = db.execute(select(Precedence.id, Precedence.used_by).order_by(Precedence.id)).all()
    assert [tuple(each) for each in used] == [(first.id, booking.id), (second.id, booking.id)]


def test_staff_undo_for_somebody_and_the_letter_says_so(db, session, person):
    olle = make.coordinator(db)
    seat(db, session, person)
    cancel(db, session, person, by=olle.id)
    undo(db, session, person, by=olle.id)
    assert noted(db)[-1] == ("seat.restored", olle.id, person.id, session.id)
    assert "En utbildningskoordinator har ångrat avbokningen åt dig." in told(db, person)


def test_what_staff_cancelled_only_staff_undo(db, session, person):
    olle = make.coordinator(db)
    seat(db, session, person)
    cancel(db, session, person, by=olle.id)
    assert queries.my_courses(db, person.id, now=SOON).undoable == []
    with refused(Refusal.CANCELLED_BY_STAFF):
        undo(db, session, person)
    assert undo(db, session, person, by=olle.id).state is BookingState.BOOKED
    cancel(db, session, person, now=SOON)
    assert undo(db, session, person).state is BookingState.BOOKED


def test_a_session_or_a_person_that_does_not_exist_is_not_found(db, session, person):
    for session_id, person_id in ((10**6, person.id), (session.id, 10**6)):
        with pytest.raises(NotFound):
            cancellation.undo(db, session_id=session_id, person_id=person_id, now=SOON, by=None)


def test_how_many_statements_undoing_takes(db, session, person, queries):
    seat(db, session, person)
    cancel(db, session, person)
    db.flush()
    db.expunge_all()
    queries.reset()
    undo(db, session, person)
    db.flush()
    assert queries.count == 13


def test_a_seat_that_is_had_again_uses_up_precedence_that_came_after_it(db, session, person, office):
    """Given back for another session of the course, which is called off at once; this one begins too soon."""
    other = make.session(db, of=db.get_one(Course, session.course_id), days=[date(2027, 5, 10)])
    last_days = clock.parse("2027-03-12T08:00")
    left_over_seats.book(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)
    cancel(db, session, person, now=last_days)
    left_over_seats.book(db, session_id=other.id, person_id=person.id, now=last_days, by=person.id)
    call_off(db, other, office, now=last_days + timedelta(minutes=1))

    mine = undo(db, session, person, now=last_days + timedelta(minutes=2))

    assert [each.used_by for each in db.scalars(select(Precedence))] == [mine.id]
    assert invariants(db, now=last_days + timedelta(minutes=2)) == []
