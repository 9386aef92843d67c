"""Publication: decisions with reasons, seats, places and letters for all at once, in a world that moved meanwhile."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    CLOSES,
    OPENS,
    PUBLISHED_AT,
    days_of,
    drawn_up,
    insist_on_invariants,
    last_facts,
    last_run,
    line_of,
    noted,
    occasions,
    published,
    refused,
    seat,
    sent,
    states,
    told,
)
from sqlalchemy import select

import make
from auth.states import Category, Standing
from bookings import allocation, cancellation, publication, rounds, waitlist
from bookings.models import Application, Booking, Decision, Round, Run
from bookings.states import IN_TIME, BookingState, Origin, Outcome, Refusal, RoundState
from courses.states import Order

NOBODY_GETS_ANYTHING = '{"assign":{},"cancelled":[],"cutoffs":{},"decisions":[],"waitlist":{}}'
NEAR, MIDDLE, FAR = date(2028, 1, 11), date(2029, 1, 11), date(2031, 1, 11)


def publish(db, round_, by=None) -> int:
    return publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=by and by.id)


def codes(db, person) -> list[Outcome]:
    return list(db.scalars(select(Decision.code).where(Decision.person_id == person.id).order_by(Decision.rank)))


def decision(db, person) -> Decision:
    return db.scalars(select(Decision).where(Decision.person_id == person.id)).one()


def test_everybody_who_applied_has_a_decision_a_seat_or_a_place_and_one_letter(db):
    office, session = make.coordinator(db), make.session(db, seats=1)
    near, far = make.person(db, planned_end=NEAR), make.person(db, planned_end=FAR)
    round_ = drawn_up(db, {far: [session], near: [session]})
    assert publish(db, round_, by=office) == 2
    assert (codes(db, near), codes(db, far)) == ([Outcome.ADMITTED], [Outcome.WAITLISTED])
    assert states(db, session) == {near.id: BookingState.BOOKED, far.id: BookingState.WAITING}
    assert days_of(db, near) == [date(2027, 3, 15), date(2027, 3, 16)]
    assert (occasions(db, near)[1:], occasions(db, far)[1:]) == (["decision"], ["decision"])
    assert round_.state is RoundState.PUBLISHED
    assert (round_.published_at, round_.booking_opens_at) == (PUBLISHED_AT, PUBLISHED_AT + timedelta(hours=48))
    assert noted(db)[-3:] == [
        ("round.decided", office.id, near.id, None),
        ("round.decided", office.id, far.id, None),
        ("round.published", office.id, None, None),
    ]
    assert last_facts(db) == {
        "round": round_.id,
        "run": last_run(db, round_),
        "booking_opens": round_.booking_opens_at.isoformat(),
        "seats": 1,
        "places": 1,
    }
    insist_on_invariants(db)


def test_a_seat_of_a_round_knows_where_it_came_from(db):
    session, person = make.session(db), make.person(db)
    round_ = published(db, {person: [session]})
    booking = db.scalars(select(Booking)).one()
    assert (booking.origin, booking.round_id, booking.wave, booking.rank) == (Origin.ROUND, round_.id, IN_TIME, 1)
    assert (booking.joined_at, booking.booked_at) == (PUBLISHED_AT, PUBLISHED_AT)
    assert booking.key == decision(db, person).key


def test_what_explains_a_decision_is_kept_with_it(db):
    session = make.session(db, seats=3)
    admitted = [make.person(db, planned_end=NEAR) for _ in range(3)]
    first, second = make.person(db, planned_end=MIDDLE), make.person(db, planned_end=FAR)
    published(db, {person: [session] for person in (*admitted, first, second)})
    found = decision(db, second)
    assert (found.position, decision(db, first).position) == (2, 1)
    assert (found.key[3], found.last_key[3]) == (48, 12)
    assert "sist antagna i din grupp hade 12 månader kvar; du har 48." in told(db, second)
    assert line_of(db, session) == [first.id, second.id]


def test_the_reason_is_told_in_the_order_that_was_frozen(db):
    course = make.course(db, seats=3)
    session = make.session(db, of=course)
    loser = make.person(db, planned_end=FAR)
    round_ = drawn_up(
        db, {person: [session] for person in (*(make.person(db, planned_end=NEAR) for _ in "abc"), loser)}
    )
    course.order = Order.STRAIGHT
    publish(db, round_)
    assert "sist antagna i din grupp hade 12 månader kvar; du har 48." in told(db, loser)


def test_everybody_is_told_how_they_stood_and_where_every_step_can_be_read(db):
    course = make.course(db, seats=1, order=Order.REVERSED)
    new = make.person(db, residency_start=date(2026, 7, 11))
    old = make.person(db, residency_start=date(2025, 1, 11))
    session = make.session(db, of=course)
    round_ = published(db, {new: [session], old: [session]})
    course.order = Order.DEADLINE

    for person, months in ((new, 6), (old, 24)):
        lot = f"{decision(db, person).key[-1]:012x}"
        stood = f"målgrupp i första hand, inget tidigare nej, {months} månader i ST, lottnummer {lot}."
        assert f"Så stod du i turordningen: {stood}" in told(db, person)
        assert f"http://portal.test/mina-kurser/besked/{round_.id}" in told(db, person)


def test_a_decision_knows_the_rules_that_it_was_made_by(db):
    person = make.person(db)
    round_ = drawn_up(db, {person: [make.session(db)]})
    db.scalars(select(Run)).one().rules_version = "an older one"
    publish(db, round_)
    assert decision(db, person).rules_version == "an older one"


def test_of_fewer_than_three_admitted_nothing_is_told_that_points_at_them(db):
    session = make.session(db, seats=2)
    admitted = [make.person(db, planned_end=NEAR) for _ in range(2)]
    loser = make.person(db, planned_end=FAR)
    published(db, {person: [session] for person in (*admitted, loser)})
    assert decision(db, loser).last_key == [0, 1, 1]
    assert told(db, loser).count("månad") == told(db, loser).count("48 månader kvar av din ST") == 1
    assert "Färre än tre i din grupp blev antagna" in told(db, loser)


def test_few_of_one_group_are_hidden_though_many_of_another_were_admitted(db):
    session = make.session(db, of=make.course(db, targets={"ST": 0, "SPEC": 0}), seats=4)
    session.reserves = {"SPEC": 1}
    residents = [make.person(db, planned_end=NEAR) for _ in range(4)]
    specialists = [make.person(db, category=Category.SPECIALIST) for _ in range(2)]
    published(db, {person: [session] for person in (*residents, *specialists)})
    [turned_down] = [person for person in specialists if codes(db, person) == [Outcome.WAITLISTED]]
    [left_out] = [person for person in residents if codes(db, person) == [Outcome.WAITLISTED]]
    assert len(decision(db, turned_down).last_key) == 3
    assert len(decision(db, left_out).last_key) == 6


def test_the_group_that_counts_is_the_one_that_was_frozen(db):
    session = make.session(db, of=make.course(db, targets={"ST": 0, "SPEC": 0}), seats=3)
    admitted = [make.person(db, planned_end=NEAR) for _ in range(3)]
    loser = make.person(db, planned_end=FAR)
    round_ = drawn_up(db, {person: [session] for person in (*admitted, loser)})
    loser.category = Category.SPECIALIST
    publish(db, round_)
    assert decision(db, loser).last_key is not None
    assert decision(db, loser).last_key[3] == 12


def test_less_wanted_sessions_of_a_course_one_has_a_seat_in_are_not_waited_for(db):
    course = make.course(db)
    better, worse = make.session(db, of=course), make.session(db, of=course, days=[date(2027, 5, 3)])
    person = make.person(db)
    published(db, {person: [better, worse]})
    assert codes(db, person) == [Outcome.ADMITTED, Outcome.BETTER_SESSION]
    assert states(db, worse) == {}
    assert db.scalars(select(Decision.other_session_id).order_by(Decision.rank)).all() == [None, better.id]


def test_a_better_session_of_the_course_is_waited_for_with_the_seat_in_hand(db):
    course = make.course(db)
    better, worse = make.session(db, of=course, seats=1), make.session(db, of=course, days=[date(2027, 5, 3)])
    near, far = make.person(db, planned_end=NEAR), make.person(db, planned_end=FAR)
    published(db, {near: [better], far: [better, worse]})
    assert codes(db, far) == [Outcome.WAITLISTED, Outcome.ADMITTED]
    cancellation.cancel(db, session_id=better.id, person_id=near.id, reason="", now=PUBLISHED_AT, by=near.id)
    assert waitlist.fill(db, session_id=better.id, now=PUBLISHED_AT) == 1
    assert (states(db, better)[far.id], states(db, worse)[far.id]) == (BookingState.BOOKED, BookingState.MOVED)
    insist_on_invariants(db)


def test_a_place_in_line_is_answered_beforehand_as_the_application_says(db):
    session = make.session(db, seats=1)
    first, second = make.person(db, planned_end=NEAR), make.person(db, planned_end=FAR)
    round_ = drawn_up(db, {first: [session], second: [session]})
    application = db.query(Application).filter_by(person_id=second.id).one()
    application.standing_yes, application.short_notice = False, True
    publish(db, round_)
    [waiting] = db.scalars(select(Booking).where(Booking.state == BookingState.WAITING))
    assert (waiting.person_id, waiting.standing_yes, waiting.short_notice) == (second.id, False, True)


def test_who_waits_for_what_was_moved_after_closing_is_asked_first(db):
    session = make.session(db, seats=1)
    round_ = drawn_up(db, {make.person(db): [session], make.person(db): [session]})
    session.moved_at = CLOSES + timedelta(hours=1)
    publish(db, round_)
    [waiting] = db.scalars(select(Booking).where(Booking.state == BookingState.WAITING))
    assert waiting.standing_yes is False


def test_a_colliding_session_keeps_its_place_and_is_passed_over(db):
    wanted, colliding = make.session(db), make.session(db)
    person = make.person(db)
    published(db, {person: [wanted, colliding]})
    assert codes(db, person) == [Outcome.ADMITTED, Outcome.CONFLICT]
    assert states(db, colliding) == {person.id: BookingState.WAITING}
    assert waitlist.fill(db, session_id=colliding.id, now=PUBLISHED_AT) == 0


def test_nobody_gets_more_seats_than_they_want(db):
    first, second = make.session(db), make.session(db, days=[date(2027, 5, 3)])
    person = make.person(db)
    published(db, {person: [first, second]}, cap=1)
    assert codes(db, person) == [Outcome.ADMITTED, Outcome.CAP]
    assert waitlist.fill(db, session_id=second.id, now=PUBLISHED_AT) == 0


def test_somebody_nobody_confirmed_in_time_is_told_that(db):
    session, person = make.session(db), make.person(db, standing=Standing.PENDING)
    round_ = drawn_up(db, {person: [session]})
    publish(db, round_)
    assert codes(db, person) == [Outcome.UNCONFIRMED]
    assert states(db, session) == {}
    assert "Din profil var inte bekräftad när ansökan stängde" in told(db, person)


def test_somebody_confirmed_after_closing_is_told_that_it_was_too_late(db):
    session, person = make.session(db), make.person(db, standing=Standing.PENDING)
    round_ = drawn_up(db, {person: [session]})
    person.standing = Standing.CONFIRMED
    publish(db, round_)
    assert codes(db, person) == [Outcome.UNCONFIRMED]


def test_who_was_left_out_for_a_seat_given_back_since_is_not_told_that_nobody_confirmed_them(db):
    session, elsewhere, person = make.session(db), make.session(db), make.person(db)
    round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
    sent(db, round_, person, session)
    seat(db, elsewhere, person)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    soon = CLOSES + timedelta(minutes=1)
    cancellation.cancel(db, session_id=elsewhere.id, person_id=person.id, reason="", now=soon, by=None)

    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=None)

    assert codes(db, person) == [Outcome.CONFLICT]


def test_somebody_confirmed_as_something_that_the_course_is_not_for_is_told_that(db):
    session, person = make.session(db), make.person(db, standing=Standing.PENDING)
    round_ = drawn_up(db, {person: [session]})
    person.standing, person.category = Standing.CONFIRMED, Category.SPECIALIST
    publish(db, round_)
    assert codes(db, person) == [Outcome.INELIGIBLE]


def test_somebody_who_has_taken_the_course_meanwhile_is_told_that_it_is_not_for_them(db):
    course = make.course(db)
    before, session = make.session(db, of=course, days=[date(2027, 1, 4)]), make.session(db, of=course)
    person = make.person(db)
    publish(db, seated_before_closing(db, person, [session], before))
    assert codes(db, person) == [Outcome.INELIGIBLE]


def seated_before_closing(db, person, wanted, before) -> Round:
    """The person applies, gets a seat somewhere, and the round is closed and drawn up."""
    round_ = make.round_of(db, *wanted, opens_at=CLOSES - timedelta(days=41), closes_at=CLOSES)
    sent(db, round_, person, *wanted)
    seat(db, before, person)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    return round_


@pytest.mark.parametrize("same", ["day", "course"])
def test_a_seat_taken_elsewhere_after_closing_is_not_doubled(db, same):
    session, person, next_one = make.session(db, seats=1), make.person(db), make.person(db, planned_end=FAR)
    of = session.course_id if same == "course" else make.course(db).id
    days = [date(2027, 6, 1)] if same == "course" else [session.starts_on]
    elsewhere = make.session(db, course_id=of, days=days)
    round_ = drawn_up(db, {person: [session], next_one: [session]})
    seat(db, elsewhere, person)
    publish(db, round_)
    assert codes(db, person) == [Outcome.CONFLICT]
    assert states(db, session) == {next_one.id: BookingState.WAITING}
    assert "Du har redan en plats på kursen, eller på en annan kurs någon av de dagarna." in told(db, person)
    assert "kvar i kön" not in told(db, person)
    assert waitlist.fill(db, session_id=session.id, now=PUBLISHED_AT) == 1
    insist_on_invariants(db)


def test_of_two_seats_whose_days_were_moved_onto_each_other_one_gets_the_more_wanted(db):
    wanted, moved = make.session(db), make.session(db, days=[date(2027, 2, 15)])
    person = make.person(db)
    round_ = drawn_up(db, {person: [wanted, moved]})
    moved.days[0].day = moved.starts_on = wanted.starts_on
    db.flush()
    publish(db, round_)
    assert codes(db, person) == [Outcome.ADMITTED, Outcome.CONFLICT]
    assert (states(db, wanted), states(db, moved)) == ({person.id: BookingState.BOOKED}, {})
    insist_on_invariants(db)


def test_a_seat_taken_before_closing_kept_one_out_of_the_run_and_one_is_told_why(db):
    first, second = make.session(db), make.session(db, days=[date(2027, 5, 3)])
    elsewhere, person = make.session(db), make.person(db)
    publish(db, seated_before_closing(db, person, [first, second], elsewhere))
    assert codes(db, person) == [Outcome.CONFLICT, Outcome.ADMITTED]
    assert states(db, first) == {}


def test_somebody_whose_every_wish_collided_by_closing_is_told_why(db):
    session, elsewhere, person = make.session(db), make.session(db), make.person(db)
    publish(db, seated_before_closing(db, person, [session], elsewhere))
    assert codes(db, person) == [Outcome.CONFLICT]


def test_a_session_with_fewer_seats_than_were_given_stops_the_publication(db):
    session = make.session(db, of=make.course(db, title="Hud"), seats=2)
    round_ = drawn_up(db, {make.person(db): [session] for _ in range(2)})
    session.seats = 1
    db.flush()
    with refused(Refusal.SEATS_CHANGED, course="Hud"):
        publish(db, round_)


def test_who_applied_does_not_publish(db):
    applicant = make.person(db)
    round_ = drawn_up(db, {applicant: [make.session(db)]})
    with refused(Refusal.DECIDES_OVER_OWN_SEAT):
        publish(db, round_, by=applicant)


@pytest.mark.parametrize("state", [RoundState.PLANNED, RoundState.OPEN, RoundState.CLOSED, RoundState.PUBLISHED])
def test_only_what_is_drawn_up_is_published(db, state):
    round_ = make.round_of(db, make.session(db), state=state)
    with refused(Refusal.ROUND_STATE, state=state):
        publish(db, round_)


def test_the_last_drawing_up_is_the_one_that_counts(db):
    session, person = make.session(db), make.person(db)
    round_ = drawn_up(db, {person: [session]})
    read = round_.frozen_hash
    nothing = {"result": NOBODY_GETS_ANYTHING, "would_close": [], "rules_version": "1"}
    db.add(Run(round_id=round_.id, made_at=CLOSES, by=None, input_hash=read, **nothing))
    db.flush()
    publish(db, round_)
    assert states(db, session) == {}


def test_what_was_looked_at_before_it_was_drawn_up_again_is_not_published(db):
    session, person = make.session(db), make.person(db)
    round_ = drawn_up(db, {person: [session]})
    looked_at = last_run(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    with refused(Refusal.DRAWN_UP_SINCE):
        publication.publish(db, round_id=round_.id, run_id=looked_at, now=PUBLISHED_AT, by=None)
    assert db.scalars(select(Decision)).all() == []


def test_a_round_with_nobody_in_it_is_published(db):
    round_ = drawn_up(db, {make.person(db, standing=Standing.PENDING): [make.session(db)]})
    assert publish(db, round_) == 1


def test_places_stand_behind_the_wishes_one_had_before(db):
    session, person = make.session(db, seats=1), make.person(db, planned_end=FAR)
    other = make.session(db, days=[date(2027, 6, 7)])
    seat(db, other, person, rank=7)
    published(db, {person: [session]})
    assert db.scalars(select(Booking.rank).where(Booking.session_id == session.id)).all() == [8]


def test_publishing_takes_the_same_few_statements_for_few_and_many(db, queries):
    counts = []
    for size in (4, 12):
        session = make.session(db, seats=2)
        round_ = drawn_up(db, {make.person(db): [session] for _ in range(size)})
        db.flush()
        looked_at = last_run(db, round_)
        db.expunge_all()
        queries.reset()
        publication.publish(db, round_id=round_.id, run_id=looked_at, now=PUBLISHED_AT, by=None)
        db.flush()
        counts.append(queries.count)
    assert counts == [22, 22]
