"""A call-out: in the last days all who may be asked are asked at once, and the best placed yes has the seat."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    fill,
    insist_on_invariants,
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
from sqlalchemy import event

import make
from auth.states import Standing
from bookings import answers, call_outs, left_over_seats, queries, waitlist
from bookings.states import BookingState, Refusal
from courses.states import Publicity
from lararportal import clock, tick

NOW = clock.parse("2027-03-11T10:00")
"""Four days before the start."""
UNTIL = clock.parse("2027-03-11T16:00")
LATER = UNTIL + timedelta(seconds=1)


def accept(db, session, person, now=NOW) -> BookingState:
    saw = answers.seen(db, session_id=session.id, person_id=person.id, now=now)
    return answers.accept(db, session_id=session.id, person_id=person.id, saw=saw, now=now, by=person.id).state


def decline(db, session, person, now=NOW) -> None:
    answers.decline(db, session_id=session.id, person_id=person.id, now=now, by=person.id)


@pytest.fixture
def three(db, full):
    """Three in line who may be asked, behind one who has not said so."""
    place(db, full, make.person(db))
    persons = [make.person(db) for _ in range(3)]
    for person in persons:
        place(db, full, person, short_notice=True)
    return persons


@pytest.fixture
def called(db, full, three):
    """Their call-out for the one seat."""
    set_free(db, full)
    assert fill(db, full, now=NOW) == 3
    db.flush()
    return full


def states_of(db, session, persons) -> list[str]:
    found = states(db, session)
    return [found[person.id].value for person in persons]


def test_all_who_may_be_asked_are_asked_at_once_and_nobody_else(db, called, three):
    [silent] = set(states(db, called)) - {person.id for person in three} - {min(states(db, called))}
    assert states_of(db, called, three) == ["asked"] * 3
    assert states(db, called)[silent] is BookingState.WAITING
    assert noted(db) == [("call_out.made", None, person.id, called.id) for person in three]
    assert occasions(db) == ["called_out"] * 3
    assert called.free_seats == 1
    assert fill(db, called, now=NOW) == 0
    insist_on_invariants(db)


def test_the_best_placed_yes_has_the_seat_when_all_have_answered(db, called, three):
    first, second, third = three
    assert accept(db, called, third) is BookingState.ASKED
    assert accept(db, called, second) is BookingState.ASKED
    assert fill(db, called, now=NOW) == 0
    decline(db, called, first)
    assert fill(db, called, now=NOW) == 2
    assert states_of(db, called, three) == ["left", "booked", "waiting"]
    assert [occasions(db, each)[1:] for each in three] == [[], ["seat_from_line"], ["call_out_over"]]
    insist_on_invariants(db)


def test_who_does_not_answer_in_time_leaves_the_line(db, database, called, three):
    accept(db, called, three[1])
    db.flush()
    assert tick.run_due(database, now=UNTIL)["seats filled"] == 0
    assert tick.run_due(database, now=LATER)["seats filled"] == 3
    assert states_of(db, called, three) == ["left", "booked", "left"]
    assert tick.run_due(database, now=LATER)["seats filled"] == 0
    insist_on_invariants(db)


def test_without_a_yes_the_seat_is_free_for_anybody(db, called, three):
    person = make.person(db)
    before = left_over_seats.book(db, session_id=called.id, person_id=person.id, now=NOW, by=person.id)
    waitlist.leave(db, session_id=called.id, person_id=person.id, now=NOW, by=person.id)
    assert fill(db, called, now=LATER) == 3
    [unasked] = line_of(db, called)
    waitlist.leave(db, session_id=called.id, person_id=unasked, now=LATER, by=unasked)
    after = left_over_seats.book(db, session_id=called.id, person_id=person.id, now=LATER, by=person.id)
    assert (before.state, after.state) == (BookingState.LEFT, BookingState.BOOKED)


def test_a_yes_that_has_been_overtaken_by_another_seat_gives_none(db, called, three):
    first, _, third = three
    accept(db, called, first)
    accept(db, called, third)
    seat(db, make.session(db, days=[called.starts_on]), first)
    fill(db, called, now=LATER)
    assert states_of(db, called, three) == ["waiting", "left", "booked"]
    insist_on_invariants(db)


@pytest.mark.parametrize("answer", [accept, decline])
def test_after_the_time_nobody_answers(db, called, three, answer):
    with refused(Refusal.OFFER_LAPSED):
        answer(db, called, three[0], now=LATER)


def test_who_joins_in_the_last_days_may_be_asked(db, full):
    person = make.person(db)
    booking = waitlist.join(db, session_id=full.id, person_id=person.id, now=NOW, by=person.id)
    assert booking.short_notice
    set_free(db, full)
    assert fill(db, full, now=NOW) == 1


@pytest.mark.parametrize("free", [False, True])
def test_nobody_is_asked_without_a_seat_or_in_the_last_twelve_hours(db, full, three, free):
    late = clock.parse("2027-03-14T20:30") if free else NOW
    if free:
        set_free(db, full)
    assert fill(db, full, now=late) == 0
    assert len(line_of(db, full)) == 4


def test_one_of_the_evening_before_is_settled_on_the_first_day(db, database, full):
    first, second = make.person(db), make.person(db)
    for each in (first, second):
        place(db, full, each, short_notice=True)
    set_free(db, full)
    evening = clock.parse("2027-03-14T19:00")
    tick.run_due(database, now=evening)
    accept(db, full, second, now=evening + timedelta(hours=4))
    db.flush()
    tick.run_due(database, now=evening + timedelta(hours=6, minutes=1))
    db.expire_all()
    assert states_of(db, full, [first, second]) == ["left", "booked"]


def test_what_ends_after_the_beginning_gives_no_seat_any_more(db, database, full):
    person = make.person(db)
    place(db, full, person, short_notice=True)
    set_free(db, full)
    evening = clock.parse("2027-03-14T19:00")
    tick.run_due(database, now=evening)
    accept(db, full, person, now=evening + timedelta(hours=4))
    db.flush()
    assert call_outs.go_on(db, session_id=full.id, now=evening + timedelta(days=1)) == 1
    assert states_of(db, full, [person]) == ["waiting"]


def test_letter_and_page_name_what_a_yes_would_give_up(db, full):
    later = make.session(db, course_id=full.course_id, days=[date(2027, 5, 10)])
    anna = make.person(db)
    held = seat(db, later, anna)
    place(db, full, anna, short_notice=True)
    set_free(db, full)
    fill(db, full, now=NOW)
    assert "Får du platsen lämnar du samtidigt din plats på" in told(db, anna)
    [shown] = queries.my_courses(db, anna.id, now=NOW).offers
    assert [row.session_id for row in shown.leaves] == [later.id]
    accept(db, full, anna)
    fill(db, full, now=NOW)
    assert (states_of(db, full, [anna]), held.state) == (["booked"], BookingState.MOVED)


def test_what_can_be_left_is_judged_by_when_they_were_asked(db, full):
    evening = clock.parse("2027-03-11T22:00")
    later = make.session(db, course_id=full.course_id, days=[date(2027, 5, 10)], cancel_by=evening.date())
    anna = make.person(db)
    held = seat(db, later, anna)
    place(db, full, anna, short_notice=True)
    set_free(db, full)
    fill(db, full, now=evening)
    accept(db, full, anna, now=evening)
    fill(db, full, now=evening + timedelta(hours=3))
    assert (states_of(db, full, [anna]), held.state) == (["booked"], BookingState.MOVED)


def test_a_yes_in_vain_is_told_what_it_was_that_stood_in_the_way(db, full):
    def over(*, at=LATER, then) -> tuple[str, list[str]]:
        session = make.session(db, seats=2)
        persons = [make.person(db) for _ in range(3)]
        for person in persons:
            place(db, session, person, short_notice=True)
        fill(db, session, now=NOW)
        for person in persons:
            accept(db, session, person)
        then(session, *persons)
        fill(db, session, now=at)
        return told(db, persons[2]), states_of(db, session, persons)

    def others(session, *_):
        for _ in range(2):
            seat(db, session, make.person(db))

    def elsewhere(session, *persons):
        for person in persons:
            seat(db, make.session(db, days=[session.starts_on]), person)

    def not_eligible(_, *persons):
        for person in persons:
            person.standing = Standing.PENDING

    begun = clock.parse("2027-03-15T09:00")
    both = ["booked", "booked", "waiting"]
    assert [
        (words in found, states_)
        for words, (found, states_) in {
            "någon som står före dig i kön gjorde det också": over(then=lambda *_: None),
            "det finns inte längre någon ledig plats på kurstillfället": over(then=others),
            "en annan plats som den här inte går att förena med": over(then=elsewhere),
            "kursen är inte längre öppen för dig": over(then=not_eligible),
            "svaren hann inte gås igenom innan kursen började": over(at=begun, then=lambda *_: None),
        }.items()
    ] == [(True, both), *[(True, ["waiting"] * 3)] * 4]


def test_a_yes_gives_up_no_seat_that_came_after_it_not_even_between_look_and_lock(db, full):
    later = make.session(db, course_id=full.course_id, days=[date(2027, 5, 10)])
    first, second = persons = [make.person(db) for _ in range(2)]
    for person in persons:
        place(db, full, person, short_notice=True)
    set_free(db, full)
    fill(db, full, now=NOW)
    for person in persons:
        accept(db, full, person)
    held = []

    @event.listens_for(db.connection(), "before_cursor_execute")
    def a_seat_comes(*execution):
        if "FOR NO KEY UPDATE" in execution[2] and not held:
            held.append(None)
            held[0] = seat(db, later, first, rank=2)

    assert fill(db, full, now=NOW) == 2
    assert states_of(db, full, persons) == ["waiting", "booked"]
    assert (held[0].state, letter(db, second).occasion) == (BookingState.BOOKED, "seat_from_line")
    assert "Det hade du inte sagt ja till, så den har du kvar." in told(db, first)


def test_those_who_were_asked_are_told_when_the_session_is_not_held(db, called, three):
    accept(db, called, three[0])
    called.publicity = Publicity.ARCHIVED
    db.flush()
    assert waitlist.end(db, called.id, now=NOW, by=None) == 4
    assert [occasions(db, each) for each in three] == [["called_out", "call_out_over"]] * 3
    assert "Kurstillfället blir inte av." in told(db, three[0])
    assert states_of(db, called, three) == ["left"] * 3
