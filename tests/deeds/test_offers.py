"""An offer: a freed seat is kept for who is next, until they say yes or no or the time has passed."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    days_of,
    fill,
    insist_on_invariants,
    last_facts,
    letter,
    line_of,
    noted,
    occasions,
    place,
    refused,
    seat,
    set_free,
    states,
    told,
)
from sqlalchemy.exc import IntegrityError

import make
from auth.states import Category, Standing
from bookings import answers, deadlines, freed, left_over_seats, offers, queries, register, waitlist
from bookings.models import Booking, Decision
from bookings.states import BookingState, Outcome, Refusal
from courses.states import Publicity
from lararportal import clock, tick

SOON = clock.parse("2027-02-24T10:00")
"""Nineteen days before the start: a seat is offered, with 72 hours to answer, which end on a Saturday."""
DEADLINE = clock.parse("2027-03-01T12:00")


def accept(db, session, person, now=SOON) -> Booking:
    saw = answers.seen(db, session_id=session.id, person_id=person.id, now=now)
    return answers.accept(db, session_id=session.id, person_id=person.id, saw=saw, now=now, by=person.id)


def decline(db, session, person, now=SOON) -> None:
    answers.decline(db, session_id=session.id, person_id=person.id, now=now, by=person.id)


@pytest.fixture
def first(db, full):
    person = make.person(db)
    place(db, full, person)
    return person


@pytest.fixture
def second(db, full, first):
    person = make.person(db)
    place(db, full, person)
    return person


@pytest.fixture
def offered(db, full, first, second):
    """The one seat of the session is kept for the first in line."""
    set_free(db, full)
    assert fill(db, full, now=SOON) == 1
    db.flush()
    return full


def test_near_the_start_the_freed_seat_is_kept_for_the_first_in_line(db, offered, first, second):
    assert (states(db, offered)[first.id], states(db, offered)[second.id]) == (
        BookingState.OFFERED,
        BookingState.WAITING,
    )
    assert (offered.seats_taken, offered.seats_offered, offered.free_seats) == (0, 1, 0)
    booking = db.query(Booking).filter_by(session_id=offered.id, person_id=first.id).one()
    assert (booking.asked_at, booking.answer_by, booking.booked_at) == (SOON, DEADLINE, None)
    assert noted(db) == [("offer.made", None, first.id, offered.id)]
    assert occasions(db) == ["seat_offered"]
    assert "hålls åt dig till 1 mars 2027 kl. 12.00" in told(db, first)
    assert days_of(db, first) == []
    insist_on_invariants(db)


def test_filling_again_offers_nothing_more(db, offered):
    assert (freed.to_fill(db, now=SOON), fill(db, offered, now=SOON)) == ([offered.id], 0)


def test_who_wants_to_be_asked_is_asked_however_early_it_is(db, full, first):
    answers.answer_beforehand(
        db,
        session_id=full.id,
        person_id=first.id,
        standing_yes=False,
        short_notice=True,
        now=AFTER,
        by=first.id,
    )
    set_free(db, full)
    assert fill(db, full) == 1
    assert states(db, full)[first.id] is BookingState.OFFERED
    assert letter(db, first).occasion == "seat_offered"
    assert noted(db)[0] == ("line.answered_beforehand", first.id, first.id, full.id)


def test_only_who_waits_answers_beforehand(db, full):
    with refused(Refusal.NOT_WAITING):
        answers.answer_beforehand(
            db,
            session_id=full.id,
            person_id=make.person(db).id,
            standing_yes=True,
            short_notice=True,
            now=AFTER,
            by=None,
        )


def test_every_free_seat_is_offered_to_one_and_never_more(db):
    session = make.session(db, seats=2)
    persons = [make.person(db) for _ in range(4)]
    for person in persons:
        place(db, session, person)
    assert fill(db, session, now=SOON) == 2
    assert line_of(db, session) == [persons[2].id, persons[3].id]
    insist_on_invariants(db)


def test_the_database_keeps_the_seat_that_is_offered(db, offered):
    offered.seats_taken = 1
    with pytest.raises(IntegrityError, match="ck_course_sessions_seats_taken"):
        db.flush()


def test_nobody_else_books_a_seat_that_is_offered(db, offered):
    person = make.person(db)
    booking = left_over_seats.book(db, session_id=offered.id, person_id=person.id, now=SOON, by=person.id)
    assert booking.state is BookingState.WAITING


def test_yes_makes_the_seat_theirs(db, offered, first):
    booking = accept(db, offered, first)
    db.flush()
    assert (booking.state, booking.booked_at) == (BookingState.BOOKED, SOON)
    assert (offered.seats_taken, offered.seats_offered) == (1, 0)
    assert noted(db)[-1] == ("seat.from_line", first.id, first.id, offered.id)
    assert occasions(db, first) == ["seat_offered", "seat_from_line"]
    assert len(letter(db, first).calendars) == 1
    assert days_of(db, first) == [date(2027, 3, 15), date(2027, 3, 16)]
    insist_on_invariants(db)


def test_the_last_moment_is_in_time_and_the_next_is_not(db, offered, first):
    with refused(Refusal.OFFER_LAPSED):
        accept(db, offered, first, now=DEADLINE + timedelta(microseconds=1))
    assert deadlines.passed(db, state=BookingState.OFFERED, now=DEADLINE) == []
    assert accept(db, offered, first, now=DEADLINE).state is BookingState.BOOKED


@pytest.mark.parametrize("answer", [accept, decline])
def test_one_answers_once_and_only_what_is_offered(db, offered, first, second, answer):
    with refused(Refusal.NOT_OFFERED):
        answer(db, offered, second)
    answer(db, offered, first)
    for again in (accept, decline):
        with refused(Refusal.NOT_OFFERED):
            again(db, offered, first)


def test_no_gives_the_seat_to_the_next_and_ends_the_place_in_line(db, offered, first, second):
    decline(db, offered, first)
    db.flush()
    assert states(db, offered)[first.id] is BookingState.DECLINED
    assert (offered.free_seats, noted(db)[-1]) == (1, ("offer.declined", first.id, first.id, offered.id))
    assert waitlist.somebody_goes_before(db, offered, person_id=first.id, now=SOON)
    assert fill(db, offered, now=SOON) == 1
    assert states(db, offered)[second.id] is BookingState.OFFERED
    assert occasions(db, first) == ["seat_offered"]
    insist_on_invariants(db)


def test_who_said_no_may_join_again_and_stands_last(db, offered, first, second):
    decline(db, offered, first)
    waitlist.join(db, session_id=offered.id, person_id=first.id, now=SOON, by=first.id)
    assert line_of(db, offered) == [second.id, first.id]


def test_silence_gives_the_seat_to_the_next_in_the_same_tick(db, database, offered, first, second):
    before = tick.run_due(database, now=DEADLINE)
    done = tick.run_due(database, now=DEADLINE + timedelta(seconds=1))
    assert (before["offers lapsed"], before["seats filled"]) == (0, 0)
    assert (done["offers lapsed"], done["seats filled"]) == (1, 1)
    assert (states(db, offered)[first.id], states(db, offered)[second.id]) == (
        BookingState.LAPSED,
        BookingState.OFFERED,
    )
    assert occasions(db, first) == ["seat_offered", "offer_lapsed"]
    assert tick.run_due(database, now=DEADLINE + timedelta(seconds=2))["offers lapsed"] == 0
    insist_on_invariants(db)


def test_an_answer_that_came_stands_when_the_tick_comes_late(db, offered, first):
    [booking_id] = deadlines.passed(db, state=BookingState.OFFERED, now=DEADLINE + timedelta(hours=1))
    accept(db, offered, first, now=DEADLINE)
    offers.lapse(db, booking_id, now=DEADLINE + timedelta(hours=1), by=None)
    assert states(db, offered)[first.id] is BookingState.BOOKED


def test_yes_leaves_what_the_persons_own_list_says_and_the_offer_told_so(db, full, first):
    sister = make.session(db, course_id=full.course_id, days=[date(2027, 5, 3)], place="Skövde")
    held = seat(db, sister, first, rank=2)
    set_free(db, full)
    fill(db, full, now=SOON)
    assert held.state is BookingState.BOOKED
    assert "Tackar du ja lämnar du samtidigt din plats på" in told(db, first)
    [shown] = queries.my_courses(db, first.id, now=SOON).offers
    assert [row.session_id for row in shown.leaves] == [sister.id]
    booking = accept(db, full, first)
    assert (held.state, last_facts(db)["left"]) == (BookingState.MOVED, [held.id])
    assert booking.state is BookingState.BOOKED
    insist_on_invariants(db)


def test_a_seat_on_the_same_day_ends_the_offer_and_keeps_the_place(db, offered, first, second):
    seat(db, make.session(db, days=[date(2027, 3, 16)]), first, rank=0)
    with refused(Refusal.OFFER_COLLIDES):
        accept(db, offered, first)
    assert fill(db, offered, now=SOON) == 2
    assert (states(db, offered)[first.id], states(db, offered)[second.id]) == (
        BookingState.WAITING,
        BookingState.OFFERED,
    )
    assert occasions(db, first) == ["seat_offered", "offer_withdrawn"]
    assert noted(db)[-2:] == [
        ("offer.withdrawn", None, first.id, offered.id),
        ("offer.made", None, second.id, offered.id),
    ]
    insist_on_invariants(db)


def test_a_seat_in_the_course_that_was_wanted_more_ends_the_offer_and_the_place(db, offered, first):
    seat(db, make.session(db, course_id=offered.course_id, days=[date(2027, 5, 3)]), first, rank=0)
    fill(db, offered, now=SOON)
    assert states(db, offered)[first.id] is BookingState.LEFT
    assert "Du står inte kvar i den här kön." in told(db, first)
    insist_on_invariants(db)


def test_who_is_not_eligible_any_more_keeps_the_place_but_not_the_seat(db, offered, first, second):
    first.standing = Standing.PENDING
    db.flush()
    assert fill(db, offered, now=SOON) == 2
    assert (states(db, offered)[first.id], states(db, offered)[second.id]) == (
        BookingState.WAITING,
        BookingState.OFFERED,
    )
    assert "kursen inte längre är öppen för dig. Du står kvar i kön" in told(db, first)
    insist_on_invariants(db)


def test_a_seat_that_could_be_left_when_the_offer_was_made_can_be_left_until_it_is_answered(db, full, first):
    sister = make.session(db, course_id=full.course_id, days=[date(2027, 5, 3)], cancel_by=SOON.date())
    held = seat(db, sister, first, rank=2)
    set_free(db, full)
    fill(db, full, now=SOON)
    assert fill(db, full, now=DEADLINE) == 0
    booking = accept(db, full, first, now=DEADLINE)
    assert (held.state, booking.state, booking.bound_days) == (BookingState.MOVED, BookingState.BOOKED, None)


def test_one_of_two_offers_of_a_day_is_taken_and_the_other_withdrawn(db, offered, first):
    other = make.session(db, days=[date(2027, 3, 15)], seats=1)
    place(db, other, first, rank=2)
    assert fill(db, other, now=SOON) == 1
    accept(db, offered, first)
    with refused(Refusal.OFFER_COLLIDES):
        accept(db, other, first)
    assert fill(db, other, now=SOON) == 1
    assert states(db, other)[first.id] is BookingState.WAITING
    insist_on_invariants(db)


def test_who_has_an_offer_neither_books_nor_joins_nor_leaves_but_answers(db, offered, first):
    for deed in (left_over_seats.book, waitlist.join, waitlist.leave):
        with refused(Refusal.OFFERED_HERE):
            deed(db, session_id=offered.id, person_id=first.id, now=SOON, by=first.id)


def test_a_reserve_counts_the_seats_that_are_kept_for_its_group(db):
    course = make.course(db, targets={"ST": 0, "SPEC": 0}, seats=2)
    session = make.session(db, of=course, days=[date(2027, 4, 12)], reserves={"SPEC": 1})
    specialists = [make.person(db, category=Category.SPECIALIST) for _ in range(2)]
    resident = make.person(db)
    for person in (resident, *specialists):
        place(db, session, person, standing_yes=False)
    assert fill(db, session, now=SOON) == 2
    assert line_of(db, session) == [specialists[1].id]


def test_a_session_that_is_called_off_keeps_no_seat_and_who_had_the_offer_is_told(db, offered, first, second):
    offered.publicity = Publicity.CALLED_OFF
    db.flush()
    assert waitlist.to_end(db, now=SOON) == [offered.id]
    assert waitlist.end(db, offered.id, now=SOON, by=None) == 2
    assert (offered.seats_offered, line_of(db, offered)) == (0, [])
    assert (occasions(db, first), occasions(db, second)) == (["seat_offered", "offer_withdrawn"], [])
    assert "inte blir av" in told(db, first)
    insist_on_invariants(db)


@pytest.mark.parametrize(("answer", "counted"), [(decline, 0), (None, 1)])
def test_who_was_turned_down_and_says_no_is_not_counted_as_turned_down(db, offered, first, answer, counted):
    round_ = make.round_of(db, offered, state="published", published_at=AFTER)
    db.add(
        Decision(
            round_id=round_.id,
            person_id=first.id,
            session_id=offered.id,
            rank=1,
            code=Outcome.WAITLISTED,
            rules_version="1",
        )
    )
    db.flush()
    if answer is not None:
        answer(db, offered, first)
        db.flush()
    brought = register.histories(db, [first.id], [offered.course_id], term="2027-1")[first.id]
    assert brought.rejections.get(offered.course_id, 0) == counted


@pytest.mark.parametrize("waiting", [1, 6])
def test_how_many_statements_an_offer_and_its_yes_take(db, full, queries, waiting):
    persons = [make.person(db) for _ in range(waiting)]
    for person in persons:
        place(db, full, person)
    set_free(db, full)
    db.expunge_all()
    queries.reset()
    assert fill(db, full, now=SOON) == 1
    db.flush()
    made = queries.count
    queries.reset()
    answers.accept(db, session_id=full.id, person_id=persons[0].id, now=SOON, by=None)
    db.flush()
    assert (made, queries.count) == (10, 14)
